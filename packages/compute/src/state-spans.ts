/** Stretches of x over which something stays in one state, by columns. */
export interface StateSpans {
  readonly count: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** The row of the point at which it begins. */
  readonly row: Uint32Array;
}

/**
 * Each point's state holds until the next point, the last until `end`. `states` tells equal states by equal numbers, and what is
 * missing by -1: over that there is no span. With `merge`, equal neighbours are one.
 */
export function stateSpans(xs: Float64Array, states: Int32Array, end: number, merge: boolean): StateSpans {
  const from = new Float64Array(xs.length);
  const to = new Float64Array(xs.length);
  const row = new Uint32Array(xs.length);
  let count = 0;
  for (let at = 0; at < xs.length; at++) {
    if (states[at] === -1) continue;
    const until = at + 1 < xs.length ? xs[at + 1]! : Math.max(end, xs[at]!);
    if (merge && count > 0 && at > 0 && states[at - 1] === states[at]) {
      to[count - 1] = until;
      continue;
    }
    from[count] = xs[at]!;
    to[count] = until;
    row[count] = at;
    count++;
  }
  return { count, from: from.subarray(0, count), to: to.subarray(0, count), row: row.subarray(0, count) };
}

/** Each point is a cell of its own around its x, `width` (0 to 1) of the smallest distance between points wide. */
export function stateCells(xs: Float64Array, states: Int32Array, step: number, width: number): StateSpans {
  const rows = Uint32Array.from({ length: xs.length }, (_, at) => at).filter((at) => states[at] !== -1);
  const half = (step * width) / 2;
  return {
    count: rows.length,
    from: Float64Array.from(rows, (at) => xs[at]! - half),
    to: Float64Array.from(rows, (at) => xs[at]! + half),
    row: rows,
  };
}

/** The span at an x; -1 where there is none. */
export function spanAt({ count, from, to }: StateSpans, x: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x <= to[low - 1]! ? low - 1 : -1;
}
