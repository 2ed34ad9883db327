/** The instants at which an expression is evaluated: `startMs + i * stepMs` for i in [0, count). */
export interface Grid {
  readonly startMs: number;
  /** 0 only where count is 1. */
  readonly stepMs: number;
  readonly count: number;
}

/** The grid of a range query: its last time is the greatest that is at most `endMs`. */
export function gridOf(startMs: number, endMs: number, stepMs: number): Grid {
  return stepMs > 0 && endMs > startMs
    ? { startMs, stepMs, count: Math.floor((endMs - startMs) / stepMs) + 1 }
    : { startMs, stepMs: 0, count: 1 };
}

/** One instant. */
export function instantGrid(atMs: number): Grid {
  return { startMs: atMs, stepMs: 0, count: 1 };
}

export function gridTimes({ startMs, stepMs, count }: Grid): Float64Array {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = startMs + i * stepMs;
  return times;
}
