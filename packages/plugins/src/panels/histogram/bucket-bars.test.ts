import type { Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';
import { bucketBars } from './bucket-bars.ts';

const frame = (buckets: Readonly<Record<string, readonly number[]>>, length = 2): Frame => ({
  refId: 'A',
  shape: 'buckets',
  length,
  fields: [
    { name: 'Time', type: 'time', values: new Float64Array(length) },
    ...Object.entries(buckets).map(([le, values]) => ({
      name: le,
      type: 'number' as const,
      labels: { le },
      values: Float64Array.from(values),
    })),
  ],
});

test.each<[string, Frame, readonly number[] | undefined, readonly number[]]>([
  [
    'of a classic histogram',
    frame({ '0.1': [1, 2], '0.5': [0, 0], '+Inf': [4, NaN] }),
    [-Infinity, 0.1, 0.5, Infinity],
    [3, 0, 4],
  ],
  [
    'of a native one, whose lowest bound counts nothing',
    frame({ '0.25': [0, 0], '0.5': [1, 1], '1.5': [0, 0] }),
    [0.25, 0.5],
    [2],
  ],
  ['that counted nothing', frame({ '0.25': [0, 0] }), undefined, []],
  ['of no answer', frame({ '1': [] }, 0), undefined, []],
  ['that are no buckets', { ...frame({ '1': [1, 1] }), shape: 'series' }, undefined, []],
])('bars %s', (_, of, edges, counts) => {
  const bars = bucketBars([of]);
  expect(bars?.edges).toEqual(edges);
  if (edges !== undefined) expect([...(bars?.counts ?? [])]).toEqual(counts);
});
