import { type Buckets, type ExponentialPoint, NO_BUCKETS } from './otlp-metrics.ts';

/** Bounds are at least 2^(2^-2), about 19 %, apart. */
const FINEST_SCALE = 2;
/** At this one a single bucket holds all numbers that there are. */
const COARSEST_SCALE = -11;
/** Buckets of one histogram on both sides of zero; where its values spread further, the bounds move apart. */
const MOST_BUCKETS = 100;

/** An exponential histogram on a grid whose bounds stay where they are from point to point. */
export interface ExponentialTotal {
  readonly scale: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
  readonly zeroCount: number;
  readonly count: number;
  /** undefined once a point came without. */
  readonly sum: number | undefined;
}

/** A classic bucket: how many values are at most `bound`. Ascending; the last one's bound is Infinity. */
export type ClassicBucket = readonly [bound: number, count: number];

/**
 * Puts a point on its series' grid: bounds that were there before stay or, where the grid gets coarser, go; they never
 * move. `add` says whether the point's counts come on top of what was there (delta) or stand for themselves.
 */
export function onGrid(point: ExponentialPoint, before: ExponentialTotal | undefined, add: boolean): ExponentialTotal {
  const [positive, negative] = [trimmed(point.positive), trimmed(point.negative)];
  let scale = Math.max(COARSEST_SCALE, Math.min(FINEST_SCALE, point.scale, before?.scale ?? FINEST_SCALE));
  const widthAt = (to: number): number =>
    [
      [positive, before?.positive],
      [negative, before?.negative],
    ].reduce(
      (sum, [now, then]) => sum + width(range(now as Buckets, point.scale, to), then && range(then, before?.scale ?? to, to)),
      0,
    );
  while (scale > COARSEST_SCALE && widthAt(scale) > MOST_BUCKETS) scale--;
  const merge = (now: Buckets, then: Buckets | undefined): Buckets =>
    merged(now, point.scale, then ?? NO_BUCKETS, before?.scale ?? scale, scale, add);
  const base = add ? before : undefined;
  return {
    scale,
    positive: merge(positive, before?.positive),
    negative: merge(negative, before?.negative),
    zeroCount: point.zeroCount + (base?.zeroCount ?? 0),
    count: point.count + (base?.count ?? 0),
    sum: point.sum === undefined || (base !== undefined && base.sum === undefined) ? undefined : point.sum + (base?.sum ?? 0),
  };
}

/** The bounds of a histogram as classic buckets have them, cumulative. Values in the zero bucket count as 0. */
export function classicBuckets({ scale, positive, negative, zeroCount, count }: ExponentialTotal): ClassicBucket[] {
  const buckets: ClassicBucket[] = [];
  let below = 0;
  // The last bucket by magnitude comes first; it ends at its lower bound.
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    if (i === negative.counts.length - 1) push(buckets, -boundOf(negative.from + i + 1, scale), 0);
    below += negative.counts[i] as number;
    push(buckets, -boundOf(negative.from + i, scale), below);
  }
  below += zeroCount;
  push(buckets, 0, below);
  for (let i = 0; i < positive.counts.length; i++) {
    if (i === 0) push(buckets, boundOf(positive.from, scale), below);
    below += positive.counts[i] as number;
    push(buckets, boundOf(positive.from + i + 1, scale), below);
  }
  buckets.push([Number.POSITIVE_INFINITY, count]);
  return buckets;
}

/** How many values of a histogram are at most `bound`, which is on its grid or beyond what it holds. */
export function countUpTo(buckets: readonly ClassicBucket[], bound: number): number {
  let count = 0;
  for (const [upTo, total] of buckets) {
    if (upTo > bound) break;
    count = total;
  }
  return bound === Number.POSITIVE_INFINITY ? (buckets.at(-1)?.[1] ?? 0) : count;
}

function push(buckets: ClassicBucket[], bound: number, count: number): void {
  // Past the largest number there is only the last bucket, and next to 0 only that of 0.
  if (!Number.isFinite(bound)) return;
  const last = buckets.at(-1);
  if (last !== undefined && last[0] >= bound) buckets[buckets.length - 1] = [last[0], count];
  else buckets.push([bound + 0, count]);
}

function boundOf(index: number, scale: number): number {
  return 2 ** (index * 2 ** -scale);
}

function trimmed({ from, counts }: Buckets): Buckets {
  let first = 0;
  while (first < counts.length && !((counts[first] as number) > 0)) first++;
  let end = counts.length;
  while (end > first && !((counts[end - 1] as number) > 0)) end--;
  return { from: from + first, counts: counts.slice(first, end) };
}

/** The buckets' first and last index at a scale that is no finer; undefined where there are none. */
function range({ from, counts }: Buckets, scale: number, to: number): readonly [number, number] | undefined {
  if (counts.length === 0) return undefined;
  return [indexAt(from, scale, to), indexAt(from + counts.length - 1, scale, to)];
}

/** Which bucket of a scale that is no finer holds bucket `index`. What no number can be in lies in the outermost one. */
function indexAt(index: number, scale: number, to: number): number {
  const merged = Math.floor(index / 2 ** (scale - to));
  return Math.max(Math.floor(-1075 * 2 ** to), Math.min(Math.ceil(1024 * 2 ** to), merged));
}

function width(a: readonly [number, number] | undefined, b: readonly [number, number] | undefined): number {
  if (a === undefined || b === undefined) return a === undefined && b === undefined ? 0 : width(a ?? b, a ?? b);
  return Math.max(a[1], b[1]) - Math.min(a[0], b[0]) + 1;
}

function merged(now: Buckets, nowScale: number, then: Buckets, thenScale: number, scale: number, add: boolean): Buckets {
  const [a, b] = [range(now, nowScale, scale), range(then, thenScale, scale)];
  const [first, last] = [Math.min(...(a ?? b ?? [0]), ...(b ?? [])), Math.max(...(a ?? b ?? [-1]), ...(b ?? []))];
  const counts = Array.from({ length: last - first + 1 }, () => 0);
  const put = (buckets: Buckets, from: number): void => {
    for (let i = 0; i < buckets.counts.length; i++) {
      const at = indexAt(buckets.from + i, from, scale) - first;
      counts[at] = (counts[at] as number) + (buckets.counts[i] as number);
    }
  };
  put(now, nowScale);
  if (add) put(then, thenScale);
  return { from: counts.length === 0 ? 0 : first, counts };
}
