import { CUSTOM_BUCKETS } from '@vitrine/model/native-histogram.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { compact } from './layout.ts';

/** One time's samples of a classic histogram. */
export interface ClassicHistogram {
  /** `le` and the number of observations up to it. Of two with one bound the first counts. */
  readonly buckets: readonly (readonly [upper: number, cumulative: number])[];
  /** Undefined: that of the highest bucket. */
  readonly count: number | undefined;
  /** Undefined: 0. */
  readonly sum: number | undefined;
}

/**
 * A classic histogram as a native one with the same bounds. Throws an Error that says why where its counts are negative,
 * fall from a bucket to the next or are not the count of all.
 */
export function fromClassic({ buckets, count, sum }: ClassicHistogram): NativeHistogram {
  const byBound = new Map<number, number>();
  for (const [upper, cumulative] of buckets) {
    if (Number.isNaN(upper)) throw new Error('a bucket has the upper bound NaN');
    if (!byBound.has(upper)) byBound.set(upper, cumulative);
  }
  const sorted = [...byBound].toSorted(([a], [b]) => a - b);
  const total = count ?? sorted.at(-1)?.[1];
  if (total === undefined) throw new Error('a histogram has neither buckets nor a count');
  if (sorted.at(-1)?.[0] !== Infinity) sorted.push([Infinity, total]);
  const counts = new Float64Array(sorted.length);
  let before = 0;
  for (const [at, [upper, cumulative]] of sorted.entries()) {
    if (cumulative < before) {
      throw new Error(`the bucket up to ${upper} holds ${cumulative} observations, which is less than the ${before} below it`);
    }
    counts[at] = cumulative - before;
    before = cumulative;
  }
  if (total !== before) throw new Error(`the count is ${total}, but the buckets hold ${before} observations`);
  return compact({
    schema: CUSTOM_BUCKETS,
    zeroThreshold: 0,
    zeroCount: 0,
    count: total,
    sum: sum ?? 0,
    positiveSpans: [{ offset: 0, length: counts.length }],
    positiveBuckets: counts,
    negativeSpans: [],
    negativeBuckets: new Float64Array(0),
    customValues: Float64Array.from(sorted.slice(0, -1), ([upper]) => upper),
    reset: 'unknown',
  });
}
