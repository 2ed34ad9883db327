import fc from 'fast-check';
import { expect, test } from 'vitest';

import { lowerBound, nearestIndex, thin, thinCapacity } from './downsample.ts';

function kept(ys: readonly number[], columns: number): number[] {
  const xs = Float64Array.from(ys, (_, index) => index);
  const out = new Uint32Array(thinCapacity(columns));
  const count = thin(xs, Float64Array.from(ys), 0, ys.length, 0, Math.max(1, ys.length), columns, out);
  return [...out.subarray(0, count)];
}

const values = fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.constant(Number.NaN)), { maxLength: 400 });

test('keeps the first, lowest, highest and last of a column', () => {
  expect(kept([5, 6, 9, 1, 2, 7, 3, 4], 1)).toEqual([0, 2, 3, 7]);
});

test('every extreme of every column stays, in order, within the promised room', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (ys, columns) => {
      const indices = kept(ys, columns);
      expect(indices.length).toBeLessThanOrEqual(thinCapacity(columns));
      for (let i = 1; i < indices.length; i++) expect(indices[i]!).toBeGreaterThan(indices[i - 1]!);
      const finite = ys.filter((y) => !Number.isNaN(y));
      const shown = indices.map((index) => ys[index]!).filter((y) => !Number.isNaN(y));
      if (finite.length > 0) {
        expect(Math.max(...shown)).toBe(Math.max(...finite));
        expect(Math.min(...shown)).toBe(Math.min(...finite));
      }
    }),
  );
});

test('a stretch without values that is wider than a column stays a gap', () => {
  const ys = Array.from({ length: 100 }, (_, index) => (index >= 40 && index < 60 ? Number.NaN : index));
  const indices = kept(ys, 10);
  const after = indices.findIndex((index) => index >= 60);
  expect(Number.isNaN(ys[indices[after - 1]!]!)).toBe(true);
});

test.each([
  [-1, 0, 0],
  [0, 0, 0],
  [4, 1, 0],
  [6, 1, 1],
  [20, 2, 2],
  [99, 3, 2],
])('x %d: lower bound %d, nearest %d', (x, bound, nearest) => {
  const xs = Float64Array.of(0, 10, 20);
  expect(lowerBound(xs, x)).toBe(bound);
  expect(nearestIndex(xs, x)).toBe(nearest);
});

test('nothing is nearest to nothing', () => {
  expect(nearestIndex(new Float64Array(), 5)).toBe(-1);
});
