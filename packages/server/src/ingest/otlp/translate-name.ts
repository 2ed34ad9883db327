const UNITS: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  // As Prometheus' translator has it.
  TiBy: 'tibibytes',
  // UCUM's way, and the one that Prometheus knows.
  kBy: 'kilobytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
};

const PER_UNITS: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

/** Which endings a metric's name gets beside its unit. */
export type NameKind = 'counter' | 'gauge' | 'other';

/**
 * A metric's name as Prometheus has it: "http.server.duration" in "s" becomes http_server_duration_seconds, a counter
 * ends with _total, a gauge in "1" with _ratio. undefined where nothing of the name is left.
 * Follows Prometheus' otlptranslator with its default, UnderscoreEscapingWithSuffixes.
 */
export function metricName(name: string, unit: string, kind: NameKind): string | undefined {
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  const [main, per] = unitWords(unit);
  for (const word of [main, per]) if (word !== '' && !words.includes(word)) words.push(word);
  if (kind === 'counter') words = endingWith(words, 'total');
  if (kind === 'gauge' && unit === '1') words = endingWith(words, 'ratio');
  const joined = words.join('_');
  if (joined === '') return undefined;
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

/** The unit in words, such as bytes_per_second; "" where it has none. */
export function unitName(unit: string): string {
  return unitWords(unit)
    .filter((word) => word !== '')
    .join('_');
}

/**
 * An attribute's key as a label: what a label may not hold becomes _, a digit or a single _ in front gets "key" before
 * it. undefined where only _ would be left.
 */
export function labelName(key: string): string | undefined {
  const name = key.replace(/[^a-zA-Z0-9_]/gu, '_');
  if (/^_*$/.test(name)) return undefined;
  if (/^\d/.test(name)) return `key_${name}`;
  return /^_[^_]/.test(name) ? `key${name}` : name;
}

/** Words in braces are remarks and no units. */
function unitWords(unit: string): [main: string, per: string] {
  const slash = unit.indexOf('/');
  const main = (slash === -1 ? unit : unit.slice(0, slash)).trim();
  const per = slash === -1 ? '' : unit.slice(slash + 1).trim();
  const perWord = clean(/[{}]/.test(per) ? '' : own(PER_UNITS, per));
  return [clean(/[{}]/.test(main) ? '' : own(UNITS, main)), perWord === '' ? '' : `per_${perWord}`];
}

function own(table: Readonly<Record<string, string>>, unit: string): string {
  return Object.hasOwn(table, unit) ? (table[unit] as string) : unit;
}

function clean(unit: string): string {
  return unit
    .split(/[^a-zA-Z0-9:]+/)
    .filter((word) => word !== '')
    .join('_');
}

function endingWith(words: readonly string[], last: string): string[] {
  return [...words.filter((word) => word !== last), last];
}
