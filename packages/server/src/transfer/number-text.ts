import { isStaleAt, setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';

/** The NaN that arithmetic gives, and that text gives back for "NaN". */
const USUAL_NAN_HIGH = 0x7ff80000;
const scratch = new Float64Array(1);
const bits = wordsOf(scratch);

/**
 * A number as text from which the same 64 bits are read again: the shortest decimal, "NaN", "Infinity", "-Infinity", "-0", "stale" for
 * Prometheus' marker, and other NaNs by their bits, "NaN(0x7ff8000000000001)".
 */
export function numberText(values: Float64Array, words: Uint32Array, at: number): string {
  const value = values[at] as number;
  if (!Number.isNaN(value)) return Object.is(value, -0) ? '-0' : String(value);
  if (isStaleAt(words, at)) return 'stale';
  const low = words[2 * at] as number;
  const high = words[2 * at + 1] as number;
  if (low === 0 && high === USUAL_NAN_HIGH) return 'NaN';
  return `NaN(0x${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')})`;
}

/** Writes what `numberText` wrote, or any decimal number, to a place. False where the text is none. */
export function readNumberText(text: string, words: Uint32Array, at: number): boolean {
  const nan = /^NaN\(0x([0-9a-f]{8})([0-9a-f]{8})\)$/i.exec(text);
  if (nan !== null) {
    const high = Number.parseInt(nan[1] as string, 16);
    const low = Number.parseInt(nan[2] as string, 16);
    const isNan = (high & 0x7ff00000) === 0x7ff00000 && ((high & 0xfffff) !== 0 || low !== 0);
    if (!isNan) return false;
    words[2 * at] = low;
    words[2 * at + 1] = high;
    return true;
  }
  if (text === 'stale') {
    setStaleAt(words, at);
    return true;
  }
  if (text === 'NaN') {
    words[2 * at] = 0;
    words[2 * at + 1] = USUAL_NAN_HIGH;
    return true;
  }
  const [, sign] = /^([+-]?)Inf(?:inity)?$/i.exec(text) ?? [];
  if (sign !== undefined) scratch[0] = sign === '-' ? -Infinity : Infinity;
  else {
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return false;
    const value = Number(text);
    if (!Number.isFinite(value)) return false;
    scratch[0] = value;
  }
  words[2 * at] = bits[0] as number;
  words[2 * at + 1] = bits[1] as number;
  return true;
}
