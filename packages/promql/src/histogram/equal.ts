import type { BucketSpan, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { sameBounds } from './custom-bounds.ts';
import { packSide, sideOf, sameIndexes, indexesOf } from './side.ts';

/**
 * Whether two histograms say the same, bit by bit: -0 is not 0, NaN is NaN. Empty buckets and the hint about resets do
 * not count.
 */
export function equal(a: NativeHistogram, b: NativeHistogram): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    sameBounds(a.customValues, b.customValues) &&
    sameSide(a.positiveSpans, a.positiveBuckets, b.positiveSpans, b.positiveBuckets) &&
    sameSide(a.negativeSpans, a.negativeBuckets, b.negativeSpans, b.negativeBuckets)
  );
}

function sameSide(
  aSpans: readonly BucketSpan[],
  aBuckets: Float64Array,
  bSpans: readonly BucketSpan[],
  bBuckets: Float64Array,
): boolean {
  const a = packSide(sideOf(aSpans, aBuckets));
  const b = packSide(sideOf(bSpans, bBuckets));
  if (a.buckets.length !== b.buckets.length) return false;
  if (!sameIndexes(indexesOf(a.spans, a.buckets.length), indexesOf(b.spans, b.buckets.length))) return false;
  return a.buckets.every((count, i) => Object.is(count, b.buckets[i]));
}
