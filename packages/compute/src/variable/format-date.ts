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
const TOKEN =
  /\[([^\]]*)\]|YYYY|YY|Qo|Q|MMMM|MMM|MM|Mo|M|DDDD|DDDo|DDD|DD|Do|D|dddd|ddd|dd|do|d|E|e|GGGG|GG|WW|Wo|W|gggg|gg|ww|wo|w|HH|H|hh|h|kk|k|mm|m|ss|s|SSS|SS|S|A|a|ZZ|Z|X|x/g;

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
    case 'Q':
      return String(quarter(clock));
    case 'Qo':
      return withOrdinal(quarter(clock));
    case 'MMMM':
      return MONTHS[clock.month - 1] as string;
    case 'MMM':
      return (MONTHS[clock.month - 1] as string).slice(0, 3);
    case 'MM':
      return two(clock.month);
    case 'M':
      return String(clock.month);
    case 'Mo':
      return withOrdinal(clock.month);
    case 'DDDD':
      return String(dayOfYear(clock)).padStart(3, '0');
    case 'DDD':
      return String(dayOfYear(clock));
    case 'DDDo':
      return withOrdinal(dayOfYear(clock));
    case 'DD':
      return two(clock.day);
    case 'Do':
      return withOrdinal(clock.day);
    case 'D':
      return String(clock.day);
    case 'dddd':
      return DAYS[weekday] as string;
    case 'ddd':
      return (DAYS[weekday] as string).slice(0, 3);
    case 'dd':
      return (DAYS[weekday] as string).slice(0, 2);
    case 'do':
      return withOrdinal(weekday);
    case 'd':
    case 'e':
      return String(weekday);
    case 'E':
      return String(weekday === 0 ? 7 : weekday);
    case 'GGGG':
    case 'GG':
    case 'W':
    case 'WW':
    case 'Wo':
      // A week of ISO 8601 belongs to the year of its Thursday.
      return writeWeek(token, dayAfter(clock, 3 - ((weekday + 6) % 7)));
    case 'gggg':
    case 'gg':
    case 'w':
    case 'ww':
    case 'wo':
      // A week in America begins on Sunday and belongs to the year of its Saturday.
      return writeWeek(token, dayAfter(clock, 6 - weekday));
    case 'HH':
      return two(clock.hour);
    case 'H':
      return String(clock.hour);
    case 'hh':
      return two(hour12);
    case 'h':
      return String(hour12);
    case 'kk':
      return two(clock.hour === 0 ? 24 : clock.hour);
    case 'k':
      return String(clock.hour === 0 ? 24 : clock.hour);
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
    case 'SS':
      return two(Math.floor(clock.ms / 10));
    case 'S':
      return String(Math.floor(clock.ms / 100));
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

type Day = Pick<CivilTime, 'year' | 'month' | 'day'>;

/** `token` says which of a week is asked for; the day is the one whose year is the week's. */
function writeWeek(token: string, day: Day): string {
  const week = Math.ceil(dayOfYear(day) / 7);
  switch (token.toLowerCase()) {
    case 'gggg':
      return String(day.year).padStart(4, '0');
    case 'gg':
      return two(day.year % 100);
    case 'ww':
      return two(week);
    case 'wo':
      return withOrdinal(week);
    default:
      return String(week);
  }
}

function dayAfter({ year, month, day }: Day, days: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function quarter({ month }: Day): number {
  return Math.ceil(month / 3);
}

function dayOfYear({ year, month, day }: Day): number {
  return Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
}

function withOrdinal(value: number): string {
  const last = value % 100 >= 11 && value % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${last}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
