import type { RolledSamples } from '@vitrine/model/sample-store.ts';
import type { Columns } from '../chunk/columns.ts';

/**
 * Puts `newer` into `into[from ..]`, both in time order; where both have a timestamp the one of `newer` stays. Works in
 * place from the end, because `into` is usually much longer and mostly before `newer`.
 */
export function mergeInto(into: Columns, from: number, newer: Columns, newerFrom = 0, newerEnd = newer.length): void {
  const count = newerEnd - newerFrom;
  if (count <= 0) return;
  into.reserve(count);
  if (into.histograms !== undefined || newer.histograms !== undefined) mergeHistograms(into, newer, newerFrom, newerEnd);
  const startsMs = newer.startsMs === undefined ? into.startsMs : into.needStarts();
  // What is merged in is as it was written: none of it stands for others.
  const { rolled } = into;
  let left = into.length - 1;
  let right = newerEnd - 1;
  let at = into.length + count - 1;
  const { timestampsMs, words } = into;
  while (right >= newerFrom) {
    const time = newer.timestampsMs[right] as number;
    if (left >= from && (timestampsMs[left] as number) > time) {
      if (rolled !== undefined) moveRolled(rolled, left, at);
      move(timestampsMs, words, startsMs, left--, at--);
      continue;
    }
    if (left >= from && timestampsMs[left] === time) left--;
    timestampsMs[at] = time;
    words[2 * at] = newer.words[2 * right] as number;
    words[2 * at + 1] = newer.words[2 * right + 1] as number;
    if (startsMs !== undefined) startsMs[at] = newer.startsMs?.[right] ?? Number.NaN;
    if (rolled !== undefined) {
      rolled.counts[at] = 1;
      rolled.sums[at] = newer.values[right] as number;
      rolled.falls[at] = 0;
    }
    at--;
    right--;
  }
  // Duplicates leave a gap between what stayed in place and what was written from the end.
  const gap = at - left;
  const end = into.length + count;
  if (gap > 0) {
    timestampsMs.copyWithin(at + 1 - gap, at + 1, end);
    words.copyWithin(2 * (at + 1 - gap), 2 * (at + 1), 2 * end);
    startsMs?.copyWithin(at + 1 - gap, at + 1, end);
    for (const column of into.rolledColumns()) column.copyWithin(at + 1 - gap, at + 1, end);
  }
  into.length = end - gap;
}

function mergeHistograms(into: Columns, newer: Columns, newerFrom: number, newerEnd: number): void {
  const histograms = into.needHistograms();
  for (let i = newerFrom; i < newerEnd; i++) {
    const timestampMs = newer.timestampsMs[i] as number;
    const histogram = newer.histograms?.get(timestampMs);
    if (histogram === undefined) histograms.delete(timestampMs);
    else histograms.set(timestampMs, histogram);
  }
}

function moveRolled({ counts, sums, falls }: RolledSamples, from: number, to: number): void {
  counts[to] = counts[from] as number;
  sums[to] = sums[from] as number;
  falls[to] = falls[from] as number;
}

function move(
  timestampsMs: Float64Array,
  words: Uint32Array,
  startsMs: Float64Array | undefined,
  from: number,
  to: number,
): void {
  timestampsMs[to] = timestampsMs[from] as number;
  words[2 * to] = words[2 * from] as number;
  words[2 * to + 1] = words[2 * from + 1] as number;
  if (startsMs !== undefined) startsMs[to] = startsMs[from] as number;
}
