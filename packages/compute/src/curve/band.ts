import { studentT975 } from './student-t.ts';

/** One run's curve as a function of x: `xs` rises. */
export interface BandRun {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

/** How far a band reaches: the sample standard deviation, lowest to highest, or the 95 % confidence of the mean. */
export type BandKind = 'std' | 'minmax' | 'ci95';

export interface Band {
  readonly xs: Float64Array;
  /** NaN where no run has a value. */
  readonly mean: Float64Array;
  /** NaN where the runs are too few: standard deviation and confidence need two. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** How many runs have a value there. */
  readonly runs: Uint32Array;
}

/**
 * Runs drawn as one: at each x of any of them between `from` and `to`, the mean of the runs that span it, each on the straight line
 * between its own points and never beyond its ends; a run counts not between a finite point and one that is none. Where that would be
 * more than `most` values to look up, at evenly spaced x instead.
 */
export function bandOf(
  runs: readonly BandRun[],
  kind: BandKind,
  from: number,
  to: number,
  most = 2e7,
): Band & { readonly isCoarse: boolean } {
  const cut = runs.map((run) => within(run, from, to));
  const { xs, isCoarse } = gridOf(cut, from, to, most);
  const band = {
    xs,
    mean: new Float64Array(xs.length),
    low: new Float64Array(xs.length),
    high: new Float64Array(xs.length),
    runs: new Uint32Array(xs.length),
    isCoarse,
  };
  const at = new Int32Array(runs.length);
  const found = new Float64Array(runs.length);
  for (let row = 0; row < xs.length; row++) {
    let count = 0;
    for (let index = 0; index < cut.length; index++) {
      const value = valueAt(cut[index]!, xs[row]!, at, index);
      if (value - value === 0) found[count++] = value;
    }
    writeBand(band, row, found, count, kind);
  }
  return band;
}

function writeBand(band: Band, row: number, found: Float64Array, count: number, kind: BandKind): void {
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let index = 0; index < count; index++) {
    const value = found[index]!;
    sum += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const mean = count > 0 ? sum / count : Number.NaN;
  band.runs[row] = count;
  band.mean[row] = mean;
  if (kind === 'minmax') {
    band.low[row] = count > 0 ? least : Number.NaN;
    band.high[row] = count > 0 ? most : Number.NaN;
    return;
  }
  let squares = 0;
  for (let index = 0; index < count; index++) squares += (found[index]! - mean) ** 2;
  // One run has no spread that anybody knows of.
  let reach = count > 1 ? Math.sqrt(squares / (count - 1)) : Number.NaN;
  if (kind === 'ci95' && count > 1) reach *= studentT975(count - 1) / Math.sqrt(count);
  band.low[row] = mean - reach;
  band.high[row] = mean + reach;
}

/** Its points between two x, and the ones just outside. */
function within({ xs, ys }: BandRun, from: number, to: number): BandRun {
  let start = 0;
  let end = xs.length;
  while (start + 1 < end && xs[start + 1]! <= from) start++;
  while (end - 1 > start && xs[end - 2]! >= to) end--;
  return { xs: xs.subarray(start, end), ys: ys.subarray(start, end) };
}

/** `at[index]` is the row at or before the last x that was asked, and x rises. */
function valueAt({ xs, ys }: BandRun, x: number, at: Int32Array, index: number): number {
  if (xs.length === 0 || x < xs[0]! || x > xs[xs.length - 1]!) return Number.NaN;
  let row = at[index]!;
  while (row + 1 < xs.length && xs[row + 1]! <= x) row++;
  at[index] = row;
  const left = xs[row]!;
  if (left === x || row + 1 === xs.length) return ys[row]!;
  const y = ys[row]!;
  return y + ((ys[row + 1]! - y) * (x - left)) / (xs[row + 1]! - left);
}

function gridOf(
  runs: readonly BandRun[],
  from: number,
  to: number,
  most: number,
): { readonly xs: Float64Array; readonly isCoarse: boolean } {
  const [first] = runs;
  const inside = (x: number) => x >= from && x <= to;
  if (first !== undefined && runs.every(({ xs }) => isSame(xs, first.xs)))
    return { xs: first.xs.filter(inside), isCoarse: false };
  const total = runs.reduce((sum, { xs }) => sum + xs.length, 0);
  const merged = new Float64Array(total);
  let length = 0;
  for (const { xs } of runs) {
    merged.set(xs, length);
    length += xs.length;
  }
  merged.sort();
  let count = 0;
  for (let index = 0; index < length; index++) {
    const x = merged[index]!;
    if (inside(x) && (count === 0 || x !== merged[count - 1]!)) merged[count++] = x;
  }
  const union = merged.subarray(0, count);
  if (count * runs.length <= most) return { xs: union, isCoarse: false };
  const points = Math.max(2, Math.floor(most / runs.length));
  const [low, high] = [union[0]!, union[count - 1]!];
  return { xs: Float64Array.from({ length: points }, (_, at) => low + ((high - low) * at) / (points - 1)), isCoarse: true };
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
