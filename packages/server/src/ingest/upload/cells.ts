import { instantOf } from '@vitrine/compute/civil-time.ts';
import type { TimeFormat } from '@vitrine/model/upload.ts';

/** What a cell holds that can be read: the number, undefined where it is empty, or a sentence on why it is none. */
export type Reading = number | undefined | string;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** As NUMBER, with points among the digits. */
const POINTED = /^[+-]?(?:\d+\.\d*|\.\d+|\d{1,3}(?:\.\d{3})+)(?:,\d*)?(?:[eE][+-]?\d+)?$/;
const MISSING = new Set(['', 'null', 'NULL', 'None', 'NA', 'N/A', 'n/a', '<NA>', '-']);
const WORDS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
  ['nan', Number.NaN],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
  ['infinity', Infinity],
  ['+infinity', Infinity],
  ['-infinity', -Infinity],
]);
const LONGEST_SHOWN = 80;
/** 16 digits and more may be past 2^53. */
const LONG_INTEGER = /^[+-]?\d{16,}$/;

/** Whether a cell holds nothing: no value is not zero. */
export function isMissing(cell: unknown): boolean {
  return cell === undefined || cell === null || (typeof cell === 'string' && MISSING.has(cell.trim()));
}

/**
 * Reads the number in a cell, true as 1 and false as 0; NaN and Infinity are numbers, written as Python, R or JavaScript
 * would. A whole number that a double cannot hold is refused: it would be another one.
 */
export function readNumber(cell: unknown, decimal: '.' | ','): Reading {
  switch (typeof cell) {
    case 'number':
      return cell;
    case 'string':
      return readNumberText(cell, decimal);
    case 'bigint':
      return exactly(cell);
    case 'boolean':
      return cell ? 1 : 0;
    default:
      return isMissing(cell) ? undefined : `${shown(cell)} is not a number`;
  }
}

function readNumberText(cell: string, decimal: '.' | ','): Reading {
  const trimmed = cell.trim();
  // A point would be one of thousands, or a number from elsewhere: which, nobody can tell from 1.234.
  if (decimal === ',' && POINTED.test(trimmed))
    return `${shown(cell)} has a point, and the file’s decimal sign is a comma; write numbers without a sign for thousands`;
  const text = decimal === ',' ? trimmed.replace(',', '.') : trimmed;
  if (NUMBER.test(text)) return LONG_INTEGER.test(text) ? exactly(BigInt(text)) : Number(text);
  if (MISSING.has(text)) return undefined;
  return WORDS.get(text.toLowerCase()) ?? `${shown(cell)} is not a number`;
}

function exactly(whole: bigint): number | string {
  const number = Number(whole);
  return Number.isFinite(number) && BigInt(number) === whole
    ? number
    : `${shown(whole)} is beyond 2^53, where a double is not exact; write the column as floating point to have it rounded`;
}

/** A cell as a label's value has it. */
export function readLabel(cell: unknown): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'object') return nestedText(cell);
  return typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean' ? String(cell) : '';
}

