import type { BucketSpan, CounterReset, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { z } from 'zod';
import { numberText, readNumberText } from './number-text.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';

const RESETS = ['unknown', 'reset', 'not reset', 'gauge'] as const satisfies readonly CounterReset[];
/** JSON has no NaN and no infinities: those stand as text. */
const number = z.union([z.number(), z.string()]).transform((given, context) => {
  if (typeof given === 'number') return given;
  const values = new Float64Array(1);
  if (readNumberText(given, wordsOf(values), 0)) return values[0] as number;
  context.addIssue(`"${given.slice(0, 40)}" is no number`);
  return z.NEVER;
});
const count = z.int().min(-2_147_483_648).max(2_147_483_647);
const spans = z.array(z.tuple([count, count.min(0)]));
const buckets = z.array(number);

const shape = z
  .object({
    schema: count,
    zeroThreshold: number,
    zeroCount: number,
    count: number,
    sum: number,
    positiveSpans: spans,
    positiveBuckets: buckets,
    negativeSpans: spans,
    negativeBuckets: buckets,
    customValues: buckets,
    reset: z.enum(RESETS),
  })
  .refine(
    (it) => places(it.positiveSpans) === it.positiveBuckets.length && places(it.negativeSpans) === it.negativeBuckets.length,
    {
      error: 'has other numbers of buckets than its spans have places',
    },
  );

/** A native histogram with all of its fields; spans are [offset, length]. */
export function histogramJson(histogram: NativeHistogram): unknown {
  const { schema, zeroThreshold, zeroCount, count: observations, sum, customValues, reset } = histogram;
  return {
    schema,
    zeroThreshold: jsonNumber(zeroThreshold),
    zeroCount: jsonNumber(zeroCount),
    count: jsonNumber(observations),
    sum: jsonNumber(sum),
    positiveSpans: pairs(histogram.positiveSpans),
    positiveBuckets: Array.from(histogram.positiveBuckets, jsonNumber),
    negativeSpans: pairs(histogram.negativeSpans),
    negativeBuckets: Array.from(histogram.negativeBuckets, jsonNumber),
    customValues: Array.from(customValues, jsonNumber),
    reset,
  };
}

/** Undefined where it is none. */
export function readHistogramJson(json: unknown): NativeHistogram | undefined {
  const read = shape.safeParse(json);
  if (!read.success) return undefined;
  const it = read.data;
  const ofPairs = (list: readonly (readonly [number, number])[]): BucketSpan[] =>
    list.map(([offset, length]) => ({ offset, length }));
  return {
    ...it,
    positiveSpans: ofPairs(it.positiveSpans),
    positiveBuckets: Float64Array.from(it.positiveBuckets),
    negativeSpans: ofPairs(it.negativeSpans),
    negativeBuckets: Float64Array.from(it.negativeBuckets),
    customValues: Float64Array.from(it.customValues),
  };
}

function pairs(list: readonly BucketSpan[]): [number, number][] {
  return list.map(({ offset, length }) => [offset, length]);
}

function places(list: readonly (readonly [number, number])[]): number {
  return list.reduce((sum, [, length]) => sum + length, 0);
}

function jsonNumber(value: number): number | string {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  const values = Float64Array.of(value);
  return numberText(values, wordsOf(values), 0);
}
