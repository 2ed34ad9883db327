import type { Labels } from '@vitrine/model/labels.ts';
import type { BucketSpan, NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { SeriesSamples } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { PbfWriter } from 'pbf';
import { crc32c } from './crc32c.ts';
import { continues, writeHistogramChunk } from './histogram-chunk.ts';
import { writeXorChunk } from './xor-chunk.ts';

/** As many as Prometheus' own chunks have. */
const CHUNK_SAMPLES = 120;
/** A frame is sent when it has so many bytes of chunks, as in Prometheus. */
const FRAME_BYTES = 1024 * 1024;
/** Samples that are written without a break: about 4 ms. */
const STEP_SAMPLES = 16_384;
const XOR = 1;
const FLOAT_HISTOGRAM = 3;

/** prometheus.ReadResponse, not packed: the samples of each query's series, in the order of the queries. Yields after every few thousand samples. */
export function* writeReadResponse(results: readonly (readonly SeriesSamples[])[]): Generator<undefined, Buffer> {
  const whole: Uint8Array[] = [];
  let sinceStep = 0;
  for (const result of results) {
    const list: Uint8Array[] = [];
    for (const series of result) {
      const parts = [labelsPart(series)];
      for (let from = 0; from < series.length; from += STEP_SAMPLES) {
        const to = Math.min(from + STEP_SAMPLES, series.length);
        parts.push(samplesPart(series, from, to));
        sinceStep += to - from;
        if (sinceStep < STEP_SAMPLES) continue;
        yield;
        sinceStep = 0;
      }
      list.push(headOf(parts), ...parts);
    }
    whole.push(headOf(list));
    for (const part of list) whole.push(part);
  }
  return Buffer.concat(whole);
}

/** The tag of field 1, and how long these are together. */
function headOf(parts: readonly Uint8Array[]): Uint8Array {
  const head = new PbfWriter();
  head.writeTag(1, 2);
  head.writeVarint(parts.reduce((sum, { length }) => sum + length, 0));
  return head.finish();
}

/** The same as prometheus.ChunkedReadResponse messages, each behind its length and its CRC-32C. */
export function* writeChunkedResponse(results: readonly (readonly SeriesSamples[])[]): Generator<Uint8Array> {
  for (const [query, result] of results.entries()) {
    for (const series of result) yield* writeSeriesFrames(query, series);
  }
}

/** Those of one series, which is in as many of them as its chunks need. */
export function* writeSeriesFrames(query: number, series: SeriesSamples): Generator<Uint8Array> {
  let chunks: Chunk[] = [];
  let bytes = 0;
  for (const chunk of chunksOf(series)) {
    chunks.push(chunk);
    bytes += chunk.data.length;
    if (bytes < FRAME_BYTES) continue;
    yield frame(query, series.labels, chunks);
    chunks = [];
    bytes = 0;
  }
  if (chunks.length > 0) yield frame(query, series.labels, chunks);
}

interface Chunk {
  readonly fromMs: number;
  readonly toMs: number;
  readonly type: typeof XOR | typeof FLOAT_HISTOGRAM;
  readonly data: Uint8Array;
}

function* chunksOf({ length, timestampsMs, values, histograms }: SeriesSamples): Generator<Chunk> {
  const words = wordsOf(values);
  for (let from = 0; from < length;) {
    const first = histograms?.[from];
    let to = from + 1;
    for (; to < length && to - from < CHUNK_SAMPLES; to++) {
      const before = histograms?.[to - 1];
      const next = histograms?.[to];
      if (before === undefined && next === undefined) continue;
      if (before === undefined || next === undefined || !continues(before, next)) break;
    }
    const times = { fromMs: timestampsMs[from]!, toMs: timestampsMs[to - 1]! };
    if (first === undefined) yield { ...times, type: XOR, data: writeXorChunk(timestampsMs, words, from, to) };
    else {
      const samples = Array.from({ length: to - from }, (_, i) => ({
        timeMs: timestampsMs[from + i]!,
        histogram: histograms![from + i]!,
      }));
      yield { ...times, type: FLOAT_HISTOGRAM, data: writeHistogramChunk(samples) };
    }
    from = to;
  }
}

function frame(query: number, labels: Labels, chunks: readonly Chunk[]): Uint8Array {
  const message = new PbfWriter();
  message.writeMessage(
    1,
    (_, out) => {
      writeLabels(labels, out);
      for (const chunk of chunks) out.writeMessage(2, writeChunk, chunk);
    },
    null,
  );
  if (query > 0) message.writeVarintField(2, query);
  const bytes = message.finish();
  const head = new PbfWriter();
  head.writeVarint(bytes.length);
  const length = head.finish();
  const whole = new Uint8Array(length.length + 4 + bytes.length);
  whole.set(length);
  new DataView(whole.buffer).setUint32(length.length, crc32c(bytes));
  whole.set(bytes, length.length + 4);
  return whole;
}

function writeChunk({ fromMs, toMs, type, data }: Chunk, out: PbfWriter): void {
  out.writeVarintField(1, fromMs);
  out.writeVarintField(2, toMs);
  out.writeVarintField(3, type);
  out.writeBytesField(4, data);
}

function labelsPart({ labels }: SeriesSamples): Uint8Array {
  const out = new PbfWriter();
  writeLabels(labels, out);
  return out.finish();
}

/** Numbers, and native histograms behind them: readers look at the two apart. */
function samplesPart({ timestampsMs, values, histograms }: SeriesSamples, from: number, to: number): Uint8Array {
  const out = new PbfWriter();
  const words = wordsOf(values);
  for (let i = from; i < to; i++) {
    if (histograms?.[i] !== undefined) continue;
    out.writeMessage(2, writeSample, { low: words[2 * i]!, high: words[2 * i + 1]!, timeMs: timestampsMs[i]! });
  }
  for (let i = from; i < to; i++) {
    const histogram = histograms?.[i];
    if (histogram !== undefined) out.writeMessage(4, writeHistogram, { histogram, timeMs: timestampsMs[i]! });
  }
  return out.finish();
}

/** By its bits: a number may lose the payload of a NaN. */
function writeSample(
  { low, high, timeMs }: { readonly low: number; readonly high: number; readonly timeMs: number },
  out: PbfWriter,
): void {
  out.writeTag(1, 1);
  out.writeFixed32(low);
  out.writeFixed32(high);
  out.writeVarintField(2, timeMs);
}

const RESETS = { unknown: 0, reset: 1, 'not reset': 2, gauge: 3 } as const;

/** As a histogram of whole numbers where it is one. */
function writeHistogram(
  { histogram, timeMs }: { readonly histogram: NativeHistogram; readonly timeMs: number },
  out: PbfWriter,
): void {
  const { count, zeroCount, sum, schema, zeroThreshold, positiveBuckets, negativeBuckets, customValues } = histogram;
  const isWhole = [count, zeroCount].every(isCount) && positiveBuckets.every(isCount) && negativeBuckets.every(isCount);
  if (isWhole) out.writeVarintField(1, count);
  else out.writeDoubleField(2, count);
  out.writeDoubleField(3, sum);
  out.writeSVarintField(4, schema);
  out.writeDoubleField(5, zeroThreshold);
  if (isWhole) out.writeVarintField(6, zeroCount);
  else out.writeDoubleField(7, zeroCount);
  for (const span of histogram.negativeSpans) out.writeMessage(8, writeSpan, span);
  if (isWhole) out.writePackedSVarint(9, deltas(negativeBuckets));
  else out.writePackedDouble(10, [...negativeBuckets]);
  for (const span of histogram.positiveSpans) out.writeMessage(11, writeSpan, span);
  if (isWhole) out.writePackedSVarint(12, deltas(positiveBuckets));
  else out.writePackedDouble(13, [...positiveBuckets]);
  out.writeVarintField(14, RESETS[histogram.reset]);
  out.writeVarintField(15, timeMs);
  out.writePackedDouble(16, [...customValues]);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function deltas(buckets: Float64Array): number[] {
  return Array.from(buckets, (count, i) => count - (buckets[i - 1] ?? 0));
}

function writeSpan({ offset, length }: BucketSpan, out: PbfWriter): void {
  out.writeSVarintField(1, offset);
  out.writeVarintField(2, length);
}

function writeLabels(labels: Labels, out: PbfWriter): void {
  for (const label of labels) {
    out.writeMessage(
      1,
      ([name, value], inner) => {
        // Not writeStringField: pbf 5.1.2 writes characters from U+20000 on wrongly.
        inner.writeBytesField(1, Buffer.from(name));
        inner.writeBytesField(2, Buffer.from(value));
      },
      label,
    );
  }
}
