import type { RollupPart } from '@vitrine/model/sample-store.ts';
import { setStaleAt } from '@vitrine/model/stale-nan.ts';
import type { Columns } from '../chunk/columns.ts';
import type { BucketColumn, BucketColumns } from './bucket-columns.ts';

/** What has to be read of buckets to give a part of them. */
export const COLUMNS_OF_PART: Readonly<Record<RollupPart, readonly BucketColumn[]>> = {
  least: ['index', 'counts', 'least'],
  greatest: ['index', 'counts', 'greatest'],
  sums: ['index', 'counts', 'sums'],
  counts: ['index', 'counts'],
  first: ['index', 'counts', 'first', 'firstAfterMs'],
  last: ['index', 'counts', 'last', 'lastBeforeMs', 'ended'],
  increase: ['index', 'counts', 'first', 'last', 'firstAfterMs', 'lastBeforeMs', 'nextBeforeMs', 'falls'],
};

/** Whether each bucket within `(fromMs, toMs]` has none but its last sample so little before its end. */
export function hasOnlyLast(
  { length, columns }: BucketColumns,
  widthMs: number,
  beforeMs: number,
  fromMs: number,
  toMs: number,
): boolean {
  const { index, counts, nextBeforeMs } = columns;
  for (let i = 0; i < length; i++) {
    const startMs = (index[i] as number) * widthMs;
    if (startMs < fromMs || startMs + widthMs > toMs || counts[i] === 0) continue;
    if ((nextBeforeMs[i] as number) < beforeMs) return false;
  }
  return true;
}

/**
 * Appends to `out` what stands for the buckets within `(fromMs, toMs]`, as RollupPart says. Returns how many buckets those are.
 */
export function giveBuckets(
  { length, columns }: BucketColumns,
  widthMs: number,
  part: RollupPart,
  fromMs: number,
  toMs: number,
  out: Columns,
): number {
  const { index, counts, first, last, firstAfterMs, lastBeforeMs } = columns;
  let from = 0;
  while (from < length && (index[from] as number) * widthMs < fromMs) from++;
  let end = length;
  while (end > from && ((index[end - 1] as number) + 1) * widthMs > toMs) end--;
  out.reserve(2 * (end - from));
  const { timestampsMs, values, words } = out;
  const start = out.length;
  let at = start;
  switch (part) {
    case 'least':
    case 'greatest': {
      const column = columns[part];
      for (let i = from; i < end; i++) {
        if (counts[i] === 0) continue;
        timestampsMs[at] = ((index[i] as number) + 1) * widthMs;
        values[at++] = column[i] as number;
      }
      out.grow(at - start);
      break;
    }
    case 'sums':
    case 'counts': {
      // The value means nothing: whoever asks for these looks at what it stands for.
      for (let i = from; i < end; i++) if (counts[i] !== 0) timestampsMs[at++] = ((index[i] as number) + 1) * widthMs;
      values.fill(0, start, at);
      const rolled = out.needRolled();
      out.grow(at - start);
      for (let i = from, place = start; i < end; i++) {
        if (counts[i] === 0) continue;
        rolled.counts[place] = counts[i] as number;
        if (part === 'sums') rolled.sums[place] = columns.sums[i] as number;
        place++;
      }
      break;
    }
    case 'first': {
      for (let i = from; i < end; i++) {
        if (counts[i] === 0) continue;
        timestampsMs[at] = (index[i] as number) * widthMs + (firstAfterMs[i] as number);
        values[at++] = first[i] as number;
      }
      out.grow(at - start);
      break;
    }
    case 'last': {
      for (let i = from; i < end; i++) {
        const endMs = ((index[i] as number) + 1) * widthMs;
        if (counts[i] !== 0) {
          timestampsMs[at] = endMs - (lastBeforeMs[i] as number);
          values[at++] = last[i] as number;
        }
        if (columns.ended[i] === 0) continue;
        timestampsMs[at] = endMs;
        setStaleAt(words, at++);
      }
      out.grow(at - start);
      break;
    }
    case 'increase': {
      for (let i = from; i < end; i++) {
        if (counts[i] === 0) continue;
        const startMs = (index[i] as number) * widthMs;
        const firstMs = startMs + (firstAfterMs[i] as number);
        const lastMs = startMs + widthMs - (lastBeforeMs[i] as number);
        timestampsMs[at] = firstMs;
        values[at++] = first[i] as number;
        if (lastMs === firstMs) continue;
        timestampsMs[at] = lastMs;
        values[at++] = last[i] as number;
      }
      const rolled = out.needRolled();
      out.grow(at - start);
      for (let i = from, place = start; i < end; i++) {
        const count = counts[i] as number;
        if (count === 0) continue;
        if ((firstAfterMs[i] as number) + (lastBeforeMs[i] as number) === widthMs) {
          rolled.counts[place++] = count;
          continue;
        }
        rolled.counts[++place] = count - 1;
        const before = first[i] as number;
        rolled.falls[place++] = (columns.falls[i] as number) - ((last[i] as number) < before ? before : 0);
      }
    }
  }
  return end - from;
}
