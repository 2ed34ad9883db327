import type { QueryPart } from '../influxql/select.ts';

/** Functions of InfluxQL by kind, with what stands behind the column in their brackets. */
const FUNCTIONS = {
  Aggregate: {
    count: [],
    distinct: [],
    integral: [],
    mean: [],
    median: [],
    mode: [],
    spread: [],
    stddev: [],
    sum: [],
  },
  Select: {
    bottom: ['3'],
    first: [],
    last: [],
    max: [],
    min: [],
    percentile: ['95'],
    sample: ['10'],
    top: ['3'],
  },
  Transform: {
    abs: [],
    ceil: [],
    cumulative_sum: [],
    derivative: ['10s'],
    difference: [],
    elapsed: ['10s'],
    floor: [],
    moving_average: ['10'],
    non_negative_derivative: ['10s'],
    non_negative_difference: [],
    round: [],
    sqrt: [],
  },
  More: {
    math: [' * 100'],
    alias: ['name'],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

/** What can be put behind a column, in groups. */
export const FUNCTION_GROUPS = Object.entries(FUNCTIONS).map(([group, members]) => ({ group, items: Object.keys(members) }));

const AGGREGATES = new Set<string>([...Object.keys(FUNCTIONS.Aggregate), ...Object.keys(FUNCTIONS.Select)]);

/** A column with a function more: of aggregates and selectors there is one, which another takes the place of; an alias stands last. */
export function withFunction(column: readonly QueryPart[], type: string): readonly QueryPart[] {
  const params = (Object.assign({}, ...Object.values(FUNCTIONS)) as Record<string, readonly string[]>)[type] ?? [];
  const part: QueryPart = { type, params };
  const at = AGGREGATES.has(type) ? column.findIndex((one) => AGGREGATES.has(one.type)) : -1;
  if (at !== -1) return column.with(at, part);
  if (AGGREGATES.has(type)) return column.toSpliced(1, 0, part);
  const last = column.at(-1);
  if (last?.type !== 'alias') return [...column, part];
  return type === 'alias' ? column : column.toSpliced(-1, 0, part);
}
