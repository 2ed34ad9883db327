import type { BucketSpan } from '@vitrine/model/native-histogram.ts';

/** The positive or the negative buckets of a histogram: ascending indexes, and a count for each. */
export interface Side {
  readonly indexes: Int32Array;
  readonly counts: Float64Array;
}

const NO_SPANS: readonly BucketSpan[] = [];

/** Far beyond every bucket that has bounds of its own, and far from where 32 bits end. */
const FURTHEST_INDEX = 2 ** 30;

/**
 * The bucket index of each place of the spans. Always ascending: what spans say that lie over each other, too far out or are
 * too few is moved up to the next free place.
 */
export function indexesOf(spans: readonly BucketSpan[], length: number): Int32Array {
  const indexes = new Int32Array(length);
  let at = 0;
  let free = -FURTHEST_INDEX;
  let end = 0;
  for (const span of spans) {
    const start = end + span.offset;
    end = start + span.length;
    if (start > free) free = Math.min(start, FURTHEST_INDEX + at);
    for (let i = 0; i < span.length && at < length; i++) indexes[at++] = free++;
  }
  while (at < length) indexes[at++] = free++;
  return indexes;
}

/** The same of one place. */
export function indexAt(spans: readonly BucketSpan[], place: number, length: number): number {
  let at = 0;
  let end = 0;
  for (const span of spans) {
    const start = end + span.offset;
    end = start + span.length;
    // As all that is not in order, or far out, has to be moved.
    if (span.offset < 0 && at > 0) break;
    if (place < at + span.length) return Math.abs(end) < FURTHEST_INDEX ? start + place - at : indexesOf(spans, length)[place]!;
    at += span.length;
  }
  return indexesOf(spans, length)[place]!;
}

export function sideOf(spans: readonly BucketSpan[], counts: Float64Array): Side {
  return { indexes: indexesOf(spans, counts.length), counts };
}

/** Spans and counts without empty buckets, in as few spans as possible. */
export function packSide({ indexes, counts }: Side): { readonly spans: readonly BucketSpan[]; readonly buckets: Float64Array } {
  let kept = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) kept++;
  if (kept === 0) return { spans: NO_SPANS, buckets: new Float64Array(0) };
  const buckets = new Float64Array(kept);
  const spans: BucketSpan[] = [];
  let at = 0;
  let start = 0;
  let length = 0;
  let end = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    buckets[at++] = counts[i]!;
    const index = indexes[i]!;
    if (length > 0 && index === start + length) {
      length++;
      continue;
    }
    if (length > 0) {
      spans.push({ offset: start - end, length });
      end = start + length;
    }
    start = index;
    length = 1;
  }
  spans.push({ offset: start - end, length });
  return { spans, buckets };
}

/** Moves each bucket to `target(index)`, which never falls as the index rises, and adds up those that meet. */
export function regroup({ indexes, counts }: Side, target: (index: number) => number): Side {
  const newIndexes = new Int32Array(indexes.length);
  const newCounts = new Float64Array(counts.length);
  let length = 0;
  for (let i = 0; i < indexes.length; i++) {
    const index = target(indexes[i]!);
    if (length > 0 && newIndexes[length - 1] === index) {
      newCounts[length - 1]! += counts[i]!;
    } else {
      newIndexes[length] = index;
      newCounts[length++] = counts[i]!;
    }
  }
  return { indexes: newIndexes.subarray(0, length), counts: newCounts.subarray(0, length) };
}

/** Where a bucket lies in a schema that is coarser by `by`. */
export function coarser(index: number, by: number): number {
  return Math.ceil(index / 2 ** by);
}

/** Whether two layouts have the same buckets, empty ones included. */
export function sameIndexes(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether two lists of spans are written alike: enough to know that the buckets are the same ones. */
export function sameSpans(a: readonly BucketSpan[], b: readonly BucketSpan[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i]!.offset !== b[i]!.offset || a[i]!.length !== b[i]!.length) return false;
  return true;
}

/** Whether there are no empty buckets, nor spans that could be one, so that packSide() would change nothing. */
export function isPacked(spans: readonly BucketSpan[], counts: Float64Array): boolean {
  for (let i = 0; i < spans.length; i++) if (spans[i]!.length === 0 || (i > 0 && spans[i]!.offset === 0)) return false;
  for (let i = 0; i < counts.length; i++) if (counts[i] === 0) return false;
  return true;
}
