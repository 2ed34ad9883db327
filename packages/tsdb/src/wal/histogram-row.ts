import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { MAX_BUCKETS, readSpans, resetCode, resetOf, writeSpans } from '../chunk/histograms.ts';

/** Counts as varints of the differences from bucket to bucket. */
const WHOLE = 0;
const ANY = 1;
const WHOLE_LIMIT = 2 ** 50;

/** One histogram by itself, cheap to write: layout in docs/format.md. */
export function writeHistogram(writer: ByteWriter, histogram: NativeHistogram): void {
  const { count, zeroCount, positiveBuckets, negativeBuckets, customValues } = histogram;
  writer.zigzag(histogram.schema);
  writer.u8(resetCode(histogram.reset));
  writer.f64(histogram.zeroThreshold);
  writer.f64(histogram.sum);
  writeSpans(writer, histogram.positiveSpans);
  writeSpans(writer, histogram.negativeSpans);
  writer.varint(customValues.length);
  for (let i = 0; i < customValues.length; i++) writer.f64(customValues[i] as number);
  const form =
    isWhole(count) && isWhole(zeroCount) && positiveBuckets.every(isWhole) && negativeBuckets.every(isWhole) ? WHOLE : ANY;
  writer.u8(form);
  if (form === WHOLE) {
    writer.zigzag(count);
    writer.zigzag(zeroCount);
  } else {
    writer.f64(count);
    writer.f64(zeroCount);
  }
  writeCounts(writer, form, positiveBuckets);
  writeCounts(writer, form, negativeBuckets);
}

export function readHistogram(reader: ByteReader): NativeHistogram {
  const schema = reader.zigzag();
  const reset = resetOf(reader.u8());
  const zeroThreshold = reader.f64();
  const sum = reader.f64();
  const positiveSpans = readSpans(reader);
  const negativeSpans = readSpans(reader);
  const customValues = new Float64Array(checked(reader.varint()));
  for (let i = 0; i < customValues.length; i++) customValues[i] = reader.f64();
  const form = reader.u8();
  const count = form === WHOLE ? reader.zigzag() : reader.f64();
  const zeroCount = form === WHOLE ? reader.zigzag() : reader.f64();
  const positiveBuckets = readCounts(reader, form);
  const negativeBuckets = readCounts(reader, form);
  return {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans,
    positiveBuckets,
    negativeSpans,
    negativeBuckets,
    customValues,
    reset,
  };
}

function writeCounts(writer: ByteWriter, form: number, counts: Float64Array): void {
  writer.varint(counts.length);
  let previous = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (form === WHOLE) writer.zigzag(count - previous);
    else writer.f64(count);
    previous = count;
  }
}

function readCounts(reader: ByteReader, form: number): Float64Array {
  const counts = new Float64Array(checked(reader.varint()));
  let count = 0;
  for (let i = 0; i < counts.length; i++) counts[i] = count = form === WHOLE ? count + reader.zigzag() : reader.f64();
  return counts;
}

function checked(count: number): number {
  if (count > MAX_BUCKETS) throw new RangeError(`histogram: ${count} numbers`);
  return count;
}

function isWhole(count: number): boolean {
  return Math.abs(count) <= WHOLE_LIMIT && Math.floor(count) === count && !Object.is(count, -0);
}
