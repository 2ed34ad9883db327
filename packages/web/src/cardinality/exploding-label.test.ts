import type { Cardinality, LabelCounts } from '@vitrine/model/cardinality.ts';
import { expect, test } from 'vitest';
import { explodingLabel } from './exploding-label.ts';

const label = (name: string, values: number, newValues: number): LabelCounts => ({
  name,
  values,
  newValues,
  characters: 0,
  series: values,
  newSeries: newValues,
  goneSeries: 0,
});

test.each<[string, number, number, LabelCounts, string | undefined]>([
  ['ids', 10_000, 100, label('request_id', 9_000, 90), 'request_id'],
  ['mostly new values', 100_000, 10_000, label('session', 4_000, 3_000), 'session'],
  ['pods that are replaced', 100_000, 10_000, label('pod', 4_000, 400), undefined],
  ['the first hour', 100_000, 100_000, label('pod', 4_000, 4_000), undefined],
  ['few series', 500, 10, label('request_id', 500, 10), undefined],
  ['metrics', 10_000, 10, label('__name__', 9_000, 10), undefined],
])('%s', (_, series, newSeries, one, want) => {
  const counted = { labels: [one], series, newSeries } as const;
  const rest = { metrics: [], jobs: [], pairs: [], oldestMs: undefined, newestMs: undefined };
  const whole: Cardinality = {
    ...rest,
    ...counted,
    goneSeries: 0,
    activeSeries: 0,
    labelPairs: 0,
    memoryBytes: 0,
    headSamples: 0,
  };
  expect(explodingLabel(whole)?.name).toBe(want);
});
