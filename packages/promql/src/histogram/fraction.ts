import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { bucketsOf } from './buckets.ts';
import { assumedInterval, isLinear, shareBelow } from './interpolate.ts';

/** A share of observations, and whether some are NaN, which are in no share. */
export interface HistogramFraction {
  readonly value: number;
  readonly hasNaN: boolean;
}

/**
 * The share of observations between two values, the inverse of histogramQuantile(): NaN of no observations or where a
 * bound is NaN, 0 where the lower is not below the upper.
 */
export function histogramFraction(lower: number, upper: number, histogram: NativeHistogram): HistogramFraction {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: Number.NaN, hasNaN: false };
  if (lower >= upper) return { value: 0, hasNaN: false };
  const buckets = bucketsOf(histogram);
  const counted = Number.isNaN(histogram.sum) ? buckets.reduce((sum, { count }) => sum + count, 0) : histogram.count;
  const rankOf = (value: number): number => {
    let rank = 0;
    for (const bucket of buckets) {
      const interval = assumedInterval(bucket, histogram);
      if (interval.lower >= value) return Math.min(rank, counted);
      if (interval.upper > value) {
        // Nothing can be said about where in an open bucket: all of the lowest is below, none of the highest.
        const share =
          interval.lower === -Infinity
            ? 1
            : interval.upper === Infinity
              ? 0
              : shareBelow(value, interval, isLinear(interval, histogram.schema));
        return Math.min(rank + bucket.count * share, counted);
      }
      rank += bucket.count;
    }
    return counted;
  };
  return { value: (rankOf(upper) - rankOf(lower)) / histogram.count, hasNaN: counted < histogram.count };
}
