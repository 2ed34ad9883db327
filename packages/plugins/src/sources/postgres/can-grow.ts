import type { BuilderQuery } from './builder-query.ts';
import { QUIET_SQL } from './quiet-sql.ts';

/** Words that make a group depend on others, or on when it is asked; and any second SELECT. */
const OF_ALL =
  /\b(?:limit|offset|fetch|over|window|union|intersect|except|with|having|distinct|lateral|tablesample|now|random|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|current_\w+|localtime\w*|setseed|nextval|row_number|rank)\b|\bselect\b[^]*\bselect\b|\bor\b|;\s*\S/i;
const MACROS = /\$__(\w+)/g;

/**
 * Whether groups that are older than the newest stay as they are, whatever newer part is asked, so that only that needs to be: one SELECT
 * with the page's range as its only word on time, grouped by the step. `raw` is as it was written; `filled` has its variables and macros filled in.
 */
export function canSqlGrow(raw: string, filled: string): boolean {
  const written = raw.replaceAll(QUIET_SQL, (quiet) => (/^'\$__interval'$/.test(quiet) ? '$__interval' : "''"));
  const names = [...written.matchAll(MACROS)].map(([, name]) => name as string);
  const count = (pattern: RegExp): number => names.filter((name) => pattern.test(name)).length;
  if (count(/^timeFilter$/) !== 1 || count(/^timeGroup(?:Alias)?$/) !== 1) return false;
  if (names.some((name) => !['timeFilter', 'timeGroup', 'timeGroupAlias', 'interval'].includes(name))) return false;
  // One within a function, such as the newest of all, is no column that rows are grouped by.
  if (!/(?:\bselect|,)\s*\$__timeGroup/i.test(written)) return false;
  // What is filled into gaps is filled in for series that the newest part may not have; a missing point is missing in either.
  if (!/\$__timeGroup(?:Alias)?\(\s*[\w."]+\s*,\s*\$__interval\s*(?:,\s*null\s*)?\)/i.test(written)) return false;
  const plain = filled.replaceAll(QUIET_SQL, "''");
  if (!/^\s*select\b/i.test(plain) || !/\bgroup\s+by\b/i.test(plain) || OF_ALL.test(plain)) return false;
  // In another order than that of time the rows of a series come anyhow; they are put in order.
  return /\bwhere\s+\$__timeFilter\(|\band\s+\$__timeFilter\(/i.test(written);
}

/** The same of what was put together in the builder, whose groups are `groupMs` long. */
export function canBuiltGrow(query: BuilderQuery, groupMs: number | undefined, stepMs: number): boolean {
  const { timeColumn, limit, columns, groupBy } = query;
  if (timeColumn === '' || groupMs !== stepMs || limit !== 0) return false;
  return columns.every(({ aggregation, name }) => aggregation !== undefined || groupBy.includes(name));
}
