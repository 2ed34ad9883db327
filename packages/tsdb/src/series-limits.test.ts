import { expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { AppendResult } from '@vitrine/model/sample-store.ts';
import { LocalStore } from './local-store.ts';
import { tempFolder } from './store-for-tests.ts';

const NOW = 1_700_000_000_000;

function open(
  maxSeries: number,
  per: Readonly<Record<string, number>>,
): (series: readonly Record<string, string>[]) => Promise<AppendResult> {
  const { folder } = tempFolder();
  const retention = { timeMs: 0, sizeBytes: 0 };
  const store = LocalStore.open({ folder, retention, maxSeries, maxSeriesPer: new Map(Object.entries(per)) }, () => NOW);
  let at = NOW - 1000;
  return (series) =>
    store.append({
      seriesKeys: series.map((labels) => Labels.from(labels).key),
      seriesIndex: Uint32Array.from(series, (_, i) => i),
      timestampsMs: new Float64Array(series.length).fill(at++),
      values: new Float64Array(series.length),
    });
}

const requests = (job: string, from: number, end: number): Record<string, string>[] =>
  Array.from({ length: end - from }, (_, i) => ({ __name__: 'requests', job, request_id: `${from + i}`, code: `${i % 2}` }));

test('a job beyond its limit is told which label makes its series so many, and others go on', async () => {
  const append = open(1_000, { job: 10, team: 3 });
  const first = await append([...requests('api', 0, 12), ...requests('web', 0, 4), { __name__: 'up' }]);
  expect(first.accepted).toBe(15);
  expect(first.rejected.map(({ reason, detail }) => [reason, detail])).toEqual([
    // Of the first group nothing is in the index yet.
    ['series limit', 'job api: 10 series, limit 10'],
    ['series limit', 'job api: 10 series, limit 10'],
  ]);
  const second = await append([...requests('api', 0, 11), ...requests('web', 0, 5)]);
  expect([second.accepted, second.rejectedCount]).toEqual([15, 1]);
  const other = await append(requests('web', 5, 12));
  expect(other.rejected.map(({ detail }) => detail)).toEqual([
    'job web: 10 series, limit 10; label request_id has 5 values',
    'job web: 10 series, limit 10; label request_id has 5 values',
  ]);
});

test('how many values the label has is counted anew once they are many more', async () => {
  const append = open(1_000, { job: 100 });
  await append(requests('api', 0, 50));
  const first = await append(requests('api', 50, 101));
  expect(first.rejected[0]?.detail).toBe('job api: 100 series, limit 100; label request_id has 50 values');
  const second = await append(requests('api', 200, 201));
  expect(second.rejected[0]?.detail).toBe('job api: 100 series, limit 100; label request_id has 100 values');
});

test('all series together have a limit, whose sentence names the widest label', async () => {
  const append = open(5, {});
  await append(requests('api', 0, 5));
  const { rejected } = await append(requests('web', 9, 10));
  expect(rejected.map(({ detail }) => detail)).toEqual(['5 series, limit 5; label request_id has 5 values']);
});
