/**
 * The φ-quantile of `values[0, length)` with linear interpolation between neighbours, as Prometheus defines it: NaN
 * of nothing or where q is NaN, -Inf below 0, +Inf above 1; a NaN among the values counts as the smallest.
 * Reorders the values.
 */
export function quantileOf(q: number, values: Float64Array, length: number): number {
  if (length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  // NaNs to the front, where the smallest stand.
  let nans = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (value === value) continue;
    values[i] = values[nans]!;
    values[nans++] = value;
  }
  const rank = q * (length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  if (lower >= nans) {
    const above = length - lower;
    if (above <= MAX_TAIL) return mix(nthLargest(values, nans, length, above), tail[1 % above]!, weight);
  }
  const low = lower < nans ? Number.NaN : selectNth(values, nans, length, lower);
  // After the selection everything behind `lower` is at least as large, so the next one is their minimum.
  const high = upper < nans ? Number.NaN : upper === lower ? low : minimum(values, lower < nans ? nans : upper, length);
  return mix(low, high, weight);
}

function mix(low: number, high: number, weight: number): number {
  return low * (1 - weight) + high * weight;
}

/** So few are kept in order while the others go by: a quantile near 1 is found in one look at each value. */
const MAX_TAIL = 24;
const tail = new Float64Array(MAX_TAIL);

/** Gives the n-th largest, 1 being the largest; leaves the n largest in `tail`, ascending. No NaN among them. */
function nthLargest(values: Float64Array, from: number, to: number, n: number): number {
  let size = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (size === n) {
      if (value <= tail[0]!) continue;
      let at = 0;
      for (; at + 1 < n && tail[at + 1]! < value; at++) tail[at] = tail[at + 1]!;
      tail[at] = value;
    } else {
      let at = size++;
      for (; at > 0 && tail[at - 1]! > value; at--) tail[at] = tail[at - 1]!;
      tail[at] = value;
    }
  }
  return tail[0]!;
}

function minimum(values: Float64Array, from: number, to: number): number {
  let least = values[from]!;
  for (let i = from + 1; i < to; i++) if (values[i]! < least) least = values[i]!;
  return least;
}

/** Hoare's selection: afterwards `values[n]` is what sorting [from, to) would put there. No NaN among them. */
function selectNth(values: Float64Array, from: number, to: number, n: number): number {
  let left = from;
  let right = to - 1;
  while (left < right) {
    const pivot = median3(values[left]!, values[(left + right) >>> 1]!, values[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const swap = values[i]!;
        values[i++] = values[j]!;
        values[j--] = swap;
      }
    }
    if (n <= j) right = j;
    else if (n >= i) left = i;
    else break;
  }
  return values[n]!;
}

function median3(a: number, b: number, c: number): number {
  return a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b;
}
