/**
 * Reads a number as PromQL writes it: decimal, 0x1F, octal with a leading zero (0755), underscores between digits, Inf and
 * NaN in any case. Throws an Error with Prometheus' sentence.
 */
export function parseNumber(text: string): number {
  const lower = text.toLowerCase();
  if (lower === 'inf') return Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  const digits = lower.replaceAll('_', '');
  if (digits.startsWith('0x')) {
    return digits.length > 2 && !/__|_$/.test(lower) ? Number(digits) : badNumber(text, 'invalid syntax');
  }
  if (/^0[0-7]+$/.test(digits)) return Number(`0o${digits.slice(1)}`);
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(digits) || /__|_$/.test(lower)) return badNumber(text, 'invalid syntax');
  const value = Number(digits);
  return Number.isFinite(value) ? value : badNumber(text, 'value out of range');
}

/** Writes a number in plain decimal digits, no exponent, as Prometheus prints literals. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))!;
  if (exponent === undefined) return String(value);
  const digits = whole! + fraction;
  const point = whole!.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? `${sign}${digits}${'0'.repeat(point - digits.length)}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function badNumber(text: string, why: string): never {
  throw new Error(`error parsing number: strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${why}`);
}
