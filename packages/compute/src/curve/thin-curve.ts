/**
 * Thins a stretch of a curve to what a row of pixels can show: M4 (Jugel et al., VLDB 2014) over x that may be logarithmic, and of what
 * is not finite one of each kind a column, so that no NaN is lost.
 */

/** Where the columns of pixels end in x, rising: column c is [edges[c], edges[c + 1]), the last one closed. */
export function columnEdges(from: number, to: number, columns: number, log: boolean): Float64Array {
  const edges = new Float64Array(columns + 1);
  const isLog = log && from > 0 && to > from;
  for (let column = 0; column <= columns; column++) {
    const share = column / columns;
    edges[column] = isLog ? from * (to / from) ** share : from + (to - from) * share;
  }
  edges[0] = from;
  edges[columns] = to;
  return edges;
}

/** At most this many rows stay of a column: first, lowest, highest, last, a NaN, an infinity of each sign. */
const ROWS_PER_COLUMN = 7;

/** How long `out` must be for `thinCurve`: the columns, and the points just outside of both ends. */
export function thinCurveCapacity(columns: number): number {
  return ROWS_PER_COLUMN * columns + 2;
}

/**
 * Writes the rows of `[start, to)` that stay, rising, into `out` from `at` on, and answers where it ended. `xs` does not fall between
 * `start` and `to`. The last point before the edges and the first after them stay, so that the line reaches the plot's ends.
 */
export function thinCurve(
  xs: Float64Array,
  ys: Float64Array,
  start: number,
  to: number,
  edges: Float64Array,
  out: Uint32Array,
  at: number,
): number {
  const columns = edges.length - 1;
  const low = edges[0]!;
  const high = edges[columns]!;
  let index = firstNotBelow(xs, start, to, low);
  const stop = firstAbove(xs, index, to, high);
  let written = at;
  if (index > start) out[written++] = index - 1;
  if (stop - index <= columns) {
    // Fewer points than columns: all of them.
    while (index < stop) out[written++] = index++;
  }
  let column = 0;
  while (index < stop) {
    const x = xs[index]!;
    while (column < columns - 1 && x >= edges[column + 1]!) column++;
    // Where the column ends is found by halving: then only values are looked at.
    const end = column === columns - 1 ? stop : firstNotBelow(xs, index, stop, edges[column + 1]!);
    // Mostly all values are finite, and then the first and the last are known: two comparisons a value do.
    const begin = index;
    let lowest = index;
    let highest = index;
    let least = ys[index]!;
    let most = least;
    for (; index < end; index++) {
      const y = ys[index]!;
      if (y > most) {
        most = y;
        highest = index;
      } else if (!(y >= least)) {
        // A NaN is not above, below or equal to anything, itself included.
        if (Number.isNaN(y)) break;
        least = y;
        lowest = index;
      }
    }
    if (index === end && most - least < Infinity) {
      written = writeRising(out, written, begin, lowest, highest, end - 1, -1, -1, -1);
      continue;
    }
    index = begin;
    let first = -1;
    let last = -1;
    let nan = -1;
    let above = -1;
    let below = -1;
    lowest = -1;
    highest = -1;
    least = Infinity;
    most = -Infinity;
    for (; index < end; index++) {
      const y = ys[index]!;
      if (y - y === 0) {
        if (first < 0) first = index;
        last = index;
        if (y < least) {
          least = y;
          lowest = index;
        }
        if (y > most) {
          most = y;
          highest = index;
        }
      } else if (y > 0) {
        if (above < 0) above = index;
      } else if (y < 0) {
        if (below < 0) below = index;
      } else if (nan < 0) nan = index;
    }
    written = writeRising(out, written, first, lowest, highest, last, nan, above, below);
  }
  if (stop < to) out[written++] = stop;
  return written;
}

/** For stretches that are too many to draw each: the lowest and the highest of each column, whichever stretch they are of. */
export function thinCrowd(xs: Float64Array, ys: Float64Array, edges: Float64Array): Uint32Array {
  const columns = edges.length - 1;
  const rows = new Int32Array(4 * columns).fill(-1);
  for (let index = 0; index < xs.length; index++) {
    const x = xs[index]!;
    if (!(x >= edges[0]! && x <= edges[columns]!)) continue;
    const column = Math.min(columns - 1, firstAbove(edges, 0, columns + 1, x) - 1);
    const y = ys[index]!;
    const at = 4 * column;
    if (y - y !== 0) {
      if (Number.isNaN(y)) rows[at + 2] = index;
      else rows[at + 3] = index;
      continue;
    }
    if (rows[at]! < 0 || y < ys[rows[at]!]!) rows[at] = index;
    if (rows[at + 1]! < 0 || y > ys[rows[at + 1]!]!) rows[at + 1] = index;
  }
  const kept = Uint32Array.from(new Set(rows.filter((row) => row >= 0)));
  return kept.sort((a, b) => xs[a]! - xs[b]! || a - b);
}

/** The lowest of `low` and the highest of `high` of each column, at its first x; all as they are where they are no more than columns. */
export function thinBand(
  xs: Float64Array,
  low: Float64Array,
  high: Float64Array,
  edges: Float64Array,
): { readonly xs: Float64Array; readonly low: Float64Array; readonly high: Float64Array } {
  const columns = edges.length - 1;
  if (xs.length <= columns) return { xs: xs.slice(), low: low.slice(), high: high.slice() };
  const thin = { xs: new Float64Array(columns), low: new Float64Array(columns), high: new Float64Array(columns) };
  let count = 0;
  let column = 0;
  for (let index = 0; index < xs.length;) {
    while (column < columns - 1 && xs[index]! >= edges[column + 1]!) column++;
    const edge = column === columns - 1 ? Infinity : edges[column + 1]!;
    thin.xs[count] = xs[index]!;
    let least = Infinity;
    let most = -Infinity;
    do {
      if (low[index]! < least) least = low[index]!;
      if (high[index]! > most) most = high[index]!;
      index++;
    } while (index < xs.length && xs[index]! < edge);
    thin.low[count] = least <= most ? least : Number.NaN;
    thin.high[count] = least <= most ? most : Number.NaN;
    count++;
  }
  return { xs: thin.xs.slice(0, count), low: thin.low.slice(0, count), high: thin.high.slice(0, count) };
}

/** Those that are there, rising, each once. */
function writeRising(
  out: Uint32Array,
  at: number,
  first: number,
  lowest: number,
  highest: number,
  last: number,
  nan: number,
  above: number,
  below: number,
): number {
  let written = at;
  let before = -1;
  // Seven numbers: picking the next above the last one is quicker than any sorting, and allocates nothing.
  for (;;) {
    let next = 0xffffffff;
    if (first > before && first < next) next = first;
    if (lowest > before && lowest < next) next = lowest;
    if (highest > before && highest < next) next = highest;
    if (last > before && last < next) next = last;
    if (nan > before && nan < next) next = nan;
    if (above > before && above < next) next = above;
    if (below > before && below < next) next = below;
    if (next === 0xffffffff) return written;
    out[written++] = next;
    before = next;
  }
}

function firstNotBelow(xs: Float64Array, start: number, end: number, x: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(xs: Float64Array, start: number, end: number, x: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (xs[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
