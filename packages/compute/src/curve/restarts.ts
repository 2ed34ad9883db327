/**
 * Where a curve begins anew: the indices at which x is below the one before, 0 in front. Each stretch is drawn and smoothed alone, so
 * that a run that went back to a checkpoint draws no line back. `xs` holds no NaN.
 */
export function stretchStarts(xs: Float64Array): Uint32Array {
  const { length } = xs;
  let rising = 1;
  while (rising < length && xs[rising]! >= xs[rising - 1]!) rising++;
  let count = 1;
  for (let index = rising; index < length; index++) if (xs[index]! < xs[index - 1]!) count++;
  const starts = new Uint32Array(count);
  let at = 1;
  for (let index = rising; at < count; index++) if (xs[index]! < xs[index - 1]!) starts[at++] = index;
  return starts;
}

/**
 * The rows of the way that led to the end, rising: what a restart did again counts, what it took back does not; of equal x the last.
 * undefined where that is all of them.
 */
export function lastingRows(xs: Float64Array): Uint32Array | undefined {
  let rising = true;
  for (let index = 1; index < xs.length && rising; index++) rising = xs[index]! > xs[index - 1]!;
  if (rising) return undefined;
  const rows = new Uint32Array(xs.length);
  let count = xs.length;
  let least = Infinity;
  for (let index = xs.length - 1; index >= 0; index--) {
    if (!(xs[index]! < least)) continue;
    least = xs[index]!;
    rows[--count] = index;
  }
  return rows.slice(count);
}
