import { roundStep } from './heat-bins.ts';

/** Bins of one width: bin n is [from + n * size, from + (n + 1) * size). */
export interface SharedBins {
  readonly from: number;
  readonly size: number;
  readonly count: number;
}

/** More bins than this nobody can tell apart. */
const MOST_BINS = 5000;
const FURTHEST = Number.MAX_VALUE / 4;

/**
 * Bins that all columns share. `size` 0 takes a round width with which there are about `count` bins; `offset` moves their edges.
 * NaN and infinite values belong to none. undefined where there is no value.
 */
export function sharedBins(
  columns: readonly Float64Array[],
  { size, count, offset }: { readonly size: number; readonly count: number; readonly offset: number },
): SharedBins | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const values of columns) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(low <= high)) return undefined;
  // From one end of all numbers to the other there is no distance: what lies further out falls into the outermost bins.
  if (!Number.isFinite(high - low)) [low, high] = [Math.max(low, -FURTHEST), Math.min(high, FURTHEST)];
  let width = size > 0 ? size : low === high ? roundStep(Math.abs(low) / 10 || 1) : roundStep((high - low) / Math.max(1, count));
  if ((high - low) / width > MOST_BINS) width = (high - low) / MOST_BINS;
  const shift = ((offset % width) + width) % width;
  const from = Number((Math.floor((low - shift) / width + 1e-9) * width + shift).toPrecision(14));
  return { from, size: width, count: Math.max(1, Math.min(MOST_BINS + 2, Math.floor((high - from) / width + 1e-9) + 1)) };
}

/** How many values each bin holds. */
export function binCounts(values: Float64Array, { from, size, count }: SharedBins): Float64Array {
  const counts = new Float64Array(count);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    // Bins were laid around the values: what falls beside them does so by rounding.
    const bin = Math.min(count - 1, Math.max(0, Math.floor((value - from) / size + 1e-9)));
    counts[bin] = counts[bin]! + 1;
  }
  return counts;
}

/** count: as they are. share: of all values, the sum is 1. density: share by the bin's width, the area is 1. */
export type Normalisation = 'count' | 'share' | 'density';

/** Counts, shares or densities. A column without values has no shares: NaN. */
export function normalised(counts: Float64Array, size: number, how: Normalisation): Float64Array {
  if (how === 'count') return counts;
  let total = 0;
  for (const count of counts) total += count;
  const by = how === 'share' ? total : total * size;
  return counts.map((count) => (total === 0 ? Number.NaN : count / by));
}
