/**
 * Numbers as text, straight into bytes: `String(value)` and the copy of its text cost several times as much, and an
 * answer has millions of them.
 */

/** No number is longer, those that `formatNumber` writes included; keep as much room free before writing one. */
export const NUMBER_BYTES = 40;

/** "0000" to "9999", four bytes each, to be written little-endian. */
const FOUR_DIGITS = Uint32Array.from({ length: 10_000 }, (_, n) => {
  const [a, b, c, d] = [Math.floor(n / 1000), Math.floor(n / 100) % 10, Math.floor(n / 10) % 10, n % 10];
  return (0x30303030 + a + b * 0x100 + c * 0x1_0000 + d * 0x100_0000) >>> 0;
});

const DOT = 0x2e;
const MINUS = 0x2d;
const ZERO = 0x30;

/** The powers of ten that are doubles without rounding, and their halves of at most 27 bits (Dekker's split). */
const TENS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const SPLITTER = 2 ** 27 + 1;
const highHalf = (x: number): number => SPLITTER * x - (SPLITTER * x - x);
const TENS_HIGH = TENS.map(highHalf);
const TENS_LOW = TENS.map((ten) => ten - highHalf(ten));

/** Within these magnitudes a number has 17 digits before the point when multiplied by a power of ten of TENS. */
const LEAST = 1e-6;
const MOST = 1e15;

/** By a double's exponent field: a power that brings it to 10^16 … 2 * 10^17, and half the distance to its neighbours. */
const SHIFT_BY_EXPONENT = new Int8Array(2048);
const HALF_GAP_BY_EXPONENT = new Float64Array(2048);
for (let exponent = 1; exponent < 2047; exponent++) {
  const shift = Math.ceil(16 - (exponent - 1023) * Math.log10(2));
  SHIFT_BY_EXPONENT[exponent] = Math.max(0, Math.min(TENS.length - 1, shift));
  HALF_GAP_BY_EXPONENT[exponent] = 2 ** (exponent - 1023 - 53);
}

/** More than the rounding of the last sum below, 2^-26. Closer calls than this are left to the engine. */
const DOUBT = 1e-6;

const double = new Float64Array(1);
const doubleWords = new Uint32Array(double.buffer);

/**
 * A value as Go's strconv writes it in Prometheus' JSON: shortest digits that read back the same, exponents from 1e21 up
 * and below 1e-6 with at least two digits.
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const text = String(value);
  // JavaScript turns to exponents at the same magnitudes, but writes 1e-7 where Go writes 1e-07.
  return text.includes('e') ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text;
}

const single = new Float64Array(1);

/** Writes at `at` what `formatNumber` gives, and returns where it ends. `view` is a view of the same bytes. */
export function writeNumber(bytes: Uint8Array, view: DataView, at: number, value: number): number {
  single[0] = value;
  return writeNumberAt(bytes, view, at, single, 0);
}

/** As writeNumber, for `values[i]`: a number that is handed over by itself is first put on the heap. */
export function writeNumberAt(bytes: Uint8Array, view: DataView, at: number, values: Float64Array, i: number): number {
  const value = values[i] as number;
  let magnitude = value;
  let start = at;
  if (value < 0) {
    magnitude = -value;
    bytes[start++] = MINUS;
  }
  const whole = magnitude | 0;
  if (whole === magnitude && (whole !== 0 || !Object.is(value, -0))) return writeWhole(bytes, view, start, whole);
  // A quotient that gives the value back is its shortest text: no two decimals of so few digits are one double.
  const tenThousandths = (magnitude * 10_000 + 0.5) | 0;
  if (tenThousandths / 10_000 === magnitude && tenThousandths > 0) {
    const integer = (tenThousandths / 10_000) | 0;
    let end = writeWhole(bytes, view, start, integer);
    bytes[end] = DOT;
    view.setUint32(end + 1, FOUR_DIGITS[tenThousandths - integer * 10_000] as number, true);
    end += 5;
    while (bytes[end - 1] === ZERO) end--;
    return end;
  }
  double[0] = magnitude;
  const end = magnitude >= LEAST && magnitude < MOST ? writeShortest(bytes, view, start) : 0;
  return end > 0 ? end : writeText(bytes, at, formatNumber(values[i] as number));
}

/** A whole number in [0, 2^31). */
function writeWhole(bytes: Uint8Array, view: DataView, at: number, whole: number): number {
  if (whole < 10_000) return writeUpToFour(bytes, at, whole);
  const upper = (whole / 10_000) | 0;
  let end: number;
  if (upper < 10_000) end = writeUpToFour(bytes, at, upper);
  else {
    const top = (upper / 10_000) | 0;
    end = writeUpToFour(bytes, at, top);
    view.setUint32(end, FOUR_DIGITS[upper - top * 10_000] as number, true);
    end += 4;
  }
  view.setUint32(end, FOUR_DIGITS[whole - upper * 10_000] as number, true);
  return end + 4;
}

