/** Numbers as sentences have them. */

const STEP = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const PLAIN = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** "12,000". */
export function sayStep(step: number): string {
  return STEP.format(step);
}

/** Three significant digits: "0.0312", "1,250", "3.2e-9", "NaN", "∞". */
export function sayNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  return isPlain(value) ? PLAIN.format(value) : value.toExponential(1).replace('e+', 'e');
}

/** Both with as few digits, of three and more, as it takes to tell them apart: a loss never falls "from 2.15 to 2.15". */
export function sayApart(a: number, b: number): readonly [string, string] {
  const short = [sayNumber(a), sayNumber(b)] as const;
  if (short[0] !== short[1] || a === b || !Number.isFinite(a) || !Number.isFinite(b)) return short;
  for (let digits = 3; digits < MOST_DIGITS; digits++) {
    const longer = [sayDigits(a, digits), sayDigits(b, digits)] as const;
    if (longer[0] !== longer[1]) return longer;
  }
  return [String(a), String(b)];
}

/** What a double has. */
const MOST_DIGITS = 17;

function sayDigits(value: number, digits: number): string {
  if (isPlain(value)) return value.toLocaleString('en', { maximumSignificantDigits: digits });
  return value.toExponential(digits - 1).replace('e+', 'e');
}

function isPlain(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-4 && size < 1e7);
}

/** "42 %". */
export function sayShare(share: number): string {
  return `${sayNumber(share * 100)} %`;
}

/** "3 s", "12 min", "4.2 h". */
export function saySeconds(seconds: number): string {
  if (seconds < 1) return `${sayNumber(seconds * 1000)} ms`;
  if (seconds < 120) return `${sayNumber(seconds)} s`;
  return seconds < 7200 ? `${sayNumber(seconds / 60)} min` : `${sayNumber(seconds / 3600)} h`;
}

/** "a", "a and 3 more". */
export function sayMany(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  return rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

/** Charts that a finding of many shows at most. */
export const MOST_SHOWN = 20;

/** "; 3 more are idle as well", after what was said of the first of them. */
export function sayOthers(found: readonly unknown[], what: string): string {
  const others = found.length - 1;
  return others === 0 ? '' : `; ${sayStep(others)} more ${others === 1 ? 'is' : 'are'} ${what} as well`;
}
