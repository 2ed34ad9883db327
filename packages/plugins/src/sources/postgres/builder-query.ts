import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Read } from '@vitrine/model/parse/read.ts';

/** The aggregations that the builder offers. */
export const AGGREGATIONS = ['AVG', 'COUNT', 'MAX', 'MIN', 'SUM', 'STDDEV', 'VARIANCE'] as const;
/** How the builder compares. */
export const COMPARISONS = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'LIKE',
  'NOT LIKE',
  'IN',
  'NOT IN',
  'IS NULL',
  'IS NOT NULL',
] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface BuilderColumn {
  /** A column, or "*". */
  readonly name: string;
  readonly aggregation: (typeof AGGREGATIONS)[number] | undefined;
  /** "" is none. */
  readonly alias: string;
}

export interface BuilderFilter {
  readonly column: string;
  readonly operator: Comparison;
  /** One, several for IN, none for IS NULL. May hold variables. */
  readonly values: readonly string[];
}

/** A question put together in the form. Names are as in the catalog, without quotes. */
export interface BuilderQuery {
  /** "" finds the table along the search path. */
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly BuilderColumn[];
  readonly filters: readonly BuilderFilter[];
  /** Compared with the page's range; "" is none. */
  readonly timeColumn: string;
  /** Groups by this much time: "5m", "$__interval"; "" does not. */
  readonly timeGroup: string;
  readonly groupBy: readonly string[];
  readonly orderBy: string;
  readonly descending: boolean;
  /** 0 is none. */
  readonly limit: number;
}

const MAX_PARTS = 100;

/**
 * Reads what Vitrine's builder saved: Grafana's `sql` (columns, groupBy, orderBy, orderByDirection, limit) with `filters`, `timeColumn` and
 * `timeGroup` of our own. undefined where the query is written as text, also by Grafana's builder: its `rawSql` is what was meant.
 */
export function parseBuilder(query: Read): BuilderQuery | undefined {
  if (query.at('editorMode').value !== 'builder') return undefined;
  const sql = query.at('sql');
  if (sql.missing || sql.at('filters').missing) return undefined;
  const table = query.at('table').or('', (it) => it.string());
  if (table === '') throw new BadRequest('table', 'is empty; choose a table in the builder');
  const columns = sql
    .at('columns')
    .or([], (it) => it.atMost(MAX_PARTS, 'columns'))
    .flatMap(readColumn);
  return {
    schema: query.at('dataset').or('', (it) => it.string()),
    table,
    columns,
    filters: sql.at('filters').atMost(MAX_PARTS, 'filters').map(readFilter),
    timeColumn: sql.at('timeColumn').or('', (it) => it.string()),
    timeGroup: sql.at('timeGroup').or('', (it) => it.string()),
    groupBy: sql
      .at('groupBy')
      .or([], (it) => it.atMost(MAX_PARTS, 'columns'))
      .map((it) => it.at('property').at('name').string()),
    orderBy: sql.at('orderBy').or('', (it) =>
      it
        .at('property')
        .at('name')
        .or('', (name) => name.string()),
    ),
    descending: sql.at('orderByDirection').value === 'DESC',
    limit: sql.at('limit').or(0, (it) => it.integer(0, 1_000_000)),
  };
}

function readColumn(read: Read): BuilderColumn[] {
  const name = read
    .at('parameters')
    .or([], (it) => it.array())[0]
    ?.at('name')
    .or('', (it) => it.string());
  if (name === undefined || name === '') return [];
  const aggregation = read.at('name');
  return [
    {
      name,
      aggregation: aggregation.missing || aggregation.value === '' ? undefined : aggregation.oneOf(AGGREGATIONS),
      alias: read.at('alias').or('', (it) => it.string().replaceAll(/^"|"$/g, '')),
    },
  ];
}

function readFilter(read: Read): BuilderFilter {
  return {
    column: read.at('column').string(),
    operator: read.at('operator').oneOf(COMPARISONS),
    values: read.at('values').or([], (it) => it.atMost(1_000, 'values').map((value) => value.string())),
  };
}
