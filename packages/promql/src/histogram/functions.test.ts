import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { parseHistogram } from '../promqltest/histogram-literal.ts';
import { histogramFraction } from './fraction.ts';
import { fromClassic } from './from-classic.ts';
import { formatHistogram } from './format.ts';
import { histogramQuantile } from './quantile.ts';
import { histogramVariance } from './variance.ts';

/** To twelve digits, so that NaN can be compared too. */
const rounded = (value: number): number => Number(value.toPrecision(12)) + 0;
const h = (text: string): NativeHistogram => parseHistogram(`{{${text}}}`).histogram;

test.each([
  ['on the logarithm of a bucket', 0.5, 'count:2 sum:3 offset:1 buckets:[2]', Math.SQRT2],
  ['of a negative bucket', 0.5, 'count:2 sum:-3 n_offset:1 n_buckets:[2]', -Math.SQRT2],
  ['linear in the zero bucket', 0.75, 'count:4 sum:0 z_bucket:4 z_bucket_w:1', 0.5],
  ['a zero bucket beside positive ones begins at 0', 0, 'count:5 sum:1 z_bucket:4 z_bucket_w:1 offset:1 buckets:[1]', 0],
  ['a zero bucket beside negative ones ends at 0', 1, 'count:5 sum:-1 z_bucket:4 z_bucket_w:1 n_offset:1 n_buckets:[1]', 0],
  ['linear in a custom bucket', 0.5, 'schema:-53 count:4 sum:9 custom_values:[2 4] buckets:[1 2 1]', 3],
  ['the lowest custom bucket begins at 0', 0.5, 'schema:-53 count:4 sum:9 custom_values:[2 4] buckets:[4]', 1],
  ['… but where it ends below, that is all', 0.5, 'schema:-53 count:4 sum:9 custom_values:[-2 4] buckets:[4]', -2],
  ['the highest custom bucket', 0.9, 'schema:-53 count:4 sum:9 custom_values:[2 4] buckets:[0 0 4]', 4],
  ['nothing there', 0.5, 'count:0', Number.NaN],
  ['below 0', -1, 'count:1', -Infinity],
  ['above 1', 2, 'count:1', Infinity],
  ['no quantile', Number.NaN, 'count:1', Number.NaN],
  ['a count without buckets', 0.5, 'count:3', 0],
])('quantile, %s', (_, q, text, want) => {
  expect(rounded(histogramQuantile(q, h(text)).value)).toBe(rounded(want));
});

test.each([
  ['of all', -Infinity, Infinity, 'count:4 sum:1 offset:1 buckets:[4]', 1],
  ['half of a bucket', 1, Math.SQRT2, 'count:4 sum:1 offset:1 buckets:[4]', 0.5],
  ['half of a negative bucket', -Math.SQRT2, -1, 'count:4 sum:1 n_offset:1 n_buckets:[4]', 0.5],
  ['of a custom bucket', 0, 1, 'schema:-53 count:4 sum:1 custom_values:[2] buckets:[4]', 0.5],
  ['below an open bucket', -Infinity, -5, 'schema:-53 count:4 sum:1 custom_values:[-2] buckets:[4]', 1],
  ['within an open bucket', -Infinity, 5, 'schema:-53 count:4 sum:1 custom_values:[2] buckets:[1 3]', 0.25],
  ['bounds the wrong way round', 2, 1, 'count:4 sum:1 offset:1 buckets:[4]', 0],
  ['no bound', Number.NaN, 1, 'count:4', Number.NaN],
])('fraction, %s', (_, lower, upper, text, want) => {
  expect(rounded(histogramFraction(lower, upper, h(text)).value)).toBe(rounded(want));
});

test('observations that are NaN are in no fraction and above every quantile', () => {
  const spoiled = h('count:15 sum:NaN buckets:[12]');
  expect(histogramFraction(-Infinity, Infinity, spoiled)).toEqual({ value: 0.8, hasNaN: true });
  expect(histogramQuantile(0.4, spoiled)).toEqual({ value: Math.SQRT1_2, nan: 'skewed' });
  expect(histogramQuantile(0.9, spoiled)).toEqual({ value: Number.NaN, nan: 'result' });
});

test('a fraction is the inverse of a quantile', () => {
  const spread = h('schema:1 count:30 sum:9 z_bucket:2 z_bucket_w:0.001 buckets:[3 4 0 5] n_buckets:[7 9]');
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (q) => {
      expect(histogramFraction(-Infinity, histogramQuantile(q, spread).value, spread).value).toBeCloseTo(q, 9);
    }),
  );
});

test.each([
  ['two buckets, two middles', 'count:2 sum:0 offset:1 buckets:[1] n_offset:1 n_buckets:[1]', 2],
  ['all at 0', 'count:2 sum:0 z_bucket:2 z_bucket_w:1', 0],
  ['custom', 'schema:-53 count:2 sum:4 custom_values:[0 2 4] offset:1 buckets:[1 1]', 1],
  ['nothing there', 'count:0', Number.NaN],
])('variance, %s', (_, text, want) => {
  expect(rounded(histogramVariance(h(text)))).toBe(rounded(want));
});

test('a classic histogram becomes a native one with its bounds', () => {
  const histogram = fromClassic({
    buckets: [
      [Infinity, 9],
      [1, 2],
      [5, 2],
      [2, 2],
      [2, 7],
    ],
    count: 9,
    sum: 30,
  });
  expect(formatHistogram(histogram)).toBe('{count:9, sum:30, [-Inf,1]:2, (5,+Inf]:7}');
  expect([...histogram.customValues]).toEqual([1, 2, 5]);
  expect(formatHistogram(fromClassic({ buckets: [], count: 4, sum: undefined }))).toBe('{count:4, sum:0, [-Inf,+Inf]:4}');
});

test.each([
  [{ buckets: [], count: undefined, sum: 1 }, /neither buckets nor a count/],
  [
    {
      buckets: [
        [1, 5],
        [2, 4],
      ],
      count: 5,
      sum: 1,
    },
    /up to 2 holds 4 observations, which is less than the 5 below it/,
  ],
  [{ buckets: [[Infinity, 5]], count: 6, sum: 1 }, /the count is 6, but the buckets hold 5/],
  [{ buckets: [[1, -5]], count: 5, sum: 1 }, /up to 1 holds -5/],
  [{ buckets: [[Number.NaN, 5]], count: 5, sum: 1 }, /upper bound NaN/],
] as const)('a classic histogram that cannot be: %o', (classic, message) => {
  expect(() => fromClassic(classic)).toThrow(message);
});
