import { crc32 } from 'node:zlib';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { readInts, writeInts } from './int-stream.ts';
import { readValues, writeValues } from './values.ts';

/** A chunk is larger than this only by mistake: a damaged count must not claim memory. */
const MAX_SAMPLES = 1 << 20;
const VERSION = 1;
/** Also the room that int streams read ahead into (READ_AHEAD_BYTES). */
const CHECKSUM_BYTES = 4;

const writer = new ByteWriter(16_384);

/** A chunk whose bytes are not what was written. */
export class DamagedChunk extends Error {
  override readonly name = 'DamagedChunk';
}

/**
 * Samples in time order as columns with room to grow. The buffers are exchanged when they grow: read them anew after
 * every `reserve`.
 */
export class Columns {
  length = 0;
  timestampsMs: Float64Array<ArrayBuffer>;
  values: Float64Array<ArrayBuffer>;
  /** The bits of `values`. NaN payloads survive only when moved through this. */
  words: Uint32Array;

  constructor(capacity = 1024) {
    this.timestampsMs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.words = wordsOf(this.values);
  }

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.timestampsMs.length) return;
    const capacity = Math.max(needed, this.timestampsMs.length * 2);
    const timestampsMs = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    const words = wordsOf(values);
    timestampsMs.set(this.timestampsMs.subarray(0, this.length));
    words.set(this.words.subarray(0, 2 * this.length));
    this.timestampsMs = timestampsMs;
    this.values = values;
    this.words = words;
  }

  push(timestampMs: number, low: number, high: number): void {
    this.reserve(1);
    this.timestampsMs[this.length] = timestampMs;
    this.words[2 * this.length] = low;
    this.words[2 * this.length + 1] = high;
    this.length++;
  }
}

/** Appends `count` samples to a writer, without checksum: the form of the head's blocks and the body of a chunk. */
export function writeSamples(
  out: ByteWriter,
  timestampsMs: Float64Array,
  values: Float64Array,
  words: Uint32Array,
  from: number,
  count: number,
): void {
  out.varint(count);
  writeInts(out, timestampsMs, from, count);
  writeValues(out, values, words, from, count);
}

/** Appends the samples that stand at the reader to `out`. */
export function readSamples(reader: ByteReader, out: Columns): void {
  const count = reader.varint();
  if (count > MAX_SAMPLES) throw new DamagedChunk(`a chunk claims ${count} samples`);
  out.reserve(count);
  readInts(reader, count, out.timestampsMs, out.length);
  readValues(reader, count, out.values, out.words, out.length);
  out.length += count;
}

/** One chunk as it is stored: version, samples, CRC-32. Layout: docs/format.md. */
export function encodeChunk(samples: Columns, from: number, count: number): Uint8Array<ArrayBuffer> {
  writer.reset();
  writer.u8(VERSION);
  writeSamples(writer, samples.timestampsMs, samples.values, samples.words, from, count);
  writer.u32(crc32(writer.bytes.subarray(0, writer.length)));
  return writer.take();
}

/**
 * Appends a stored chunk's samples to `out`. Throws DamagedChunk and leaves `out` as it was. `isChecked`: these very
 * bytes were decoded before.
 */
export function decodeChunk(bytes: Uint8Array, out: Columns, isChecked = false): void {
  const reader = new ByteReader(bytes);
  const body = bytes.length - CHECKSUM_BYTES;
  if (body < 1 || (!isChecked && reader.view.getUint32(body, true) !== crc32(bytes.subarray(0, body)))) {
    throw new DamagedChunk('a chunk fails its checksum');
  }
  const version = reader.u8();
  if (version !== VERSION) throw new DamagedChunk(`a chunk has version ${version}, this program reads version ${VERSION}`);
  readSamples(reader, out);
}
