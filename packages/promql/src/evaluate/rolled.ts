import { sumDirectly } from './over-time.ts';
import { floatScratch, locateWindows, type RangeKernel } from './range-window.ts';

/** What a function makes of a window's samples [lo, hi): how many they stand for, and what those add up to. */
type OfRolled = (count: number, sums: Float64Array, lo: number, hi: number) => number;

const sumScratch = floatScratch();
const countScratch = floatScratch();

/**
 * A kernel that follows `ofRolled` where some samples of a series stand for others; where none does, that is found out once a
 * series. A window that has only samples that others beyond it stand for takes them as they are.
 */
export function withRolled(kernel: RangeKernel, ofRolled: OfRolled): RangeKernel {
  return (samples, windows, out, context) => {
    const { timestampsMs, values: points, length, rolled } = samples;
    if (rolled === undefined) return kernel(samples, windows, out, context);
    const { values, present } = out;
    const sums = sumScratch.take(length);
    // countsUpTo[i] is how many samples those before i stand for.
    const countsUpTo = countScratch.take(length + 1);
    countsUpTo[0] = 0;
    for (let at = 0; at < length; at++) {
      const one = rolled.get(timestampsMs[at]!);
      sums[at] = one === undefined ? points[at]! : one.sum;
      countsUpTo[at + 1] = countsUpTo[at]! + (one === undefined ? 1 : one.count);
    }
    const { from, to } = locateWindows(samples, windows);
    for (let i = 0; i < windows.count; i++) {
      const lo = from[i]!;
      const hi = to[i]!;
      present[i] = hi > lo ? 1 : 0;
      if (hi <= lo) continue;
      const count = countsUpTo[hi]! - countsUpTo[lo]!;
      values[i] = count > 0 ? ofRolled(count, sums, lo, hi) : ofRolled(hi - lo, points, lo, hi);
    }
  };
}

export const sumRolled: OfRolled = (_, sums, lo, hi) => sumDirectly(sums, lo, hi);
export const averageRolled: OfRolled = (count, sums, lo, hi) => sumDirectly(sums, lo, hi) / count;
export const countRolled: OfRolled = (count) => count;
