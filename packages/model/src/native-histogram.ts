/**
 * Buckets that lie next to each other. `offset` is how many places lie between the end of the span before and this one;
 * of the first span it is the index of its first bucket.
 */
export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}

/** Whether a histogram counts on from the sample before it. `gauge`: it may fall, and is no counter. */
export type CounterReset = 'unknown' | 'reset' | 'not reset' | 'gauge';

/** The schema of histograms whose bounds are listed (`customValues`). */
export const CUSTOM_BUCKETS = -53;

/**
 * A Prometheus native histogram: one sample that is a whole distribution. Counts are numbers of observations, absolute a
 * bucket, and need not be whole (rates are not); whole ones are exact up to 2^53. Never changed once made.
 * Source: Prometheus' specification of native histograms (prometheus.io/docs/specs/native_histograms).
 */
export interface NativeHistogram {
  /** −4 to 8: positive bucket i covers (base^(i−1), base^i] where base is 2^(2^−schema); −53: see `customValues`. */
  readonly schema: number;
  /** Observations from −zeroThreshold to zeroThreshold, both included, are in `zeroCount`. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** All observations, NaN ones included, which are in no bucket. */
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly BucketSpan[];
  /** One count a place of the spans. */
  readonly positiveBuckets: Float64Array;
  readonly negativeSpans: readonly BucketSpan[];
  readonly negativeBuckets: Float64Array;
  /** Upper bounds (included) in ascending order, without the +Inf that follows them; empty where the schema is not −53. */
  readonly customValues: Float64Array;
  readonly reset: CounterReset;
}