function writeUpToFour(bytes: Uint8Array, at: number, whole: number): number {
  const digits = FOUR_DIGITS[whole] as number;
  let end = at;
  if (whole >= 1000) bytes[end++] = digits & 0xff;
  if (whole >= 100) bytes[end++] = (digits >>> 8) & 0xff;
  if (whole >= 10) bytes[end++] = (digits >>> 16) & 0xff;
  bytes[end++] = digits >>> 24;
  return end;
}

/**
 * The shortest digits that lie closer to the value than half the distance to its neighbours; of those the closest. Times a
 * power of ten the value has 17 digits before the point, and that product is had without rounding as the sum of two
 * doubles (Dekker, "A floating-point technique for extending the available precision", 1971). One or two digits may be
 * more than it takes. Returns 0 where it is too close to call or the neighbours are not equally far. The value is `double[0]`.
 */
function writeShortest(bytes: Uint8Array, view: DataView, at: number): number {
  const value = double[0] as number;
  const highWord = doubleWords[1] as number;
  if ((highWord & 0xf_ffff) === 0 && doubleWords[0] === 0) return 0;
  const exponent = highWord >>> 20;
  let shift = SHIFT_BY_EXPONENT[exponent] as number;
  let product = value * (TENS[shift] as number);
  if (product >= 1e17) product = value * (TENS[--shift] as number);
  if (!(product >= 1e16 && product < 1e17)) return 0;
  const tenHigh = TENS_HIGH[shift] as number;
  const tenLow = TENS_LOW[shift] as number;
  const split = SPLITTER * value;
  const high = split - (split - value);
  const low = value - high;
  const rounding = high * tenHigh - product + high * tenLow + low * tenHigh + low * tenLow;
  const halfGap = (HALF_GAP_BY_EXPONENT[exponent] as number) * (TENS[shift] as number);

  let upper = (product * 1e-8) | 0;
  const rest = product - upper * 1e8 + rounding;
  // Two digits fewer, else one fewer, else all 17: so many always tell a double from its neighbours.
  let unit = 100;
  let nearest = Math.floor(rest / 100 + 0.5) * 100;
  let off = Math.abs(rest - nearest);
  if (Math.abs(off - halfGap) < DOUBT) return 0;
  if (off > halfGap) {
    unit = 10;
    nearest = Math.floor(rest / 10 + 0.5) * 10;
    off = Math.abs(rest - nearest);
    if (Math.abs(off - halfGap) < DOUBT) return 0;
    if (off > halfGap) {
      unit = 1;
      nearest = Math.floor(rest + 0.5);
      off = Math.abs(rest - nearest);
    }
    if (unit * 0.5 - off < DOUBT) return 0;
  }
  if (nearest >= 1e8) {
    nearest -= 1e8;
    upper++;
  } else if (nearest < 0) {
    nearest += 1e8;
    upper--;
  }
  if (upper >= 1_000_000_000 || upper < 100_000_000) return 0;
  return writeDigits(bytes, view, at, upper, nearest | 0, 17 - shift);
}

/** Nine digits and eight more, `before` of them before the point (none or fewer: zeros follow it), without zeros at the end. */
function writeDigits(bytes: Uint8Array, view: DataView, at: number, upper: number, lower: number, before: number): number {
  let digitsAt = at + 1;
  if (before <= 0) {
    // "0." and up to six zeros.
    view.setUint32(at, 0x30302e30, true);
    view.setUint32(at + 4, 0x30303030, true);
    digitsAt = at + 2 - before;
  }
  const first = (upper / 100_000_000) | 0;
  const eight = upper - first * 100_000_000;
  const second = (eight / 10_000) | 0;
  const fourth = (lower / 10_000) | 0;
  bytes[digitsAt] = ZERO + first;
  view.setUint32(digitsAt + 1, FOUR_DIGITS[second] as number, true);
  view.setUint32(digitsAt + 5, FOUR_DIGITS[eight - second * 10_000] as number, true);
  view.setUint32(digitsAt + 9, FOUR_DIGITS[fourth] as number, true);
  view.setUint32(digitsAt + 13, FOUR_DIGITS[lower - fourth * 10_000] as number, true);
  let end = digitsAt + 17;
  if (before <= 0) {
    while (bytes[end - 1] === ZERO) end--;
    return end;
  }
  for (let i = at; i < at + before; i++) bytes[i] = bytes[i + 1] as number;
  bytes[at + before] = DOT;
  while (bytes[end - 1] === ZERO) end--;
  return bytes[end - 1] === DOT ? end - 1 : end;
}

/** ASCII only. */
function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
