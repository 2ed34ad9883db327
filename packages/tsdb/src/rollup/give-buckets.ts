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
  increase: ['index', 'counts', 'first', 'last', 'firstAfterMs', 'lastBeforeMs', 'falls'],
};

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
  const { index, counts } = columns;
  let from = 0;
  while (from < length && (index[from] as number) * widthMs < fromMs) from++;
  let end = length;
  while (end > from && ((index[end - 1] as number) + 1) * widthMs > toMs) end--;
  out.reserve(2 * (end - from));
  const { timestampsMs, values, words } = out;
  const endOf = (i: number): number => ((index[i] as number) + 1) * widthMs;
  let at = out.length;
  const put = (timeMs: number, value: number): void => {
    timestampsMs[at] = timeMs;
    values[at++] = value;
  };
  switch (part) {
    case 'least':
    case 'greatest': {
      const column = columns[part];
      for (let i = from; i < end; i++) if ((counts[i] as number) > 0) put(endOf(i), column[i] as number);
      out.grow(at - out.length);
      break;
    }
    case 'sums':
    case 'counts': {
      const rolled = out.needRolled();
      const { sums } = columns;
      for (let i = from; i < end; i++) if ((counts[i] as number) > 0) put(endOf(i), Number.NaN);
      let place = out.length;
      out.grow(at - out.length);
      for (let i = from; i < end; i++) {
        if (counts[i] === 0) continue;
        rolled.counts[place] = counts[i] as number;
        rolled.sums[place++] = sums[i] as number;
      }
      break;
    }
    case 'first': {
      const { first, firstAfterMs } = columns;
      for (let i = from; i < end; i++)
        if ((counts[i] as number) > 0) put(endOf(i) - widthMs + (firstAfterMs[i] as number), first[i] as number);
      out.grow(at - out.length);
      break;
    }
    case 'last': {
      const { last, lastBeforeMs, ended } = columns;
      for (let i = from; i < end; i++) {
        if ((counts[i] as number) > 0) put(endOf(i) - (lastBeforeMs[i] as number), last[i] as number);
        if (ended[i] === 0) continue;
        timestampsMs[at] = endOf(i);
        setStaleAt(words, at++);
      }
      out.grow(at - out.length);
      break;
    }
    case 'increase': {
      const rolled = out.needRolled();
      const { first, last, firstAfterMs, lastBeforeMs, falls } = columns;
      let place = out.length;
      for (let i = from; i < end; i++) {
        if (counts[i] === 0) continue;
        const firstMs = endOf(i) - widthMs + (firstAfterMs[i] as number);
        const lastMs = endOf(i) - (lastBeforeMs[i] as number);
        put(firstMs, first[i] as number);
        if (lastMs > firstMs) put(lastMs, last[i] as number);
      }
      out.grow(at - out.length);
      for (let i = from; i < end; i++) {
        if (counts[i] === 0) continue;
        const isOne = (firstAfterMs[i] as number) + (lastBeforeMs[i] as number) === widthMs;
        if (!isOne) place++;
        rolled.counts[place] = isOne ? (counts[i] as number) : (counts[i] as number) - 1;
        const [before, after] = [first[i] as number, last[i] as number];
        rolled.falls[place++] = (falls[i] as number) - (after < before ? before : 0);
      }
    }
  }
  return end - from;
}
