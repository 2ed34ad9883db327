import type { BuilderFilter, BuilderQuery } from './builder-query.ts';
import { quoteName } from './quote-name.ts';

/** A statement with what its `$1`, `$2`, … stand for. */
export interface BoundSql {
  readonly text: string;
  readonly values: readonly string[];
}

/** How what is no name of the catalog stands in the statement. Columns are in quotes already. */
export interface SqlWords {
  /** One value of a filter; a variable of several gives several, with commas between them where `many`. */
  readonly value: (text: string, many: boolean) => string;
  readonly timeFilter: (column: string) => string;
  /** undefined where times are not grouped. */
  readonly timeGroup: ((column: string) => string) | undefined;
}

/** The builder's question. */
export function buildSql(query: BuilderQuery, words: SqlWords): string {
  const { timeColumn, columns } = query;
  const grouped = timeColumn === '' ? undefined : words.timeGroup?.(quoteName(timeColumn));
  const chosen = columns.map(({ name, aggregation, alias }) => {
    const column = name === '*' ? '*' : quoteName(name);
    const called = aggregation === undefined ? column : `${aggregation}(${column})`;
    return alias === '' ? called : `${called} AS ${quoteName(alias)}`;
  });
  const plain = new Set(columns.filter(({ aggregation }) => aggregation === undefined).map(({ name }) => name));
  const select = [
    ...(grouped === undefined ? [] : [`${grouped} AS "time"`]),
    ...query.groupBy.filter((name) => !plain.has(name)).map(quoteName),
    ...chosen,
  ];
  const where = [
    ...(timeColumn === '' ? [] : [words.timeFilter(quoteName(timeColumn))]),
    ...query.filters.flatMap((filter) => writeFilter(filter, words)),
  ];
  const groupBy = [...(grouped === undefined ? [] : ['1']), ...query.groupBy.map(quoteName)];
  const orderBy = query.orderBy === '' ? (grouped === undefined ? '' : '1') : quoteName(query.orderBy);
  return [
    `SELECT ${select.length === 0 ? '*' : select.join(', ')}`,
    `FROM ${query.schema === '' ? '' : `${quoteName(query.schema)}.`}${quoteName(query.table)}`,
    where.length === 0 ? '' : `WHERE ${where.join('\n  AND ')}`,
    groupBy.length === 0 ? '' : `GROUP BY ${groupBy.join(', ')}`,
    orderBy === '' ? '' : `ORDER BY ${orderBy}${query.descending ? ' DESC' : ''}`,
    query.limit === 0 ? '' : `LIMIT ${query.limit}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function writeFilter({ column, operator, values }: BuilderFilter, words: SqlWords): string[] {
  const name = quoteName(column);
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') return [`${name} ${operator}`];
  // A filter that somebody has yet to write compares with nothing.
  const [first] = values;
  if (column === '' || first === undefined) return [];
  if (operator === 'IN' || operator === 'NOT IN')
    return [`${name} ${operator} (${values.map((value) => words.value(value, true)).join(', ')})`];
  return [`${name} ${operator} ${words.value(first, false)}`];
}
