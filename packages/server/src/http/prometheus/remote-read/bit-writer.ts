/** Writes bits, the highest of a byte first. */
export class BitWriter {
  #bytes = new Uint8Array(256);
  /** In bits. */
  #at = 0;
  readonly #double = new DataView(new ArrayBuffer(8));

  /** The lowest `count` bits of an unsigned number, 32 at most. */
  bits(value: number, count: number): void {
    this.#reserve(count);
    let left = count;
    while (left > 0) {
      const free = 8 - (this.#at & 7);
      const taken = Math.min(free, left);
      const part = (value >>> (left - taken)) & ((1 << taken) - 1);
      this.#bytes[this.#at >>> 3]! |= part << (free - taken);
      this.#at += taken;
      left -= taken;
    }
  }

  /** Two halves of 32 bits as one number of `count` bits, 64 at most. */
  wide(high: number, low: number, count: number): void {
    if (count > 32) this.bits(high, count - 32);
    this.bits(low, Math.min(count, 32));
  }

  /** A whole number in two's complement; one that is safe in JavaScript. */
  int(value: number, count: number): void {
    this.wide(Math.floor(value / 2 ** 32) >>> 0, value >>> 0, count);
  }

  double(value: number): void {
    this.#double.setFloat64(0, value);
    this.wide(this.#double.getUint32(0), this.#double.getUint32(4), 64);
  }

  /** In groups of seven bits, the lowest first; a safe number that is not negative. */
  uvarint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.bits((rest % 0x80) | 0x80, 8);
    this.bits(rest, 8);
  }

  /** With the sign as the lowest bit; a number below 2^52. */
  varint(value: number): void {
    this.uvarint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** The bytes so far, the last of them filled up with zeros. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, (this.#at + 7) >>> 3);
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length * 8) return;
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Whether Prometheus writes a number in so many bits: they hold one more above zero than below. */
export function fitsIn(value: number, count: number): boolean {
  const half = 2 ** (count - 1);
  return value > -half && value <= half;
}
