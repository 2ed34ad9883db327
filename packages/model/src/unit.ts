/**
 * How numbers are read: "12.3 ms", "3.4 GB", "87 %". Unit ids are the ones Grafana saves in dashboards, so that imported
 * panels keep their units; an id this table does not know is shown as the suffix itself.
 */

/** A number ready to be shown; a figure may set the suffix smaller than the text. */
export interface FormattedValue {
  readonly text: string;
  /** "" where the unit has none. */
  readonly suffix: string;
}

type Unit =
  /** As it is, with a suffix. `factor` turns the stored number into the shown one. */
  | { readonly kind: 'plain'; readonly suffix: string; readonly factor?: number }
  /** With a prefix that keeps the number between 1 and `base`. `exponent` is the power of the base the stored number is in. */
  | {
      readonly kind: 'scaled';
      readonly suffix: string;
      readonly base: 1000 | 1024;
      readonly exponent?: number;
      readonly factor?: number;
    }
  | { readonly kind: 'count'; readonly suffix: string }
  | { readonly kind: 'duration'; readonly seconds: number }
  | { readonly kind: 'clock'; readonly seconds: number; readonly days: boolean }
  | { readonly kind: 'date'; readonly withTime: boolean; readonly iso: boolean }
  | { readonly kind: 'fromNow' }
  | { readonly kind: 'words'; readonly yes: string; readonly no: string }
  | { readonly kind: 'scientific' }
  | { readonly kind: 'hex'; readonly prefix: string };

const plain = (suffix: string, factor?: number): Unit =>
  factor === undefined ? { kind: 'plain', suffix } : { kind: 'plain', suffix, factor };
const si = (suffix: string, exponent = 0): Unit => ({ kind: 'scaled', suffix, base: 1000, exponent });
const iec = (suffix: string, exponent = 0): Unit => ({ kind: 'scaled', suffix, base: 1024, exponent });
const count = (suffix: string): Unit => ({ kind: 'count', suffix });
const duration = (seconds: number): Unit => ({ kind: 'duration', seconds });

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Grafana's ids. Rates count per second unless the id says otherwise. */
const UNITS: Readonly<Record<string, Unit>> = {
  '': count(''),
  none: plain(''),
  short: count(''),
  string: plain(''),
  locale: plain(''),
  percent: plain('%'),
  percentunit: plain('%', 100),
  humidity: plain('%H'),
  dB: plain('dB'),
  sci: { kind: 'scientific' },
  hex0x: { kind: 'hex', prefix: '0x' },
  hex: { kind: 'hex', prefix: '' },
  bool: { kind: 'words', yes: 'True', no: 'False' },
  bool_yes_no: { kind: 'words', yes: 'Yes', no: 'No' },
  bool_on_off: { kind: 'words', yes: 'On', no: 'Off' },

  bytes: iec('B'),
  decbytes: si('B'),
  bits: iec('b'),
  decbits: si('b'),
  kbytes: iec('B', 1),
  deckbytes: si('B', 1),
  mbytes: iec('B', 2),
  decmbytes: si('B', 2),
  gbytes: iec('B', 3),
  decgbytes: si('B', 3),
  tbytes: iec('B', 4),
  dectbytes: si('B', 4),

  Bps: si('B/s'),
  binBps: iec('B/s'),
  bps: si('b/s'),
  binbps: iec('b/s'),
  KBs: si('B/s', 1),
  KiBs: iec('B/s', 1),
  MBs: si('B/s', 2),
  MiBs: iec('B/s', 2),
  GBs: si('B/s', 3),
  GiBs: iec('B/s', 3),
  Kbits: si('b/s', 1),
  Mbits: si('b/s', 2),
  Gbits: si('b/s', 3),
  pps: si('p/s'),

  ns: duration(1e-9),
  µs: duration(1e-6),
  us: duration(1e-6),
  ms: duration(1e-3),
  s: duration(1),
  m: duration(MINUTE),
  h: duration(HOUR),
  d: duration(DAY),
  dtdurationms: duration(1e-3),
  dtdurations: duration(1),
  dthms: { kind: 'clock', seconds: 1, days: true },
  dthmsms: { kind: 'clock', seconds: 1e-3, days: true },
  clocks: { kind: 'clock', seconds: 1, days: false },
  clockms: { kind: 'clock', seconds: 1e-3, days: false },
  timeticks: duration(0.01),

  hertz: si('Hz'),
  rothz: si('Hz'),
  rotrpm: plain('rpm'),
  reqps: count('req/s'),
  ops: count('ops/s'),
  rps: count('reads/s'),
  wps: count('writes/s'),
  cps: count('c/s'),
  eps: count('events/s'),
  mps: count('messages/s'),
  recps: count('records/s'),
  iops: count('io/s'),
  reqpm: count('req/min'),
  opm: count('ops/min'),
  cpm: count('c/min'),
  rpm: count('reads/min'),
  wpm: count('writes/min'),

  celsius: plain('°C'),
  fahrenheit: plain('°F'),
  kelvin: plain('K'),
  watt: si('W'),
  kwatt: si('W', 1),
  mwatt: si('W', -1),
  watth: si('Wh'),
  kwatth: si('Wh', 1),
  joule: si('J'),
  volt: si('V'),
  amp: si('A'),
  ohm: si('Ω'),
  pressurepa: si('Pa'),
  lengthm: si('m'),
  flops: si('FLOP/s'),
  gflops: si('FLOP/s', 3),
  tflops: si('FLOP/s', 4),
  currencyUSD: plain('$'),
  currencyEUR: plain('€'),
  currencyGBP: plain('£'),

  dateTimeAsIso: { kind: 'date', withTime: true, iso: true },
  dateTimeAsIsoNoDateIfToday: { kind: 'date', withTime: true, iso: true },
  dateTimeAsLocal: { kind: 'date', withTime: true, iso: false },
  dateTimeAsUS: { kind: 'date', withTime: true, iso: false },
  dateTimeAsSystem: { kind: 'date', withTime: true, iso: false },
  dateTimeFromNow: { kind: 'fromNow' },
};

