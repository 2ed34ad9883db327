import type { Contents } from '../contents.ts';
import { encodeExemplars } from './record.ts';

/** Every time there is: of a series that goes all exemplars go, lest they be found again under a new series of its name. */
export const ALL_TIMES: TimeRange = [-Infinity, Infinity];

/** Closed, in unix milliseconds. */
export type TimeRange = readonly [fromMs: number, toMs: number];

/**
 * Deletes series' exemplars in those ranges from the file, within the caller's transaction. Those in memory are left as they are,
 * because the transaction may yet fail.
 */
export function deleteExemplars({ db, exemplars, index }: Contents, ranges: ReadonlyMap<number, TimeRange>): void {
  const rowIds = new Set<number>();
  for (const [ref, [fromMs, toMs]] of ranges) for (const rowId of exemplars.rowsOf(ref, fromMs, toMs)) rowIds.add(rowId);
  if (rowIds.size === 0) return;
  const there = exemplars.ofRows(rowIds);
  for (const rowId of rowIds) {
    db.deleteExemplarRow.run(rowId);
    const left = (there.get(rowId) ?? []).filter(({ ref, exemplar: { timestampMs } }) => {
      const [fromMs, toMs] = ranges.get(ref) ?? [Infinity, -Infinity];
      return timestampMs < fromMs || timestampMs > toMs;
    });
    if (left.length === 0) continue;
    db.insertExemplars.run(rowId, encodeExemplars(left.map(({ ref, exemplar }) => ({ key: index.keyOf(ref), exemplar }))));
  }
}
