import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { RolledSamples } from '@vitrine/model/sample-store.ts';
import type { Column } from './column.ts';
import type { SeriesNotes } from './series-notes.ts';

/** One series' samples in time order, without stale markers. The arrays may be longer than `length` and are lent. */
export interface Samples {
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly length: number;
  /** Native histograms by the sample's place, whose value means nothing. Undefined where all are numbers. */
  readonly histograms?: readonly (NativeHistogram | undefined)[] | undefined;
  /** Since when each sample has counted, NaN where that was not told; undefined where it never was, or does not matter. */
  readonly startsMs?: Float64Array | undefined;
  /** Where values fall, if that was found out on the way. */
  readonly falls?: Falls | undefined;
  /** What samples stand for, where others beside them are not there; undefined where all stand for themselves. */
  readonly rolled?: RolledSamples | undefined;
}

/** The places, ascending, whose value is below the one before it. Lent as the samples are. */
export interface Falls {
  readonly positions: Int32Array;
  readonly count: number;
}

/**
 * The windows of a range vector over a grid: the i-th is left-open, `(end - rangeMs, end]` with
 * `end = firstEndMs + i * stepMs`. The step is 0 where `@` pins all of them to one time.
 */
export interface Windows {
  readonly rangeMs: number;
  readonly firstEndMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** What a kernel may need beside samples and windows. */
export interface KernelContext {
  /** The scalar arguments, a value a step. */
  readonly args: readonly Float64Array[];
  /** The evaluation's own times, which `offset` and `@` do not move: `gridStartMs + i * gridStepMs`. */
  readonly gridStartMs: number;
  readonly gridStepMs: number;
  /** How far a range may reach beyond its ends. */
  readonly lookbackMs: number;
  /** Of the series that is being looked at. */
  readonly notes: SeriesNotes;
}

/** Computes one series' value for every window; writes every place of `out.present`. */
export type RangeKernel = (samples: Samples, windows: Windows, out: Column, context: KernelContext) => void;

/** A growing piece of memory that one synchronous call after the other uses: kernels allocate nothing a series. */
export class Scratch<T extends Float64Array | Int32Array> {
  #array: T;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#array = make(256);
  }

  /** At least this long; what it holds is left over from the last use. */
  take(length: number): T {
    if (this.#array.length < length) this.#array = this.#make(Math.max(length, this.#array.length * 2));
    return this.#array;
  }
}

export const floatScratch = (): Scratch<Float64Array> => new Scratch((length) => new Float64Array(length));
export const intScratch = (): Scratch<Int32Array> => new Scratch((length) => new Int32Array(length));

/** Where each window's samples stand: window i is [from[i], to[i]). Lent until the next call. */
export interface Bounds {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

const froms = intScratch();
const tos = intScratch();

/** How many steps a window spans where that is a whole number, and not more than there are; else 0. */
export function stepsInRange({ rangeMs, stepMs, count }: Windows): number {
  return stepMs > 0 && rangeMs % stepMs === 0 && rangeMs / stepMs <= count ? rangeMs / stepMs : 0;
}

/** Finds every window's samples in one pass over a series. */
export function locateWindows({ timestampsMs, length }: Samples, windows: Windows): Bounds {
  const { rangeMs, firstEndMs, stepMs, count } = windows;
  const overlap = stepsInRange(windows);
  if (overlap > 0) {
    // A window starts where an earlier one ended: one list of bounds serves both.
    const bounds = froms.take(count + overlap);
    advance(timestampsMs, length, firstEndMs - rangeMs, stepMs, count + overlap, bounds);
    return { from: bounds, to: bounds.subarray(overlap) };
  }
  const from = froms.take(count);
  const to = tos.take(count);
  advance(timestampsMs, length, firstEndMs, stepMs, count, to);
  advance(timestampsMs, length, firstEndMs - rangeMs, stepMs, count, from);
  return { from, to };
}

/** Writes how many of the times are at or before `firstMs + i * stepMs`, for i in [0, count). */
export function advance(
  times: Float64Array,
  length: number,
  firstMs: number,
  stepMs: number,
  count: number,
  into: Int32Array,
): void {
  // Scrapes are regular, so a look at where the next step should be is nearly always right, and the processor foresees
  // that; it would not foresee where a count from sample to sample ends.
  const spanMs = length > 1 ? times[length - 1]! - times[0]! : 0;
  // `| 0` keeps the counters whole numbers to the compiler: as floats they make this loop half as fast.
  const stride = spanMs > 0 ? Math.min(length, Math.round(((length - 1) * stepMs) / spanMs)) | 0 : 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const limit = firstMs + i * stepMs;
    let next = (at + stride) | 0;
    if (next > 0 && next < length && times[next]! > limit && times[next - 1]! <= limit) {
      at = next;
      into[i] = next;
      continue;
    }
    if (at >= length || times[at]! > limit) {
      next = at;
    } else if (next >= length || times[next]! > limit) {
      if (next > length) next = length;
      while (times[next - 1]! > limit) next--;
    } else {
      while (next < length && times[next]! <= limit) next++;
    }
    at = next;
    into[i] = at;
  }
}

/**
 * A kernel that looks at each window by itself: `compute` gets the window as `[lo, hi)` of the samples, never with
 * fewer than `atLeast` of them, and the number of the step.
 */
export function eachWindow(
  atLeast: number,
  compute: (samples: Samples, lo: number, hi: number, step: number, context: KernelContext) => number,
): RangeKernel {
  return (samples, windows, { values, present }, context) => {
    const { from, to } = locateWindows(samples, windows);
    for (let i = 0; i < windows.count; i++) {
      const there = to[i]! - from[i]! >= atLeast;
      present[i] = there ? 1 : 0;
      if (there) values[i] = compute(samples, from[i]!, to[i]!, i, context);
    }
  };
}

/** About how many samples are looked at where every window is looked at by itself. */
export function samplesLookedAt(length: number, { rangeMs, stepMs, count }: Windows): number {
  return count * length * (rangeMs / (rangeMs + (count - 1) * stepMs));
}
