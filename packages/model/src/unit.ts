/**
 * How numbers are read: "12.3 ms", "3.4 GB", "87 %", "$12.35 K". Unit ids are the ones Grafana saves in dashboards; an id that is not
 * in its table is shown as the suffix itself.
 */
import { alike, allDigits, fixed, MINUS, notFinite, significant, tidy, upTo } from './unit/number-text.ts';
import { clock, hms, spelled } from './unit/time-text.ts';
import { DAY, HOUR, MINUTE, unitOf } from './unit/unit-table.ts';
import type { Unit } from './unit/unit-table.ts';

/** A number ready to be shown: prefix and text without a space, then a space and the suffix. A figure may set both smaller. */
export interface FormattedValue {
  /** A currency's symbol, with the minus sign before it; "" where there is none. */
  readonly prefix: string;
  readonly text: string;
  /** "" where the unit has none. */
  readonly suffix: string;
}

const SI_PREFIXES = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
/** Where the prefix of one stands in it. */
const SI_ONE = 5;
const IEC_PREFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];
const COUNT_PREFIXES = ['', 'K', 'M', 'B', 'T'];
/** What is counted has no milli: half a byte a second is 0.5 B/s. Nor have pounds. */
const COUNTED = /^(?:[Bb](?:\/|$)|(?:p|H|FLOP)\/|psi$)/;

