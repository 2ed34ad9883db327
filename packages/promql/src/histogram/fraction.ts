import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { bucketAt, countAt, placesOf } from './buckets.ts';
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
  const places = placesOf(histogram);
  let counted = histogram.count;
  if (Number.isNaN(histogram.sum)) {
    counted = 0;
    for (let i = 0; i < places; i++) counted += countAt(histogram, i);
  }
  const rankOf = (value: number): number => {
    const place = firstAbove(value, histogram, places);
    let rank = 0;
    for (let i = 0; i < place; i++) rank += countAt(histogram, i);
    if (place === places) return counted;
    const { count, ...bucket } = bucketAt(histogram, place);
    const interval = assumedInterval(bucket, histogram);
    // Nothing can be said about where in an open bucket: all of the lowest is below, none of the highest.
    if (interval.lower < value) {
      if (interval.lower === -Infinity) rank += count;
      else if (interval.upper !== Infinity) rank += count * shareBelow(value, interval, isLinear(interval, histogram.schema));
    }
    return Math.min(rank, counted);
  };
  return { value: (rankOf(upper) - rankOf(lower)) / histogram.count, hasNaN: counted < histogram.count };
}

/** The place of the lowest bucket that ends above a value; behind the last where none does. */
function firstAbove(value: number, histogram: NativeHistogram, places: number): number {
  let [from, to] = [0, places];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (assumedInterval(bucketAt(histogram, middle), histogram).upper > value) to = middle;
    else from = middle + 1;
  }
  return from;
}
