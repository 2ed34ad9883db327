import { dropHistograms, type Column } from './column.ts';

/** Functions of one number. */
export const NUMBER_FUNCTIONS: ReadonlyMap<string, (value: number) => number> = new Map([
  ['abs', Math.abs],
  ['ceil', Math.ceil],
  ['floor', Math.floor],
  ['exp', Math.exp],
  ['sqrt', Math.sqrt],
  ['ln', Math.log],
  ['log2', Math.log2],
  ['log10', Math.log10],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['asin', Math.asin],
  ['acos', Math.acos],
  ['atan', Math.atan],
  ['sinh', Math.sinh],
  ['cosh', Math.cosh],
  ['tanh', Math.tanh],
  ['asinh', Math.asinh],
  ['acosh', Math.acosh],
  ['atanh', Math.atanh],
  ['rad', (value) => (value * Math.PI) / 180],
  ['deg', (value) => (value * 180) / Math.PI],
  ['sgn', (value) => (value < 0 ? -1 : value > 0 ? 1 : value)],
]);

/** Functions of a time in unix seconds, in UTC. */
export const TIME_FUNCTIONS: ReadonlyMap<string, (seconds: number) => number> = new Map([
  ['minute', ofDate((date) => date.getUTCMinutes())],
  ['hour', ofDate((date) => date.getUTCHours())],
  ['day_of_week', ofDate((date) => date.getUTCDay())],
  ['day_of_month', ofDate((date) => date.getUTCDate())],
  ['day_of_year', ofDate((date) => (startOfDay(date) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000 + 1)],
  ['days_in_month', ofDate((date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate())],
  ['month', ofDate((date) => date.getUTCMonth() + 1)],
  ['year', ofDate((date) => date.getUTCFullYear())],
]);

function ofDate(read: (date: Date) => number): (seconds: number) => number {
  return (seconds) => read(new Date(Math.trunc(seconds) * 1000));
}

function startOfDay(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
}

/** Replaces each number that is present; histograms go, as they do in all of these. */
export function mapValues(column: Column, compute: (value: number) => number): void {
  dropHistograms(column);
  const { values, present } = column;
  for (let i = 0; i < values.length; i++) if (present[i] === 1) values[i] = compute(values[i]!);
}

/** clamp(): nothing is left where the bounds cross. */
export function clampValues(column: Column, low: Float64Array, high: Float64Array): void {
  dropHistograms(column);
  const { values, present } = column;
  for (let i = 0; i < values.length; i++) {
    if (high[i]! < low[i]!) present[i] = 0;
    else if (present[i] === 1) values[i] = greater(low[i]!, lesser(high[i]!, values[i]!));
  }
}

/** As Go has them: an infinity on its own side wins over NaN. */
function lesser(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}

function greater(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** round(): to the nearest multiple, halves upwards. By the inverse, which has the smaller rounding errors. */
export function roundValues(column: Column, toNearest: Float64Array): void {
  dropHistograms(column);
  const { values, present } = column;
  for (let i = 0; i < values.length; i++) {
    const inverse = 1 / toNearest[i]!;
    if (present[i] === 1) values[i] = Math.floor(values[i]! * inverse + 0.5) / inverse;
  }
}
