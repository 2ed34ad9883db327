import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from './bytes.ts';
import { DamagedChunk } from './chunk.ts';
import { readInts, writeInts } from './int-stream.ts';

const VERSION = 1;
const CHECKSUM_BYTES = 4;
const MAX_SAMPLES = 1 << 20;
/** Memory for times that were read last. */
const CACHE_BYTES = 16 * 1024 * 1024;

const writer = new ByteWriter(4096);

/**
 * The timestamps of chunks of several series, stored once: what is scraped together has its times in common, and where a
 * clock is not even they take more room than the values. Layout: docs/format.md.
 */
export function encodeTimes(timestampsMs: Float64Array, from: number, count: number): Uint8Array<ArrayBuffer> {
  writer.reset();
  writer.u8(VERSION);
  writer.varint(count);
  writeInts(writer, timestampsMs, from, count, true);
  writer.u32(crc32(writer.bytes.subarray(0, writer.length)));
  return writer.take();
}

/** Throws DamagedChunk. */
export function decodeTimes(bytes: Uint8Array): Float64Array {
  const body = bytes.length - CHECKSUM_BYTES;
  const reader = new ByteReader(bytes);
  if (body < 1 || reader.view.getUint32(body, true) !== crc32(bytes.subarray(0, body))) {
    throw new DamagedChunk('the times of a chunk fail their checksum');
  }
  const version = reader.u8();
  if (version !== VERSION) throw new DamagedChunk(`the times of a chunk have version ${version}, this program reads ${VERSION}`);
  const count = reader.varint();
  if (count === 0 || count > MAX_SAMPLES) throw new DamagedChunk(`the times of a chunk claim to be ${count}`);
  const timestampsMs = new Float64Array(count);
  readInts(reader, count, timestampsMs, 0);
  return timestampsMs;
}

/** Reads times by their id, and keeps those that were read last: series that share them are mostly read together. */
export class SharedTimes {
  readonly #read: (id: number) => Uint8Array | undefined;
  /** The one read longest ago comes first. */
  readonly #cache = new Map<number, Float64Array>();
  #bytes = 0;

  /** `read` gives a row's bytes, undefined where there is none. */
  constructor(read: (id: number) => Uint8Array | undefined) {
    this.#read = read;
  }

  /** Throws DamagedChunk where they are not there, or not what was written. Not to be changed. */
  get(id: number): Float64Array {
    let times = this.#cache.get(id);
    if (times !== undefined) {
      this.#cache.delete(id);
      this.#cache.set(id, times);
      return times;
    }
    const bytes = this.#read(id);
    if (bytes === undefined) throw new DamagedChunk('the times of a chunk are not there');
    times = decodeTimes(bytes);
    this.#cache.set(id, times);
    this.#bytes += times.byteLength;
    for (const [oldest, { byteLength }] of this.#cache) {
      if (this.#bytes <= CACHE_BYTES) break;
      this.#cache.delete(oldest);
      this.#bytes -= byteLength;
    }
    return times;
  }
}
