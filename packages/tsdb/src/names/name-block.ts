import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter } from '../chunk/bytes.ts';
import { keySeal } from '../chunk/row-seal.ts';

/** So many series of consecutive refs, the first a multiple of this, have their names together: most of such names is the same. */
export const BLOCK_SERIES = 256;
/** A block is stored twice, so that a flipped bit does not take the names of so many series with it. */
export const COPIES = 2;

const VERSION = 1;
const CHECKSUM_BYTES = 4;
/** Higher ones take twice the time and save a tenth. */
const DEFLATE_LEVEL = 6;
/** Behind each name: no byte of UTF-8. Lengths would take more room. */
const END = 0xff;
/** Of UTF-8, for what JavaScript counts as one character. */
const MOST_BYTES_A_UNIT = 3;

const writer = new ByteWriter(65_536);
const encoder = new TextEncoder();

export function blockOf(ref: number): number {
  return Math.floor(ref / BLOCK_SERIES);
}

/** Ids of rows: series have their refs, from 0 up, and blocks the numbers below. */
export function idOfCopy(block: number, copy: number): number {
  return -1 - block * COPIES - copy;
}

export function blockOfId(id: number): number {
  return Math.floor((-1 - id) / COPIES);
}

/** The names of a block's series, in the order of their refs, for the row with that id. Layout: docs/format.md. */
export function encodeBlock(id: number, names: readonly (readonly [ref: number, key: string])[]): Uint8Array<ArrayBuffer> {
  writer.reset();
  writer.varint(names.length);
  let previous = blockOf(names[0]?.[0] ?? 0) * BLOCK_SERIES;
  for (const [ref] of names) {
    writer.varint(ref - previous);
    previous = ref;
  }
  for (const [, key] of names) {
    writer.reserve(MOST_BYTES_A_UNIT * key.length);
    writer.length += encoder.encodeInto(key, writer.bytes.subarray(writer.length)).written;
    writer.u8(END);
  }
  return seal(id, deflateRawSync(writer.bytes.subarray(0, writer.length), { level: DEFLATE_LEVEL }));
}

/** The same names, packed already, for another row. */
export function sealedFor(id: number, row: Uint8Array): Uint8Array<ArrayBuffer> {
  return seal(id, row.subarray(1, row.length - CHECKSUM_BYTES));
}

function seal(id: number, packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(packed.length + 1 + CHECKSUM_BYTES);
  row[0] = VERSION;
  row.set(packed, 1);
  const end = row.length - CHECKSUM_BYTES;
  new DataView(row.buffer).setUint32(end, crc32(row.subarray(0, end), keySeal(id)), true);
  return row;
}

/** Whether these are the bytes that were written for the row. */
export function isBlock(id: number, row: Uint8Array): boolean {
  const end = row.length - CHECKSUM_BYTES;
  if (end < 1 || row[0] !== VERSION) return false;
  return new DataView(row.buffer, row.byteOffset).getUint32(end, true) === crc32(row.subarray(0, end), keySeal(id));
}

/** What was encoded; of a row that `isBlock`. */
export function decodeBlock(id: number, row: Uint8Array): [ref: number, key: string][] {
  const bytes = inflateRawSync(row.subarray(1, row.length - CHECKSUM_BYTES));
  const reader = new ByteReader(bytes);
  const refs: number[] = [];
  let ref = blockOfId(id) * BLOCK_SERIES;
  for (let left = reader.varint(); left > 0; left--) refs.push((ref += reader.varint()));
  let at = reader.at;
  return refs.map((ref) => {
    const end = bytes.indexOf(END, at);
    // A text of its own: parts of one text would keep all of it in memory.
    const key = bytes.toString('utf8', at, end);
    at = end + 1;
    return [ref, key];
  });
}
