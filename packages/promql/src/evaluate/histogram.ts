import type { Repair } from './annotations.ts';

/** Differences of this share come from rounding in rate() and sum(), and need no mention. */
const ROUNDING = 1e-12;

/** The cumulative buckets of a classic histogram at one time, by ascending upper bounds; used again for the next time. */
export class ClassicBuckets {
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  length = 0;

  constructor(capacity: number) {
    this.bounds = new Float64Array(capacity);
    this.counts = new Float64Array(capacity);
  }

  /** Puts a bucket behind the others; adds its count to the last where that has the same bound. */
  push(bound: number, count: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.bounds[last] === bound) {
      this.counts[last]! += count;
    } else {
      this.bounds[this.length] = bound;
      this.counts[this.length++] = count;
    }
  }

  /** Whether there is a bucket of all observations. */
  get isComplete(): boolean {
    return this.length > 0 && this.bounds[this.length - 1] === Infinity;
  }

  /** Lifts each count to the largest before it. Tells of it only where more than rounding was amiss. */
  makeMonotonic(): Repair | undefined {
    const { bounds, counts, length } = this;
    let [lowestBucket, highestBucket, maxDifference] = [Infinity, -Infinity, 0];
    let largest = counts[0]!;
    for (let i = 1; i < length; i++) {
      const count = counts[i]!;
      if (Math.abs(count - largest) / count <= ROUNDING) {
        counts[i] = largest;
      } else if (count > largest) {
        largest = count;
      } else if (count < largest) {
        lowestBucket = Math.min(lowestBucket, bounds[i]!);
        highestBucket = Math.max(highestBucket, bounds[i]!);
        maxDifference = Math.max(maxDifference, largest - count);
        counts[i] = largest;
      }
    }
    return maxDifference > 0 ? { lowestBucket, highestBucket, maxDifference } : undefined;
  }
}

/**
 * The φ-quantile of monotonic buckets, interpolated linearly within a bucket, as Prometheus does: NaN where there is no
 * +Inf bucket, fewer than two buckets or no observation.
 */
export function bucketQuantile(q: number, buckets: ClassicBuckets): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const { bounds, counts, length } = buckets;
  const last = length - 1;
  const observations = counts[last]!;
  if (!buckets.isComplete || last < 1 || observations === 0) return Number.NaN;
  const rank = q * observations;
  let at = 0;
  while (at < last && !(counts[at]! >= rank)) at++;
  if (at === last) return bounds[last - 1]!;
  const upper = bounds[at]!;
  if (at === 0) return upper <= 0 ? upper : upper * (rank / counts[0]!);
  const [lower, below] = [bounds[at - 1]!, counts[at - 1]!];
  return lower + (upper - lower) * ((rank - below) / (counts[at]! - below));
}

/** The share of observations in (lower, upper] of monotonic buckets, the inverse of the quantile. */
export function bucketFraction(lower: number, upper: number, buckets: ClassicBuckets): number {
  if (!buckets.isComplete) return Number.NaN;
  const count = buckets.counts[buckets.length - 1]!;
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankOf(upper, buckets) - rankOf(lower, buckets)) / count;
}

/** How many observations are at most `value`. */
function rankOf(value: number, { bounds, counts, length }: ClassicBuckets): number {
  let rank = 0;
  for (let i = 0; i < length; i++) {
    const upper = bounds[i]!;
    const count = counts[i]!;
    const lower = i > 0 ? bounds[i - 1]! : upper > 0 ? 0 : -Infinity;
    if (lower >= value) return rank;
    if (upper > value) {
      // Nothing can be said about where in an open bucket: all of the lowest is below, none of the highest.
      if (lower === -Infinity) return count;
      if (upper === Infinity) return rank;
      return rank + ((count - rank) * (value - lower)) / (upper - lower);
    }
    rank = count;
  }
  return rank;
}

/** The bound that a bucket's `le` names; undefined where it is not a number. */
export function parseBound(le: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(le)) return le.startsWith('-') ? -Infinity : Infinity;
  const value = Number(le);
  return le.trim() === le && le !== '' && !Number.isNaN(value) ? value : undefined;
}
