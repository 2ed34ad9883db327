import fc from 'fast-check';
import { CUSTOM_BUCKETS, type BucketSpan, type NativeHistogram } from '@vitrine/model/native-histogram.ts';

/** A histogram whose buckets lie next to each other from index `offset` on; counts and sum follow from the buckets. */
export function histogramOf({
  buckets,
  offset = 0,
  reset = 'unknown',
  schema = 3,
}: {
  readonly buckets: readonly number[];
  readonly offset?: number;
  readonly reset?: NativeHistogram['reset'];
  readonly schema?: number;
}): NativeHistogram {
  const count = buckets.reduce((sum, bucket) => sum + bucket, 0);
  return {
    schema,
    zeroThreshold: 1e-128,
    zeroCount: 0,
    count,
    sum: count * 1.5,
    positiveSpans: buckets.length === 0 ? [] : [{ offset, length: buckets.length }],
    positiveBuckets: Float64Array.from(buckets),
    negativeSpans: [],
    negativeBuckets: new Float64Array(),
    customValues: new Float64Array(),
    reset,
  };
}

const count = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1000) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
  { weight: 1, arbitrary: fc.double() },
);
const wholeCount = fc.nat(100_000);
const spans = fc
  .array(fc.record({ offset: fc.nat(5), length: fc.nat(4) }), { maxLength: 4 })
  .chain((all) =>
    fc.integer({ min: -20, max: 20 }).map((first) => all.map((span, i) => (i === 0 ? { ...span, offset: first } : span))),
  );

const side = (counts: fc.Arbitrary<number>) =>
  spans.chain((all) => {
    const length = all.reduce((sum, span) => sum + span.length, 0);
    return fc
      .array(counts, { minLength: length, maxLength: length })
      .map((buckets): [readonly BucketSpan[], Float64Array] => [all, Float64Array.from(buckets)]);
  });

const histogram = (counts: fc.Arbitrary<number>) =>
  fc
    .record({
      schema: fc.constantFrom(-4, 0, 3, CUSTOM_BUCKETS),
      zeroThreshold: fc.constantFrom(0, 1e-128, 0.001),
      zeroCount: counts,
      count: counts,
      sum: fc.double(),
      positive: side(counts),
      negative: side(counts),
      customs: fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { maxLength: 5 }),
      reset: fc.constantFrom<NativeHistogram['reset'][]>('unknown', 'reset', 'not reset', 'gauge'),
    })
    .map(({ positive, negative, customs, ...rest }): NativeHistogram => ({
      ...rest,
      positiveSpans: positive[0],
      positiveBuckets: positive[1],
      negativeSpans: negative[0],
      negativeBuckets: negative[1],
      customValues: Float64Array.from(rest.schema === CUSTOM_BUCKETS ? customs.sort((a, b) => a - b) : []),
    }));

/** Any histogram that a store may be given: mostly whole counts, and any others too. */
export const anyHistogram: fc.Arbitrary<NativeHistogram> = fc.oneof(histogram(wholeCount), histogram(count));
