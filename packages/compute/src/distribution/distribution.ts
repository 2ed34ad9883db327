/** A histogram as it was logged: buckets from left to right, which may touch, and counts, which may be fractions. */
export interface Distribution {
  readonly step: number;
  readonly timeMs: number;
  readonly lefts: Float64Array;
  readonly rights: Float64Array;
  readonly counts: Float64Array;
}

/** From columns of left edges, right edges and counts. What is no bucket (not finite, or with a negative count) is left out. */
export function distributionOf(step: number, timeMs: number, columns: readonly (readonly number[])[]): Distribution {
  const [lefts = [], rights = [], counts = []] = columns;
  const kept = Array.from(counts.keys()).filter((at) => {
    const [left, right, count] = [lefts[at] ?? Number.NaN, rights[at] ?? Number.NaN, counts[at]!];
    return Number.isFinite(left) && Number.isFinite(right) && right >= left && count >= 0 && count < Infinity;
  });
  const column = (values: readonly number[]) => Float64Array.from(kept, (at) => values[at]!);
  return { step, timeMs, lefts: column(lefts), rights: column(rights), counts: column(counts) };
}

/** From the lowest to the highest edge of buckets in which something is; undefined where nothing is in any. */
export function extentOf(distributions: readonly Distribution[]): readonly [low: number, high: number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const { lefts, rights, counts } of distributions) {
    for (let at = 0; at < counts.length; at++) {
      if (counts[at] === 0) continue;
      low = Math.min(low, lefts[at]!);
      high = Math.max(high, rights[at]!);
    }
  }
  return low <= high ? [low, high] : undefined;
}

/**
 * Counts over even bins of [low, high]: each bucket's count is shared out by how much of its width lies in a bin; a bucket without width
 * falls into one bin whole. What lies outside is left out.
 */
export function rebin({ lefts, rights, counts }: Distribution, low: number, high: number, bins: number): Float64Array {
  const shared = new Float64Array(bins);
  const width = high / bins - low / bins;
  const binOf = (value: number) => (width > 0 ? Math.min(bins - 1, Math.floor((value - low) / width)) : 0);
  for (let at = 0; at < counts.length; at++) {
    const [left, right, count] = [lefts[at]!, rights[at]!, counts[at]!];
    if (count === 0 || right < low || left > high) continue;
    if (!(right > left) || !(width > 0)) {
      shared[binOf(Math.max(low, left))]! += count;
      continue;
    }
    const [first, last] = [binOf(Math.max(low, left)), binOf(Math.min(high, right))];
    for (let bin = first; bin <= last; bin++) {
      const overlap = Math.min(right, low + (bin + 1) * width) - Math.max(left, low + bin * width);
      if (overlap > 0) shared[bin]! += (count * overlap) / (right - left);
    }
  }
  return shared;
}

/**
 * The values below which these shares (0 to 1, rising) of all counts lie, evenly within a bucket, as TensorBoard's distributions. NaN
 * where nothing is in any bucket.
 */
export function quantilesOf({ lefts, rights, counts }: Distribution, shares: readonly number[]): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const found = new Float64Array(shares.length).fill(Number.NaN);
  if (!(total > 0)) return found;
  let below = 0;
  let next = 0;
  let end = Number.NaN;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (count === 0) continue;
    end = rights[at]!;
    while (next < shares.length && shares[next]! * total <= below + count) {
      const part = Math.max(0, (shares[next]! * total - below) / count);
      // By halves: the ends of all numbers are infinitely far apart.
      found[next++] = lefts[at]! * (1 - part) + end * part;
    }
    below += count;
  }
  // Sums of fractions may end a hair below the whole.
  for (; next < shares.length; next++) found[next] = end;
  return found;
}

/** How many standard deviations of a normal distribution TensorBoard's lines lie from the median, as shares: least, -1.5σ, …, most. */
export const BAND_SHARES = [0, 0.0668, 0.1587, 0.3085, 0.5, 0.6915, 0.8413, 0.9332, 1] as const;