/** As JSON; what was nested without end is not written out. */
function nestedText(cell: object): string {
  try {
    return JSON.stringify(cell);
  } catch {
    return 'what is nested too deep';
  }
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?\s?([Zz]|[+-]\d\d(?::?\d\d)?)$/;
const CLOCK = String.raw`(?:[Tt ,]\s?(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?`;
const WALL_CLOCKS = {
  date: new RegExp(String.raw`^(\d{4})[-/.](\d\d?)[-/.](\d\d?)${CLOCK}$`),
  'day-first': new RegExp(String.raw`^(\d\d?)[-/.](\d\d?)[-/.](\d{4})${CLOCK}$`),
  'month-first': new RegExp(String.raw`^(\d\d?)[-/.](\d\d?)[-/.](\d{4})${CLOCK}$`),
} as const;
const PER_MS = { 'unix-s': 1_000, 'unix-ms': 1, 'unix-us': 1 / 1_000, 'unix-ns': 1 / 1_000_000 } as const;
/** Digits of a whole number that are less than a millisecond. */
const DIGITS_UNDER_MS = { 'unix-s': 0, 'unix-ms': 0, 'unix-us': 3, 'unix-ns': 6 } as const;
/** The end of the year 9999. */
const LAST_MS = 253_402_300_799_999;

/**
 * Reads times as unix milliseconds, whole; what is finer is cut off. `zone` says where the clock hung that showed a time
 * without a zone. A cell that holds a Parquet timestamp is a number of milliseconds already; `naive` says whether those
 * are a clock's.
 */
export function timeReader(format: TimeFormat, zone: string, naive = false): (cell: unknown) => Reading {
  const toInstant = wallClock(zone);
  const read = readerOf(format, toInstant, naive);
  return (cell) => {
    if (isMissing(cell)) return undefined;
    const timeMs = read(cell);
    if (timeMs === undefined || Number.isNaN(timeMs)) return `${shown(cell)} is not a time as ${describe(format)}`;
    if (timeMs < 0 || timeMs > LAST_MS) return `${shown(cell)} as ${describe(format)} is not within the years 1970 to 9999`;
    return timeMs;
  };
}

function readerOf(
  format: TimeFormat,
  toInstant: (localMs: number) => number,
  naive: boolean,
): (cell: unknown) => number | undefined {
  switch (format) {
    case 'rfc3339':
      return (cell) => (typeof cell === 'string' ? readInstant(cell.trim()) : undefined);
    case 'date':
    case 'day-first':
    case 'month-first':
      return (cell) => {
        const localMs = typeof cell === 'string' ? readWallClock(cell.trim(), format) : undefined;
        return localMs === undefined ? undefined : toInstant(localMs);
      };
    case 'timestamp':
      return (cell) => (typeof cell === 'number' ? (naive ? toInstant(cell) : cell) : undefined);
    default:
      return (cell) => readUnix(cell, format);
  }
}

function readUnix(cell: unknown, format: keyof typeof PER_MS): number | undefined {
  if (typeof cell === 'bigint') return cutOff(cell.toString(), DIGITS_UNDER_MS[format]) * Math.max(1, PER_MS[format]);
  if (typeof cell === 'number') return Math.floor(cell * PER_MS[format] + 1e-6);
  const text = typeof cell === 'string' ? cell.trim() : '';
  if (!NUMBER.test(text)) return undefined;
  // 19 digits of nanoseconds are more than a double holds.
  if (/^\d+$/.test(text)) return cutOff(text, DIGITS_UNDER_MS[format]) * Math.max(1, PER_MS[format]);
  return Math.floor(Number(text) * PER_MS[format] + 1e-6);
}

function cutOff(digits: string, count: number): number {
  return count === 0 ? Number(digits) : Number(digits.slice(0, -count) || '0');
}

function readInstant(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = match;
  const localMs = clockMs(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), fraction);
  if (localMs === undefined || zone === 'Z' || zone === 'z') return localMs;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  const offsetMinutes = hours * 60 + minutes;
  return localMs - (zone.startsWith('-') ? -offsetMinutes : offsetMinutes) * 60_000;
}

/** What a clock showed, as though it were UTC. */
function readWallClock(text: string, format: keyof typeof WALL_CLOCKS): number | undefined {
  const match = WALL_CLOCKS[format].exec(text);
  if (match === null) return undefined;
  const [first, second, third, hour, minute, seconds] = match.slice(1, 7).map((digits) => Number(digits ?? '0'));
  const [year, month, day] =
    format === 'date' ? [first, second, third] : format === 'day-first' ? [third, second, first] : [third, first, second];
  return clockMs(year as number, month as number, day as number, hour as number, minute as number, seconds as number, match[7]);
}

function clockMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
): number | undefined {
  // 24:00 is midnight, and second 60 a leap second: both run over into what follows.
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 60) return undefined;
  const dayMs = Date.UTC(year, month - 1, day);
  // The 30th of February is none: it would be the 2nd of March.
  if (new Date(dayMs).getUTCDate() !== day) return undefined;
  // Nothing of a day comes after that midnight.
  if (hour === 24 && (minute > 0 || second > 0 || Number(fraction ?? '0') > 0)) return undefined;
  const ms = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  return dayMs + ((hour * 60 + minute) * 60 + second) * 1_000 + ms;
}

const QUARTER_MS = 900_000;

/** Zones' clocks change at quarters of an hour only: one that was looked up holds for all times in it. */
function wallClock(zone: string): (localMs: number) => number {
  if (zone === 'UTC') return (localMs) => localMs;
  let quarter = Number.NaN;
  let offsetMs = 0;
  return (localMs) => {
    const at = Math.floor(localMs / QUARTER_MS);
    if (at !== quarter) {
      const date = new Date(at * QUARTER_MS);
      const instantMs = instantOf(
        {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          hour: date.getUTCHours(),
          minute: date.getUTCMinutes(),
          second: 0,
          ms: 0,
        },
        zone,
      );
      if (Number.isNaN(instantMs)) return Number.NaN;
      quarter = at;
      offsetMs = at * QUARTER_MS - instantMs;
    }
    return localMs - offsetMs;
  };
}

const DESCRIPTIONS: Readonly<Record<TimeFormat, string>> = {
  rfc3339: 'RFC 3339, such as 2026-03-01T12:00:00Z',
  'unix-s': 'unix seconds',
  'unix-ms': 'unix milliseconds',
  'unix-us': 'unix microseconds',
  'unix-ns': 'unix nanoseconds',
  date: 'a date, such as 2026-03-01 12:00:00',
  'day-first': 'a date with the day first, such as 31.12.2026 12:00',
  'month-first': 'a date with the month first, such as 12/31/2026 12:00',
  timestamp: 'a timestamp of Parquet',
};

function describe(format: TimeFormat): string {
  return DESCRIPTIONS[format];
}

function shown(cell: unknown): string {
  const text = typeof cell === 'string' ? JSON.stringify(cell.slice(0, LONGEST_SHOWN + 1)) : readLabel(cell);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text === '' ? 'this' : text;
}
