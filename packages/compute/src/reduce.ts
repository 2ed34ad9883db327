/** One number out of a column: what a legend, a stat or a gauge shows. */

/** What can be asked of a column. */
export const REDUCTIONS = ['last', 'first', 'min', 'max', 'mean', 'sum', 'count', 'range', 'diff'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

/** A column of numbers; `present` as in NumberField. */
export interface Column {
  readonly values: Float64Array;
  readonly present?: Uint8Array;
}

/** Over the values that are there and are numbers; all NaN where there are none, and then `count` is 0. */
export interface Summary {
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sum: number;
  readonly count: number;
}

/** One pass over the column. NaN samples count as missing here: a mean that one NaN ruins tells nothing. */
export function summarize({ values, present }: Column): Summary {
  let first = Number.NaN;
  let last = Number.NaN;
  let min = Number.NaN;
  let max = Number.NaN;
  let sum = 0;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    if (present !== undefined && present[index] === 0) continue;
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    if (count === 0) {
      first = min = max = value;
    } else {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    last = value;
    sum += value;
    count++;
  }
  return { first, last, min, max, sum: count === 0 ? Number.NaN : sum, mean: count === 0 ? Number.NaN : sum / count, count };
}

/**
 * The number asked for; undefined where the column holds nothing. "last" and "first" are the newest and oldest values that
 * are there, NaN included: a loss that has become NaN must show as NaN.
 */
export function reduce(column: Column, reduction: Reduction): number | undefined {
  if (reduction === 'last' || reduction === 'first') return edge(column, reduction);
  const { values, present } = column;
  const summary = summarize(column);
  if (reduction === 'count') return summary.count;
  if (summary.count === 0) {
    for (let index = 0; index < values.length; index++) if (present === undefined || present[index] !== 0) return Number.NaN;
    return undefined;
  }
  switch (reduction) {
    case 'min':
      return summary.min;
    case 'max':
      return summary.max;
    case 'mean':
      return summary.mean;
    case 'sum':
      return summary.sum;
    case 'range':
      return summary.max - summary.min;
    case 'diff':
      return summary.last - summary.first;
  }
}

function edge({ values, present }: Column, side: 'first' | 'last'): number | undefined {
  const step = side === 'first' ? 1 : -1;
  for (let index = side === 'first' ? 0 : values.length - 1; index >= 0 && index < values.length; index += step) {
    if (present === undefined || present[index] !== 0) return values[index];
  }
  return undefined;
}
