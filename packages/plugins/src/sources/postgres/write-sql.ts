import { buildSql } from './build-sql.ts';
import type { BuilderQuery } from './builder-query.ts';

/** One variable and nothing else. */
const REFERENCE = /^(?:\$\w+|\$\{[^{}]*\}|\[\[\w+(?::\w+)?\]\])$/;

/**
 * The builder's question as text with Grafana's macros: for reading, for going on in code, and for Grafana. The server does not run it:
 * there values stand apart from the text.
 */
export function writeSql(query: BuilderQuery): string {
  return buildSql(query, {
    value: (text) => (REFERENCE.test(text) ? text : `'${text.replaceAll("'", "''")}'`),
    timeFilter: (column) => `$__timeFilter(${column})`,
    timeGroup: query.timeGroup === '' ? undefined : (column) => `$__timeGroup(${column}, '${query.timeGroup}')`,
  });
}
