import type { Repair } from './annotations.ts';

/** One bucket of a classic histogram: how many observations were at most `upperBound`. */
export interface Bucket {
  upperBound: number;
  count: number;
}

interface QuantileAnswer {
  readonly value: number;
  readonly repair: Repair | undefined;
}

/** Differences of this share come from rounding in rate() and sum(), and need no mention. */
const ROUNDING = 1e-12;

/**
 * The φ-quantile of cumulative buckets in any order, interpolated linearly within a bucket, as Prometheus does: NaN
 * where there is no +Inf bucket, fewer than two buckets or no observation. Changes the buckets.
 */
export function bucketQuantile(q: number, given: Bucket[]): QuantileAnswer {
  const nothing = (value: number): QuantileAnswer => ({ value, repair: undefined });
  if (Number.isNaN(q)) return nothing(Number.NaN);
  if (q < 0) return nothing(-Infinity);
  if (q > 1) return nothing(Infinity);
  const buckets = inOrder(given);
  if (buckets.at(-1)?.upperBound !== Infinity) return nothing(Number.NaN);
  const repair = makeMonotonic(buckets);
  const last = buckets.length - 1;
  const observations = buckets[last]!.count;
  if (last < 1 || observations === 0) return nothing(Number.NaN);
  let rank = q * observations;
  let at = 0;
  while (at < last && !(buckets[at]!.count >= rank)) at++;
  if (at === last) return { value: buckets[last - 1]!.upperBound, repair };
  const { upperBound, count } = buckets[at]!;
  if (at === 0 && upperBound <= 0) return { value: upperBound, repair };
  let lowerBound = 0;
  let within = count;
  if (at > 0) {
    lowerBound = buckets[at - 1]!.upperBound;
    within -= buckets[at - 1]!.count;
    rank -= buckets[at - 1]!.count;
  }
  return { value: lowerBound + (upperBound - lowerBound) * (rank / within), repair };
}

/** The share of observations in (lower, upper], the inverse of the quantile. Changes the buckets. */
export function bucketFraction(lower: number, upper: number, given: Bucket[]): number {
  const buckets = inOrder(given);
  if (buckets.at(-1)?.upperBound !== Infinity) return Number.NaN;
  makeMonotonic(buckets);
  const count = buckets.at(-1)!.count;
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankOf(upper, buckets) - rankOf(lower, buckets)) / count;
}

/** How many observations are at most `value`. */
function rankOf(value: number, buckets: readonly Bucket[]): number {
  let rank = 0;
  for (let i = 0; i < buckets.length; i++) {
    const { upperBound, count } = buckets[i]!;
    const lowerBound = i > 0 ? buckets[i - 1]!.upperBound : upperBound > 0 ? 0 : -Infinity;
    if (lowerBound >= value) return rank;
    if (upperBound > value) {
      // Nothing can be said about where in an open bucket: all of the lowest is below, none of the highest.
      if (lowerBound === -Infinity) return count;
      if (upperBound === Infinity) return rank;
      return rank + ((count - rank) * (value - lowerBound)) / (upperBound - lowerBound);
    }
    rank = count;
  }
  return rank;
}

function inOrder(given: Bucket[]): Bucket[] {
  given.sort((a, b) => (a.upperBound === b.upperBound ? 0 : a.upperBound - b.upperBound));
  const buckets: Bucket[] = [];
  for (const bucket of given) {
    const last = buckets.at(-1);
    if (last?.upperBound === bucket.upperBound) last.count += bucket.count;
    else buckets.push(bucket);
  }
  return buckets;
}

/** Lifts each count to the largest before it. Tells of it only where more than rounding was amiss. */
function makeMonotonic(buckets: Bucket[]): Repair | undefined {
  let [lowestBucket, highestBucket, maxDifference] = [Infinity, -Infinity, 0];
  let largest = buckets[0]!.count;
  for (const bucket of buckets.slice(1)) {
    const { count, upperBound } = bucket;
    if (Math.abs(count - largest) / count <= ROUNDING) {
      bucket.count = largest;
    } else if (count > largest) {
      largest = count;
    } else if (count < largest) {
      lowestBucket = Math.min(lowestBucket, upperBound);
      highestBucket = Math.max(highestBucket, upperBound);
      maxDifference = Math.max(maxDifference, largest - count);
      bucket.count = largest;
    }
  }
  return maxDifference > 0 ? { lowestBucket, highestBucket, maxDifference } : undefined;
}

/** The bound that a bucket's `le` names; undefined where it is not a number. */
export function parseBound(le: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(le)) return le.startsWith('-') ? -Infinity : Infinity;
  const value = Number(le);
  return le.trim() === le && le !== '' && !Number.isNaN(value) ? value : undefined;
}
