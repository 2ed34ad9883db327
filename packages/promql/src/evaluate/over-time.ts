import { compensate, roundingOf } from './kahan.ts';
import { quantileOf } from './quantile.ts';
import {
  eachWindow,
  floatScratch,
  intScratch,
  locateWindows,
  stepsInRange,
  type RangeKernel,
  type Samples,
} from './range-window.ts';

/** Below this many samples a window is summed directly; it is as fast, and the order is Prometheus' own. */
const SHORT_WINDOW = 6;

/** Sums one window in order. */
export function sumDirectly(values: Float64Array, lo: number, hi: number): number {
  let sum = 0;
  let lost = 0;
  for (let i = lo; i < hi; i++) {
    const value = values[i]!;
    const next = sum + value;
    lost = compensate(sum, value, next, lost);
    sum = next;
  }
  return sum === Infinity || sum === -Infinity ? sum : sum + lost;
}

/** Averages one window in order; by running means from where the sum would overflow. */
function averageDirectly(values: Float64Array, lo: number, hi: number): number {
  let sum = values[lo]!;
  let lost = 0;
  let running = false;
  for (let i = lo + 1; i < hi; i++) {
    const value = values[i]!;
    const count = i - lo + 1;
    if (!running) {
      const next = sum + value;
      if (next !== Infinity && next !== -Infinity) {
        lost = compensate(sum, value, next, lost);
        sum = next;
        continue;
      }
      running = true;
      sum /= count - 1;
      lost /= count - 1;
    }
    const share = (count - 1) / count;
    const mean = share * sum;
    const next = mean + value / count;
    lost = compensate(mean, value / count, next, share * lost);
    sum = next;
  }
  return running ? sum + lost : sum / (hi - lo) + lost / (hi - lo);
}

const pieceSums = floatScratch();
const pieceLosts = floatScratch();
const tailSums = floatScratch();
const tailLosts = floatScratch();

/**
 * Sums of sliding windows, each sample touched a few times however long the window: a window is the tail of a block,
 * whose sums are known from every start, and what came after the block. Nothing is ever subtracted, so no large value
 * leaves its rounding behind. Where windows overlap by whole steps, blocks are made of steps instead of samples.
 * Windows whose sum is not finite are computed by `directly`, in Prometheus' order.
 */
function slidingSum(directly: (values: Float64Array, lo: number, hi: number) => number, mean: boolean): RangeKernel {
  return (samples, windows, { values, present }) => {
    const { values: points, length } = samples;
    const { count } = windows;
    const { from, to } = locateWindows(samples, windows);
    const overlap = stepsInRange(windows);
    const pieces = overlap > 0 ? count + overlap : length;
    const sums = overlap > 0 ? pieceSums.take(pieces) : points;
    const losts = pieceLosts.take(pieces);
    if (overlap > 0) sumPieces(points, from, pieces - 1, sums, losts);
    else losts.fill(0, 0, pieces);
    const tails = tailSums.take(pieces);
    const tailsLost = tailLosts.take(pieces);
    // The block ends before `split`; `tails[i]` is the sum of pieces [i, split), `head` that of [split, summed).
    let split = 0;
    let summed = 0;
    let head = 0;
    let headLost = 0;
    for (let i = 0; i < count; i++) {
      const lo = from[i]!;
      const hi = to[i]!;
      const size = hi - lo;
      present[i] = size > 0 ? 1 : 0;
      if (size <= SHORT_WINDOW) {
        if (size > 0) values[i] = directly(points, lo, hi);
        continue;
      }
      const first = overlap > 0 ? i : lo;
      const end = overlap > 0 ? i + overlap : hi;
      if (first >= split) {
        let sum = 0;
        let lost = 0;
        for (let j = end - 1; j >= first; j--) {
          const next = sum + sums[j]!;
          lost += losts[j]! + roundingOf(sum, sums[j]!, next);
          sum = next;
          tails[j] = sum;
          tailsLost[j] = lost;
        }
        split = end;
        summed = end;
        head = 0;
        headLost = 0;
      }
      for (; summed < end; summed++) {
        const next = head + sums[summed]!;
        headLost += losts[summed]! + roundingOf(head, sums[summed]!, next);
        head = next;
      }
      const tail = tails[first]!;
      const next = tail + head;
      const sum = next + (tailsLost[first]! + headLost + roundingOf(tail, head, next));
      // NaN where a sum ran into infinity on the way, so one look finds every window that needs care.
      if (sum - sum === 0) values[i] = mean ? sum / size : sum;
      else values[i] = directly(points, lo, hi);
    }
  };
}