const SI_PREFIXES: Readonly<Record<number, string>> = {
  [-4]: 'p',
  [-3]: 'n',
  [-2]: 'µ',
  [-1]: 'm',
  0: '',
  1: 'k',
  2: 'M',
  3: 'G',
  4: 'T',
  5: 'P',
  6: 'E',
};
const IEC_PREFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const COUNT_PREFIXES = ['', 'K', 'M', 'B', 'T'];

/** Duration units from the smallest: each holds until the next one's worth is reached. */
const DURATIONS: readonly (readonly [suffix: string, seconds: number])[] = [
  ['ns', 1e-9],
  ['µs', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['min', MINUTE],
  ['h', HOUR],
  ['d', DAY],
];

/** A value past which plain counts get a prefix: 9,999 reads better than 9.999 K. */
const COUNT_PREFIX_FROM = 10_000;
const MAX_SIGNIFICANT = 4;
/** Number.prototype.toFixed takes no more. */
const MAX_DECIMALS = 20;
const MINUS = '−';

/** How a stored number becomes a shown one: multiply, then write the suffix. */
interface Scale {
  readonly factor: number;
  readonly suffix: string;
}

/** Whether the id is in the table: others are shown as their own suffix. */
export function isKnownUnit(unit: string): boolean {
  return Object.hasOwn(UNITS, unit);
}

function unitOf(id: string): Unit {
  if (Object.hasOwn(UNITS, id)) return UNITS[id]!;
  // Grafana's custom units: "suffix:tokens", "si:m3", "prefix:#".
  const [, form, rest] = /^(suffix|si|count|prefix):(.+)$/.exec(id) ?? [];
  if (form === 'si') return si(rest!);
  if (form === 'count') return count(rest!);
  return plain(rest ?? id);
}

/** The scale in which a number of this magnitude reads best. */
function scaleFor(unit: Unit, magnitude: number): Scale {
  switch (unit.kind) {
    case 'plain':
      return { factor: unit.factor ?? 1, suffix: unit.suffix };
    case 'count': {
      const power =
        magnitude < COUNT_PREFIX_FROM || !Number.isFinite(magnitude)
          ? 0
          : Math.min(COUNT_PREFIXES.length - 1, powerOf(magnitude, 1000));
      const prefix = COUNT_PREFIXES[power]!;
      return {
        factor: 1000 ** -power,
        suffix: prefix !== '' && unit.suffix !== '' ? `${prefix} ${unit.suffix}` : prefix + unit.suffix,
      };
    }
    case 'scaled': {
      const stored = unit.exponent ?? 0;
      // Bytes have no milli: half a byte per second is 0.5 B/s.
      const least = unit.base === 1024 || unit.suffix.startsWith('B') || unit.suffix.startsWith('b') ? 0 : -4;
      const power =
        magnitude === 0 || !Number.isFinite(magnitude)
          ? Math.max(stored, least)
          : Math.min(6, Math.max(least, stored + powerOf(magnitude, unit.base)));
      const prefix = unit.base === 1024 ? IEC_PREFIXES[power]! : SI_PREFIXES[power]!;
      return { factor: unit.base ** (stored - power), suffix: prefix + unit.suffix };
    }
    case 'duration': {
      const seconds = magnitude * unit.seconds;
      let chosen = DURATIONS[0]!;
      if (seconds === 0 || !Number.isFinite(seconds))
        chosen = DURATIONS.find(([, worth]) => worth === unit.seconds) ?? DURATIONS[3]!;
      else for (const step of DURATIONS) if (seconds >= step[1] * 0.99995) chosen = step;
      return { factor: unit.seconds / chosen[1], suffix: chosen[0] };
    }
    default:
      return { factor: 1, suffix: '' };
  }
}

/** The power of the base that the number reaches, after the rounding that will be shown: 999.96 is 1 k, not "1000". */
function powerOf(magnitude: number, base: 1000 | 1024): number {
  const power = Math.floor(Math.log(magnitude) / Math.log(base) + 1e-12);
  return magnitude / base ** power >= base * 0.99995 ? power + 1 : power;
}

/**
 * One value for reading: at most four significant digits (never fewer integer digits than it has), or exactly `decimals`.
 * Not-a-number and the infinities are words, since they are findings in ML: "NaN", "+Inf".
 */
export function formatValue(value: number, unitId: string, decimals?: number): FormattedValue {
  const unit = unitOf(unitId);
  const word = notFinite(value);
  if (word !== undefined) return { text: word, suffix: '' };
  const special = formatSpecial(value, unit);
  if (special !== undefined) return special;
  const { factor, suffix } = scaleFor(unit, Math.abs(value));
  const shown = tidy(value * factor);
  return { text: decimals === undefined ? significant(shown) : fixed(shown, decimals), suffix };
}

/** `formatValue` as one string: "12.3 ms". */
export function formatText(value: number, unitId: string, decimals?: number): string {
  const { text, suffix } = formatValue(value, unitId, decimals);
  return suffix === '' ? text : `${text} ${suffix}`;
}

/** Every digit there is, for hovering and copying; the same scale as `formatValue`. */
export function formatExact(value: number, unitId: string): string {
  const unit = unitOf(unitId);
  const word = notFinite(value);
  if (word !== undefined) return word;
  const special = formatSpecial(value, unit);
  if (special !== undefined) return special.text;
  const { factor, suffix } = scaleFor(unit, Math.abs(value));
  const text = group(plainDigits(tidy(value * factor)));
  return suffix === '' ? text : `${text} ${suffix}`;
}

/**
 * The labels of one axis. All ticks share the prefix and the decimals that its largest magnitude and its step ask for,
 * so that the eye can compare them: "0 ms", "50 ms", "100 ms".
 */
export function formatTicks(values: readonly number[], unitId: string, decimals?: number): string[] {
  const unit = unitOf(unitId);
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const { factor, suffix } = scaleFor(unit, largest);
  let places = decimals ?? 0;
  if (decimals === undefined) {
    for (const value of values) places = Math.max(places, decimalsOf(tidy(value * factor)));
  }
  return values.map((value) => {
    const special = notFinite(value) ?? joined(formatSpecial(value, unit));
    if (special !== undefined) return special;
    const text = fixed(tidy(value * factor), places);
    return suffix === '' ? text : `${text} ${suffix}`;
  });
}

/** One tick on its own, as on a logarithmic axis, where ticks differ by magnitudes. */
export function formatTick(value: number, unitId: string): string {
  return formatTicks([value], unitId)[0]!;
}

/** In which steps an axis of this unit is best divided: decimal, binary (bytes) or by the clock (seconds and longer). */
export function tickBase(unitId: string): { readonly kind: 'decimal' | 'binary' | 'clock'; readonly unitSeconds: number } {
  const unit = unitOf(unitId);
  if (unit.kind === 'scaled' && unit.base === 1024) return { kind: 'binary', unitSeconds: 1 };
  if (unit.kind === 'duration' || unit.kind === 'clock') return { kind: 'clock', unitSeconds: unit.seconds };
  return { kind: 'decimal', unitSeconds: 1 };
}

function joined(value: FormattedValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value.suffix === '' ? value.text : `${value.text} ${value.suffix}`;
}

function notFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return `${MINUS}Inf`;
  return undefined;
}

