import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { formatG } from '../evaluate/format-number.ts';
import { bucketsOf } from './buckets.ts';

/** `{count:3, sum:4, [-0.001,0.001]:1, (1,2]:2}`: as Prometheus writes a histogram into labels and messages. */
export function formatHistogram(histogram: NativeHistogram): string {
  const parts = bucketsOf(histogram)
    .filter(({ count }) => count !== 0)
    .map(
      ({ lower, upper, lowerInclusive, upperInclusive, count }) =>
        `${lowerInclusive ? '[' : '('}${formatG(lower)},${formatG(upper)}${upperInclusive ? ']' : ')'}:${formatG(count)}`,
    );
  return `{${[`count:${formatG(histogram.count)}`, `sum:${formatG(histogram.sum)}`, ...parts].join(', ')}}`;
}

/** A bucket of the HTTP API: which ends belong to it (0 the upper, 1 the lower, 2 none, 3 both), its ends and its count. */
export type WireBucket = readonly [rule: 0 | 1 | 2 | 3, lower: number, upper: number, count: number];

/** The populated buckets from the lowest to the highest, as the HTTP API v1 has them beside count and sum. */
export function wireBuckets(histogram: NativeHistogram): WireBucket[] {
  return bucketsOf(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, lowerInclusive, upperInclusive, count }) => [
      lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2,
      lower,
      upper,
      count,
    ]);
}
