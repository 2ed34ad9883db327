import { type BucketSpan, type CounterReset, CUSTOM_BUCKETS, type NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { toSchema } from '@vitrine/promql/histogram/layout.ts';

/** Finer schemas than this one are merged down to it: no query asks for more. */
const FINEST_SCHEMA = 8;
const COARSEST_SCHEMA = -4;
/** Reserved for exponential schemas, so it is known how to merge them. */
const FINEST_KNOWN_SCHEMA = 52;
/** Buckets of one side. The store takes no more. */
const MOST_BUCKETS = 65_536;
/** No number lies in a bucket further out, even at the finest schema that is taken as it is. */
const FURTHEST_INDEX = 2 ** 30;

/** One side of a histogram as it travels: whole counts as differences from bucket to bucket, others as they are. */
export interface WrittenSide {
  readonly spans: BucketSpan[];
  readonly deltas: number[];
  readonly counts: number[];
}

/** A native histogram as remote write and protobuf exposition have it, before it is judged. */
export interface WrittenHistogram {
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  count: number;
  sum: number;
  /** Whether its counts are whole numbers: then they are in `deltas`. */
  whole: boolean;
  reset: CounterReset;
  readonly positive: WrittenSide;
  readonly negative: WrittenSide;
  readonly customValues: number[];
}

export function emptyWrittenHistogram(): WrittenHistogram {
  return {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    whole: true,
    reset: 'unknown',
    positive: { spans: [], deltas: [], counts: [] },
    negative: { spans: [], deltas: [], counts: [] },
    customValues: [],
  };
}

/**
 * The histogram, or what is wrong with it, as the end of a sentence that begins with its series. The rules are those of
 * Prometheus' specification of native histograms and of its store.
 */
export function judgeHistogram(written: WrittenHistogram): NativeHistogram | string {
  const { schema, zeroThreshold, zeroCount, count, sum, whole, positive, negative } = written;
  const custom = schema === CUSTOM_BUCKETS;
  if (!custom && !(schema >= COARSEST_SCHEMA && schema <= FINEST_KNOWN_SCHEMA)) {
    return `its schema is ${schema}; known are ${COARSEST_SCHEMA} to ${FINEST_SCHEMA}, and ${CUSTOM_BUCKETS} for custom buckets`;
  }
  const positiveBuckets = bucketsOf(positive, whole);
  const negativeBuckets = bucketsOf(negative, whole);
  const problem =
    sideProblem('positive', positive.spans, positiveBuckets) ??
    sideProblem('negative', negative.spans, negativeBuckets) ??
    (custom ? customProblem(written) : exponentialProblem(written)) ??
    countProblem(written, positiveBuckets, negativeBuckets);
  if (problem !== undefined) return problem;
  const histogram: NativeHistogram = {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans: positive.spans,
    positiveBuckets,
    negativeSpans: negative.spans,
    negativeBuckets,
    customValues: Float64Array.from(written.customValues),
    reset: written.reset,
  };
  return custom ? histogram : toSchema(histogram, FINEST_SCHEMA);
}

function bucketsOf({ deltas, counts }: WrittenSide, whole: boolean): Float64Array {
  if (!whole) return Float64Array.from(counts);
  const buckets = new Float64Array(deltas.length);
  let count = 0;
  for (let i = 0; i < deltas.length; i++) buckets[i] = count += deltas[i] as number;
  return buckets;
}

function sideProblem(side: string, spans: readonly BucketSpan[], buckets: Float64Array): string | undefined {
  if (buckets.length > MOST_BUCKETS || spans.length > MOST_BUCKETS) {
    return `it has ${Math.max(buckets.length, spans.length)} ${side} buckets; at most ${MOST_BUCKETS} are kept`;
  }
  let places = 0;
  let index = 0;
  for (const [i, { offset, length }] of spans.entries()) {
    if (i > 0 && offset < 0) return `its ${side} span ${i + 1} begins ${-offset} buckets before the end of the one before it`;
    places += length;
    index += offset;
    if (Math.abs(index) > FURTHEST_INDEX || places > MOST_BUCKETS) return `its ${side} spans reach further than numbers do`;
    index += length;
  }
  if (places !== buckets.length) return `its ${side} spans have room for ${places} buckets, and it has ${buckets.length}`;
  const below = buckets.findIndex((count) => count < 0);
  return below === -1 ? undefined : `its ${side} bucket ${below + 1} counts ${buckets[below]}, which is below 0`;
}

function exponentialProblem({ customValues, zeroThreshold }: WrittenHistogram): string | undefined {
  if (customValues.length > 0) return `it has custom bounds, and its schema is not ${CUSTOM_BUCKETS}`;
  return zeroThreshold >= 0 ? undefined : `its zero threshold is ${zeroThreshold}`;
}

function customProblem({ customValues, zeroCount, zeroThreshold, positive, negative }: WrittenHistogram): string | undefined {
  if (zeroCount !== 0 || zeroThreshold !== 0) return 'it has custom buckets and a zero bucket';
  if (negative.spans.length > 0) return 'it has custom buckets and negative ones';
  if (customValues.length > MOST_BUCKETS) return `it has ${customValues.length} custom bounds; at most ${MOST_BUCKETS} are kept`;
  for (const [i, bound] of customValues.entries()) {
    if (Number.isNaN(bound)) return `its custom bound ${i + 1} is not a number`;
    if (i > 0 && !(bound > (customValues[i - 1] as number))) {
      return `its custom bound ${i + 1}, ${bound}, is not above the one before it, ${customValues[i - 1]}`;
    }
  }
  if (customValues.at(-1) === Infinity) return 'its last custom bound is infinite; that bucket has no bound of its own';
  if ((positive.spans[0]?.offset ?? 0) < 0) return 'its custom buckets begin before the first';
  const last = positive.spans.reduce((index, { offset, length }) => index + offset + length, 0);
  // The one behind the last bound is that of all that is above it.
  if (last > customValues.length + 1) return `it has a custom bucket ${last}, and only ${customValues.length} bounds`;
  return undefined;
}

function countProblem(
  { count, zeroCount, sum, whole }: WrittenHistogram,
  positive: Float64Array,
  negative: Float64Array,
): string | undefined {
  if (zeroCount < 0) return `its zero bucket counts ${zeroCount}, which is below 0`;
  if (count < 0) return `its count is ${count}, which is below 0`;
  // Others do not add up exactly.
  if (!whole || count > Number.MAX_SAFE_INTEGER) return undefined;
  let total = zeroCount;
  for (let i = 0; i < positive.length; i++) total += positive[i] as number;
  for (let i = 0; i < negative.length; i++) total += negative[i] as number;
  // NaN observations are counted and lie in no bucket.
  const fits = Number.isNaN(sum) ? total <= count : total === count;
  return fits ? undefined : `its buckets hold ${total} observations, and its count is ${count}`;
}
