import { CUSTOM_BUCKETS, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { toSchema } from '@vitrine/promql/histogram/layout.ts';

/** How fine a scraped histogram may be, as Prometheus' scrape configs say it; 0 is no limit. */
export interface HistogramLimits {
  /** native_histogram_bucket_limit: buckets of both sides together. */
  readonly bucketLimit: number;
  /** native_histogram_min_bucket_factor: how much wider each bucket is than the one before it, at least. */
  readonly minBucketFactor: number;
}

const COARSEST_SCHEMA = -4;

/** The histogram, its buckets merged until it keeps the limits, or why it cannot. */
export function limitHistogram(
  histogram: NativeHistogram,
  { bucketLimit, minBucketFactor }: HistogramLimits,
): NativeHistogram | string {
  let limited = histogram;
  if (minBucketFactor > 1 && histogram.schema !== CUSTOM_BUCKETS) {
    // The factor of a schema is 2^(2^-schema).
    const finest = Math.floor(-Math.log2(Math.log2(minBucketFactor)));
    limited = toSchema(limited, Math.max(COARSEST_SCHEMA, finest));
  }
  const mostBuckets = bucketLimit === 0 ? Infinity : bucketLimit;
  while (bucketsOf(limited) > mostBuckets) {
    if (limited.schema <= COARSEST_SCHEMA) {
      return `it has ${bucketsOf(limited)} buckets, and the native_histogram_bucket_limit is ${bucketLimit}`;
    }
    limited = toSchema(limited, limited.schema - 1);
  }
  return limited;
}

function bucketsOf({ positiveBuckets, negativeBuckets }: NativeHistogram): number {
  return positiveBuckets.length + negativeBuckets.length;
}
