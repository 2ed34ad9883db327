import { crc32 } from 'node:zlib';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { readHistogram, writeHistogram } from './histogram-row.ts';

/** Numbers and nothing else. */
const PLAIN = 1;
/** With histograms and start times behind the samples. */
const RICH = 2;
const CHECKSUM_BYTES = 4;

/** Accepted samples in the order they were accepted; reused from commit to commit. */
export class SampleColumns {
  length = 0;
  refs = new Uint32Array(4096);
  timestampsMs = new Float64Array(4096);
  /** The values' bits, two words a sample, the low one first. */
  words = new Uint32Array(8192);
  /** The native histograms by their samples' places, in ascending order; undefined where there are none. */
  histograms: Map<number, NativeHistogram> | undefined;
  /** Since when each sample has counted, whole unix milliseconds, NaN where that was not told; undefined where it never was. */
  startsMs: Float64Array<ArrayBuffer> | undefined;

  clear(): void {
    this.length = 0;
    this.histograms = undefined;
    this.startsMs = undefined;
  }

  push(ref: number, timestampMs: number, low: number, high: number): void {
    if (this.length === this.refs.length) this.reserve(1);
    const at = this.length++;
    this.refs[at] = ref;
    this.timestampsMs[at] = timestampMs;
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
    if (this.startsMs !== undefined) this.startsMs[at] = Number.NaN;
  }

  /** Says what the sample that was pushed last is beside its number. */
  pushed(histogram: NativeHistogram | undefined, startMs: number): void {
    const at = this.length - 1;
    if (histogram !== undefined) (this.histograms ??= new Map()).set(at, histogram);
    if (Number.isNaN(startMs)) return;
    this.startsMs ??= new Float64Array(this.refs.length).fill(Number.NaN);
    this.startsMs[at] = startMs;
  }

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.refs.length) return;
    const capacity = Math.max(needed, this.refs.length * 2);
    const refs = new Uint32Array(capacity);
    const timestampsMs = new Float64Array(capacity);
    const words = new Uint32Array(capacity * 2);
    refs.set(this.refs.subarray(0, this.length));
    timestampsMs.set(this.timestampsMs.subarray(0, this.length));
    words.set(this.words.subarray(0, 2 * this.length));
    this.refs = refs;
    this.timestampsMs = timestampsMs;
    this.words = words;
    if (this.startsMs === undefined) return;
    const startsMs = new Float64Array(capacity);
    startsMs.set(this.startsMs.subarray(0, this.length));
    this.startsMs = startsMs;
  }
}

/** A record that is not what was written. */
export class DamagedRecord extends Error {
  override readonly name = 'DamagedRecord';
}

const writer = new ByteWriter(65_536);

/**
 * One commit as it is logged: version, count, then the columns refs and timestamps as differences, the values' bits as
 * they are, and a CRC-32. Compact enough, and cheap to write: it is read only after a crash or a restart.
 */
export function encodeRecord(samples: SampleColumns): Uint8Array<ArrayBuffer> {
  const { length, refs, timestampsMs, words, histograms, startsMs } = samples;
  const isPlain = histograms === undefined && startsMs === undefined;
  writer.reset();
  writer.u8(isPlain ? PLAIN : RICH);
  writer.varint(length);
  let ref = 0;
  for (let i = 0; i < length; i++) {
    writer.zigzag((refs[i] as number) - ref);
    ref = refs[i] as number;
  }
  let timestampMs = 0;
  for (let i = 0; i < length; i++) {
    writer.zigzag((timestampsMs[i] as number) - timestampMs);
    timestampMs = timestampsMs[i] as number;
  }
  writer.set(new Uint8Array(words.buffer, words.byteOffset, length * 8));
  if (!isPlain) writeRich(samples);
  writer.u32(crc32(writer.bytes.subarray(0, writer.length)));
  return writer.take();
}

/** Histograms by place, then start times, by what they are before their sample. */
function writeRich({ length, timestampsMs, histograms, startsMs }: SampleColumns): void {
  writer.varint(histograms?.size ?? 0);
  let place = 0;
  for (const [at, histogram] of histograms ?? []) {
    writer.varint(at - place);
    place = at;
    writeHistogram(writer, histogram);
  }
  writer.u8(startsMs === undefined ? 0 : 1);
  if (startsMs === undefined) return;
  for (let i = 0; i < length; i++) {
    const startMs = startsMs[i] as number;
    if (Number.isNaN(startMs)) writer.varint(0);
    else {
      writer.varint(1);
      writer.zigzag((timestampsMs[i] as number) - startMs);
    }
  }
}

function readRich(reader: ByteReader, samples: SampleColumns): void {
  const { length, timestampsMs } = samples;
  const count = reader.varint();
  if (count > length) throw new DamagedRecord(`it claims ${count} histograms of ${length} samples`);
  let place = 0;
  for (let i = 0; i < count; i++) {
    place += reader.varint();
    (samples.histograms ??= new Map()).set(place, readHistogram(reader));
  }
  if (reader.u8() === 0) return;
  const startsMs = new Float64Array(samples.refs.length).fill(Number.NaN);
  for (let i = 0; i < length; i++) {
    if (reader.varint() === 1) startsMs[i] = (timestampsMs[i] as number) - reader.zigzag();
  }
  samples.startsMs = startsMs;
}

/** Replaces `samples` with those of a record. Throws DamagedRecord. */
export function decodeRecord(bytes: Uint8Array, samples: SampleColumns): void {
  const reader = new ByteReader(bytes);
  const body = bytes.length - CHECKSUM_BYTES;
  if (body < 1 || reader.view.getUint32(body, true) !== crc32(bytes.subarray(0, body))) {
    throw new DamagedRecord('it fails its checksum');
  }
  const version = reader.u8();
  if (version !== PLAIN && version !== RICH) {
    throw new DamagedRecord(`it has version ${version}, and this program reads versions up to ${RICH}`);
  }
  const count = reader.varint();
  if (count * 8 > bytes.length) throw new DamagedRecord(`it claims ${count} samples`);
  samples.clear();
  samples.reserve(count);
  const { refs, timestampsMs, words } = samples;
  let ref = 0;
  for (let i = 0; i < count; i++) refs[i] = ref += reader.zigzag();
  let timestampMs = 0;
  for (let i = 0; i < count; i++) timestampsMs[i] = timestampMs += reader.zigzag();
  new Uint8Array(words.buffer).set(bytes.subarray(reader.at, reader.at + count * 8));
  samples.length = count;
  if (version === PLAIN) return;
  reader.at += count * 8;
  readRich(reader, samples);
}
