import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';

/** Every count and the sum times a factor. A negative factor makes a gauge of it. */
export function scale(histogram: NativeHistogram, factor: number): NativeHistogram {
  return {
    schema: histogram.schema,
    zeroThreshold: histogram.zeroThreshold,
    zeroCount: histogram.zeroCount * factor,
    count: histogram.count * factor,
    sum: histogram.sum * factor,
    positiveSpans: histogram.positiveSpans,
    positiveBuckets: times(histogram.positiveBuckets, factor),
    negativeSpans: histogram.negativeSpans,
    negativeBuckets: times(histogram.negativeBuckets, factor),
    customValues: histogram.customValues,
    reset: factor < 0 ? 'gauge' : histogram.reset,
  };
}

function times(buckets: Float64Array, factor: number): Float64Array {
  if (buckets.length === 0) return buckets;
  const products = new Float64Array(buckets.length);
  for (let i = 0; i < products.length; i++) products[i] = buckets[i]! * factor;
  return products;
}

/** Every count and the sum over a divisor; a division by 0 leaves no buckets. A negative divisor makes a gauge of it. */
export function divide(histogram: NativeHistogram, divisor: number): NativeHistogram {
  const over = (buckets: Float64Array): Float64Array => {
    const quotients = new Float64Array(divisor === 0 ? 0 : buckets.length);
    for (let i = 0; i < quotients.length; i++) quotients[i] = buckets[i]! / divisor;
    return quotients;
  };
  return {
    ...histogram,
    zeroCount: histogram.zeroCount / divisor,
    count: histogram.count / divisor,
    sum: histogram.sum / divisor,
    positiveSpans: divisor === 0 ? [] : histogram.positiveSpans,
    positiveBuckets: over(histogram.positiveBuckets),
    negativeSpans: divisor === 0 ? [] : histogram.negativeSpans,
    negativeBuckets: over(histogram.negativeBuckets),
    reset: divisor < 0 ? 'gauge' : histogram.reset,
  };
}
