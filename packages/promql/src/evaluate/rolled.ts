import { sumDirectly } from './over-time.ts';
import { floatScratch, locateWindows, type RangeKernel } from './range-window.ts';

/** What a function makes of a window's samples [lo, hi): how many they stand for, and what those add up to. */
type OfRolled = (count: number, sums: Float64Array, lo: number, hi: number) => number;

const countScratch = floatScratch();

/** How many samples those before place i stand for, for i in [0, length]. Lent until the next call. */
export function countUpTo(counts: Float64Array, length: number): Float64Array {
  const upTo = countScratch.take(length + 1);
  upTo[0] = 0;
  for (let at = 0; at < length; at++) upTo[at + 1] = upTo[at]! + counts[at]!;
  return upTo;
}

/**
 * A kernel that follows `ofRolled` where some samples of a series stand for others; where none does, that is found out once a
 * series. A window that has only samples that others beyond it stand for takes them as they are.
 */
export function withRolled(kernel: RangeKernel, ofRolled: OfRolled): RangeKernel {
  return (samples, windows, out, context) => {
    const { values: points, length, rolled } = samples;
    if (rolled === undefined) return kernel(samples, windows, out, context);
    const { values, present } = out;
    const countsUpTo = countUpTo(rolled.counts, length);
    const { from, to } = locateWindows(samples, windows);
    for (let i = 0; i < windows.count; i++) {
      const lo = from[i]!;
      const hi = to[i]!;
      present[i] = hi > lo ? 1 : 0;
      if (hi <= lo) continue;
      const count = countsUpTo[hi]! - countsUpTo[lo]!;
      values[i] = count > 0 ? ofRolled(count, rolled.sums, lo, hi) : ofRolled(hi - lo, points, lo, hi);
    }
  };
}

export const sumRolled: OfRolled = (_, sums, lo, hi) => sumDirectly(sums, lo, hi);
export const averageRolled: OfRolled = (count, sums, lo, hi) => sumDirectly(sums, lo, hi) / count;
export const countRolled: OfRolled = (count) => count;
