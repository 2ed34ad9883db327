import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { add } from '@vitrine/promql/histogram/combine.ts';
import { compact, toSchema } from '@vitrine/promql/histogram/layout.ts';
import { emptyWrittenHistogram, judgeHistogram } from '../native-histogram/written-histogram.ts';
import { limitHistogram } from '../native-histogram/limit-histogram.ts';
import type { Buckets, ExponentialPoint } from './otlp-metrics.ts';

/** Where a point does not say how wide its zero bucket is, as Prometheus takes it. */
const ZERO_THRESHOLD = 1e-128;
/** Buckets of both sides of what deltas add up to: twice what an SDK counts in. */
const MOST_BUCKETS = 320;

/**
 * An exponential histogram as a native one, or what is wrong with it. Scale and schema are one number, but bucket i of the
 * one is i + 1 of the other. Source: Prometheus' specification of native histograms, OpenTelemetry interoperability.
 */
export function nativeOf(point: ExponentialPoint): NativeHistogram | string {
  if (!Number.isInteger(point.scale)) return `its scale is ${point.scale}, which is not a whole number`;
  const positive = spanOf(point.positive);
  const negative = spanOf(point.negative);
  if (positive === undefined || negative === undefined) return 'it has buckets whose offset is not a whole number';
  const judged = judgeHistogram({
    ...emptyWrittenHistogram(),
    schema: point.scale,
    zeroThreshold: point.zeroThreshold === 0 ? ZERO_THRESHOLD : point.zeroThreshold,
    zeroCount: point.zeroCount,
    count: point.count,
    // Without a sum none is known: zero would be one.
    sum: point.sum ?? Number.NaN,
    // Buckets stand as counts, not as differences.
    whole: false,
    positive,
    negative,
  });
  if (typeof judged === 'string') return judged;
  const total = [judged.zeroCount, ...judged.positiveBuckets, ...judged.negativeBuckets].reduce((sum, own) => sum + own, 0);
  return total > judged.count && total < Number.MAX_SAFE_INTEGER
    ? `its buckets hold ${total} observations, and its count is ${judged.count}`
    : compact(judged);
}

/** What was counted before and now, at the finer resolution that both have, with no more buckets than are kept in memory. */
export function addNative(now: NativeHistogram, before: NativeHistogram | undefined): NativeHistogram {
  const sum = before === undefined ? now : (add(before, now)?.histogram ?? now);
  const limited = limitHistogram(sum, { bucketLimit: MOST_BUCKETS, minBucketFactor: 0 });
  // All numbers that there are fit into fewer buckets of the coarsest schema.
  return typeof limited === 'string' ? toSchema(sum, -4) : limited;
}

/** The same histogram before anything was observed. */
export function zeroOf({ schema, zeroThreshold, customValues, reset }: NativeHistogram): NativeHistogram {
  const none = new Float64Array();
  return {
    schema,
    zeroThreshold,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: [],
    positiveBuckets: none,
    negativeSpans: [],
    negativeBuckets: none,
    customValues,
    reset,
  };
}

function spanOf({ from, counts }: Buckets) {
  if (!Number.isInteger(from)) return undefined;
  return { spans: counts.length === 0 ? [] : [{ offset: from + 1, length: counts.length }], deltas: [], counts: [...counts] };
}
