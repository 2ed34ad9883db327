import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { areSameNumbers, areSameSpans } from './histograms.ts';

/** Whether two histograms say the same. What they say of a counter's reset does not count: a sender may have forgotten it. */
export function isSameHistogram(some: NativeHistogram, other: NativeHistogram): boolean {
  return (
    some.schema === other.schema &&
    Object.is(some.zeroThreshold, other.zeroThreshold) &&
    Object.is(some.zeroCount, other.zeroCount) &&
    Object.is(some.count, other.count) &&
    Object.is(some.sum, other.sum) &&
    areSameSpans(some.positiveSpans, other.positiveSpans) &&
    areSameSpans(some.negativeSpans, other.negativeSpans) &&
    areSameNumbers(some.positiveBuckets, other.positiveBuckets) &&
    areSameNumbers(some.negativeBuckets, other.negativeBuckets) &&
    areSameNumbers(some.customValues, other.customValues)
  );
}
