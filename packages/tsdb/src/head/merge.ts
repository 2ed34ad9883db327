import type { Columns } from '../chunk/chunk.ts';

/**
 * Puts `newer` into `into[from ..]`, both in time order; where both have a timestamp the one of `newer` stays. Works in
 * place from the end, because `into` is usually much longer and mostly before `newer`.
 */
export function mergeInto(into: Columns, from: number, newer: Columns, newerFrom = 0, newerEnd = newer.length): void {
  const count = newerEnd - newerFrom;
  if (count <= 0) return;
  into.reserve(count);
  let left = into.length - 1;
  let right = newerEnd - 1;
  let at = into.length + count - 1;
  const { timestampsMs, words } = into;
  while (right >= newerFrom) {
    const time = newer.timestampsMs[right] as number;
    if (left >= from && (timestampsMs[left] as number) > time) {
      move(timestampsMs, words, left--, at--);
      continue;
    }
    if (left >= from && timestampsMs[left] === time) left--;
    timestampsMs[at] = time;
    words[2 * at] = newer.words[2 * right] as number;
    words[2 * at + 1] = newer.words[2 * right + 1] as number;
    at--;
    right--;
  }
  // Duplicates leave a gap between what stayed in place and what was written from the end.
  const gap = at - left;
  const end = into.length + count;
  if (gap > 0) {
    timestampsMs.copyWithin(at + 1 - gap, at + 1, end);
    words.copyWithin(2 * (at + 1 - gap), 2 * (at + 1), 2 * end);
  }
  into.length = end - gap;
}

function move(timestampsMs: Float64Array, words: Uint32Array, from: number, to: number): void {
  timestampsMs[to] = timestampsMs[from] as number;
  words[2 * to] = words[2 * from] as number;
  words[2 * to + 1] = words[2 * from + 1] as number;
}
