import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { upperBound } from './bound.ts';
import { assumedInterval, isLinear, middleOf, shareBelow, type Interval } from './interpolate.ts';
import { compact } from './layout.ts';
import { indexesOf } from './side.ts';

/**
 * `histogram </ limit`: the observations up to the limit. A bucket that the limit cuts keeps the share that interpolation
 * gives; of one without a lower end all are kept, of one without an upper end none. Where anything goes, count and sum are
 * estimated anew from the buckets.
 */
export function trimUpper(histogram: NativeHistogram, limit: number): NativeHistogram {
  return trim(histogram, ({ lower, upper }) => {
    if (upper <= limit) return { lower, upper };
    if (!(lower < limit) || limit === -Infinity || upper === Infinity) return undefined;
    return { lower, upper: limit };
  });
}

/**
 * `histogram >/ limit`: the observations above the limit. As trimUpper(), with the ends' parts exchanged. As in Prometheus
 * a limit below 0 takes the lowest custom bucket too, though a limit of 0 takes nothing of it.
 */
export function trimLower(histogram: NativeHistogram, limit: number): NativeHistogram {
  return trim(histogram, ({ lower, upper }, bucket) => {
    if (bucket.lower === -Infinity && lower > limit && limit !== -Infinity) return undefined;
    if (lower >= limit) return { lower, upper };
    if (!(upper > limit) || lower === -Infinity) return undefined;
    return { lower: limit, upper };
  });
}

/** `keep` gives what stays of the part of a bucket in which observations are assumed; undefined where nothing does. */
function trim(histogram: NativeHistogram, keep: (interval: Interval, bucket: Interval) => Interval | undefined): NativeHistogram {
  let count = 0;
  let sum = 0;
  let trimmed = false;
  const keepBucket = (bucket: Interval, population: number): number => {
    if (population === 0) return 0;
    const interval = assumedInterval(bucket, histogram);
    const kept = keep(interval, bucket);
    const linear = isLinear(interval, histogram.schema);
    trimmed ||= kept?.lower !== interval.lower || kept.upper !== interval.upper;
    if (kept === undefined) return 0;
    const share = shareOf(kept, interval, linear);
    count += population * share;
    sum += population * share * middleOf(kept, linear);
    return population * share;
  };
  const zero = histogram.zeroThreshold;
  const zeroCount = keepBucket({ lower: -zero, upper: zero }, histogram.zeroCount);
  const positive = indexesOf(histogram.positiveSpans, histogram.positiveBuckets.length);
  const positiveBuckets = histogram.positiveBuckets.map((population, i) =>
    keepBucket(
      { lower: clampUp(upperBound(positive[i]! - 1, histogram), zero), upper: upperBound(positive[i]!, histogram) },
      population,
    ),
  );
  const negative = indexesOf(histogram.negativeSpans, histogram.negativeBuckets.length);
  const negativeBuckets = histogram.negativeBuckets.map((population, i) =>
    keepBucket(
      { lower: -upperBound(negative[i]!, histogram), upper: -clampUp(upperBound(negative[i]! - 1, histogram), zero) },
      population,
    ),
  );
  return trimmed ? compact({ ...histogram, zeroCount, positiveBuckets, negativeBuckets, count, sum }) : histogram;
}

/** A bucket that reaches into the zero bucket begins where that ends. */
function clampUp(bound: number, zeroThreshold: number): number {
  return zeroThreshold > 0 && bound < zeroThreshold ? zeroThreshold : bound;
}

/** How much of a bucket lies within a part of it. A part of a bucket without an end holds all of it. */
function shareOf(part: Interval, whole: Interval, linear: boolean): number {
  if (whole.lower === -Infinity || whole.upper === Infinity) return 1;
  const below = part.lower === whole.lower ? 0 : shareBelow(part.lower, whole, linear);
  const above = part.upper === whole.upper ? 1 : shareBelow(part.upper, whole, linear);
  return above - below;
}
