/** Calculations over the rows around each row. */

/** Numbers and where there are any; `present` is 1 there. */
export interface Sparse {
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/**
 * Over the values from `before` rows before to `after` rows after each row. Missing ones are left out; a window without any gives
 * nothing; one that holds NaN gives NaN. Variance is that of the population. Takes time linear in the rows, whatever the window.
 */
export function movingWindow(
  { values, present }: Sparse,
  before: number,
  after: number,
  reducer: 'mean' | 'variance' | 'stdDev',
): Sparse {
  const { length } = values;
  const out = new Float64Array(length);
  const there = new Uint8Array(length);
  const sums = prefixSums({ values, present });
  for (let row = 0; row < length; row++) {
    const from = Math.max(0, row - before);
    const to = Math.min(length, row + after + 1);
    const count = sums.count[to]! - sums.count[from]!;
    if (count === 0) continue;
    there[row] = 1;
    if (sums.nan[to]! > sums.nan[from]!) {
      out[row] = Number.NaN;
      continue;
    }
    const mean = (sums.sum[to]! - sums.sum[from]!) / count;
    if (reducer === 'mean') {
      out[row] = mean + sums.shift;
      continue;
    }
    const variance = Math.max(0, (sums.squares[to]! - sums.squares[from]!) / count - mean * mean);
    out[row] = reducer === 'variance' ? variance : Math.sqrt(variance);
  }
  return { values: out, present: there };
}

/** Sums of all rows before each, of values less their mean: sums of large values would lose the small differences. */
function prefixSums({ values, present }: Sparse) {
  const { length } = values;
  const sum = new Float64Array(length + 1);
  const squares = new Float64Array(length + 1);
  const count = new Int32Array(length + 1);
  const nan = new Int32Array(length + 1);
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
    // An infinity would spoil every window behind it.
    const bad = here && !Number.isFinite(values[row]!);
    const value = here && !bad ? values[row]! - shift : 0;
    sum[row + 1] = sum[row]! + value;
    squares[row + 1] = squares[row]! + value * value;
    count[row + 1] = count[row]! + (here ? 1 : 0);
    nan[row + 1] = nan[row]! + (bad ? 1 : 0);
  }
  return { sum, squares, count, nan, shift };
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
