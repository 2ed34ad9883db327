import { isStaleAt } from '@vitrine/model/stale-nan.ts';
import type { Columns } from '../chunk/columns.ts';

/**
 * Takes from samples of buckets that a closed range meets and does not hold what they stand for beside themselves: of samples
 * that are not kept nobody knows which were in the range. Says whether there were any.
 */
export function forgetCutBuckets(columns: Columns, fromMs: number, toMs: number): boolean {
  const { length, timestampsMs, values, rolled } = columns;
  if (rolled === undefined) return false;
  let found = false;
  let first: number | undefined;
  for (let at = 0; at < length; at++) {
    if (!columns.isRolled(at)) continue;
    first ??= at;
    // The last of a bucket counts for all of it, those before it for none.
    if (rolled.counts[at] === 0 && at < length - 1) continue;
    const firstMs = timestampsMs[first] as number;
    const lastMs = timestampsMs[at] as number;
    if (firstMs <= toMs && lastMs >= fromMs && (firstMs < fromMs || lastMs > toMs)) {
      for (; first <= at; first++) {
        rolled.counts[first] = 1;
        rolled.sums[first] = values[first] as number;
      }
      found = true;
    }
    first = undefined;
  }
  return found;
}

/** The end of a chunk that is to end there, moved on to the end of the bucket that it would cut in two. */
export function endOfBucket({ length, words, rolled }: Columns, end: number): number {
  if (rolled === undefined) return end;
  let last = end - 1;
  while (last > 0 && isStaleAt(words, last)) last--;
  let at = end;
  let count = rolled.counts[last];
  while (count === 0 && at < length) {
    if (!isStaleAt(words, at)) count = rolled.counts[at];
    at++;
  }
  return at;
}
