/** Bytes that are no message of the kind that was expected. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** Wire types of protocol buffers. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/**
 * Reads one protocol buffers message in place. One object goes over many messages, so that millions of small records make no garbage:
 * `open` it on a range, then `next()` field by field, and read or skip each. Throws Malformed where the bytes end too early.
 */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);
  at = 0;
  end = 0;
  field = 0;
  type = 0;
  /** Where the bytes of the field lie that readRange() was last called for. */
  rangeStart = 0;
  rangeEnd = 0;
  #low = 0;
  #high = 0;

  open(bytes: Uint8Array, start: number, end: number): this {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.at = start;
    this.end = end;
    return this;
  }

  /** Whether there is a further field; `field` and `type` are then its. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const key = this.readUnsigned();
    this.field = Math.floor(key / 8);
    this.type = key % 8;
    return true;
  }

  /** A varint as a whole number; past 2^53 it is rounded. */
  readUnsigned(): number {
    const { bytes, at } = this;
    const first = bytes[at] as number;
    if (at < this.end && first < 0x80) {
      this.at = at + 1;
      return first;
    }
    this.#readVarint();
    return this.#high * 0x1_0000_0000 + this.#low;
  }

  /** An int64 or int32; negative ones are ten bytes long. Past ±2^53 it is rounded. */
  readSigned(): number {
    const { bytes, at } = this;
    const first = bytes[at] as number;
    if (at < this.end && first < 0x80) {
      this.at = at + 1;
      return first;
    }
    this.#readVarint();
    return (this.#high | 0) * 0x1_0000_0000 + this.#low;
  }

  readDouble(): number {
    const at = this.#advance(8);
    return this.view.getFloat64(at, true);
  }

  readFloat(): number {
    const at = this.#advance(4);
    return this.view.getFloat32(at, true);
  }

  /** Sets rangeStart and rangeEnd to where the field's bytes lie. */
  readRange(): void {
    const length = this.readUnsigned();
    this.rangeStart = this.#advance(length);
    this.rangeEnd = this.rangeStart + length;
  }

  /** The field's bytes, not copied. */
  readBytes(): Uint8Array {
    this.readRange();
    return this.bytes.subarray(this.rangeStart, this.rangeEnd);
  }

  readText(): string {
    return decodeText(this.readBytes());
  }

  skip(): void {
    switch (this.type) {
      case VARINT:
        this.readUnsigned();
        return;
      case FIXED64:
        this.#advance(8);
        return;
      case BYTES:
        this.readRange();
        return;
      case FIXED32:
        this.#advance(4);
        return;
      default:
        throw new Malformed(`a field of the wire type ${this.type}`);
    }
  }

  #advance(length: number): number {
    const { at } = this;
    if (length > this.end - at) throw new Malformed('a field that ends after its message');
    this.at = at + length;
    return at;
  }

  #readVarint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw new Malformed('a number that ends after its message');
      const byte = this.bytes[this.at++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw new Malformed('a number of more than ten bytes');
  }
}

const UTF8 = new TextDecoder();

export function decodeText(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}
