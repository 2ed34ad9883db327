import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { upperBound } from './bound.ts';
import { indexAt, indexesOf } from './side.ts';

/** Where a bucket begins and ends, and how many observations are in it. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/**
 * How many buckets there are, by their places from the lowest to the highest: empty ones of the layout included, the zero
 * bucket only where it is populated.
 */
export function placesOf({ negativeBuckets, zeroCount, positiveBuckets }: NativeHistogram): number {
  return negativeBuckets.length + (zeroCount > 0 ? 1 : 0) + positiveBuckets.length;
}

/** How many observations are in the bucket at a place. */
export function countAt({ negativeBuckets, zeroCount, positiveBuckets }: NativeHistogram, place: number): number {
  const negative = negativeBuckets.length;
  if (place < negative) return negativeBuckets[negative - 1 - place]!;
  if (zeroCount > 0 && place === negative) return zeroCount;
  return positiveBuckets[place - negative - (zeroCount > 0 ? 1 : 0)]!;
}

/** The bucket at a place. One that overlaps with the zero bucket ends or begins at its threshold. */
export function bucketAt(histogram: NativeHistogram, place: number): Bucket {
  const { negativeBuckets, negativeSpans, positiveBuckets, positiveSpans, zeroCount } = histogram;
  const negative = negativeBuckets.length;
  if (place < negative) {
    const at = negative - 1 - place;
    return negativeBucket(histogram, indexAt(negativeSpans, at, negative), negativeBuckets[at]!);
  }
  if (zeroCount > 0 && place === negative) return zeroBucket(histogram);
  const at = place - negative - (zeroCount > 0 ? 1 : 0);
  return positiveBucket(histogram, indexAt(positiveSpans, at, positiveBuckets.length), positiveBuckets[at]!);
}

/** The buckets at all places. */
export function bucketsOf(histogram: NativeHistogram): Bucket[] {
  const { negativeBuckets, negativeSpans, positiveBuckets, positiveSpans, zeroCount } = histogram;
  const buckets: Bucket[] = [];
  const negative = indexesOf(negativeSpans, negativeBuckets.length);
  for (let i = negative.length - 1; i >= 0; i--) buckets.push(negativeBucket(histogram, negative[i]!, negativeBuckets[i]!));
  if (zeroCount > 0) buckets.push(zeroBucket(histogram));
  const positive = indexesOf(positiveSpans, positiveBuckets.length);
  for (let i = 0; i < positive.length; i++) buckets.push(positiveBucket(histogram, positive[i]!, positiveBuckets[i]!));
  return buckets;
}

function negativeBucket(histogram: NativeHistogram, index: number, count: number): Bucket {
  const upper = -upperBound(index - 1, histogram);
  return {
    lower: -upperBound(index, histogram),
    upper: Math.min(upper, -histogram.zeroThreshold),
    lowerInclusive: true,
    upperInclusive: false,
    count,
  };
}

function zeroBucket({ zeroThreshold, zeroCount }: NativeHistogram): Bucket {
  return { lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount };
}

function positiveBucket(histogram: NativeHistogram, index: number, count: number): Bucket {
  const custom = histogram.schema === CUSTOM_BUCKETS;
  const lower = upperBound(index - 1, histogram);
  return {
    lower: custom ? lower : Math.max(lower, histogram.zeroThreshold),
    upper: upperBound(index, histogram),
    lowerInclusive: custom && index === 0,
    upperInclusive: true,
    count,
  };
}
