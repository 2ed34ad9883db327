import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Dashboard, TimeRangeText } from '@vitrine/model/dashboard.ts';
import { civilTime, instantOf, isCivil } from './civil-time.ts';
import type { CivilTime } from './civil-time.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';

/** A stretch of time, half-open, unix milliseconds. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where weeks and fiscal years start, in the words of a dashboard. */
export type Calendar = Pick<Dashboard, 'weekStart' | 'fiscalYearStartMonth'>;

/** Weeks start on Monday, as ISO 8601 has it, and fiscal years with the year. */
const USUAL_CALENDAR: Calendar = { weekStart: '', fiscalYearStartMonth: 0 };

/** What a relative time is read against. */
export interface TimeReading {
  readonly nowMs: number;
  /** An IANA zone, "UTC" or "browser": where days start, and what times without an offset mean. */
  readonly timeZone: string;
  /** Which end of a range the text stands for: "/d" and a bare date give the start of the day, or its end. */
  readonly edge: 'start' | 'end';
  /** Of the dashboard, where there is one. */
  readonly calendar?: Calendar;
}

/** Q is a quarter, fQ one of the fiscal year fy. */
type Unit = 's' | 'm' | 'h' | 'd' | 'w' | 'M' | 'Q' | 'y' | 'fQ' | 'fy';

const MONTHS_IN = { M: 1, Q: 3, fQ: 3, y: 12, fy: 12 } as const;

const FIXED_MS = { s: 1_000, m: 60_000, h: 3_600_000 };
/** 1970-01-01 and 10000-01-01: what four digits of a year can say. */
const MIN_MS = 0;
const MAX_MS = 253_402_300_800_000;
const MAX_TEXT = 64;

const STEP = /([+-])(\d{0,9})(f?[Qy]|[smhdwM])|\/(f?[Qy]|[smhdwM])/y;
const CIVIL = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** Reads "now-6h", "now-1d/d", "now/fQ", "2026-01-02 03:04", an ISO 8601 instant, or unix milliseconds. Throws BadRequest. */
export function parseTime(field: string, text: string, reading: TimeReading): number {
  const trimmed = text.trim();
  if (trimmed.length > MAX_TEXT) throw new BadRequest(field, `a time has at most ${MAX_TEXT} characters`);
  const atMs = isRelative(trimmed)
    ? parseRelative(field, trimmed, reading)
    : /^\d+$/.test(trimmed)
      ? parseUnix(field, trimmed)
      : parseCivil(field, trimmed, reading);
  if (!(atMs >= MIN_MS && atMs <= MAX_MS)) throw new BadRequest(field, `"${trimmed}" is not between the years 1970 and 9999`);
  return atMs;
}

/** Both ends of a range. Throws BadRequest, also where it would be empty. */
export function parseTimeRange(range: TimeRangeText, nowMs: number, timeZone: string, calendar?: Calendar): TimeRange {
  const reading = { nowMs, timeZone, ...(calendar && { calendar }) };
  const fromMs = parseTime('from', range.from, { ...reading, edge: 'start' });
  const toMs = parseTime('to', range.to, { ...reading, edge: 'end' });
  if (fromMs >= toMs) throw new BadRequest('to', `"${range.to.trim()}" is not after "${range.from.trim()}"`);
  return { fromMs, toMs };
}

/** Whether the text is read against now. */
export function isRelative(text: string): boolean {
  return /^\s*now/.test(text);
}

/** Whether the range ends at the clock, or some time behind it, so that it moves on with it. */
export function endsWithClock({ to }: TimeRangeText): boolean {
  return isRelative(to) && !to.includes('/');
}

/** Reads a positive duration as PromQL writes it: "500ms", "10s", "1h30m", "2d". Throws BadRequest. */
export function parseDurationMs(field: string, text: string): number {
  const durationMs = readDurationMs(text.trim());
  if (durationMs === undefined || !(durationMs > 0 && Number.isFinite(durationMs))) {
    throw new BadRequest(field, `"${text}" is not a duration such as 10s, 5m or 1h`);
  }
  return durationMs;
}

/** "2026-01-02 03:04:05" on a zone's clock, with milliseconds where there are any. parseTime reads it back. */
export function formatTime(atMs: number, timeZone: string): string {
  const { year, month, day, hour, minute, second, ms } = civilTime(atMs, timeZone);
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date} ${two(hour)}:${two(minute)}:${two(second)}${ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`}`;
}

