import type { Column } from './column.ts';

/** One series' samples in time order, without stale markers. The arrays may be longer than `length` and are lent. */
export interface Samples {
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly length: number;
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
}

/** Computes one series' value for every window; writes every place of `out.present`. */
export type RangeKernel = (samples: Samples, windows: Windows, out: Column, context: KernelContext) => void;

/**
 * A kernel that looks at each window by itself: `compute` gets the window as `[lo, hi)` of the samples, never with
 * fewer than `atLeast` of them, and the number of the step.
 */
export function eachWindow(
  atLeast: number,
  compute: (samples: Samples, lo: number, hi: number, step: number, context: KernelContext) => number,
): RangeKernel {
  return (samples, { rangeMs, firstEndMs, stepMs, count }, { values, present }, context) => {
    const { timestampsMs, length } = samples;
    let lo = 0;
    let hi = 0;
    for (let i = 0; i < count; i++) {
      const end = firstEndMs + i * stepMs;
      const start = end - rangeMs;
      while (hi < length && timestampsMs[hi]! <= end) hi++;
      while (lo < hi && timestampsMs[lo]! <= start) lo++;
      if (hi - lo < atLeast) {
        present[i] = 0;
        continue;
      }
      values[i] = compute(samples, lo, hi, i, context);
      present[i] = 1;
    }
  };
}

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
