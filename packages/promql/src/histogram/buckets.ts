import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { upperBound } from './bound.ts';
import { indexesOf } from './side.ts';

/** Where a bucket begins and ends, and how many observations are in it. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/**
 * The buckets from the lowest to the highest, empty ones of the layout included; the zero bucket only where it is
 * populated. Buckets that overlap with it end or begin at its threshold.
 */
export function bucketsOf(histogram: NativeHistogram): Bucket[] {
  const { zeroThreshold, zeroCount, positiveBuckets, negativeBuckets } = histogram;
  const buckets: Bucket[] = [];
  const negative = indexesOf(histogram.negativeSpans, negativeBuckets.length);
  for (let i = negative.length - 1; i >= 0; i--) {
    const upper = -upperBound(negative[i]! - 1, histogram);
    buckets.push({
      lower: -upperBound(negative[i]!, histogram),
      upper: upper > -zeroThreshold ? -zeroThreshold : upper,
      lowerInclusive: true,
      upperInclusive: false,
      count: negativeBuckets[i]!,
    });
  }
  if (zeroCount > 0) {
    buckets.push({ lower: -zeroThreshold, upper: zeroThreshold, lowerInclusive: true, upperInclusive: true, count: zeroCount });
  }
  const positive = indexesOf(histogram.positiveSpans, positiveBuckets.length);
  const custom = histogram.schema === CUSTOM_BUCKETS;
  for (let i = 0; i < positive.length; i++) {
    const lower = upperBound(positive[i]! - 1, histogram);
    buckets.push({
      lower: !custom && lower < zeroThreshold ? zeroThreshold : lower,
      upper: upperBound(positive[i]!, histogram),
      lowerInclusive: custom && positive[i] === 0,
      upperInclusive: true,
      count: positiveBuckets[i]!,
    });
  }
  return buckets;
}
