import { type Refusal, shown } from '../lines/refusals.ts';

/** One line of Graphite's plaintext protocol. */
export interface GraphiteLine {
  /** With its tags: `cpu.load;host=a;core=1`. */
  readonly path: string;
  readonly value: number;
  /** Unix milliseconds; undefined means now. */
  readonly timeMs: number | undefined;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
/** In seconds: the year 5138, so that what is more is milliseconds. */
const MOST_SECONDS = 1e11;

/**
 * Reads `path value [timestamp]`, with blanks or tabs between. A timestamp is in seconds, whole or not; -1, N or none
 * means now.
 */
export function readGraphiteLine(line: string): GraphiteLine | Refusal {
  const [path, value, time, ...more] = line.trim().split(/[ \t]+/);
  if (path === undefined || value === undefined || more.length > 0)
    return { reason: 'not a line', sentence: () => `${shown(line)} is not "path value timestamp".` };
  if (/[\p{Cc}\ufffd]/u.test(path))
    return { reason: 'not a line', sentence: () => `${shown(path)} is not the name of a metric.` };
  const number = readValue(value);
  if (number === undefined)
    return { reason: 'not a number', sentence: () => `The value of ${shown(path)} is ${shown(value)}, which is not a number.` };
  // Graphite itself passes over these: they say that there is nothing to say.
  if (Number.isNaN(number))
    return { reason: 'no value', sentence: () => `The value of ${shown(path)} is NaN, which Graphite takes as none.` };
  if (time === undefined || time === '-1' || time === 'N') return { path, value: number, timeMs: undefined };
  const seconds = DECIMAL.test(time) ? Number(time) : -1;
  if (seconds >= 0 && seconds < MOST_SECONDS) return { path, value: number, timeMs: Math.round(seconds * 1_000) };
  const problem = seconds < 0 ? 'is no unix time in seconds' : 'seems to be in milliseconds, or finer';
  const sentence = (): string => `The timestamp ${shown(time)} of ${shown(path)} ${problem}. Send unix seconds, or -1 for now.`;
  return { reason: 'not a time', sentence };
}

function readValue(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const sign = INFINITE.exec(text)?.[1];
  if (sign === undefined) return undefined;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
