import { maskedCrc32c } from './crc32c.ts';

/** Before a record's data stand its length (u64) and that one's masked CRC (u32), after it the data's masked CRC (u32). */
export const HEADER_BYTES = 12;
export const FOOTER_BYTES = 4;

/**
 * record: whole, from `dataStart` to `dataEnd`. damaged: whole, but its data is not what was written. short: the bytes end before it
 * does; `needs` is what it takes of them. dead: the length itself is damaged, so that nobody knows where the next one begins.
 */
export type RecordFound = 'record' | 'damaged' | 'short' | 'dead';

/** Walks through TFRecords; one object for a whole file, as there are millions. */
export class RecordCursor {
  dataStart = 0;
  dataEnd = 0;
  /** Bytes from the record's first to its last, as far as that is known. */
  needs = HEADER_BYTES;

  /** Looks at what begins at `bytes[at]`, of bytes that end at `end`. */
  find(bytes: Uint8Array, at: number, end: number): RecordFound {
    this.needs = HEADER_BYTES;
    if (end - at < HEADER_BYTES) return 'short';
    if (maskedCrc32c(bytes, at, at + 8) !== readU32(bytes, at + 8)) return 'dead';
    const length = readU32(bytes, at) + readU32(bytes, at + 4) * 0x1_0000_0000;
    this.needs = HEADER_BYTES + length + FOOTER_BYTES;
    if (end - at < this.needs) return 'short';
    this.dataStart = at + HEADER_BYTES;
    this.dataEnd = this.dataStart + length;
    return maskedCrc32c(bytes, this.dataStart, this.dataEnd) === readU32(bytes, this.dataEnd) ? 'record' : 'damaged';
  }
}

function readU32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
