import { instantOf } from '../civil-time.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
/** What each token of a pattern reads. */
const TOKENS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<shortYear>\\d{2})',
  MMMM: '(?<monthName>[A-Za-z]+)',
  MMM: '(?<monthName>[A-Za-z]{3})',
  MM: '(?<month>\\d{1,2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{1,2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{1,2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour>\\d{1,2})',
  h: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{1,2})',
  m: '(?<minute>\\d{1,2})',
  ss: '(?<second>\\d{1,2})',
  s: '(?<second>\\d{1,2})',
  SSS: '(?<fraction>\\d{1,9})',
  A: '(?<half>[AaPp][Mm])',
  a: '(?<half>[AaPp][Mm])',
  Z: '(?<offset>Z|[+-]\\d{2}:?\\d{2})',
  ZZ: '(?<offset>Z|[+-]\\d{2}:?\\d{2})',
  X: '(?<seconds>-?\\d+(?:\\.\\d+)?)',
  x: '(?<milliseconds>-?\\d+)',
};
const TOKEN = new RegExp(
  `\\[([^\\]]*)\\]|${Object.keys(TOKENS)
    .sort((a, b) => b.length - a.length)
    .join('|')}`,
  'g',
);

const compiled = new Map<string, RegExp | undefined>();

/**
 * Unix milliseconds that a text stands for; undefined where it doesn't. `format` is a pattern in the tokens of Moment
 * ("DD/MM/YYYY HH:mm"); "" reads ISO 8601, and milliseconds since 1970 where there are digits only. What names no zone is in
 * `timeZone`.
 */
export function parseTime(text: string, format: string, timeZone: string): number | undefined {
  const zone = timeZone === 'utc' ? 'UTC' : timeZone;
  const trimmed = text.trim();
  if (format !== '') {
    const parts = pattern(format)?.exec(trimmed)?.groups;
    if (parts !== undefined) return instant(parts, zone);
  }
  const iso = ISO.exec(trimmed);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, offset] = iso;
    return instant({ year, month, day, hour, minute, second, fraction, offset }, zone);
  }
  if (/^\d{11,14}$/.test(trimmed)) return Number(trimmed);
  // Anything else with a year and a name of a month: "Aug 12, 2021 10:00".
  const named = /[A-Za-z]{3}/.test(trimmed) && /\d{4}/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(named) ? undefined : named;
}

function pattern(format: string): RegExp | undefined {
  if (compiled.has(format)) return compiled.get(format);
  let source = '';
  let end = 0;
  for (const match of format.matchAll(TOKEN)) {
    source += literal(format.slice(end, match.index)) + (match[1] === undefined ? TOKENS[match[0]]! : literal(match[1]));
    end = match.index + match[0].length;
  }
  let regex: RegExp | undefined;
  try {
    regex = new RegExp(`^${source}${literal(format.slice(end))}$`);
  } catch {
    // A pattern that names a part twice.
    regex = undefined;
  }
  if (compiled.size > 100) compiled.clear();
  compiled.set(format, regex);
  return regex;
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function instant(parts: Readonly<Record<string, string | undefined>>, timeZone: string): number | undefined {
  if (parts['milliseconds'] !== undefined) return Number(parts['milliseconds']);
  if (parts['seconds'] !== undefined) return Number(parts['seconds']) * 1_000;
  const month =
    parts['monthName'] === undefined
      ? Number(parts['month'] ?? 1)
      : MONTHS.indexOf(parts['monthName'].slice(0, 3).toLowerCase()) + 1;
  const half = parts['half']?.toLowerCase();
  const hour = Number(parts['hour'] ?? 0);
  const clock = {
    year: parts['year'] === undefined ? 2000 + Number(parts['shortYear'] ?? 0) : Number(parts['year']),
    month,
    day: Number(parts['day'] ?? 1),
    hour: half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0),
    minute: Number(parts['minute'] ?? 0),
    second: Number(parts['second'] ?? 0),
    ms: Math.trunc(Number(`0.${parts['fraction'] ?? '0'}`) * 1_000),
  };
  if (month < 1 || month > 12 || clock.day < 1 || clock.day > 31 || clock.hour > 24 || clock.minute > 59 || clock.second > 60)
    return undefined;
  const at = instantOf(clock, parts['offset'] === undefined ? timeZone : 'UTC') - offsetMs(parts['offset']);
  return Number.isNaN(at) ? undefined : at;
}

function offsetMs(offset: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(offset ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
