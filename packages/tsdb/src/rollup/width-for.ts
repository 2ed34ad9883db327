import type { RollupWanted } from '@vitrine/model/sample-store.ts';
import type { Contents } from '../contents.ts';

/** The widest buckets that may be read in place of samples from `fromMs` on; undefined where there are none. */
export function widthFor(
  { widthsMs, reachMs }: Contents['rolledUp'],
  { everyMs }: RollupWanted,
  fromMs: number,
): number | undefined {
  return fromMs > reachMs ? undefined : widthsMs.findLast((widthMs) => everyMs % widthMs === 0);
}
