import type { RollupWanted } from '@vitrine/model/sample-store.ts';
import type { Contents } from '../contents.ts';

/** Windows may begin so long before a bucket's end, such as those of $__rate_interval, which are a scrape longer than a step. */
const LONGEST_EDGE_MS = 60_000;

/** The widest buckets that may be read in place of samples from `fromMs` on; undefined where there are none. */
export function widthFor(
  { widthsMs, reachMs }: Contents['rolledUp'],
  { everyMs, rangeMs, part }: RollupWanted,
  fromMs: number,
): number | undefined {
  if (fromMs > reachMs) return undefined;
  const edgeMs = part === 'increase' ? LONGEST_EDGE_MS : 0;
  return widthsMs.findLast(
    (widthMs) => everyMs % widthMs === 0 && rangeMs % widthMs <= edgeMs && (rangeMs === 0 || rangeMs >= widthMs),
  );
}
