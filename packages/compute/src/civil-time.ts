import { BadRequest } from '@vitrine/model/bad-request.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** A little more than the years 1 to 9999: outside, the fields of a clock need an era too. */
const FIRST_MS = -62_100_000_000_000;
const LAST_MS = 253_500_000_000_000;

/** What a clock on the wall of a zone shows. Months are 1 to 12. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

/** Throws BadRequest unless the text is "browser", "UTC" or a zone of the IANA database. */
export function checkTimeZone(field: string, text: string): string {
  if (text === 'browser' || text === 'UTC') return text;
  try {
    clockOf(text);
    return text;
  } catch (cause) {
    throw new BadRequest(field, `"${text}" is not a time zone such as Europe/Berlin, UTC or browser`, { cause });
  }
}

/** Whether an instant is within about the years 1 to 9999, in which civilTime() and instantOf() are exact. */
export function isCivil(atMs: number): boolean {
  return atMs > FIRST_MS && atMs < LAST_MS;
}

/** The clock of a zone at an instant (unix milliseconds). */
export function civilTime(atMs: number, timeZone: string): CivilTime {
  const local = new Date(atMs + zoneOffsetMs(atMs, timeZone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    ms: local.getUTCMilliseconds(),
  };
}

/**
 * The instant at which a zone's clock shows this. Fields past their range carry over (day 0 is the last of the month before).
 * Of an hour that comes twice the first is meant; one that daylight saving skips is read with the offset before the change,
 * so that 02:30 becomes 03:30. NaN where isCivil says no.
 */
export function instantOf(clock: CivilTime, timeZone: string): number {
  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(clock.year, clock.month - 1, clock.day);
  date.setUTCHours(clock.hour, clock.minute, clock.second, clock.ms);
  const local = date.getTime();
  if (!isCivil(local)) return Number.NaN;
  const before = zoneOffsetMs(local - DAY_MS, timeZone);
  if (zoneOffsetMs(local - before, timeZone) === before) return local - before;
  const after = zoneOffsetMs(local + DAY_MS, timeZone);
  if (zoneOffsetMs(local - after, timeZone) === after) return local - after;
  return local - before;
}

/** How far a zone's clock is ahead of UTC at an instant. */
export function zoneOffsetMs(atMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  if (timeZone === 'browser') return -new Date(atMs).getTimezoneOffset() * 60_000;
  // The clock's smallest field is the second: ask for a whole one.
  const wholeMs = Math.floor(atMs / SECOND_MS) * SECOND_MS;
  const fields: Record<string, number> = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(wholeMs)) fields[type] = Number(value);
  const { year, month, day, hour, minute, second } = fields;
  return Date.UTC(year as number, (month as number) - 1, day, hour, minute, second) - wholeMs;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    clocks.set(timeZone, clock);
  }
  return clock;
}
