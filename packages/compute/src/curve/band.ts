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

/** Between two pauses: some milliseconds. */
const LOOKUPS_AT_ONCE = 200_000;

/**
 * Runs drawn as one: at each x of any of them between `from` and `to`, the mean of the runs that span it, each on the straight line
 * between its own points and never beyond its ends; a run counts not between a finite point and one that is none. Where that would be
 * more than `most` values to look up, at evenly spaced x instead. `pause` is called every now and then: it lets others in, and may throw.
 */
export async function bandOf(
  runs: readonly BandRun[],
  kind: BandKind,
  from: number,
  to: number,
  pause: () => Promise<void>,
  most = 2e7,
): Promise<Band & { readonly isCoarse: boolean }> {
  const cut = runs.map((run) => within(run, from, to));
  const { xs, isCoarse } = await gridOf(cut, from, to, most, pause);
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
  const rowsAtOnce = Math.ceil(LOOKUPS_AT_ONCE / Math.max(1, cut.length));
  for (let row = 0; row < xs.length; row++) {
    if (row % rowsAtOnce === 0) await pause();
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

async function gridOf(
  runs: readonly BandRun[],
  from: number,
  to: number,
  most: number,
  pause: () => Promise<void>,
): Promise<{ readonly xs: Float64Array; readonly isCoarse: boolean }> {
  const [first] = runs;
  if (first === undefined) return { xs: new Float64Array(), isCoarse: false };
  const isOne = runs.every(({ xs }) => isSame(xs, first.xs));
  const all = isOne ? first.xs : await unionOf(runs, pause);
  const union = all.filter((x) => x >= from && x <= to);
  if (isOne || union.length * runs.length <= most) return { xs: union, isCoarse: false };
  const points = Math.max(2, Math.floor(most / runs.length));
  const [low, high] = [union[0]!, union.at(-1)!];
  return { xs: Float64Array.from({ length: points }, (_, at) => low + ((high - low) * at) / (points - 1)), isCoarse: true };
}

/** Each x of any of the runs once, rising: of two lists at a time, so that others are let in between. */
async function unionOf(runs: readonly BandRun[], pause: () => Promise<void>): Promise<Float64Array> {
  let lists: readonly Float64Array[] = runs.map(({ xs }) => xs);
  while (lists.length > 1) {
    const merged: Float64Array[] = [];
    for (let at = 0; at < lists.length; at += 2) {
      await pause();
      const [a, b] = [lists[at]!, lists[at + 1]];
      merged.push(b === undefined ? a : merge(a, b));
    }
    lists = merged;
  }
  return lists[0] ?? new Float64Array();
}

function merge(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  let count = 0;
  let right = 0;
  const put = (x: number): void => {
    if (count === 0 || merged[count - 1] !== x) merged[count++] = x;
  };
  for (let left = 0; left < a.length; left++) {
    const x = a[left]!;
    while (right < b.length && b[right]! < x) put(b[right++]!);
    put(x);
  }
  while (right < b.length) put(b[right++]!);
  return merged.slice(0, count);
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
