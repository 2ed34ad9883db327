import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bucketEdges, rowOf, rowWindow } from './heat-rows.ts';

const buckets = (...bounds: readonly number[]) => bounds.slice(1).map((high, at) => ({ low: bounds[at]!, high }));

test.each<[string, readonly [number, number] | undefined, number, readonly [number, number]]>([
  ['nothing chosen is all', undefined, 5, [0, 5]],
  ['rows that are touched are whole', [1.2, 2.1], 5, [1, 3]],
  ['one row', [1.2, 1.4], 5, [1, 2]],
  ['beyond the ends', [-1, 9], 5, [0, 5]],
  ['rows that are gone', [6, 8], 5, [0, 5]],
])('rows in view: %s', (_, chosen, rows, want) => {
  expect(rowWindow(chosen, rows)).toEqual(want);
});

test.each<[string, readonly number[], 'linear' | 'log' | 'symlog', readonly number[] | undefined]>([
  ['the lowest begins at zero', [-Infinity, 1, 2, 5], 'linear', [0, 1, 2, 5]],
  ['the highest goes on as wide as its neighbour', [0, 1, 3, Infinity], 'linear', [0, 1, 3, 5]],
  ['a logarithm has no zero', [0, 1, 10, Infinity], 'log', [0.1, 1, 10, 100]],
  ['below zero', [-Infinity, -5, -1, Infinity], 'symlog', [-9, -5, -1, 3]],
  ['one bound alone has no width', [-Infinity, 1, Infinity], 'linear', undefined],
  ['bounds below zero on a logarithm', [-Infinity, -5, -1, 1, 2], 'log', undefined],
  ['no rows', [], 'linear', undefined],
])('edges of buckets: %s', (_, bounds, scale, want) => {
  const edges = bucketEdges(buckets(...bounds), scale);
  expect(edges === undefined ? undefined : [...edges]).toEqual(want);
});

test('a value is in the row whose edges are around it, and in none beyond them', () => {
  const edgesOf = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(edgesOf, fc.integer({ min: -1100, max: 1100 }), (unsorted, value) => {
      const edges = Float64Array.from(unsorted).toSorted();
      const row = rowOf(edges, value);
      if (value < edges[0]! || value > edges.at(-1)!) return row === -1;
      return edges[row]! <= value && value <= edges[row + 1]!;
    }),
  );
  expect(rowOf(Float64Array.of(0, 1), Number.NaN)).toBe(-1);
});
