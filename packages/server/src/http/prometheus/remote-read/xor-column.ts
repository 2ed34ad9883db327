import type { BitWriter } from './bit-writer.ts';

/** So many zeros in front can be told. */
const MOST_LEADING = 31;
const UNKNOWN = 0xff;

/** Numbers of which each but the first is written by how its bits differ from the one before (Gorilla, section 4.1.2). */
export class XorColumn {
  readonly #out: BitWriter;
  #high = 0;
  #low = 0;
  #leading = UNKNOWN;
  #trailing = 0;

  constructor(out: BitWriter) {
    this.#out = out;
  }

  /** As it is. */
  first(high: number, low: number): void {
    this.#out.wide(high, low, 64);
    this.#high = high;
    this.#low = low;
  }

  /** The halves of the number's 64 bits, as unsigned numbers. */
  next(high: number, low: number): void {
    const out = this.#out;
    const xorHigh = (high ^ this.#high) >>> 0;
    const xorLow = (low ^ this.#low) >>> 0;
    this.#high = high;
    this.#low = low;
    if (xorHigh === 0 && xorLow === 0) {
      out.bits(0, 1);
      return;
    }
    const leading = Math.min(MOST_LEADING, xorHigh === 0 ? 32 + Math.clz32(xorLow) : Math.clz32(xorHigh));
    const trailing = xorLow === 0 ? 32 + trailingZeros(xorHigh) : trailingZeros(xorLow);
    if (this.#leading !== UNKNOWN && leading >= this.#leading && trailing >= this.#trailing) {
      out.bits(0b10, 2);
    } else {
      this.#leading = leading;
      this.#trailing = trailing;
      out.bits(0b11, 2);
      out.bits(leading, 5);
      // 64 has no place in six bits and is written as 0, which does not occur.
      out.bits((64 - leading - trailing) & 63, 6);
    }
    const shift = this.#trailing;
    const count = 64 - this.#leading - shift;
    if (shift >= 32) out.bits(xorHigh >>> (shift - 32), count);
    else if (shift === 0) out.wide(xorHigh, xorLow, count);
    else out.wide(xorHigh >>> shift, ((xorLow >>> shift) | (xorHigh << (32 - shift))) >>> 0, count);
  }
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
