/** Calculations over the rows around each row. */

/** Numbers and where there are any; `present` is 1 there. */
export interface Sparse {
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** Windows up to this many rows are added up each for itself, which loses nothing to rounding. */
const NARROW = 64;

/**
 * Over the values from `before` rows before to `after` rows after each row. Missing ones are left out; a window without any gives
 * nothing; one that holds NaN gives NaN. Variance is that of the population. Takes time linear in the rows, whatever the window.
 */
export function movingWindow(column: Sparse, before: number, after: number, reducer: 'mean' | 'variance' | 'stdDev'): Sparse {
  const { length } = column.values;
  const values = new Float64Array(length);
  const present = new Uint8Array(length);
  const moments = before + after < NARROW ? addUp(column) : subtractSums(column);
  for (let row = 0; row < length; row++) {
    const found = moments(Math.max(0, row - before), Math.min(length, row + after + 1));
    if (found === undefined) continue;
    present[row] = 1;
    values[row] = reducer === 'mean' ? found.mean : reducer === 'variance' ? found.variance : Math.sqrt(found.variance);
  }
  return { values, present };
}

/** The mean and variance of the rows `from` up to `to`; undefined where none is there. */
type Moments = (from: number, to: number) => { readonly mean: number; readonly variance: number } | undefined;

function addUp({ values, present }: Sparse): Moments {
  return (from, to) => {
    let count = 0;
    let sum = 0;
    for (let row = from; row < to; row++) {
      if (present[row] === 0) continue;
      sum += values[row]!;
      count++;
    }
    if (count === 0) return undefined;
    const mean = sum / count;
    let squares = 0;
    for (let row = from; row < to; row++) if (present[row] === 1) squares += (values[row]! - mean) ** 2;
    return { mean, variance: squares / count };
  };
}

function subtractSums(column: Sparse): Moments {
  const sums = prefixSums(column);
  return (from, to) => {
    const count = sums.count[to]! - sums.count[from]!;
    if (count === 0) return undefined;
    if (sums.bad[to]! > sums.bad[from]!) return { mean: Number.NaN, variance: Number.NaN };
    const mean = (sums.sum[to]! - sums.sum[from]!) / count;
    const variance = Math.max(0, (sums.squares[to]! - sums.squares[from]!) / count - mean * mean);
    return { mean: mean + sums.shift, variance };
  };
}

/** Sums of all rows before each, of values less their mean: sums of large values would lose the small differences. */
function prefixSums({ values, present }: Sparse) {
  const { length } = values;
  const sum = new Float64Array(length + 1);
  const squares = new Float64Array(length + 1);
  const count = new Int32Array(length + 1);
  const bad = new Int32Array(length + 1);
  let total = 0;
  let finite = 0;
  for (let row = 0; row < length; row++) {
    if (present[row] === 0 || !Number.isFinite(values[row]!)) continue;
    total += values[row]!;
    finite++;
  }
  const shift = finite === 0 ? 0 : total / finite;
  for (let row = 0; row < length; row++) {
    const here = present[row] === 1;
    // NaN or an infinity would spoil every window behind it.
    const odd = here && !Number.isFinite(values[row]!);
    const value = here && !odd ? values[row]! - shift : 0;
    sum[row + 1] = sum[row]! + value;
    squares[row + 1] = squares[row]! + value * value;
    count[row + 1] = count[row]! + (here ? 1 : 0);
    bad[row + 1] = bad[row]! + (odd ? 1 : 0);
  }
  return { sum, squares, count, bad, shift };
}

/** The sum or mean of all rows up to each; missing rows repeat it, rows before the first value have none. */
export function runningTotal({ values, present }: Sparse, mean: boolean): Sparse {
  const out = new Float64Array(values.length);
  const there = new Uint8Array(values.length);
  let total = 0;
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    if (present[row] === 1) {
      total += values[row]!;
      count++;
    }
    if (count === 0) continue;
    out[row] = mean ? total / count : total;
    there[row] = 1;
  }
  return { values: out, present: there };
}