/** Duration units from the smallest: each holds until the next one's worth is reached. A year is the calendar's mean one. */
const DURATIONS: readonly (readonly [suffix: string, seconds: number])[] = [
  ['ns', 1e-9],
  ['µs', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['min', MINUTE],
  ['h', HOUR],
  ['d', DAY],
  ['y', 365.2425 * DAY],
];

/** A value past which plain counts get a prefix: 9,999 reads better than 9.999 K. */
const COUNT_PREFIX_FROM = 10_000;

/** How a stored number becomes a shown one: multiply, then write the suffix. */
interface Scale {
  readonly factor: number;
  readonly suffix: string;
}

/** The scale in which a number of this magnitude reads best. */
function scaleFor(unit: Unit, magnitude: number): Scale {
  switch (unit.kind) {
    case 'plain':
      return { factor: unit.factor ?? 1, suffix: unit.suffix };
    case 'count':
      return countScale(magnitude, unit.suffix);
    case 'currency':
      return unit.financial
        ? { factor: 1, suffix: unit.after ? unit.symbol : '' }
        : countScale(magnitude, unit.after ? unit.symbol : '');
    case 'scaled': {
      const { exponent, suffix, base } = unit;
      const least = base === 1024 || COUNTED.test(suffix) ? 0 : -SI_ONE;
      const most = (base === 1024 ? IEC_PREFIXES.length : SI_PREFIXES.length - SI_ONE) - 1;
      const power =
        magnitude === 0 || !Number.isFinite(magnitude)
          ? Math.max(exponent, least)
          : Math.min(most, Math.max(least, exponent + powerOf(magnitude, base)));
      const prefix = base === 1024 ? IEC_PREFIXES[power]! : SI_PREFIXES[power + SI_ONE]!;
      return { factor: base ** (exponent - power), suffix: prefix + suffix };
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

function countScale(magnitude: number, suffix: string): Scale {
  const power =
    magnitude < COUNT_PREFIX_FROM || !Number.isFinite(magnitude)
      ? 0
      : Math.min(COUNT_PREFIXES.length - 1, powerOf(magnitude, 1000));
  const prefix = COUNT_PREFIXES[power]!;
  return { factor: 1000 ** -power, suffix: prefix !== '' && suffix !== '' ? `${prefix} ${suffix}` : prefix + suffix };
}

/** The power of the base that the number reaches, after the rounding that will be shown: 999.96 is 1 k, not "1000". */
function powerOf(magnitude: number, base: 1000 | 1024): number {
  const power = Math.floor(Math.log(magnitude) / Math.log(base) + 1e-12);
  return magnitude / base ** power >= base * 0.99995 ? power + 1 : power;
}

/** What stands before the digits, with the sign where there is a currency: "−$5", not "$−5". */
function prefixOf(unit: Unit): string {
  if (unit.kind === 'plain') return unit.prefix ?? '';
  return unit.kind === 'currency' && !unit.after ? unit.symbol : '';
}

/** Puts parts together; of a currency the sign comes first. */
function assemble(unit: Unit, text: string, suffix: string): FormattedValue {
  const prefix = prefixOf(unit);
  if (unit.kind === 'currency' && prefix !== '' && text.startsWith(MINUS)) {
    return { prefix: MINUS + prefix, text: text.slice(MINUS.length), suffix };
  }
  return { prefix, text, suffix };
}

/**
 * One value for reading: at most four significant digits (never fewer integer digits than it has), or exactly `decimals`.
 * Not-a-number and the infinities are words, since they are findings in ML: "NaN", "+Inf". Dates are ISO in UTC here; in a
 * zone: compute/field/display.ts.
 */
export function formatValue(value: number, unitId: string, decimals?: number): FormattedValue {
  const unit = unitOf(unitId);
  const special = notFinite(value) ?? formatSpecial(value, unit, decimals);
  if (special !== undefined) return assemble({ kind: 'verbatim' }, special, '');
  const { factor, suffix } = scaleFor(unit, Math.abs(value));
  const shown = tidy(value * factor);
  if (unit.kind === 'currency' && unit.financial) return assemble(unit, fixed(shown, decimals ?? 2, 3), suffix);
  return assemble(unit, decimals === undefined ? significant(shown) : fixed(shown, decimals), suffix);
}

/** `formatValue` as one string: "12.3 ms". */
export function formatText(value: number, unitId: string, decimals?: number): string {
  return joined(formatValue(value, unitId, decimals));
}

/** Every digit there is, for hovering and copying; the same scale as `formatValue`. */
export function formatExact(value: number, unitId: string): string {
  const unit = unitOf(unitId);
  const special = notFinite(value) ?? formatSpecial(value, unit, Infinity);
  if (special !== undefined) return special;
  const { factor, suffix } = scaleFor(unit, Math.abs(value));
  return joined(
    assemble(unit, allDigits(factor === 1 && Number.isInteger(value) ? value : Number((value * factor).toPrecision(15))), suffix),
  );
}

/**
 * The labels of one axis. All ticks share the prefix, the grouping and the decimals that its largest magnitude and its step
 * ask for, so that the eye can compare them: "0 ms", "50 ms", "100 ms".
 */
export function formatTicks(values: readonly number[], unitId: string, decimals?: number): string[] {
  const unit = unitOf(unitId);
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const { factor, suffix } = scaleFor(unit, largest);
  const texts = alike(
    values.map((value) => value * factor),
    decimals,
  );
  return values.map(
    (value, index) => notFinite(value) ?? formatSpecial(value, unit, decimals) ?? joined(assemble(unit, texts[index]!, suffix)),
  );
}

/** One tick on its own, as on a logarithmic axis, where ticks differ by magnitudes. */
export function formatTick(value: number, unitId: string): string {
  return formatTicks([value], unitId)[0]!;
}

/** In which steps an axis of this unit is best divided: decimal, binary (bytes) or by the clock (seconds and longer). */
export function tickBase(unitId: string): { readonly kind: 'decimal' | 'binary' | 'clock'; readonly unitSeconds: number } {
  const unit = unitOf(unitId);
  if (unit.kind === 'scaled' && unit.base === 1024) return { kind: 'binary', unitSeconds: 1 };
  if (unit.kind === 'duration' || unit.kind === 'hms') return { kind: 'clock', unitSeconds: unit.seconds };
  if (unit.kind === 'clock' || unit.kind === 'spelled') return { kind: 'clock', unitSeconds: unit.ms / 1000 };
  return { kind: 'decimal', unitSeconds: 1 };
}

function joined({ prefix, text, suffix }: FormattedValue): string {
  return suffix === '' ? prefix + text : `${prefix}${text} ${suffix}`;
}

const MOST_COUNTED = 1e15;
const COUNTING: ReadonlySet<Unit['kind']> = new Set(['hex', 'hms', 'clock', 'spelled']);

/** Units that are not a number with a suffix. `value` is finite. */
function formatSpecial(value: number, unit: Unit, decimals: number | undefined): string | undefined {
  // Past what a double can count, clocks and hexadecimals would make digits up.
  if (Math.abs(value) > MOST_COUNTED && COUNTING.has(unit.kind)) return significant(value);
  switch (unit.kind) {
    case 'words':
      return value === 0 ? unit.no : unit.yes;
    case 'scientific':
      return scientific(value, decimals);
    case 'hex':
      return `${value <= -0.5 ? MINUS : ''}${unit.prefix}${Math.round(Math.abs(value)).toString(16).toUpperCase()}`;
    case 'hms':
      return hms(value * unit.seconds, unit.days);
    case 'clock':
      return clock(value * unit.ms, decimals);
    case 'spelled':
      return spelled(value * unit.ms, decimals);
    case 'locale':
      return upTo(value, Math.min(20, decimals ?? 3));
    case 'verbatim':
      return String(value).replace('-', MINUS);
    case 'date':
    case 'fromNow':
      return isoText(value);
    default:
      return undefined;
  }
}

function scientific(value: number, decimals: number | undefined): string {
  const text =
    decimals === undefined
      ? value.toExponential(3).replace(/\.?0+e/, 'e')
      : decimals === Infinity
        ? value.toExponential()
        : value.toExponential(Math.min(20, Math.max(0, decimals)));
  return text.replace('e+', 'e').replaceAll('-', MINUS);
}

/** Beyond the range of dates there is only the number. */
function isoText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().slice(0, 19).replace('T', ' ');
}
