import fc from 'fast-check';
import { expect, test } from 'vitest';

import { boxOf, boxOfBuckets, boxOfQuantiles } from './box.ts';

test('quartiles are those of NumPy, whiskers end at values, and what lies beyond is told', () => {
  expect(boxOf(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 100), 'iqr')).toEqual({
    count: 10,
    low: 1,
    q1: 3.25,
    median: 5.5,
    q3: 7.75,
    high: 9,
    mean: 14.5,
    outliers: Float64Array.of(100),
    outlierCount: 1,
  });
});

test.each([
  ['percentiles', [5, 95]],
  ['extremes', [0, 100]],
] as const)('whiskers by %s', (whiskers, want) => {
  const box = boxOf(
    Float64Array.from({ length: 101 }, (_, n) => n),
    whiskers,
  )!;
  expect([box.low, box.high]).toEqual(want);
});

test('one value is a line, and none is no box', () => {
  expect(boxOf(Float64Array.of(3, Number.NaN, Infinity), 'iqr')).toMatchObject({ count: 1, low: 3, median: 3, high: 3 });
  expect(boxOf(Float64Array.of(Number.NaN), 'iqr')).toBeUndefined();
});

test('the parts of a box never cross, and every value is within the whiskers or an outlier', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 80 }),
      fc.constantFrom('iqr', 'percentiles', 'extremes'),
      (values, whiskers) => {
        const box = boxOf(Float64Array.from(values), whiskers)!;
        expect(box.q1 <= box.median && box.median <= box.q3 && box.low <= box.high).toBe(true);
        expect(values.filter((value) => value < box.low || value > box.high)).toHaveLength(box.outlierCount);
      },
    ),
  );
});

test('a histogram’s quantiles lie evenly in their buckets; the infinite one has its lower bound', () => {
  expect(boxOfBuckets([1, 2, Infinity], [50, 50, 0])).toMatchObject({ count: 100, q1: 0.5, median: 1, q3: 1.5, high: 1.9 });
  expect(boxOfBuckets([1, Infinity], [0, 5])).toMatchObject({ low: 1, median: 1, high: 1 });
  expect(boxOfBuckets([1, Infinity], [0, 0])).toBeUndefined();
});

test('known quantiles make a box', () => {
  expect(
    boxOfQuantiles(
      new Map([
        [0.9, 9],
        [0.5, 5],
        [0.1, 1],
      ]),
    ),
  ).toMatchObject({ low: 1, q1: 2.5, median: 5, q3: 7.5, high: 9 });
  expect(boxOfQuantiles(new Map([[0.5, 1]]))).toBeUndefined();
});
