/** All ways to make one value of a column. The ids are Grafana's, so that its dashboards mean the same here. */
import type { Field, NumberField } from '@vitrine/model/frame.ts';

/** What a reducer answers: undefined is "no value". Lists come from allValues and uniqueValues; there, no value is null. */
export type Reduced = number | string | boolean | readonly unknown[] | undefined | object;

export interface Reducer {
  readonly id: string;
  /** What people call it, and what a column of its results is called. */
  readonly title: string;
  readonly description: string;
  /** Whether the result is measured in the unit of the column. */
  readonly keepsUnit: boolean;
  reduce(field: Field): Reduced;
}

/** NaN counts as a value that is there, but no sum, extreme or "last *" is made of it. */
const reducers: readonly Reducer[] = [
  reducer('lastNotNull', 'Last *', 'the newest value that is a value', true, (field) => edgeValue(field, -1, true)),
  reducer('last', 'Last', 'the last cell', true, (field) => edgeValue(field, -1, false)),
  reducer('firstNotNull', 'First *', 'the oldest value that is a value', true, (field) => edgeValue(field, 1, true)),
  reducer('first', 'First', 'the first cell', true, (field) => edgeValue(field, 1, false)),
  numeric('min', 'Min', 'the lowest value', true, ({ min }) => min),
  numeric('max', 'Max', 'the highest value', true, ({ max }) => max),
  numeric('mean', 'Mean', 'the average', true, ({ sum, count }) => sum / count),
  reducer('median', 'Median', 'the value in the middle', true, (field) => median(sorted(field))),
  reducer('variance', 'Variance', 'the mean of the squared distances from the mean', false, variance),
  reducer('stdDev', 'StdDev', 'the square root of the variance', true, (field) => {
    const found = variance(field);
    return found === undefined ? undefined : Math.sqrt(found);
  }),
  numeric('sum', 'Total', 'the sum', true, ({ sum }) => sum),
  reducer('count', 'Count', 'how many values there are', false, countPresent),
  reducer('countAll', 'Count all', 'how many cells there are, empty ones too', false, (field) => field.values.length),
  numeric('range', 'Range', 'highest less lowest', true, ({ min, max }) => max - min),
  reducer('delta', 'Delta', 'the sum of the rises; the first rise after a fall is taken for a reset and left out', true, delta),
  reducer('step', 'Step', 'the smallest difference from one value to the next', true, smallestStep),
  numeric('diff', 'Difference', 'last less first', true, ({ first, last }) => last - first),
  numeric('logmin', 'Min (above zero)', 'the lowest value above zero', true, ({ lowestPositive }) => lowestPositive),
  reducer('allIsZero', 'All Zeros', 'whether there are values and all are zero', false, (field) => {
    const found = survey(field);
    return found !== undefined && found.min === 0 && found.max === 0;
  }),
  reducer('allIsNull', 'All Nulls', 'whether there is no number', false, (field) => survey(field) === undefined),
  reducer('changeCount', 'Change Count', 'how often the value changes', false, countChanges),
  reducer(
    'distinctCount',
    'Distinct Count',
    'how many different values there are',
    false,
    (field) => new Set(presentValues(field)).size,
  ),
  numeric(
    'diffperc',
    'Difference percent',
    'the difference in percent of the first value',
    false,
    ({ first, last }) => ((last - first) / first) * 100,
  ),
  reducer('allValues', 'All values', 'all cells in a list', false, (field) =>
    field.values.length === 0 ? undefined : cells(field),
  ),
  reducer('uniqueValues', 'All unique values', 'each different cell once, in a list', false, (field) =>
    field.values.length === 0 ? undefined : [...new Set(cells(field))],
  ),
  ...Array.from({ length: 99 }, (_, index) => percentile(index + 1)),
];

/** Every reducer by its id. */
export const REDUCERS: ReadonlyMap<string, Reducer> = new Map(reducers.map((entry) => [entry.id, entry]));

/** Ids of older documents and of the server's expressions. */
const ALIASES: Readonly<Record<string, string>> = { avg: 'mean', current: 'lastNotNull', total: 'sum', stddev: 'stdDev' };

/** Undefined where nobody knows the id. */
export function findReducer(id: string): Reducer | undefined {
  return REDUCERS.get(id) ?? REDUCERS.get(ALIASES[id] ?? '');
}

function reducer(id: string, title: string, description: string, keepsUnit: boolean, reduce: (field: Field) => Reduced): Reducer {
  return { id, title, description, keepsUnit, reduce };
}

interface Survey {
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly count: number;
  readonly lowestPositive: number | undefined;
}

