import { crc32 } from 'node:zlib';

const CHECKSUM_BYTES = 4;

const row = new DataView(new ArrayBuffer(32));
/** Node 24's crc32 has refused the DataView itself after millions of calls. */
const rowBytes = new Uint8Array(row.buffer);

/**
 * What the checksum of a chunk begins with: SQLite has no checksums, so a bit that flips in its pages may give a chunk to another
 * series or another time. One of another row than its own does not match.
 */
export function chunkSeal(series: number, minMs: number, maxMs: number, samples: number): number {
  row.setFloat64(0, series, true);
  row.setFloat64(8, minMs, true);
  row.setFloat64(16, maxMs, true);
  row.setFloat64(24, samples, true);
  return crc32(rowBytes);
}

/**
 * As `chunkSeal`, of a series' key. A checksum of its own: a small number to begin with is the same to a CRC as bits that flipped in the
 * first bytes, so a key with such a flip would pass for one of a version without seals.
 */
export function keySeal(series: number): number {
  row.setFloat64(0, series, true);
  return crc32(rowBytes.subarray(0, 8));
}

/** A series' `Labels.key` as its row has it; undefined where that fails its checksum. */
export function keyOfRow(series: number, data: Uint8Array): string | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const length = bytes.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  const key = bytes.subarray(0, length);
  return isKeyOf(series, key, bytes.readUInt32LE(length)) ? key.toString('utf8') : undefined;
}

/** Whether a key and the checksum beside it are what was written for the series. Rows of older versions have no seal. */
export function isKeyOf(series: number, key: string | Uint8Array, checksum: number): boolean {
  return checksum === crc32(key, keySeal(series)) || checksum === crc32(key);
}
