import { QueryError } from '@vitrine/model/sample-store.ts';
import { askServer } from '../../ask-server.ts';
import { refused } from '../refused.ts';
import type { InfluxSettings } from '../spec.ts';
import type { InfluxTable } from '../table.ts';

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/;

/** Asks a server in SQL; columns whose values are all times become unix milliseconds. Throws QueryError with its sentence or with why there is none. */
export async function askSql(
  settings: InfluxSettings,
  fetchFrom: typeof fetch,
  sql: string,
  signal: AbortSignal | undefined,
): Promise<InfluxTable & { readonly timeColumns: readonly string[] }> {
  const { status, text } = await askServer(settings, fetchFrom, {
    method: 'POST',
    path: 'api/v3/query_sql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ db: settings.database, q: sql, format: 'json' }),
    signal,
  });
  if (status !== 200) throw refused(settings, status, text);
  return readRows(settings, text);
}

function readRows({ name }: InfluxSettings, text: string): InfluxTable & { readonly timeColumns: readonly string[] } {
  let answer: unknown;
  try {
    answer = JSON.parse(text.trim() === '' ? '[]' : text);
  } catch (cause) {
    throw new QueryError('execution', `The data source "${name}" answered something else than JSON.`, undefined, { cause });
  }
  if (!Array.isArray(answer))
    throw new QueryError('execution', `The data source "${name}" answered something else than the rows that were asked for.`);
  const records = answer.map((row) => (typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : {}));
  // A column that a row has nothing in is left out of it.
  const columns = [...new Set(records.flatMap((row) => Object.keys(row)))];
  const timeColumns = columns.filter((column) => {
    const given = records.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
    return given.length > 0 && given.every((value) => typeof value === 'string' && TIME.test(value));
  });
  const rows = records.map((row) =>
    columns.map((column) => {
      const value = row[column] ?? null;
      return typeof value === 'string' && timeColumns.includes(column) ? readTime(value) : value;
    }),
  );
  const timeColumn = ['time', '_time', 'Time'].find((each) => timeColumns.includes(each)) ?? timeColumns[0];
  return { name: '', tags: {}, columns, timeColumn, timeColumns, rows };
}

/** Times without a zone are UTC. */
function readTime(text: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text.replace(' ', 'T')}Z`);
}
