import type { CurvePoints } from '@vitrine/model/curve-store.ts';

/** The middle of the values, by sorting a copy; NaN where there are none. The values are finite. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** Linear between neighbours, as numpy's default; NaN where there are no values. `share` is 0 to 1. */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = (values instanceof Float64Array ? values.slice() : Float64Array.from(values)).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low]!;
  return at === low ? below : below + (sorted[low + 1]! - below) * (at - low);
}

/** What of a normal distribution's standard deviation its median absolute deviation is. */
const MAD_OF_SIGMA = 0.6745;

/** Standard deviation by the median absolute deviation, which single outliers do not move. */
export function robustSigma(values: ArrayLike<number>, centre = median(values)): number {
  return median(Float64Array.from(values, (value) => Math.abs(value - centre))) / MAD_OF_SIGMA;
}

/** The points whose values are finite. */
export function finitePoints(curve: CurvePoints): CurvePoints {
  const { values, length } = curve;
  let first = 0;
  while (first < length && Number.isFinite(values[first]!)) first++;
  if (first === length) return curve;
  const kept: number[] = [];
  for (let i = 0; i < length; i++) if (Number.isFinite(values[i]!)) kept.push(i);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (i) => column[i]!);
  return { length: kept.length, steps: pick(curve.steps), timesMs: pick(curve.timesMs), values: pick(values), epochs: undefined };
}

/** Of a longer stretch so many points, evenly chosen, say what its level is. */
const POINTS_OF_STRETCH = 41;

/**
 * The curve in at most `stretches` of nearly as many points each: the level of each (a median), at its last step. What is
 * shorter stays as it is. Values are finite.
 */
export function inStretches(curve: CurvePoints, stretches: number): CurvePoints {
  const { length } = curve;
  if (length <= stretches) return curve;
  const steps = new Float64Array(stretches);
  const timesMs = new Float64Array(stretches);
  const values = new Float64Array(stretches);
  for (let i = 0; i < stretches; i++) {
    const from = Math.floor((i * length) / stretches);
    const to = Math.floor(((i + 1) * length) / stretches);
    steps[i] = curve.steps[to - 1]!;
    timesMs[i] = curve.timesMs[to - 1]!;
    values[i] = median(evenly(curve.values, from, to));
  }
  return { length: stretches, steps, timesMs, values, epochs: undefined };
}

function evenly(values: Float64Array, from: number, to: number): Float64Array {
  const size = to - from;
  if (size <= POINTS_OF_STRETCH) return values.subarray(from, to);
  const some = new Float64Array(POINTS_OF_STRETCH);
  for (let k = 0; k < POINTS_OF_STRETCH; k++) some[k] = values[from + Math.floor(((k + 0.5) * size) / POINTS_OF_STRETCH)]!;
  return some;
}

/** The median of the `window` values that end at each index; NaN where there are not yet as many. O(n · window). */
export function rollingMedian(values: Float64Array, window: number): Float64Array {
  const out = new Float64Array(values.length).fill(Number.NaN);
  const sorted = new Float64Array(window);
  for (let i = 0; i < values.length; i++) {
    const size = Math.min(i, window);
    let at: number;
    if (i < window) at = size;
    else {
      const gone = values[i - window]!;
      at = 0;
      while (sorted[at] !== gone) at++;
    }
    // The new value sinks or rises to its place from that of the one that went.
    const value = values[i]!;
    while (at > 0 && sorted[at - 1]! > value) {
      sorted[at] = sorted[at - 1]!;
      at--;
    }
    const end = i < window ? size : window - 1;
    while (at < end && sorted[at + 1]! < value) {
      sorted[at] = sorted[at + 1]!;
      at++;
    }
    sorted[at] = value;
    if (i >= window - 1) {
      const half = window >> 1;
      out[i] = window % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
    }
  }
  return out;
}

/**
 * What of the loss was learned, 0 to 1, by the medians of its first and its newest tenth (three points at least): how far it
 * fell, as a share of where it began; of nothing below zero. Undefined where there are fewer than six points.
 */
export function shareLearned(loss: CurvePoints | undefined): number | undefined {
  if (loss === undefined) return undefined;
  const { values, length } = finitePoints(loss);
  if (length < 6) return undefined;
  const few = Math.max(3, Math.floor(length / 10));
  const first = median(values.subarray(0, 3));
  const last = median(values.subarray(length - few));
  return first === 0 ? 0 : (first - last) / Math.abs(first);
}
