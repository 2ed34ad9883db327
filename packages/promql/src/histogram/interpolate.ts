import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';

/** Where a bucket begins and ends. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The part of a bucket in which observations are assumed: of a zero bucket only the side that has other buckets, where
 * only one has; of the lowest custom bucket only what is above 0, where it reaches above 0.
 */
export function assumedInterval({ lower, upper }: Interval, histogram: NativeHistogram): Interval {
  const { schema, positiveBuckets, negativeBuckets } = histogram;
  if (schema === CUSTOM_BUCKETS)
    return lower === -Infinity && upper > 0 && upper < Infinity ? { lower: 0, upper } : { lower, upper };
  if (lower <= 0 && upper >= 0) {
    if (negativeBuckets.length === 0 && positiveBuckets.length > 0) return { lower: 0, upper };
    if (positiveBuckets.length === 0 && negativeBuckets.length > 0) return { lower, upper: 0 };
  }
  return { lower, upper };
}

/** Whether observations are assumed to be spread evenly over a bucket, as over a zero bucket and custom ones, or over its logarithm. */
export function isLinear({ lower, upper }: Interval, schema: number): boolean {
  return schema === CUSTOM_BUCKETS || (lower <= 0 && upper >= 0);
}

/** The share of a bucket's observations below a value within it, from 0 to 1. The ends of the bucket are finite. */
export function shareBelow(value: number, { lower, upper }: Interval, linear: boolean): number {
  if (linear) return (value - lower) / (upper - lower);
  const [from, to, at] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper)), Math.log2(Math.abs(value))];
  return (at - from) / (to - from);
}

/** The value below which a share of a bucket's observations lies. */
export function valueAt(share: number, { lower, upper }: Interval, linear: boolean): number {
  if (linear) return lower + (upper - lower) * share;
  const [from, to] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper))];
  return Math.sign(lower) * 2 ** (from + (to - from) * share);
}

/** What an observation of a bucket, or of a part of one, is assumed to be: its middle, on a logarithmic scale where it has one, or its finite end. */
export function middleOf({ lower, upper }: Interval, linear: boolean): number {
  if (lower === -Infinity || upper === Infinity) return lower === -Infinity ? (upper === Infinity ? 0 : upper) : lower;
  return linear ? (lower + upper) / 2 : Math.sign(lower) * Math.sqrt(Math.abs(lower)) * Math.sqrt(Math.abs(upper));
}