/** Units that are not a number with a suffix. */
function formatSpecial(value: number, unit: Unit): FormattedValue | undefined {
  switch (unit.kind) {
    case 'words':
      return { text: value === 0 ? unit.no : unit.yes, suffix: '' };
    case 'scientific':
      return { text: value.toExponential(3).replace('e+', 'e').replaceAll('-', MINUS), suffix: '' };
    case 'hex':
      return { text: unit.prefix + Math.trunc(value).toString(16).toUpperCase(), suffix: '' };
    case 'clock':
      return { text: clock(value * unit.seconds, unit.days), suffix: '' };
    case 'date':
      return { text: dateText(value, unit.iso), suffix: '' };
    case 'fromNow':
      return { text: dateText(value, true), suffix: '' };
    default:
      return undefined;
  }
}

/** "1d 02:03:04". */
function clock(seconds: number, withDays: boolean): string {
  const whole = Math.round(Math.abs(seconds));
  const days = withDays ? Math.floor(whole / DAY) : 0;
  const rest = whole - days * DAY;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const time = `${two(rest / HOUR)}:${two((rest % HOUR) / MINUTE)}:${two(rest % MINUTE)}`;
  return `${seconds < 0 ? MINUS : ''}${days > 0 ? `${days}d ` : ''}${time}`;
}

