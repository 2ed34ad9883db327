import { formatValue } from '@vitrine/model/unit.ts';
import type { FormattedValue } from '@vitrine/model/unit.ts';
import { unitOf } from '@vitrine/model/unit/unit-table.ts';
import type { Unit } from '@vitrine/model/unit/unit-table.ts';

import { civilTime, isCivil } from '../civil-time.ts';
import { formatDate } from '../variable/format-date.ts';

/** Where and when a date is read. */
export interface Reader {
  /** An IANA zone, "browser" or "UTC". */
  readonly timeZone: string;
  readonly nowMs: () => number;
}

/** Writes the numbers of one unit; dates, which are unix milliseconds, in the reader's zone. */
export function unitFormatter(unitId: string, decimals: number | undefined, reader: Reader): (value: number) => FormattedValue {
  const unit = unitOf(unitId);
  switch (unit.kind) {
    case 'date':
      return (ms) => bare(dateText(ms, unit, reader));
    case 'fromNow':
      return (ms) => bare(Number.isFinite(ms) ? fromNow(ms, reader.nowMs()) : formatValue(ms, '').text);
    default:
      return (value) => formatValue(value, unitId, decimals);
  }
}

export function isDateUnit(unitId: string): boolean {
  const { kind } = unitOf(unitId);
  return kind === 'date' || kind === 'fromNow';
}

function bare(text: string): FormattedValue {
  return { prefix: '', text, suffix: '' };
}

function dateText(ms: number, unit: Extract<Unit, { kind: 'date' }>, { timeZone, nowMs }: Reader): string {
  // Beyond the range of dates there is only the number.
  if (!isCivil(ms)) return formatValue(ms, 'none').text;
  const timeOnly = unit.bareToday && isSameDay(ms, nowMs(), timeZone);
  if (unit.pattern === undefined) return localFormat(timeZone, timeOnly).format(ms);
  return formatDate(String(ms), timeOnly ? unit.pattern.replace(/^\S+ /, '') : unit.pattern, timeZone);
}

function isSameDay(a: number, b: number, timeZone: string): boolean {
  const [one, other] = [civilTime(a, timeZone), civilTime(b, timeZone)];
  return one.year === other.year && one.month === other.month && one.day === other.day;
}

const localFormats = new Map<string, Intl.DateTimeFormat>();

function localFormat(timeZone: string, timeOnly: boolean): Intl.DateTimeFormat {
  const key = `${timeZone} ${timeOnly}`;
  let format = localFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(undefined, {
      ...(timeZone === 'browser' ? {} : { timeZone }),
      ...(timeOnly ? {} : { year: 'numeric', month: '2-digit', day: '2-digit' }),
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    localFormats.set(key, format);
  }
  return format;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Up to so many seconds, and what is said of them; rounded to whole `each`. */
const DISTANCES: readonly (readonly [belowSeconds: number, each: number, words: string])[] = [
  [44.5, 1, 'a few seconds'],
  [89.5, 1, 'a minute'],
  [44.5 * MINUTE, MINUTE, '# minutes'],
  [89.5 * MINUTE, MINUTE, 'an hour'],
  [21.5 * HOUR, HOUR, '# hours'],
  [35.5 * HOUR, HOUR, 'a day'],
  [25.5 * DAY, DAY, '# days'],
  [45.5 * DAY, DAY, 'a month'],
  [319.5 * DAY, 30.4369 * DAY, '# months'],
  [547.5 * DAY, DAY, 'a year'],
  [Infinity, 365.2425 * DAY, '# years'],
];

/** "5 minutes ago", "in a day". */
function fromNow(ms: number, nowMs: number): string {
  const seconds = Math.abs(nowMs - ms) / 1000;
  const [, each, words] = DISTANCES.find(([below]) => seconds < below) ?? DISTANCES.at(-1)!;
  const distance = words.replace('#', String(Math.round(seconds / each)));
  return ms > nowMs ? `in ${distance}` : `${distance} ago`;
}
