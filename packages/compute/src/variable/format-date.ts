import { civilTime, isCivil, type CivilTime } from '../civil-time.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const TOKEN = /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DDDD|DDD|DD|Do|D|dddd|ddd|HH|H|hh|h|mm|m|ss|s|SSS|A|a|ZZ|Z|X|x/g;

/**
 * A time as `${__from:date:…}` writes it. `milliseconds` is a number as text, or an ISO 8601 instant; what is neither is
 * left as it is. `format` is "iso", "seconds", or a pattern in the tokens of Moment: YYYY-MM-DD HH:mm:ss, [text], X, x, ….
 */
export function formatDate(milliseconds: string, format: string, timeZone: string): string {
  const atMs =
    milliseconds.trim() === ''
      ? Number.NaN
      : /^-?\d+(\.\d+)?$/.test(milliseconds)
        ? Number(milliseconds)
        : Date.parse(milliseconds);
  if (!isCivil(atMs)) return milliseconds;
  if (format === 'iso') return new Date(atMs).toISOString();
  if (format === 'seconds') return String(Math.floor(atMs / 1_000));
  const clock = civilTime(atMs, timeZone);
  const asUtcMs = Date.UTC(clock.year, clock.month - 1, clock.day, clock.hour, clock.minute, clock.second, clock.ms);
  return format.replace(TOKEN, (token, literal: string | undefined) => literal ?? write(token, clock, atMs, asUtcMs - atMs));
}

function write(token: string, clock: CivilTime, atMs: number, offsetMs: number): string {
  const weekday = new Date(Date.UTC(clock.year, clock.month - 1, clock.day)).getUTCDay();
  const hour12 = clock.hour % 12 === 0 ? 12 : clock.hour % 12;
  switch (token) {
    case 'YYYY':
      return String(clock.year).padStart(4, '0');
    case 'YY':
      return two(clock.year % 100);
    case 'MMMM':
      return MONTHS[clock.month - 1] as string;
    case 'MMM':
      return (MONTHS[clock.month - 1] as string).slice(0, 3);
    case 'MM':
      return two(clock.month);
    case 'M':
      return String(clock.month);
    case 'DDDD':
      return String(dayOfYear(clock)).padStart(3, '0');
    case 'DDD':
      return String(dayOfYear(clock));
    case 'DD':
      return two(clock.day);
    case 'Do':
      return `${clock.day}${ordinal(clock.day)}`;
    case 'D':
      return String(clock.day);
    case 'dddd':
      return DAYS[weekday] as string;
    case 'ddd':
      return (DAYS[weekday] as string).slice(0, 3);
    case 'HH':
      return two(clock.hour);
    case 'H':
      return String(clock.hour);
    case 'hh':
      return two(hour12);
    case 'h':
      return String(hour12);
    case 'mm':
      return two(clock.minute);
    case 'm':
      return String(clock.minute);
    case 'ss':
      return two(clock.second);
    case 's':
      return String(clock.second);
    case 'SSS':
      return String(clock.ms).padStart(3, '0');
    case 'A':
      return clock.hour < 12 ? 'AM' : 'PM';
    case 'a':
      return clock.hour < 12 ? 'am' : 'pm';
    case 'Z':
    case 'ZZ': {
      const minutes = Math.round(Math.abs(offsetMs) / 60_000);
      return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${token === 'Z' ? ':' : ''}${two(minutes % 60)}`;
    }
    case 'X':
      return String(Math.floor(atMs / 1_000));
    case 'x':
      return String(Math.floor(atMs));
    default:
      return token;
  }
}

function dayOfYear({ year, month, day }: CivilTime): number {
  return Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
