import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';

const NO_BUCKETS = {
  positiveSpans: [],
  positiveBuckets: new Float64Array(0),
  negativeSpans: [],
  negativeBuckets: new Float64Array(0),
};

/** Every count and the sum times a factor. A negative factor makes a gauge of it. */
export function scale(histogram: NativeHistogram, factor: number): NativeHistogram {
  return each(histogram, (value) => value * factor, factor < 0);
}

/** Every count and the sum over a divisor; a division by 0 leaves no buckets. A negative divisor makes a gauge of it. */
export function divide(histogram: NativeHistogram, divisor: number): NativeHistogram {
  const quotient = each(histogram, (value) => value / divisor, divisor < 0);
  return divisor === 0 ? { ...quotient, ...NO_BUCKETS } : quotient;
}

function each(histogram: NativeHistogram, change: (value: number) => number, isGauge: boolean): NativeHistogram {
  return {
    ...histogram,
    zeroCount: change(histogram.zeroCount),
    count: change(histogram.count),
    sum: change(histogram.sum),
    positiveBuckets: histogram.positiveBuckets.map(change),
    negativeBuckets: histogram.negativeBuckets.map(change),
    reset: isGauge ? 'gauge' : histogram.reset,
  };
}