function numeric(
  id: string,
  title: string,
  description: string,
  keepsUnit: boolean,
  of: (survey: Survey) => number | undefined,
): Reducer {
  return reducer(id, title, description, keepsUnit, (field) => {
    const found = survey(field);
    return found === undefined ? undefined : of(found);
  });
}

function percentile(share: number): Reducer {
  const ordinal =
    share % 10 === 1 && share !== 11
      ? 'st'
      : share % 10 === 2 && share !== 12
        ? 'nd'
        : share % 10 === 3 && share !== 13
          ? 'rd'
          : 'th';
  return reducer(
    `p${share}`,
    `${share}${ordinal} %`,
    `the value at ${share} % of the way from lowest to highest`,
    true,
    (field) => {
      const values = sorted(field);
      return values.length === 0 ? undefined : values[Math.round(((values.length - 1) * share) / 100)];
    },
  );
}

function isNumbers(field: Field): field is NumberField {
  return field.type === 'number' || field.type === 'time';
}

/** Over the numbers that are there and not NaN; undefined where there are none. */
function survey(field: Field): Survey | undefined {
  if (!isNumbers(field)) return undefined;
  const { values, present } = field;
  let first = Number.NaN;
  let last = Number.NaN;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let lowestPositive = Number.POSITIVE_INFINITY;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    if (present !== undefined && present[row] === 0) continue;
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    if (count === 0) first = value;
    last = value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value > 0 && value < lowestPositive) lowestPositive = value;
    sum += value;
    count++;
  }
  if (count === 0) return undefined;
  return {
    first,
    last,
    min,
    max,
    sum,
    count,
    lowestPositive: lowestPositive === Number.POSITIVE_INFINITY ? undefined : lowestPositive,
  };
}

/** The numbers that are there and not NaN. */
function numbers(field: Field): Float64Array {
  if (!isNumbers(field)) return new Float64Array();
  const { values, present } = field;
  return values.filter((value, row) => (present === undefined || present[row] === 1) && !Number.isNaN(value));
}

function sorted(field: Field): Float64Array {
  return numbers(field).sort();
}

function median(values: Float64Array): number | undefined {
  if (values.length === 0) return undefined;
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1]! + values[middle]!) / 2;
}

/** Of the population, by Welford's method. */
function variance(field: Field): number | undefined {
  const values = numbers(field);
  if (values.length === 0) return undefined;
  let mean = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const distance = values[index]! - mean;
    mean += distance / (index + 1);
    squares += distance * (values[index]! - mean);
  }
  return squares / values.length;
}

function delta(field: Field): number | undefined {
  const values = numbers(field);
  if (values.length === 0) return undefined;
  let sum = 0;
  let rising = true;
  for (let index = 1; index < values.length; index++) {
    const rise = values[index]! - values[index - 1]!;
    if (rise < 0) rising = false;
    else {
      if (rising) sum += rise;
      rising = true;
    }
  }
  return sum;
}

function smallestStep(field: Field): number | undefined {
  const values = numbers(field);
  if (values.length < 2) return undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (let index = 1; index < values.length; index++) smallest = Math.min(smallest, values[index]! - values[index - 1]!);
  return smallest;
}

function countPresent({ present, values }: Field): number {
  if (present === undefined) return values.length;
  let count = 0;
  for (const bit of present) count += bit;
  return count;
}

function countChanges(field: Field): number {
  const values = presentValues(field);
  let count = 0;
  for (let index = 1; index < values.length; index++) if (!Object.is(values[index], values[index - 1])) count++;
  return count;
}

function edgeValue(field: Field, step: 1 | -1, skip: boolean): Reduced {
  const { length } = field.values;
  for (let row = step === 1 ? 0 : length - 1; row >= 0 && row < length; row += step) {
    const missing = field.present !== undefined && field.present[row] === 0;
    const value = field.values[row];
    if (skip && (missing || Number.isNaN(value))) continue;
    return missing ? undefined : cell(field, row);
  }
  return undefined;
}

function presentValues(field: Field): unknown[] {
  const found: unknown[] = [];
  for (let row = 0; row < field.values.length; row++) {
    if (field.present === undefined || field.present[row] === 1) found.push(field.values[row]);
  }
  return found;
}

function cells(field: Field): unknown[] {
  return Array.from({ length: field.values.length }, (_, row) =>
    field.present !== undefined && field.present[row] === 0 ? null : cell(field, row),
  );
}

function cell(field: Field, row: number): Exclude<Reduced, undefined> {
  return field.type === 'boolean' ? field.values[row] === 1 : (field.values[row] as Exclude<Reduced, undefined>);
}
