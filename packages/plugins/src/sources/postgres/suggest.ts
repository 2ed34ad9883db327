import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { BoundSql } from './build-sql.ts';
import { cellText } from './find-values.ts';
import type { SqlAnswer } from './run-sql.ts';

const NOT_OWN =
  "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'";
/** Tables, partitioned tables, views, materialized views, foreign tables. */
const TABLES = "c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND has_table_privilege(c.oid, 'SELECT')";
const FROM_TABLES = `FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${TABLES}`;
/** "" means whatever the search path finds. */
const IN_SCHEMA = "(n.nspname = $1 OR ($1 = '' AND pg_catalog.pg_table_is_visible(c.oid)))";
const COLUMNS = `JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;

/**
 * What the editor asks, of what the user may read: `/schemas`; `/tables?schema=`; `/columns?schema=&table=` with their types; and `/completions`,
 * the columns of all tables. Each is a list of rows of text. Throws BadRequest for another path.
 */
export async function suggest(
  run: (sql: BoundSql) => Promise<SqlAnswer>,
  path: string,
  parameters: URLSearchParams,
): Promise<string[][]> {
  const { columns } = await run(question(path, parameters));
  const fields = columns.fields({ exact: true, times: [] });
  return Array.from({ length: columns.length }, (_, row) => fields.map((field) => cellText(field, row) ?? ''));
}

function question(path: string, parameters: URLSearchParams): BoundSql {
  const schema = parameters.get('schema') ?? '';
  switch (path) {
    case '/schemas':
      return { text: `SELECT DISTINCT n.nspname::text ${FROM_TABLES} AND ${NOT_OWN} ORDER BY 1 LIMIT 1000`, values: [] };
    case '/tables':
      return {
        text: `SELECT c.relname::text ${FROM_TABLES} AND ${NOT_OWN} AND ${IN_SCHEMA} ORDER BY 1 LIMIT 5000`,
        values: [schema],
      };
    case '/columns':
      return {
        text: `SELECT a.attname::text, format_type(a.atttypid, NULL) ${FROM_TABLES.replace('WHERE', `${COLUMNS} WHERE`)} AND ${IN_SCHEMA} AND c.relname = $2 ORDER BY a.attnum LIMIT 2000`,
        values: [schema, parameters.get('table') ?? ''],
      };
    case '/completions':
      return {
        text: `SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN quote_ident(c.relname) ELSE quote_ident(n.nspname) || '.' || quote_ident(c.relname) END, quote_ident(a.attname), format_type(a.atttypid, NULL) ${FROM_TABLES.replace('WHERE', `${COLUMNS} WHERE`)} AND ${NOT_OWN} ORDER BY 1, a.attnum LIMIT 20000`,
        values: [],
      };
    default:
      throw new BadRequest('path', `"${path.slice(0, 100)}" is nothing that a PostgreSQL server is asked here`);
  }
}
