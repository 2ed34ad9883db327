import { isStaleAt } from '@vitrine/model/stale-nan.ts';
import type { Columns } from '../chunk/columns.ts';

/**
 * Takes from samples of buckets that a closed range meets and does not hold what they stand for beside themselves: of samples
 * that are not kept nobody knows which were in the range. Says whether there were any.
 */
export function forgetCutBuckets({ length, timestampsMs, rolled }: Columns, fromMs: number, toMs: number): boolean {
  if (rolled === undefined) return false;
  let found = false;
  let first: number | undefined;
  for (let at = 0; at < length; at++) {
    const sample = rolled.get(timestampsMs[at] as number);
    if (sample === undefined) continue;
    first ??= at;
    // The last of a bucket counts for all of it, those before it for none.
    if (sample.count === 0 && at < length - 1) continue;
    const firstMs = timestampsMs[first] as number;
    const lastMs = timestampsMs[at] as number;
    if (firstMs <= toMs && lastMs >= fromMs && (firstMs < fromMs || lastMs > toMs)) {
      for (; first <= at; first++) rolled.delete(timestampsMs[first] as number);
      found = true;
    }
    first = undefined;
  }
  return found;
}

/** The end of a chunk that is to end there, moved on to the end of the bucket that it would cut in two. */
export function endOfBucket({ length, timestampsMs, words, rolled }: Columns, end: number): number {
  if (rolled === undefined) return end;
  let last = end - 1;
  while (last > 0 && isStaleAt(words, last)) last--;
  let at = end;
  let sample = rolled.get(timestampsMs[last] as number);
  while (sample?.count === 0 && at < length) {
    if (!isStaleAt(words, at)) sample = rolled.get(timestampsMs[at] as number);
    at++;
  }
  return at;
}