/** Beyond the range of dates there is only the number. */
function dateText(ms: number, iso: boolean): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return String(ms);
  return iso ? date.toISOString().slice(0, 19).replace('T', ' ') : date.toLocaleString();
}

/** Takes away what binary fractions add: 0.1 + 0.2 is 0.3 again. */
function tidy(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(12));
}

/** At most four significant digits, trailing zeros gone, never an exponent; integer digits are all kept. */
function significant(value: number): string {
  if (value === 0) return '0';
  const integerDigits = Math.floor(Math.log10(Math.abs(value))) + 1;
  const decimals = Math.min(MAX_DECIMALS, Math.max(0, MAX_SIGNIFICANT - integerDigits));
  const text = fixed(value, decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Exactly so many decimals, thousands grouped, a true minus sign; "−0.00" is "0.00". */
function fixed(value: number, decimals: number): string {
  const places = Math.min(MAX_DECIMALS, Math.max(0, Math.trunc(decimals)));
  return group(Math.abs(value) < 1e21 ? value.toFixed(places) : plainDigits(value));
}

/** Written out without an exponent. */
function plainDigits(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) >= 1 ? BigInt(Math.trunc(value)).toString() : value.toFixed(MAX_DECIMALS).replace(/0+$/, '');
}

function group(text: string): string {
  const negative = text.startsWith('-');
  const [whole, fraction] = (negative ? text.slice(1) : text).split('.');
  const grouped = whole!.length > 4 ? whole!.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',') : whole!;
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return negative && /[1-9]/.test(digits) ? MINUS + digits : digits;
}

/** How many decimals the number needs, up to what four significant digits would show. */
function decimalsOf(value: number): number {
  const text = plainDigits(Number(value.toPrecision(6)));
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}