/** "UTC+02:00": what a zone's clock says at an instant. */
export function formatOffset(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  return `UTC${offsetMs < 0 ? '−' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** How long, for people: the two largest units that say something ("1 h 30 m", "12 s"). */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.max(0, Math.round(durationMs))} ms`;
  let restS = Math.round(durationMs / 1_000);
  const parts: string[] = [];
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(restS / seconds);
    restS -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

const UNIT_NAME: Record<string, string> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  y: 'year',
};
const NAMED_RANGES: Record<string, string> = {
  'now/d now/d': 'Today',
  'now/d now': 'Today so far',
  'now-1d/d now-1d/d': 'Yesterday',
  'now/w now/w': 'This week',
  'now/w now': 'This week so far',
  'now-1w/w now-1w/w': 'Last week',
  'now/M now/M': 'This month',
  'now/M now': 'This month so far',
  'now/Q now': 'This quarter so far',
  'now/y now': 'This year so far',
  'now/fQ now/fQ': 'This fiscal quarter',
  'now/fQ now': 'This fiscal quarter so far',
  'now-1Q/fQ now-1Q/fQ': 'Last fiscal quarter',
  'now-1fQ/fQ now-1fQ/fQ': 'Last fiscal quarter',
  'now/fy now/fy': 'This fiscal year',
  'now/fy now': 'This fiscal year so far',
  'now-1y/fy now-1y/fy': 'Last fiscal year',
  'now-1fy/fy now-1fy/fy': 'Last fiscal year',
};

/** What people call a range: "Last 6 hours", "Yesterday", "Jan 2, 03:04 – 05:06". */
export function describeRange(range: TimeRangeText, timeZone: string): string {
  const from = range.from.trim();
  const to = range.to.trim();
  const named = NAMED_RANGES[`${from} ${to}`];
  if (named !== undefined) return named;
  const [, digits, unit] = /^now-(\d+)([smhdwMQy])$/.exec(from) ?? [];
  if (to === 'now' && digits !== undefined && unit !== undefined) {
    return digits === '1' ? `Last ${UNIT_NAME[unit] ?? ''}` : `Last ${digits} ${UNIT_NAME[unit] ?? ''}s`;
  }
  try {
    const fromMs = isRelative(from) ? undefined : parseTime('from', from, { nowMs: 0, timeZone, edge: 'start' });
    const toMs = isRelative(to) ? undefined : parseTime('to', to, { nowMs: 0, timeZone, edge: 'end' });
    if (fromMs === undefined || toMs === undefined) {
      return `${fromMs === undefined ? from : formatTime(fromMs, timeZone)} to ${toMs === undefined ? to : formatTime(toMs, timeZone)}`;
    }
    return describeInstants(civilTime(fromMs, timeZone), civilTime(toMs, timeZone), toMs - fromMs);
  } catch {
    // A range that can't be read is shown as it was written: its error stands beside it.
    return `${from} to ${to}`;
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function describeInstants(from: CivilTime, to: CivilTime, lengthMs: number): string {
  const withSeconds = lengthMs < 10 * 60_000;
  const sameYear = from.year === to.year;
  const sameDay = sameYear && from.month === to.month && from.day === to.day;
  const day = ({ year, month, day }: CivilTime): string => `${MONTHS[month - 1] ?? ''} ${day}${sameYear ? '' : ` ${year}`}`;
  const clock = ({ hour, minute, second }: CivilTime): string =>
    `${two(hour)}:${two(minute)}${withSeconds ? `:${two(second)}` : ''}`;
  return `${day(from)}, ${clock(from)} – ${sameDay ? '' : `${day(to)}, `}${clock(to)}`;
}

function parseRelative(field: string, text: string, reading: TimeReading): number {
  const { nowMs, timeZone, edge, calendar = USUAL_CALENDAR } = reading;
  let atMs = nowMs;
  STEP.lastIndex = 'now'.length;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const step = STEP.exec(text);
    if (step === null) {
      throw new BadRequest(field, `"${text}" is not understood from "${text.slice(at)}" on: write now-6h, now-1d/d or now/w`);
    }
    const [, sign, digits, moved, rounded] = step;
    if (moved !== undefined) {
      const count = digits === '' ? 1 : Number(digits);
      atMs = move(atMs, sign === '-' ? -count : count, moved as Unit, timeZone);
    } else {
      const start = startOf(atMs, rounded as Unit, timeZone, calendar);
      atMs = edge === 'start' ? start : move(start, 1, rounded as Unit, timeZone);
    }
    // Further steps could only come back by luck, and the calendar ends here.
    if (!isCivil(atMs)) return Number.NaN;
  }
  return atMs;
}

function parseUnix(field: string, digits: string): number {
  // Ten digits of seconds and thirteen of milliseconds both mean the years 2001 to 2286.
  if (digits.length === 13) return Number(digits);
  if (digits.length === 10) return Number(digits) * 1_000;
  throw new BadRequest(field, `"${digits}" has ${digits.length} digits: unix times have 10 (seconds) or 13 (milliseconds)`);
}

function parseCivil(field: string, text: string, { timeZone, edge }: TimeReading): number {
  const match = CIVIL.exec(text);
  if (match === null) {
    throw new BadRequest(field, `"${text}" is not a time such as 2026-01-02 03:04, now-6h or now/d`);
  }
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const clock: CivilTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    ms: fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000),
  };
  const days = new Date(Date.UTC(clock.year, clock.month, 0)).getUTCDate();
  if (clock.month < 1 || clock.month > 12) throw new BadRequest(field, `"${text}" has no month ${clock.month}`);
  if (clock.day < 1 || clock.day > days) throw new BadRequest(field, `"${text}": that month has ${days} days`);
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 59) {
    throw new BadRequest(field, `"${text}" is past the end of a day: clocks show 00:00:00 to 23:59:59`);
  }
  // A bare date as the end of a range means that whole day.
  const meant = hour === undefined && edge === 'end' ? { ...clock, day: clock.day + 1 } : clock;
  if (zone === undefined) return instantOf(meant, timeZone);
  return instantOf(meant, 'UTC') - parseOffsetMs(zone);
}

function parseOffsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * FIXED_MS.h + Number(minutes) * FIXED_MS.m);
}

/** Days and longer move on the calendar, so that a day is 23 or 25 hours where the clocks change. */
function move(atMs: number, count: number, unit: Unit, timeZone: string): number {
  if (unit === 's' || unit === 'm' || unit === 'h') return atMs + count * FIXED_MS[unit];
  // Past this no calendar field is exact any more, and parseTime refuses the instant anyway.
  if (Math.abs(count) > 4_000_000) return Number.NaN;
  const clock = civilTime(atMs, timeZone);
  if (unit === 'd') return instantOf({ ...clock, day: clock.day + count }, timeZone);
  if (unit === 'w') return instantOf({ ...clock, day: clock.day + 7 * count }, timeZone);
  const months = clock.year * 12 + (clock.month - 1) + count * MONTHS_IN[unit];
  const year = Math.floor(months / 12);
  const month = (months % 12) + 1;
  // A month back from the 31st is the last of a shorter month, not a day in the next one.
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return instantOf({ ...clock, year, month, day: Math.min(clock.day, lastDay) }, timeZone);
}

function startOf(atMs: number, unit: Unit, timeZone: string, { weekStart, fiscalYearStartMonth }: Calendar): number {
  const clock = civilTime(atMs, timeZone);
  switch (unit) {
    case 's':
      return instantOf({ ...clock, ms: 0 }, timeZone);
    case 'm':
      return instantOf({ ...clock, second: 0, ms: 0 }, timeZone);
    case 'h':
      return instantOf({ ...clock, minute: 0, second: 0, ms: 0 }, timeZone);
    case 'd':
      return dayStart(clock, timeZone);
    case 'w': {
      const today = new Date(Date.UTC(clock.year, clock.month - 1, clock.day)).getUTCDay();
      const since = (today - (FIRST_DAYS[weekStart] ?? MONDAY) + 7) % 7;
      return dayStart({ ...clock, day: clock.day - since }, timeZone);
    }
    case 'M':
    case 'Q':
    case 'y':
      return dayStart({ ...clock, month: clock.month - ((clock.month - 1) % MONTHS_IN[unit]), day: 1 }, timeZone);
    case 'fQ':
    case 'fy': {
      const since = (clock.month - 1 - fiscalYearStartMonth + 12) % MONTHS_IN[unit];
      return dayStart({ ...clock, month: clock.month - since, day: 1 }, timeZone);
    }
  }
}

/** As Date numbers them. */
const MONDAY = 1;
const FIRST_DAYS: Readonly<Record<string, number>> = { sunday: 0, monday: MONDAY, saturday: 6 };

function dayStart(clock: CivilTime, timeZone: string): number {
  return instantOf({ ...clock, hour: 0, minute: 0, second: 0, ms: 0 }, timeZone);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
