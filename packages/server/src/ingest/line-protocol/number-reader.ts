const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_I = 0x69;
const LETTER_U = 0x75;
const LETTER_E = 0x65;

/** A number of so many digits, and a power of ten up to the 22nd, are exact as doubles: so their quotient is the nearest double. */
const EXACT_DIGITS = 15;
const TENS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

const LEAST_INT = -(2n ** 63n);
const MOST_INT = 2n ** 63n - 1n;
const MOST_UNSIGNED = 2n ** 64n - 1n;

/** Reads a field's number where it stands. A reader is used again and again: what it found is in its members. */
export class NumberReader {
  value = 0;
  /** The first byte after the number. */
  end = 0;
  problem = '';

  /** Reads the float, integer (`i`) or unsigned integer (`u`) that begins at `from`; false and a problem where there is none. `bytes` must end with a byte that belongs to no number. */
  read(bytes: Uint8Array, from: number): boolean {
    const negative = bytes[from] === MINUS;
    const first = negative ? from + 1 : from;
    let at = first;
    let digits = 0;
    let byte = bytes[at] as number;
    while (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + byte - ZERO;
      byte = bytes[++at] as number;
    }
    const whole = at - first;
    let fraction = 0;
    if (byte === POINT) {
      byte = bytes[++at] as number;
      while (byte >= ZERO && byte <= NINE) {
        digits = digits * 10 + byte - ZERO;
        fraction++;
        byte = bytes[++at] as number;
      }
      if (whole + fraction === 0) return this.#fail('a number has no digit');
    } else if (whole === 0) {
      return this.#fail('a number has no digit');
    } else if (byte === LETTER_I || byte === LETTER_U) {
      this.end = at + 1;
      if (negative && byte === LETTER_U) return this.#fail('an unsigned number has a minus');
      if (whole > EXACT_DIGITS) return this.#readLongInteger(bytes, first, at, negative, byte);
      this.value = negative ? 0 - digits : digits;
      return true;
    }
    if ((byte | 0x20) === LETTER_E) {
      byte = bytes[++at] as number;
      if (byte === MINUS || byte === 0x2b) byte = bytes[++at] as number;
      if (!(byte >= ZERO && byte <= NINE)) return this.#fail('the exponent of a number has no digit');
      while (byte >= ZERO && byte <= NINE) byte = bytes[++at] as number;
      return this.#readLongFloat(bytes, from, at);
    }
    if (whole + fraction > EXACT_DIGITS) return this.#readLongFloat(bytes, from, at);
    this.end = at;
    const value = fraction === 0 ? digits : digits / (TENS[fraction] as number);
    this.value = negative ? -value : value;
    return true;
  }

  #readLongFloat(bytes: Uint8Array, from: number, to: number): boolean {
    this.end = to;
    this.value = Number(textOf(bytes, from, to));
    return Number.isFinite(this.value) || this.#fail('a number is larger than a float of 64 bits can be');
  }

  #readLongInteger(bytes: Uint8Array, first: number, to: number, negative: boolean, type: number): boolean {
    while (first < to - 1 && bytes[first] === ZERO) first++;
    const number = to - first > 20 ? MOST_UNSIGNED + 1n : BigInt(textOf(bytes, first, to));
    const signed = negative ? -number : number;
    const fits = type === LETTER_U ? signed <= MOST_UNSIGNED : signed >= LEAST_INT && signed <= MOST_INT;
    this.value = Number(signed);
    return fits || this.#fail('a number is larger than an integer of 64 bits can be');
  }

  #fail(problem: string): false {
    this.problem = problem;
    return false;
  }
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
