/** How many of the protocol's units a timestamp may count, by the names that InfluxDB 1 and 2 give them. */
const NANOSECONDS = {
  n: 1n,
  ns: 1n,
  u: 1_000n,
  us: 1_000n,
  // The micro sign and the Greek letter.
  '\u00b5': 1_000n,
  '\u03bc': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
} as const;

/** What one unit of a timestamp is. */
export type Precision = keyof typeof NANOSECONDS;

export function isPrecision(text: string): text is Precision {
  return Object.hasOwn(NANOSECONDS, text);
}

/** InfluxDB's bounds of a time; both ends count. */
const LEAST_NANOSECONDS = -9_223_372_036_854_775_806n;
const MOST_NANOSECONDS = 9_223_372_036_854_775_806n;
const NANOSECONDS_A_MILLISECOND = 1_000_000n;
/** A number of so many digits is exact as a double. */
const EXACT_DIGITS = 15;

/** Reads timestamps of one precision as unix milliseconds; what is finer is cut off. */
export class TimestampReader {
  readonly #nanoseconds: bigint;
  readonly #milliseconds: number;
  /** Digits at the end that say less than a millisecond. */
  readonly #cutDigits: number;

  constructor(precision: Precision) {
    this.#nanoseconds = NANOSECONDS[precision];
    this.#milliseconds = Math.max(1, Number(this.#nanoseconds / NANOSECONDS_A_MILLISECOND));
    this.#cutDigits =
      this.#nanoseconds < NANOSECONDS_A_MILLISECOND ? String(NANOSECONDS_A_MILLISECOND / this.#nanoseconds).length - 1 : 0;
  }

  /** The digits [from, to) of `bytes`, negative or not. undefined where it is beyond what 64 bits of nanoseconds can say. */
  read(bytes: Uint8Array, from: number, to: number, negative: boolean): number | undefined {
    const kept = to - from - this.#cutDigits;
    if (kept > EXACT_DIGITS || to - from >= 19) {
      // The usual nanoseconds have 19 digits, and are in bounds where the first is small.
      if (to - from !== 19 || this.#cutDigits !== 6 || (bytes[from] as number) >= 0x39) {
        return this.#readSlowly(bytes, from, to, negative);
      }
    }
    let number = 0;
    for (let at = from; at < from + kept; at++) number = number * 10 + (bytes[at] as number) - 0x30;
    const timeMs = number * this.#milliseconds;
    if (timeMs > 9_223_372_036_854) return this.#readSlowly(bytes, from, to, negative);
    return negative ? 0 - timeMs : timeMs;
  }

  #readSlowly(bytes: Uint8Array, from: number, to: number, negative: boolean): number | undefined {
    while (from < to - 1 && bytes[from] === 0x30) from++;
    if (to - from > 20) return undefined;
    const number = BigInt(String.fromCharCode(...bytes.subarray(from, to))) * this.#nanoseconds;
    const nanoseconds = negative ? -number : number;
    if (nanoseconds < LEAST_NANOSECONDS || nanoseconds > MOST_NANOSECONDS) return undefined;
    return Number(nanoseconds / NANOSECONDS_A_MILLISECOND);
  }
}
