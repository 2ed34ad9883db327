import type { CounterReset, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { packSide, sideOf } from './side.ts';
import { HistogramSum } from './sum.ts';

/** The same without empty buckets, in as few spans as possible. */
export function compact(histogram: NativeHistogram): NativeHistogram {
  const positive = packSide(sideOf(histogram.positiveSpans, histogram.positiveBuckets));
  const negative = packSide(sideOf(histogram.negativeSpans, histogram.negativeBuckets));
  return {
    ...histogram,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
  };
}

/** The same at a lower resolution, compact; as it is where the schema is not lower, or its buckets are custom ones. */
export function toSchema(histogram: NativeHistogram, schema: number): NativeHistogram {
  if (schema >= histogram.schema) return histogram;
  const sum = new HistogramSum(histogram);
  sum.coarsen(schema);
  return sum.result();
}

/** The same with another hint. */
export function withReset(histogram: NativeHistogram, reset: CounterReset): NativeHistogram {
  return histogram.reset === reset ? histogram : { ...histogram, reset };
}