/** Piece j is the samples [bounds[j], bounds[j + 1]). */
function sumPieces(points: Float64Array, bounds: Int32Array, count: number, sums: Float64Array, losts: Float64Array): void {
  let at = bounds[0]!;
  for (let j = 0; j < count; j++) {
    const end = bounds[j + 1]!;
    let sum = 0;
    let lost = 0;
    for (; at < end; at++) {
      const next = sum + points[at]!;
      lost += roundingOf(sum, points[at]!, next);
      sum = next;
    }
    sums[j] = sum;
    losts[j] = lost;
  }
}

const queue = intScratch();

/** min_over_time() and max_over_time(): a queue keeps the samples that may still become the extreme. NaN counts only where nothing else is. */
function extreme(sign: 1 | -1): RangeKernel {
  return (samples, windows, { values, present }) => {
    const { values: points, length } = samples;
    const { from, to } = locateWindows(samples, windows);
    const candidates = queue.take(length);
    let front = 0;
    let back = 0;
    let seen = 0;
    for (let i = 0; i < windows.count; i++) {
      const lo = from[i]!;
      const hi = to[i]!;
      for (; seen < hi; seen++) {
        const value = points[seen]! * sign;
        if (value !== value) continue;
        while (back > front && points[candidates[back - 1]!]! * sign <= value) back--;
        candidates[back++] = seen;
      }
      while (front < back && candidates[front]! < lo) front++;
      present[i] = hi > lo ? 1 : 0;
      if (hi > lo) values[i] = front < back ? points[candidates[front]!]! : Number.NaN;
    }
  };
}

function variance(values: Float64Array, lo: number, hi: number): number {
  let [count, mean, meanLost, squares, squaresLost] = [0, 0, 0, 0, 0];
  for (let i = lo; i < hi; i++) {
    count++;
    const value = values[i]!;
    const delta = value - (mean + meanLost);
    let next = mean + delta / count;
    meanLost = compensate(mean, delta / count, next, meanLost);
    mean = next;
    const square = delta * (value - (mean + meanLost));
    next = squares + square;
    squaresLost = compensate(squares, square, next, squaresLost);
    squares = next;
  }
  return (squares + squaresLost) / count;
}

const window = floatScratch();

function copyWindow(values: Float64Array, lo: number, hi: number): Float64Array {
  const copy = window.take(hi - lo);
  for (let i = lo; i < hi; i++) copy[i - lo] = values[i]!;
  return copy;
}

/** NaN where any value is: it must not be passed over as the smallest. */
function medianDeviation({ values }: Samples, lo: number, hi: number): number {
  for (let i = lo; i < hi; i++) if (Number.isNaN(values[i])) return Number.NaN;
  const median = quantileOf(0.5, copyWindow(values, lo, hi), hi - lo);
  const deviations = window.take(hi - lo);
  for (let i = lo; i < hi; i++) deviations[i - lo] = Math.abs(values[i]! - median);
  return quantileOf(0.5, deviations, hi - lo);
}

/** When the extreme was, in seconds; of equal ones the last. */
function extremeTime(better: (value: number, best: number) => boolean): RangeKernel {
  return eachWindow(1, ({ timestampsMs, values }, lo, hi) => {
    let best = lo;
    for (let i = lo; i < hi; i++) if (better(values[i]!, values[best]!) || Number.isNaN(values[best]!)) best = i;
    return timestampsMs[best]! / 1000;
  });
}

export const sumOverTime = slidingSum(sumDirectly, false);
export const avgOverTime = slidingSum(averageDirectly, true);
export const minOverTime = extreme(-1);
export const maxOverTime = extreme(1);
export const countOverTime = eachWindow(1, (_, lo, hi) => hi - lo);
export const presentOverTime = eachWindow(1, () => 1);
export const lastOverTime = eachWindow(1, ({ values }, _, hi) => values[hi - 1]!);
export const firstOverTime = eachWindow(1, ({ values }, lo) => values[lo]!);
export const stdvarOverTime = eachWindow(1, ({ values }, lo, hi) => variance(values, lo, hi));
export const stddevOverTime = eachWindow(1, ({ values }, lo, hi) => Math.sqrt(variance(values, lo, hi)));
export const madOverTime = eachWindow(1, medianDeviation);
export const quantileOverTime = eachWindow(1, ({ values }, lo, hi, step, { args }) =>
  quantileOf(args[0]![step]!, copyWindow(values, lo, hi), hi - lo),
);
export const tsOfFirstOverTime = eachWindow(1, ({ timestampsMs }, lo) => timestampsMs[lo]! / 1000);
export const tsOfLastOverTime = eachWindow(1, ({ timestampsMs }, _, hi) => timestampsMs[hi - 1]! / 1000);
export const tsOfMaxOverTime = extremeTime((value, best) => value >= best);
export const tsOfMinOverTime = extremeTime((value, best) => value <= best);
