import { Labels } from '@vitrine/model/labels.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogramFrame, type NativeHistogram } from './native-histograms.ts';

/** A histogram whose bounds are powers of two to the power of `width`: 1 is fine, 2 takes two of them together. */
function histogram(width: number, counts: readonly number[]): NativeHistogram {
  const buckets = counts
    .map((count, at) => ({ low: 2 ** (at * width), high: 2 ** ((at + 1) * width), count }))
    .filter(({ count }) => count > 0);
  return { count: counts.reduce((sum, count) => sum + count, 0), sum: 0, buckets };
}

const frameOf = (...points: readonly (NativeHistogram | undefined)[]) =>
  histogramFrame(
    'A',
    Float64Array.from(points, (_, at) => at * 1_000),
    [{ labels: Labels.empty, points }],
  );

test('a histogram that lost resolution has wider buckets, and the finer ones add up into them', () => {
  const { fields } = frameOf(histogram(1, [1, 2, 3, 4]), histogram(2, [5, 6]), undefined);
  expect(fields.slice(1).map(({ name, values, present }) => [name, [...values], present && [...present]])).toEqual([
    ['1', [0, 0, 0], [1, 1, 0]],
    ['4', [3, 5, 0], [1, 1, 0]],
    ['16', [7, 6, 0], [1, 1, 0]],
  ]);
});

test('nothing that was counted is lost, and bounds rise', () => {
  const counts = fc.array(fc.nat(50), { minLength: 1, maxLength: 300 });
  const point = fc.oneof(
    fc.tuple(fc.constantFrom(1, 2, 4), counts).map(([width, each]) => histogram(width / 8, each)),
    fc.constant(undefined),
  );
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 6 }), (points) => {
      const { fields, length } = frameOf(...points);
      const bounds = fields.slice(1).map(({ name }) => Number(name));
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
      expect(bounds.length).toBeLessThanOrEqual(401);
      for (let at = 0; at < length; at++) {
        const total = fields.slice(1).reduce((sum, { values }) => sum + Number(values[at]), 0);
        expect(total).toBe(points[at]?.count ?? 0);
      }
    }),
  );
});
