import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { BucketSpan, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { bucketMap, commonBounds, sameBounds } from './custom-bounds.ts';
import { regroup, sameSpans, sideOf, type Side } from './side.ts';
import { HistogramSum } from './sum.ts';

/**
 * Whether the counting began anew between two histograms of a series: a count fell, a populated bucket is gone, or the
 * buckets became finer, which a running counter cannot do. The hint of the later one decides where it says anything;
 * gauges are looked at as if they were counters. The sum may fall: observations may be negative.
 */
export function detectReset(next: NativeHistogram, previous: NativeHistogram): boolean {
  if (next.reset === 'reset') return true;
  if (next.reset === 'not reset') return false;
  if (next.count < previous.count) return true;
  const custom = next.schema === CUSTOM_BUCKETS;
  if (custom !== (previous.schema === CUSTOM_BUCKETS)) return true;
  if (custom) return hasFallen(...commonSides(next, previous));
  if (next.schema > previous.schema || next.zeroThreshold < previous.zeroThreshold) return true;
  let before = previous;
  if (next.zeroThreshold !== previous.zeroThreshold || next.schema !== previous.schema) {
    const working = new HistogramSum(previous);
    // A zero bucket that ends within a populated bucket of the earlier one cannot have grown from it.
    if (working.widenZero(next.zeroThreshold) !== next.zeroThreshold) return true;
    working.coarsen(next.schema);
    before = working.result();
  }
  return (
    next.zeroCount < before.zeroCount ||
    haveFallen(next.positiveSpans, next.positiveBuckets, before.positiveSpans, before.positiveBuckets) ||
    haveFallen(next.negativeSpans, next.negativeBuckets, before.negativeSpans, before.negativeBuckets)
  );
}

function commonSides(next: NativeHistogram, previous: NativeHistogram): [Side, Side] {
  const after = sideOf(next.positiveSpans, next.positiveBuckets);
  const before = sideOf(previous.positiveSpans, previous.positiveBuckets);
  if (sameBounds(next.customValues, previous.customValues)) return [after, before];
  const common = commonBounds(next.customValues, previous.customValues);
  return [regroup(after, bucketMap(next.customValues, common)), regroup(before, bucketMap(previous.customValues, common))];
}

function haveFallen(
  afterSpans: readonly BucketSpan[],
  after: Float64Array,
  beforeSpans: readonly BucketSpan[],
  before: Float64Array,
): boolean {
  if (after.length !== before.length || !sameSpans(afterSpans, beforeSpans)) {
    return hasFallen(sideOf(afterSpans, after), sideOf(beforeSpans, before));
  }
  for (let i = 0; i < after.length; i++) if (after[i]! < before[i]!) return true;
  return false;
}

/** Whether any bucket of `before` holds more than the same one of `after`. */
function hasFallen(after: Side, before: Side): boolean {
  let at = 0;
  for (let i = 0; i < before.indexes.length; i++) {
    const index = before.indexes[i]!;
    while (at < after.indexes.length && after.indexes[at]! < index) at++;
    if (after.indexes[at] === index ? after.counts[at]! < before.counts[i]! : before.counts[i] !== 0) return true;
  }
  return false;
}
