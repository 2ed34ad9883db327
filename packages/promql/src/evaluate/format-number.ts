/** From this exponent on Go's %g and %v write the shortest form with an exponent. */
const SHORTEST_DIGITS = 6;

/** A number as Go's %g writes it: shortest, or with so many significant digits; exponents of at least two digits. */
export function formatG(value: number, digits?: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = (
    digits === undefined ? value.toExponential() : value.toExponential(digits - 1)
  ).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= (digits ?? SHORTEST_DIGITS)) {
    const shown = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${shown}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return plainDecimal(Number(`${mantissa}e${exponent}`));
}

/** A number as Prometheus writes it into a label: the shortest decimal that reads back, never with an exponent. */
export function formatPlain(value: number): string {
  return formatSpecial(value) ?? (Object.is(value, -0) ? '-0' : plainDecimal(value));
}

function formatSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : undefined;
}

/** The shortest digits that read back, written without an exponent. */
function plainDecimal(value: number): string {
  const text = String(value);
  const [, sign = '', whole = '', fraction = '', exponentText] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponentText === undefined) return text;
  const exponent = Number(exponentText);
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return (
    sign +
    (point >= digits.length ? digits + '0'.repeat(point - digits.length) : `${digits.slice(0, point)}.${digits.slice(point)}`)
  );
}
