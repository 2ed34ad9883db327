/** Where the values of a group lie. */
export interface Box {
  /** How many values there are; NaN where nobody knows. */
  readonly count: number;
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  /** NaN where it cannot be known. */
  readonly mean: number;
  /** Values beyond the whiskers, rising; of very many the outermost. */
  readonly outliers: Float64Array;
  readonly outlierCount: number;
}

/**
 * How far whiskers reach. iqr: to the outermost values within 1.5 times the distance of the quartiles (Tukey 1977). percentiles: to
 * the 5th and 95th. extremes: to the lowest and highest.
 */
export type Whiskers = 'iqr' | 'percentiles' | 'extremes';

const MOST_OUTLIERS = 200;
const NONE = new Float64Array();

/** Of raw values; those that are NaN or infinite are no part of it. undefined where there is none. */
export function boxOf(values: Float64Array, whiskers: Whiskers): Box | undefined {
  const sorted = values.filter(Number.isFinite).sort();
  const { length } = sorted;
  if (length === 0) return undefined;
  const [q1, median, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  let [low, high] = [sorted[0]!, sorted[length - 1]!];
  if (whiskers === 'percentiles') [low, high] = [quantile(sorted, 0.05), quantile(sorted, 0.95)];
  if (whiskers === 'iqr') {
    const reach = 1.5 * (q3 - q1);
    low = sorted.find((value) => value >= q1 - reach) ?? q1;
    high = sorted.findLast((value) => value <= q3 + reach) ?? q3;
  }
  const outside = sorted.filter((value) => value < low || value > high);
  const half = MOST_OUTLIERS / 2;
  const outliers =
    outside.length <= MOST_OUTLIERS ? outside : Float64Array.of(...outside.subarray(0, half), ...outside.subarray(-half));
  return { count: length, low, q1, median, q3, high, mean: meanOf(sorted), outliers, outlierCount: outside.length };
}

/** Linear between neighbours: definition 7 of Hyndman and Fan (1996), as NumPy and R do by default. `sorted` rises. */
function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const from = sorted[low]!;
  const to = sorted[Math.min(sorted.length - 1, low + 1)]!;
  return from + (to - from) * (at - low);
}

/** Adds differences from the running mean, so that large values lose no digits. */
function meanOf(values: Float64Array): number {
  let mean = 0;
  for (const [index, value] of values.entries()) mean += (value - mean) / (index + 1);
  return mean;
}

/**
 * Of a histogram: `bounds` are upper bounds, rising, the last may be infinite; `counts` are the buckets' own. Values are taken to lie
 * evenly in their bucket, as Prometheus' histogram_quantile does; of the last, infinite bucket only its lower bound is known. Whiskers
 * reach to the 5th and 95th percentile. undefined where nothing was counted.
 */
export function boxOfBuckets(bounds: readonly number[], counts: readonly number[]): Box | undefined {
  let total = 0;
  for (const count of counts) if (count > 0 && Number.isFinite(count)) total += count;
  if (total === 0) return undefined;
  const at = (share: number): number => {
    const rank = share * total;
    let below = 0;
    for (const [index, bound] of bounds.entries()) {
      const count = counts[index]!;
      if (!(count > 0)) continue;
      if (below + count >= rank) {
        const lower = index > 0 ? bounds[index - 1]! : Math.min(0, bound);
        if (bound === Infinity) return lower;
        return lower + (bound - lower) * ((rank - below) / count);
      }
      below += count;
    }
    return bounds.findLast(Number.isFinite) ?? Number.NaN;
  };
  return {
    count: total,
    low: at(0.05),
    q1: at(0.25),
    median: at(0.5),
    q3: at(0.75),
    high: at(0.95),
    mean: Number.NaN,
    outliers: NONE,
    outlierCount: 0,
  };
}

/** Of quantiles that are known, by share; quartiles that are not are taken between their neighbours. undefined for fewer than two. */
export function boxOfQuantiles(known: ReadonlyMap<number, number>): Box | undefined {
  const points = [...known]
    .filter(([share, value]) => share >= 0 && share <= 1 && Number.isFinite(value))
    .toSorted(([a], [b]) => a - b);
  if (points.length < 2) return undefined;
  const at = (share: number): number => {
    const above = points.findIndex(([known]) => known >= share);
    if (above === 0) return points[0]![1];
    if (above < 0) return points.at(-1)![1];
    const [[fromShare, from], [toShare, to]] = [points[above - 1]!, points[above]!];
    return from + ((to - from) * (share - fromShare)) / (toShare - fromShare);
  };
  return {
    count: Number.NaN,
    low: points[0]![1],
    q1: at(0.25),
    median: at(0.5),
    q3: at(0.75),
    high: points.at(-1)![1],
    mean: Number.NaN,
    outliers: NONE,
    outlierCount: 0,
  };
}
