import type { RunRow } from '@vitrine/model/run-api.ts';
import { formatText } from '@vitrine/model/unit.ts';

/** Which of a metric's values stands for a run. */
export const STATS = ['best', 'last', 'min', 'max'] as const;
export type Stat = (typeof STATS)[number];

/** What runs are compared by: a parameter, a metric, or how long they took. */
export interface Dimension {
  /** As the filter language names it: "params.lr", "metrics.val/loss", "duration". */
  readonly key: string;
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** By run: the number, or the place among `categories`; NaN where there is none. */
  readonly values: Float64Array;
  /** By run, in words. */
  readonly texts: readonly string[];
  /** In order; none where these are numbers. */
  readonly categories: readonly string[];
  /** Of the finite values; NaN where there are none. */
  readonly min: number;
  readonly max: number;
  /** Whether they lie so far apart that only a logarithm shows them: learning rates. */
  readonly isLog: boolean;
}

/** Numbers that differ by more than this factor are laid out by their logarithm. */
const LOG_FROM = 50;
export const NONE = '—';

/** Pure. What reads as a number in all runs that have it is one. */
export function dimensionOf(key: string, rows: readonly RunRow[], stat: Stat): Dimension {
  if (key.startsWith('params.'))
    return ofTexts(
      key,
      key.slice('params.'.length),
      rows.map(({ run }) => paramOf(run.params, key)),
    );
  if (key === 'duration') {
    const lengths = rows.map(({ run }) => (run.endedMs === undefined ? Number.NaN : (run.endedMs - run.startedMs) / 1000));
    return ofNumbers(key, 'duration', lengths, 's');
  }
  const metric = key.slice('metrics.'.length);
  return ofNumbers(
    key,
    metric,
    rows.map(({ metrics }) => valueOf(Object.hasOwn(metrics, metric) ? metrics[metric] : undefined, stat)),
    'none',
  );
}

function paramOf(params: Readonly<Record<string, string>>, key: string): string | undefined {
  const name = key.slice('params.'.length);
  return Object.hasOwn(params, name) ? params[name] : undefined;
}

/** A metric whose name does not tell what is better stands for a run by its last value. */
function valueOf(cell: RunRow['metrics'][string] | undefined, stat: Stat): number {
  if (cell === undefined) return Number.NaN;
  return (stat === 'best' ? (cell.best ?? cell.last) : cell[stat])?.value ?? Number.NaN;
}

function ofTexts(key: string, name: string, texts: readonly (string | undefined)[]): Dimension {
  const numbers = texts.map((text) => (text === undefined || text.trim() === '' ? Number.NaN : Number(text)));
  if (texts.some((text) => text !== undefined) && texts.every((text, at) => text === undefined || !Number.isNaN(numbers[at])))
    return { ...ofNumbers(key, name, numbers, 'none'), texts: texts.map((text) => text ?? NONE) };
  const categories = [...new Set(texts.filter((text) => text !== undefined))].toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const places = new Map(categories.map((text, at) => [text, at]));
  return {
    key,
    name,
    kind: 'category',
    values: Float64Array.from(texts, (text) => (text === undefined ? Number.NaN : places.get(text)!)),
    texts: texts.map((text) => text ?? NONE),
    categories,
    min: categories.length > 0 ? 0 : Number.NaN,
    max: categories.length > 0 ? categories.length - 1 : Number.NaN,
    isLog: false,
  };
}

function ofNumbers(key: string, name: string, numbers: readonly number[], unit: string): Dimension {
  const finite = numbers.filter((value) => Number.isFinite(value));
  const min = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const max = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  return {
    key,
    name,
    kind: 'number',
    values: Float64Array.from(numbers, (value) => (Number.isFinite(value) ? value : Number.NaN)),
    texts: numbers.map((value) => (Number.isNaN(value) ? NONE : formatText(value, unit))),
    categories: [],
    min: finite.length > 0 ? min : Number.NaN,
    max: finite.length > 0 ? max : Number.NaN,
    isLog: min > 0 && max / min > LOG_FROM,
  };
}

/** Where a value stands between the lowest and the highest, 0 to 1; all at the middle where they are equal. Pure. */
export function placeOf({ min, max, isLog }: Pick<Dimension, 'min' | 'max' | 'isLog'>, value: number): number {
  if (Number.isNaN(value) || Number.isNaN(min)) return Number.NaN;
  if (min === max) return 0.5;
  if (isLog) return Math.log(value / min) / Math.log(max / min);
  // By halves: from one end of all numbers to the other there is no distance.
  return (value / 2 - min / 2) / (max / 2 - min / 2);
}

const TICKS = 5;

/** Marks of an axis from 0 to 1 in words: its categories, or numbers from end to end. Pure. */
export function ticksOf(dimension: Dimension, most = 12): readonly { readonly at: number; readonly text: string }[] {
  const { kind, categories, min, max, isLog } = dimension;
  if (Number.isNaN(min)) return [];
  if (kind === 'category') {
    const every = Math.max(1, Math.ceil(categories.length / most));
    return categories.flatMap((text, at) => (at % every === 0 ? [{ at: placeOf(dimension, at), text }] : []));
  }
  const distinct = [...new Set(dimension.values)].filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  // A sweep of a few values is told by those values.
  const told =
    distinct.length <= TICKS + 1
      ? distinct
      : Array.from({ length: TICKS }, (_, at) => {
          const share = at / (TICKS - 1);
          return isLog ? min * (max / min) ** share : min * (1 - share) + max * share;
        });
  // Seeds and widths have no fractions.
  const whole = distinct.every((value) => Number.isInteger(value)) ? [...new Set(told.map(Math.round))] : told;
  return whole.map((value) => ({
    at: placeOf(dimension, value),
    text: formatText(value, dimension.key === 'duration' ? 's' : 'none'),
  }));
}
