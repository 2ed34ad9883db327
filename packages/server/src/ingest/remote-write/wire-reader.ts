import { RemoteWriteRefused } from './remote-write-refused.ts';

/** Protobuf's wire types. */
const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

const TWO_28 = 2 ** 28;

/**
 * Reads protobuf's wire format and never past its end. Unlike `pbf`, which reads what is cut off as zeros, it throws
 * RemoteWriteRefused: what a sender is told was stored must be what it sent.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A varint that is meant to be small (a tag, a length, an enum, a reference). */
  readUint32(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++] as number;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    for (let i = 0; i < 4; i++) {
      byte = bytes[this.at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw this.broken();
  }

  /** An int64 as a number; beyond 2^53 it is rounded. */
  readInt64(): number {
    const bytes = this.bytes;
    const start = this.at;
    let low = 0;
    let high = 0;
    let byte = 0x80;
    for (let shift = 0; shift < 28; shift += 7) {
      byte = bytes[this.at++] as number;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    for (let shift = 0; shift < 28; shift += 7) {
      byte = bytes[this.at++] as number;
      high |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low + high * TWO_28;
    }
    this.at = start;
    return this.#readLongInt64();
  }

  /** A uint64 as a number; beyond 2^53 it is rounded. */
  readUint64(): number {
    const value = this.readInt64();
    return value < 0 ? value + 2 ** 64 : value;
  }

  /** A small number that may be negative, in zigzag. */
  readSint32(): number {
    const value = this.readUint32();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** The same of 64 bits; beyond 2^53 it is rounded. */
  readSint64(): number {
    const start = this.at;
    const value = this.readInt64();
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    // Rounding would lose the lowest bit, which is the sign.
    let exact = 0n;
    for (let at = this.at - 1; at >= start; at--) exact = (exact << 7n) | BigInt((this.bytes[at] as number) & 0x7f);
    exact = BigInt.asUintN(64, exact);
    return Number((exact >> 1n) ^ -(exact & 1n));
  }

  /** A double, of which a NaN may lose its payload. */
  readDouble(): number {
    const at = this.at;
    if (at + 8 > this.bytes.length) throw this.broken();
    this.at = at + 8;
    return this.view.getFloat64(at, true);
  }

  /** Half of a double's bits, the low half first: as words they keep the payload of a NaN. */
  readWord(): number {
    const at = this.at;
    if (at + 4 > this.bytes.length) throw this.broken();
    this.at = at + 4;
    return this.view.getInt32(at, true);
  }

  /** Where the bytes end whose length stands here; `end` is where the message around them ends. */
  readEnd(end: number): number {
    const length = this.readUint32();
    const to = this.at + length;
    if (!(to <= end)) throw this.broken();
    return to;
  }

  /** Passes over the value of a field of this tag. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case VARINT:
        while ((this.bytes[this.at++] as number) >= 0x80);
        break;
      case FIXED64:
        this.at += 8;
        break;
      case BYTES:
        this.at = this.readEnd(end);
        break;
      case FIXED32:
        this.at += 4;
        break;
      default:
        throw this.broken();
    }
    if (this.at > end) throw this.broken();
  }

  broken(): RemoteWriteRefused {
    const at = Math.min(this.at, this.bytes.length);
    return new RemoteWriteRefused(
      400,
      `The unpacked body is not the protobuf message that its Content-Type says: it breaks off or goes wrong at byte ${at}.`,
    );
  }

  #readLongInt64(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw this.broken();
  }
}
