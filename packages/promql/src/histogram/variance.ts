import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { compensate } from '../evaluate/kahan.ts';
import { bucketsOf } from './buckets.ts';

/**
 * The variance of the observations, each taken for the middle of its bucket: the geometric one of an exponential bucket, 0
 * of the zero bucket, the arithmetic one of a custom bucket.
 */
export function histogramVariance(histogram: NativeHistogram): number {
  const mean = histogram.sum / histogram.count;
  let squares = 0;
  let lost = 0;
  for (const { lower, upper, count } of bucketsOf(histogram)) {
    if (count === 0) continue;
    const value = middle(lower, upper, histogram.schema);
    const next = squares + count * (value - mean) ** 2;
    lost = compensate(squares, count * (value - mean) ** 2, next, lost);
    squares = next;
  }
  return (squares + lost) / histogram.count;
}

function middle(lower: number, upper: number, schema: number): number {
  if (schema === CUSTOM_BUCKETS) return (lower + upper) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  return Math.sign(upper) * Math.sqrt(Math.abs(lower)) * Math.sqrt(Math.abs(upper));
}
