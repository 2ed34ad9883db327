/**
 * Thins a line to what a row of pixels can show, without losing an extreme: of each column the first, lowest, highest
 * and last point stay, which draws the same pixels as all of them (M4, Jugel et al., VLDB 2014).
 */

/** At most this many points stay of a column of pixels. */
const POINTS_PER_COLUMN = 4;

/**
 * Writes the indices that stay, rising, into `out` and answers how many. `xs` rises. Points with `from <= index < to` are
 * considered. NaN in `ys` is a gap: of a column's NaNs one stays before its points and one after them, where there are any.
 * `out` must hold `thinCapacity(columns)`; allocates nothing.
 */
export function thin(
  xs: Float64Array,
  ys: Float64Array,
  from: number,
  to: number,
  xMin: number,
  xMax: number,
  columns: number,
  out: Uint32Array,
): number {
  let written = 0;
  const perX = columns / (xMax - xMin);
  let column = -Infinity;
  let gapBefore = -1;
  let first = -1;
  let low = -1;
  let high = -1;
  let last = -1;
  let gapAfter = -1;
  for (let index = from; index < to; index++) {
    const here = Math.floor((xs[index]! - xMin) * perX);
    if (here !== column) {
      if (gapBefore >= 0) out[written++] = gapBefore;
      written = writeColumn(out, written, first, low, high, last);
      if (gapAfter >= 0) out[written++] = gapAfter;
      column = here;
      gapBefore = first = low = high = last = gapAfter = -1;
    }
    const y = ys[index]!;
    if (Number.isNaN(y)) {
      if (first < 0) gapBefore = index;
      else gapAfter = index;
      continue;
    }
    if (first < 0) first = low = high = index;
    else if (y < ys[low]!) low = index;
    else if (y > ys[high]!) high = index;
    last = index;
    // Inside a column the line goes on: its pixels are covered either way.
    gapAfter = -1;
  }
  if (gapBefore >= 0) out[written++] = gapBefore;
  written = writeColumn(out, written, first, low, high, last);
  if (gapAfter >= 0) out[written++] = gapAfter;
  return written;
}

function writeColumn(out: Uint32Array, at: number, first: number, low: number, high: number, last: number): number {
  if (first < 0) return at;
  let written = at;
  out[written++] = first;
  const [a, b] = low < high ? [low, high] : [high, low];
  if (a !== first && a !== last) out[written++] = a;
  if (b !== a && b !== first && b !== last) out[written++] = b;
  if (last !== first) out[written++] = last;
  return written;
}

/** How long `out` must be for `thin`. */
export function thinCapacity(columns: number): number {
  return (POINTS_PER_COLUMN + 2) * (columns + 2);
}

/** The first index whose x is not below `x`; `xs` rises. `xs.length` if all are below. */
export function lowerBound(xs: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index whose x is nearest; -1 where there are none. The earlier of two equally near. */
export function nearestIndex(xs: Float64Array, x: number): number {
  if (xs.length === 0) return -1;
  const right = lowerBound(xs, x);
  if (right === 0) return 0;
  if (right === xs.length) return right - 1;
  return x - xs[right - 1]! <= xs[right]! - x ? right - 1 : right;
}
