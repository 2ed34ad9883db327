import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from '../chunk/bytes.ts';

const VERSION = 1;
const CHECKSUM_BYTES = 4;

/** Accepted samples in the order they were accepted; reused from commit to commit. */
export class SampleColumns {
  length = 0;
  refs = new Uint32Array(4096);
  timestampsMs = new Float64Array(4096);
  /** The values' bits, two words a sample, the low one first. */
  words = new Uint32Array(8192);

  push(ref: number, timestampMs: number, low: number, high: number): void {
    if (this.length === this.refs.length) this.reserve(1);
    const at = this.length++;
    this.refs[at] = ref;
    this.timestampsMs[at] = timestampMs;
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
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
  const { length, refs, timestampsMs, words } = samples;
  writer.reset();
  writer.u8(VERSION);
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
  writer.u32(crc32(writer.bytes.subarray(0, writer.length)));
  return writer.take();
}

/** Replaces `samples` with those of a record. Throws DamagedRecord. */
export function decodeRecord(bytes: Uint8Array, samples: SampleColumns): void {
  const reader = new ByteReader(bytes);
  const body = bytes.length - CHECKSUM_BYTES;
  if (body < 1 || reader.view.getUint32(body, true) !== crc32(bytes.subarray(0, body))) {
    throw new DamagedRecord('it fails its checksum');
  }
  const version = reader.u8();
  if (version !== VERSION) throw new DamagedRecord(`it has version ${version}, and this program reads version ${VERSION}`);
  const count = reader.varint();
  if (count * 8 > bytes.length) throw new DamagedRecord(`it claims ${count} samples`);
  samples.length = 0;
  samples.reserve(count);
  const { refs, timestampsMs, words } = samples;
  let ref = 0;
  for (let i = 0; i < count; i++) refs[i] = ref += reader.zigzag();
  let timestampMs = 0;
  for (let i = 0; i < count; i++) timestampsMs[i] = timestampMs += reader.zigzag();
  new Uint8Array(words.buffer).set(bytes.subarray(reader.at, reader.at + count * 8));
  samples.length = count;
}
