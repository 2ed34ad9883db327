const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_I = 0x69;
const LETTER_U = 0x75;
const LETTER_E = 0x65;

/** A number of so many digits, and a power of ten up to the 22nd, are exact as doubles: so their quotient is the nearest double. */
const EXACT_DIGITS = 15;
const EXACT_POWER = 22;
const TENS = Float64Array.from({ length: EXACT_POWER + 1 }, (_, power) => Number(`1e${power}`));
/** Digits that two doubles hold together: all that programs write for a float of 64 bits, and two to spare. */
const PAIR_DIGITS = 19;
/** Splits a double into two halves, of which products are exact (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;
/** What a quotient of pairs may be wrong by, relative to it, and more. */
const PAIR_ERROR = 2 ** -95;

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
      const start = at;
      while (byte >= ZERO && byte <= NINE) {
        digits = digits * 10 + byte - ZERO;
        byte = bytes[++at] as number;
      }
      fraction = at - start;
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
    const digitsEnd = at;
    let power = -fraction;
    if ((byte | 0x20) === LETTER_E) {
      byte = bytes[++at] as number;
      const isBelow = byte === MINUS;
      if (isBelow || byte === PLUS) byte = bytes[++at] as number;
      if (!(byte >= ZERO && byte <= NINE)) return this.#fail('the exponent of a number has no digit');
      let exponent = 0;
      while (byte >= ZERO && byte <= NINE) {
        exponent = exponent * 10 + byte - ZERO;
        byte = bytes[++at] as number;
      }
      power += isBelow ? -exponent : exponent;
    }
    this.end = at;
    let value = digits;
    if (power < -EXACT_POWER || whole + fraction > EXACT_DIGITS) {
      value = nearest(bytes, first, digitsEnd, power);
      if (Number.isNaN(value)) return this.#readLongFloat(bytes, from, at);
    } else if (power < 0) value = digits / (TENS[-power] as number);
    else if (power > EXACT_POWER) return this.#readLongFloat(bytes, from, at);
    else if (power > 0) value = digits * (TENS[power] as number);
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

/**
 * The double nearest to the digits in [from, to), among which a point may stand, times ten to the `power`; NaN where only more
 * precision can tell which of two that is. Reckons with pairs of doubles whose sum is meant (Dekker, "A floating-point
 * technique for extending the available precision", 1971).
 */
function nearest(bytes: Uint8Array, from: number, to: number, power: number): number {
  if (power < -2 * EXACT_POWER || power > EXACT_POWER) return Number.NaN;
  let high = 0;
  let low = 0;
  let count = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - ZERO;
    // The point, and zeros in front, say nothing.
    if (digit < 0 || (digit === 0 && count === 0)) continue;
    if (count < EXACT_DIGITS) high = high * 10 + digit;
    else low = low * 10 + digit;
    count++;
  }
  if (count > PAIR_DIGITS) return Number.NaN;
  let head = high;
  let tail = 0;
  if (count > EXACT_DIGITS) {
    const shift = TENS[count - EXACT_DIGITS] as number;
    const product = high * shift;
    head = product + low;
    const back = head - product;
    // What the product and the sum have lost: whole numbers far below 2^53.
    tail = errorOf(high, shift, product) + (product - (head - back)) + (low - back);
  }
  if (power > 0) {
    const ten = TENS[power] as number;
    const product = head * ten;
    tail = errorOf(head, ten, product) + tail * ten;
    head = product;
  }
  // Ten to the 22nd is the largest power that is exact, so that smaller numbers are divided twice.
  for (let left = -power; left > 0; left -= EXACT_POWER) {
    const ten = TENS[Math.min(left, EXACT_POWER)] as number;
    const quotient = head / ten;
    const product = quotient * ten;
    tail = (head - product - errorOf(quotient, ten, product) + tail) / ten;
    head = quotient;
  }
  const doubt = head * PAIR_ERROR;
  const value = head + (tail - doubt);
  return value === head + (tail + doubt) ? value : Number.NaN;
}

/** What is missing from `product`, which is a * b, rounded. */
function errorOf(a: number, b: number, product: number): number {
  const aBig = a * SPLITTER;
  const aHigh = aBig - (aBig - a);
  const aLow = a - aHigh;
  const bBig = b * SPLITTER;
  const bHigh = bBig - (bBig - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
