import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { bucketAt, countAt, placesOf } from './buckets.ts';
import { assumedInterval, isLinear, valueAt } from './interpolate.ts';

/** A quantile, and whether observations that are NaN spoiled it: they are in no bucket, and count as the largest. */
export interface HistogramQuantile {
  readonly value: number;
  readonly nan: 'none' | 'skewed' | 'result';
}

/**
 * The φ-quantile of a native histogram, as Prometheus defines it: NaN of no observations or where q is NaN, -Inf below 0,
 * +Inf above 1; interpolated within a bucket on its logarithm, linearly within the zero bucket and custom ones.
 */
export function histogramQuantile(q: number, histogram: NativeHistogram): HistogramQuantile {
  const of = (value: number, nan: HistogramQuantile['nan'] = 'none'): HistogramQuantile => ({ value, nan });
  if (q < 0) return of(-Infinity);
  if (q > 1) return of(Infinity);
  if (histogram.count === 0 || Number.isNaN(q)) return of(Number.NaN);
  const hasNaN = Number.isNaN(histogram.sum);
  // From the nearer end, as rounding is least there. NaN observations spoil the upper one.
  const upwards = hasNaN || q < 0.5;
  const rank = (upwards ? q : 1 - q) * histogram.count;
  const places = placesOf(histogram);
  let passed = 0;
  let place: number | undefined;
  for (let i = 0; i < places && !(passed >= rank && place !== undefined); i++) {
    const next = upwards ? i : places - 1 - i;
    const count = countAt(histogram, next);
    if (count === 0) continue;
    place = next;
    passed += count;
  }
  const found = place === undefined ? { lower: 0, upper: 0, count: 0 } : bucketAt(histogram, place);
  const custom = histogram.schema === CUSTOM_BUCKETS;
  if (custom && found.lower === -Infinity && found.upper <= 0) return of(found.upper);
  if (custom && found.lower !== -Infinity && found.upper === Infinity) return of(found.lower);
  passed = Math.min(passed, histogram.count);
  const interval = custom && found.lower === -Infinity ? { lower: 0, upper: found.upper } : assumedInterval(found, histogram);
  if (passed < rank) return hasNaN ? of(Number.NaN, 'result') : of(interval.upper);
  const within = upwards ? rank - (passed - found.count) : passed - rank;
  return of(valueAt(within / found.count, interval, isLinear(interval, histogram.schema)), hasNaN ? 'skewed' : 'none');
}
