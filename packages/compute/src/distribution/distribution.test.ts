import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BAND_SHARES, distributionOf, extentOf, quantilesOf, rebin } from './distribution.ts';
import type { Distribution } from './distribution.ts';

function distribution(...buckets: readonly (readonly [number, number, number])[]): Distribution {
  const column = (part: 0 | 1 | 2) => buckets.map((bucket) => bucket[part]);
  return distributionOf(1, 0, [column(0), column(1), column(2)]);
}

test('leaves out what is no bucket', () => {
  const read = distribution([0, 1, 2], [1, Number.NaN, 3], [2, 1, 1], [3, 4, -1], [1, 2, 5]);
  expect([...read.lefts]).toEqual([0, 1]);
  expect([...read.counts]).toEqual([2, 5]);
});

test('columns of unequal length end with the shortest', () => {
  expect(distributionOf(0, 0, [[0], [1], [2, 3]]).counts).toHaveLength(1);
});

test.each([
  ['halves a bucket over two bins', distribution([0, 2, 4]), [0, 2, 2], [2, 2]],
  ['keeps a bucket without width whole', distribution([1, 1, 3]), [0, 2, 2], [0, 3]],
  ['counts the upper end in the last bin', distribution([2, 2, 3]), [0, 2, 2], [0, 3]],
  ['leaves out what lies outside', distribution([-4, -2, 9], [0, 1, 1]), [0, 2, 2], [1, 0]],
  ['puts all into one bin where there is no width', distribution([1, 1, 3]), [1, 1, 2], [3, 0]],
] as const)('%s', (_, given, [low, high, bins], want) => {
  expect([...rebin(given, low, high, bins)]).toEqual(want);
});

test.each([
  ['evenly within a bucket', distribution([0, 10, 4]), [0, 0.25, 0.5, 1], [0, 2.5, 5, 10]],
  ['over empty buckets', distribution([0, 1, 1], [1, 9, 0], [9, 10, 1]), [0.25, 0.75], [0.5, 9.5]],
] as const)('quantiles %s', (_, given, shares, want) => {
  expect([...quantilesOf(given, shares)]).toEqual(want);
});

test('has no quantiles of nothing', () => {
  expect([...quantilesOf(distribution([0, 1, 0]), [0.5])]).toEqual([Number.NaN]);
  expect(extentOf([distribution([0, 1, 0])])).toBeUndefined();
});

const buckets = fc
  .array(fc.tuple(fc.double({ min: 0, max: 50, noNaN: true }), fc.double({ min: 0, max: 1_000, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((widths) => {
    let left = -100;
    return distribution(
      ...widths.map(([width, count]) => {
        const from = left;
        left += width;
        return [from, left, count] as const;
      }),
    );
  });

test('rebinning loses no count, and quantiles rise', () => {
  fc.assert(
    fc.property(buckets, fc.integer({ min: 1, max: 80 }), (given, bins) => {
      const extent = extentOf([given]);
      if (extent === undefined) return;
      const total = given.counts.reduce((sum, count) => sum + count, 0);
      const sum = rebin(given, ...extent, bins).reduce((whole, count) => whole + count, 0);
      expect(Math.abs(sum - total)).toBeLessThanOrEqual(1e-6 * total + 1e-9);
      const quantiles = quantilesOf(given, BAND_SHARES);
      for (let at = 1; at < quantiles.length; at++) expect(quantiles[at]! - quantiles[at - 1]!).toBeGreaterThanOrEqual(-1e-9);
    }),
  );
});
