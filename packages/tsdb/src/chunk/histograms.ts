import type { BucketSpan, CounterReset, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { INT_STREAM_LIMIT, readInts, writeInts } from './int-stream.ts';
import { readValues, writeValues } from './values.ts';

/**
 * Native histograms of one series in time order, bit-exact. They stand in groups with one schema, zero threshold and
 * list of custom bounds; a group's counts are columns: one of the zero buckets, one of the totals, and one for each
 * bucket that any of them has. So a bucket is a counter like any other, and is packed like one.
 */

const RESETS: readonly CounterReset[] = ['unknown', 'reset', 'not reset', 'gauge'];

/** All counts are integers, and the totals are written as what they exceed the sum of the buckets by: mostly nothing. */
const WHOLE = 0;
/** Counts as values of any kind. */
const ANY = 1;

/** A group ends where its columns become more than this and than so many times the buckets of the histogram to come. */
const COLUMNS_MIN = 160;
const COLUMNS_SHARE = 4;

/** Buckets a histogram has at most: a damaged count must not claim memory. */
export const MAX_BUCKETS = 1 << 16;

/** Where a histogram's buckets are: spans, and the same as the buckets' indexes. */
interface Layout {
  readonly positiveSpans: readonly BucketSpan[];
  readonly negativeSpans: readonly BucketSpan[];
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

interface Group {
  readonly histograms: readonly NativeHistogram[];
  readonly layouts: readonly Layout[];
  /** Each histogram's layout. */
  readonly layoutOf: readonly number[];
  /** Indexes of all buckets, ascending. */
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

let column = new Float64Array(2048);
let columnWords = wordsOf(column);
let rest = new Float64Array(2048);

function reserve(count: number): void {
  if (column.length >= count) return;
  column = new Float64Array(count * 2);
  columnWords = wordsOf(column);
  rest = new Float64Array(count * 2);
}

export function writeHistograms(writer: ByteWriter, histograms: readonly NativeHistogram[]): void {
  reserve(histograms.length);
  for (let from = 0; from < histograms.length;) {
    const group = groupFrom(histograms, from);
    writeGroup(writer, group);
    from += group.histograms.length;
  }
}

/** Reads `count` histograms, and gives those at [first, end). Those that share a layout share its arrays. */
export function readHistograms(reader: ByteReader, count: number, first = 0, end = count): NativeHistogram[] {
  reserve(count);
  const histograms: NativeHistogram[] = [];
  for (let done = 0; done < count;) done += readGroup(reader, count - done, first - done, end - done, histograms);
  return histograms;
}

export function writeSpans(writer: ByteWriter, spans: readonly BucketSpan[]): void {
  writer.varint(spans.length);
  for (const { offset, length } of spans) {
    writer.zigzag(offset);
    writer.varint(length);
  }
}

export function readSpans(reader: ByteReader): BucketSpan[] {
  const count = reader.varint();
  if (count > MAX_BUCKETS) throw new RangeError(`histograms: ${count} spans`);
  const spans: BucketSpan[] = [];
  for (let i = 0; i < count; i++) spans.push({ offset: reader.zigzag(), length: reader.varint() });
  return spans;
}

export function resetCode(reset: CounterReset): number {
  return RESETS.indexOf(reset);
}

export function resetOf(code: number): CounterReset {
  const reset = RESETS[code];
  if (reset === undefined) throw new RangeError(`histograms: counter reset ${code} is unknown`);
  return reset;
}

function groupFrom(histograms: readonly NativeHistogram[], from: number): Group {
  const first = histograms[from] as NativeHistogram;
  const layouts: Layout[] = [layoutOf(first)];
  const places: number[] = [];
  let { positive, negative } = layouts[0] as Layout;
  let last = 0;
  let end = from;
  for (; end < histograms.length; end++) {
    const histogram = histograms[end] as NativeHistogram;
    if (!isSameScale(histogram, first)) break;
    if (!hasLayout(histogram, layouts[last] as Layout)) {
      last = layouts.findIndex((layout) => hasLayout(histogram, layout));
      if (last < 0) {
        const layout = layoutOf(histogram);
        const morePositive = union(positive, layout.positive);
        const moreNegative = union(negative, layout.negative);
        const columns = morePositive.length + moreNegative.length;
        const own = layout.positive.length + layout.negative.length;
        if (columns > COLUMNS_MIN && columns > COLUMNS_SHARE * own) break;
        positive = morePositive;
        negative = moreNegative;
        last = layouts.push(layout) - 1;
      }
    }
    places.push(last);
  }
  return { histograms: histograms.slice(from, end), layouts, layoutOf: places, positive, negative };
}

function writeGroup(writer: ByteWriter, group: Group): void {
  const { histograms, layouts } = group;
  const [first] = histograms as readonly [NativeHistogram];
  const count = histograms.length;
  writer.varint(count);
  writer.zigzag(first.schema);
  writer.f64(first.zeroThreshold);
  const { customValues } = first;
  writer.varint(customValues.length);
  if (customValues.length > 0) writeValues(writer, customValues, wordsOf(customValues), 0, customValues.length);
  writer.varint(layouts.length);
  for (const { positiveSpans, negativeSpans } of layouts) {
    writeSpans(writer, positiveSpans);
    writeSpans(writer, negativeSpans);
  }
  if (layouts.length > 1) writeColumn(writer, ANY, count, (i) => group.layoutOf[i] as number);
  writeColumn(writer, ANY, count, (i) => resetCode((histograms[i] as NativeHistogram).reset));
  writeColumn(writer, ANY, count, (i) => (histograms[i] as NativeHistogram).sum);
  const form = areWhole(group) ? WHOLE : ANY;
  writer.u8(form);
  writeColumn(writer, form, count, (i) => (histograms[i] as NativeHistogram).zeroCount);
  // `areWhole` has left what the totals exceed their buckets by.
  if (form === WHOLE) writeInts(writer, rest, 0, count);
  else writeColumn(writer, form, count, (i) => (histograms[i] as NativeHistogram).count);
  writeBuckets(writer, form, group, group.positive, 'positive', 'positiveBuckets');
  writeBuckets(writer, form, group, group.negative, 'negative', 'negativeBuckets');
}

function writeBuckets(
  writer: ByteWriter,
  form: number,
  { histograms, layouts, layoutOf }: Group,
  indexes: readonly number[],
  side: 'positive' | 'negative',
  buckets: 'positiveBuckets' | 'negativeBuckets',
): void {
  const places = layouts.map((layout) => placesIn(layout[side], indexes));
  for (let at = 0; at < indexes.length; at++) {
    for (let i = 0; i < histograms.length; i++) {
      const place = (places[layoutOf[i] as number] as Int32Array)[at] as number;
      // A bucket that a histogram has not got is none of its own when read back: its layout says so.
      column[i] = place < 0 ? 0 : ((histograms[i] as NativeHistogram)[buckets][place] as number);
    }
    if (form === WHOLE) writeInts(writer, column, 0, histograms.length);
    else writeValues(writer, column, columnWords, 0, histograms.length);
  }
}

function writeColumn(writer: ByteWriter, form: number, count: number, at: (i: number) => number): void {
  for (let i = 0; i < count; i++) column[i] = at(i);
  if (form === WHOLE) writeInts(writer, column, 0, count);
  else writeValues(writer, column, columnWords, 0, count);
}

function readColumn(reader: ByteReader, form: number, count: number): void {
  if (form === WHOLE) readInts(reader, count, column, 0);
  else readValues(reader, count, column, columnWords, 0);
}

/** Adds the group's histograms at [first, end), as far as it has those, to `out`, and says how many it has. */
function readGroup(reader: ByteReader, most: number, first: number, end: number, out: NativeHistogram[]): number {
  const count = reader.varint();
  if (count === 0 || count > most) throw new RangeError(`histograms: a group claims ${count} of ${most}`);
  const schema = reader.zigzag();
  const zeroThreshold = reader.f64();
  const customCount = reader.varint();
  if (customCount > MAX_BUCKETS) throw new RangeError(`histograms: ${customCount} custom bounds`);
  const customValues = new Float64Array(customCount);
  if (customCount > 0) readValues(reader, customCount, customValues, wordsOf(customValues), 0);
  const layoutCount = reader.varint();
  if (layoutCount === 0 || layoutCount > count) throw new RangeError(`histograms: ${layoutCount} layouts`);
  const layouts: Layout[] = [];
  for (let i = 0; i < layoutCount; i++) {
    const positiveSpans = readSpans(reader);
    const negativeSpans = readSpans(reader);
    layouts.push({ positiveSpans, negativeSpans, positive: indexesOf(positiveSpans), negative: indexesOf(negativeSpans) });
  }
  const layoutOf = new Uint32Array(count);
  if (layoutCount > 1) {
    readColumn(reader, ANY, count);
    layoutOf.set(column.subarray(0, count));
  }
  readColumn(reader, ANY, count);
  const resets = Array.from(column.subarray(0, count), resetOf);
  readColumn(reader, ANY, count);
  const sums = column.slice(0, count);
  const form = reader.u8();
  readColumn(reader, form, count);
  const zeroCounts = column.slice(0, count);
  readColumn(reader, form, count);
  const counts = column.slice(0, count);
  const from = Math.max(0, first);
  const to = Math.min(count, end);
  const positive = readBuckets(reader, form, layouts, layoutOf, 'positive', from, to);
  const negative = readBuckets(reader, form, layouts, layoutOf, 'negative', from, to);
  for (let i = from; i < to; i++) {
    const { positiveSpans, negativeSpans } = layouts[layoutOf[i] as number] as Layout;
    const positiveBuckets = positive[i - from] as Float64Array;
    const negativeBuckets = negative[i - from] as Float64Array;
    const zeroCount = zeroCounts[i] as number;
    let total = counts[i] as number;
    if (form === WHOLE) total += zeroCount + sumOf(positiveBuckets) + sumOf(negativeBuckets);
    out.push({
      schema,
      zeroThreshold,
      zeroCount,
      count: total,
      sum: sums[i] as number,
      positiveSpans,
      positiveBuckets,
      negativeSpans,
      negativeBuckets,
      customValues,
      reset: resets[i] as CounterReset,
    });
  }
  return count;
}

function readBuckets(
  reader: ByteReader,
  form: number,
  layouts: readonly Layout[],
  layoutOf: Uint32Array,
  side: 'positive' | 'negative',
  from: number,
  to: number,
): Float64Array[] {
  const count = layoutOf.length;
  let indexes: readonly number[] = [];
  for (const layout of layouts) indexes = union(indexes, layout[side]);
  const places = layouts.map((layout) => placesIn(layout[side], indexes));
  const words: Uint32Array[] = [];
  const buckets: Float64Array[] = [];
  for (let i = from; i < to; i++) {
    const own = new Float64Array((layouts[layoutOf[i] as number] as Layout)[side].length);
    buckets.push(own);
    if (form === ANY) words.push(wordsOf(own));
  }
  for (let at = 0; at < indexes.length; at++) {
    readColumn(reader, form, count);
    for (let i = from; i < to; i++) {
      const place = (places[layoutOf[i] as number] as Int32Array)[at] as number;
      if (place < 0) continue;
      if (form === WHOLE) (buckets[i - from] as Float64Array)[place] = column[i] as number;
      else {
        (words[i - from] as Uint32Array)[2 * place] = columnWords[2 * i] as number;
        (words[i - from] as Uint32Array)[2 * place + 1] = columnWords[2 * i + 1] as number;
      }
    }
  }
  return buckets;
}

/** Whether all of a group's counts can stand in int streams; if so `rest` has what each total exceeds its buckets by. */
function areWhole({ histograms }: Group): boolean {
  for (let i = 0; i < histograms.length; i++) {
    const { count, zeroCount, positiveBuckets, negativeBuckets } = histograms[i] as NativeHistogram;
    if (!isWhole(count) || !isWhole(zeroCount) || !positiveBuckets.every(isWhole) || !negativeBuckets.every(isWhole))
      return false;
    const sum = zeroCount + sumOf(positiveBuckets) + sumOf(negativeBuckets);
    if (Math.abs(sum) > INT_STREAM_LIMIT || Math.abs(count - sum) > INT_STREAM_LIMIT) return false;
    rest[i] = count - sum;
  }
  return true;
}

function isWhole(count: number): boolean {
  return Math.abs(count) <= 2 ** 40 && Math.floor(count) === count && !Object.is(count, -0);
}

function sumOf(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i] as number;
  return sum;
}

function layoutOf({ positiveSpans, negativeSpans }: NativeHistogram): Layout {
  return { positiveSpans, negativeSpans, positive: indexesOf(positiveSpans), negative: indexesOf(negativeSpans) };
}

function indexesOf(spans: readonly BucketSpan[]): number[] {
  const indexes: number[] = [];
  let index = 0;
  for (const { offset, length } of spans) {
    index += offset;
    if (indexes.length + length > MAX_BUCKETS) throw new RangeError(`histograms: more than ${MAX_BUCKETS} buckets`);
    for (let i = 0; i < length; i++) indexes.push(index++);
  }
  return indexes;
}

function hasLayout({ positiveSpans, negativeSpans }: NativeHistogram, layout: Layout): boolean {
  return areSameSpans(positiveSpans, layout.positiveSpans) && areSameSpans(negativeSpans, layout.negativeSpans);
}

export function areSameSpans(some: readonly BucketSpan[], others: readonly BucketSpan[]): boolean {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  return some.every(({ offset, length }, i) => offset === others[i]?.offset && length === others[i].length);
}

function isSameScale(some: NativeHistogram, other: NativeHistogram): boolean {
  return (
    some.schema === other.schema &&
    Object.is(some.zeroThreshold, other.zeroThreshold) &&
    areSameNumbers(some.customValues, other.customValues)
  );
}

/** Whether two lists have the same bits, NaN being NaN. */
export function areSameNumbers(some: Float64Array, others: Float64Array): boolean {
  return some === others || (some.length === others.length && some.every((number, i) => Object.is(number, others[i])));
}

/** Two ascending lists as one. */
function union(some: readonly number[], others: readonly number[]): readonly number[] {
  if (some.length === 0) return others;
  const all: number[] = [];
  let i = 0;
  let j = 0;
  while (i < some.length || j < others.length) {
    const next = Math.min(some[i] ?? Infinity, others[j] ?? Infinity);
    if (some[i] === next) i++;
    if (others[j] === next) j++;
    all.push(next);
  }
  return all;
}

/** For each of `all` its place among `own`, -1 where it has none; both ascending. */
function placesIn(own: readonly number[], all: readonly number[]): Int32Array {
  const places = new Int32Array(all.length).fill(-1);
  let place = 0;
  for (let at = 0; at < all.length; at++) if (own[place] === all[at]) places[at] = place++;
  return places;
}
