/** How the digits of a number are written, before any unit. A true minus sign; no exponent in the letter e. */

export const MINUS = '−';
const MAX_SIGNIFICANT = 4;
/** Number.prototype.toFixed takes no more. */
const MAX_DECIMALS = 20;
/** Beyond these, zeros would be more to read than a power of ten. */
const TINY = 1e-7;
const HUGE = 1e21;
/** On an axis every label has the same zeros. */
const TINY_TICK = 1e-6;
const HUGE_TICK = 1e12;

/** The words for what is no finite number, which are findings in ML; undefined for numbers. */
export function notFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return `${MINUS}Inf`;
  return undefined;
}

/** Takes away what binary fractions add: 0.1 + 0.2 is 0.3 again. */
export function tidy(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(12));
}

/** At most four significant digits, trailing zeros gone; integer digits are all kept. */
export function significant(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < TINY || magnitude >= HUGE) return withPower(value, MAX_SIGNIFICANT);
  const integerDigits = Math.floor(Math.log10(magnitude)) + 1;
  const decimals = Math.min(MAX_DECIMALS, Math.max(0, MAX_SIGNIFICANT - integerDigits));
  return trimmed(fixed(value, decimals));
}

/** Exactly so many decimals, thousands grouped where a number has more than `ungrouped` digits; "−0.00" is "0.00". */
export function fixed(value: number, decimals: number, ungrouped = 4): string {
  if (Math.abs(value) >= HUGE) return withPower(value, MAX_SIGNIFICANT);
  return group(value.toFixed(Math.min(MAX_DECIMALS, Math.max(0, Math.trunc(decimals)))), ungrouped);
}

/** At most so many decimals, thousands grouped from the first. */
export function upTo(value: number, decimals: number): string {
  return trimmed(fixed(value, decimals, 3));
}

/** Every digit there is. */
export function allDigits(value: number): string {
  const magnitude = Math.abs(value);
  if (value !== 0 && (magnitude < TINY || magnitude >= HUGE)) return withPower(value, 17);
  return group(written(value), 4);
}

/** How many decimals the number needs, up to so many significant digits. */
function decimalsOf(value: number, digits: number): number {
  const text = written(Number(value.toPrecision(digits)));
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** "1.5×10⁻¹⁰", the mantissa with at most so many significant digits. */
function withPower(value: number, digits: number): string {
  // The shortest text that reads back as the same number has no more digits than it needs.
  const text = digits >= 17 ? value.toExponential() : value.toExponential(digits - 1);
  const [mantissa, power] = text.split('e') as [string, string];
  return `${trimmed(mantissa).replace('-', MINUS)}${timesPower(Number(power))}`;
}

function timesPower(power: number): string {
  return `×10${Array.from(String(power), (char) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(char)]).join('')}`;
}

/**
 * The texts of one axis: the same decimals, the same grouping, and where numbers are tiny or huge the same power of ten.
 * `decimals` undefined takes as many as the values need.
 */
export function alike(values: readonly number[], decimals: number | undefined): string[] {
  const largest = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  const usesPower = decimals === undefined && largest !== 0 && (largest < TINY_TICK || largest >= HUGE_TICK);
  const power = usesPower ? exponentOf(largest) : 0;
  const shown = values.map((value) => tidy(usesPower ? shifted(value, -power) : value));
  const digits = digitsApart(shown);
  const places = decimals ?? Math.max(0, ...shown.map((value) => (Number.isFinite(value) ? decimalsOf(value, digits) : 0)));
  const ungrouped = largest >= 10_000 ? 3 : 4;
  return shown.map((value) => {
    if (usesPower && value === 0) return '0';
    return fixed(value, places, ungrouped) + (usesPower ? timesPower(power) : '');
  });
}

/** How many significant digits tell neighbours apart: 1,000,000.1 needs more of them than 0.1. */
function digitsApart(values: readonly number[]): number {
  let gap = Infinity;
  let largest = 0;
  for (const [index, value] of values.entries()) {
    if (!Number.isFinite(value)) continue;
    largest = Math.max(largest, Math.abs(value));
    const step = Math.abs(value - (values[index - 1] ?? Number.NaN));
    if (step > 0 && step < gap) gap = step;
  }
  return gap === Infinity ? 6 : Math.min(15, Math.max(6, Math.ceil(Math.log10(largest / gap)) + 2));
}

function exponentOf(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}

/** value × 10^power, without passing through a power that no double can hold. */
function shifted(value: number, power: number): number {
  const [mantissa, own] = value.toExponential().split('e') as [string, string];
  return Number(mantissa) * 10 ** (Number(own) + power);
}

/** Written out without an exponent; for numbers between 1e-20 and 1e21. */
function written(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) >= 1 ? BigInt(Math.trunc(value)).toString() : trimmed(value.toFixed(MAX_DECIMALS));
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function group(text: string, ungrouped: number): string {
  const negative = text.startsWith('-');
  const [whole, fraction] = (negative ? text.slice(1) : text).split('.');
  const grouped = whole!.length > ungrouped ? whole!.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',') : whole!;
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return negative && /[1-9]/.test(digits) ? MINUS + digits : digits;
}
