/** Lengths of time as clocks and people say them. A negative one reads as its length with a minus sign. */
import { MINUS } from './number-text.ts';
import { DAY, HOUR, MINUTE } from './unit-table.ts';

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/** "26:03:04", or with days "1 d 02:03:04". Seconds are cut, as on a clock. */
export function hms(seconds: number, withDays: boolean): string {
  const whole = Math.floor(Math.abs(seconds) + 1e-6);
  const days = withDays ? Math.floor(whole / DAY) : 0;
  const rest = whole - days * DAY;
  const time = `${two(rest / HOUR)}:${two((rest % HOUR) / MINUTE)}:${two(rest % MINUTE)}`;
  return signed(seconds, whole > 0, `${days > 0 ? `${days} d ` : ''}${time}`);
}

/** "26h:03m:04s:500ms", from the largest part that it has; `decimals` more parts, all of them where undefined. */
export function clock(ms: number, decimals: number | undefined): string {
  const whole = Math.floor(Math.abs(ms) + 1e-6);
  const seconds = Math.floor(whole / 1000);
  const hours = Math.floor(seconds / HOUR);
  const parts: string[] = [];
  if (hours > 0) parts.push(`${hours}h`);
  if (seconds >= MINUTE) parts.push(`${two((seconds % HOUR) / MINUTE)}m`);
  if (seconds > 0) parts.push(`${two(seconds % MINUTE)}s`);
  parts.push(`${String(whole % 1000).padStart(3, '0')}ms`);
  return signed(ms, whole > 0, parts.slice(0, 1 + Math.max(0, decimals ?? parts.length)).join(':'));
}

/** A year has 365 days and a month 30 here: it is a length, not a date. */
const SPELLED: readonly (readonly [word: string, ms: number])[] = [
  ['year', 365 * DAY * 1000],
  ['month', 30 * DAY * 1000],
  ['week', 7 * DAY * 1000],
  ['day', DAY * 1000],
  ['hour', HOUR * 1000],
  ['minute', MINUTE * 1000],
  ['second', 1000],
  ['millisecond', 1],
];

/** "1 day, 2 hours": the largest part that it has and `decimals` smaller ones. */
export function spelled(ms: number, decimals = 0): string {
  let rest = Math.floor(Math.abs(ms) + 1e-6);
  if (rest === 0) return '0 seconds';
  const first = SPELLED.findIndex(([, worth]) => rest >= worth);
  const parts = SPELLED.slice(first, first + 1 + Math.max(0, decimals)).map(([word, worth]) => {
    const count = Math.floor(rest / worth);
    rest -= count * worth;
    return `${count} ${word}${count === 1 ? '' : 's'}`;
  });
  return signed(ms, true, parts.join(', '));
}

function signed(value: number, some: boolean, text: string): string {
  return value < 0 && some ? MINUS + text : text;
}
