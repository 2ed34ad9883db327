/** Counting points into cells. */

/** How values are laid along a side of the grid: `forward` to even distances, `backward` from them. */
export interface BinScale {
  readonly forward: (value: number) => number;
  readonly backward: (distance: number) => number;
}

export interface BinRequest {
  /** size: bins so wide, in the side's own unit, or on a scale in its distances. count: so many bins. auto: what suits. */
  readonly mode: 'auto' | 'size' | 'count';
  readonly value: number;
  readonly scale: BinScale;
}

export interface Bins {
  /** The lower edge of the first bin, and how wide bins are; both in the scale's distances. */
  readonly from: number;
  readonly step: number;
  readonly count: number;
  readonly scale: BinScale;
}

export const LINEAR_BINS: BinScale = { forward: (value) => value, backward: (distance) => distance };

/** Equal ratios are equally wide; what is not above zero has no place. */
export function logBins(base: number): BinScale {
  const perLog = 1 / Math.log(base);
  return { forward: (value) => (value > 0 ? Math.log(value) * perLog : Number.NaN), backward: (distance) => base ** distance };
}

/** Linear near zero, up to `linear` on both its sides; beyond it logarithmic. */
export function symlogBins(base: number, linear: number): BinScale {
  const perLog = 1 / Math.log(base);
  return {
    forward: (value) => Math.sign(value) * Math.log1p(Math.abs(value) / linear) * perLog,
    backward: (distance) => Math.sign(distance) * linear * Math.expm1(Math.abs(distance) / perLog),
  };
}

/** Of a bin's width: what is so near below an edge is on it, as rounding may have put it there. */
const SLACK = 1e-6;

/** No grid is finer: more cells than pixels tell nothing. */
export const MOST_BINS = 2000;

/** Bins over values from `low` to `high` (closed), at round edges. `auto` is how many suit the room. */
export function binsOver(low: number, high: number, { mode, value, scale }: BinRequest, auto: number): Bins {
  const from = scale.forward(low);
  const to = scale.forward(high);
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { from: 0, step: 1, count: 0, scale };
  const span = to - from;
  const wanted = mode === 'count' && value >= 1 ? Math.floor(value) : Math.max(1, auto);
  let step = mode === 'size' && value > 0 ? value : roundStep(span / Math.min(wanted, MOST_BINS));
  if (!(step > 0) || !Number.isFinite(step)) step = 1;
  if (span / step > MOST_BINS) step = span / MOST_BINS;
  // Finer than this neighbouring edges would be one number.
  step = Math.max(step, Math.max(Math.abs(from), Math.abs(to)) * 1e-9);
  const start = Math.floor(from / step + SLACK) * step;
  const count = Math.max(1, Math.floor((to - start) / step + SLACK) + 1);
  return { from: start, step, count: Math.min(count, MOST_BINS + 1), scale };
}

/** The bin of a value; -1 where it has none. */
export function binOf({ from, step, count, scale }: Bins, value: number): number {
  const exact = (scale.forward(value) - from) / step;
  const at = Math.floor(exact + 2 * SLACK);
  // There is no bin behind the last to be put into.
  if (at === count && exact < count) return count - 1;
  return at >= 0 && at < count ? at : -1;
}

/** The lower edge of a bin as a value; `bins.count` is the upper edge of the last. */
export function binEdge({ from, step, scale }: Bins, bin: number): number {
  return scale.backward(Number((from + bin * step).toPrecision(12)));
}

/** How many points fall into each cell, row by row from the lowest; NaN where there is none. Points without a place are left out. */
export function countCells(xs: Float64Array, ys: Float64Array, x: Bins, y: Bins): Float64Array {
  const cells = new Float64Array(x.count * y.count).fill(Number.NaN);
  for (let point = 0; point < xs.length; point++) {
    const column = binOf(x, xs[point]!);
    const row = binOf(y, ys[point]!);
    if (column < 0 || row < 0) continue;
    const cell = row * x.count + column;
    cells[cell] = Number.isNaN(cells[cell]!) ? 1 : cells[cell]! + 1;
  }
  return cells;
}

/** Below it powers of ten lose their digits. */
const LEAST_STEP = 1e-300;

/** 1, 2 or 5 times a power of ten, not below `least`; 1 where that is no width. */
export function roundStep(least: number): number {
  if (!(least > LEAST_STEP) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((step) => step * power >= least * 0.999) ?? 10;
  return Number((factor * power).toPrecision(6));
}
