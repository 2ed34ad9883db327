import { QueryError } from '@vitrine/model/sample-store.ts';
import { askServer, type HttpAnswer } from '../../ask-server.ts';
import { refused, sentence } from '../refused.ts';
import type { InfluxSettings } from '../spec.ts';
import { cellText, type InfluxTable } from '../table.ts';

/** The answer to one statement. */
export interface InfluxResult {
  readonly series: readonly InfluxTable[];
  /** What the server said beside it. */
  readonly messages: readonly string[];
  /** Whether the server cut it at a limit of its own. */
  readonly isPartial: boolean;
}

/**
 * Asks statements of InfluxQL, times in milliseconds, and puts the chunks of the answer together: a result a statement. Throws
 * QueryError with the server's sentence or with why there is none.
 */
export async function askInfluxql(
  settings: InfluxSettings,
  fetchFrom: typeof fetch,
  statements: readonly string[],
  database: string,
  signal: AbortSignal | undefined,
): Promise<InfluxResult[]> {
  const parameters = new URLSearchParams({ q: statements.join(';'), epoch: 'ms', chunked: 'true' });
  if (database !== '') parameters.set('db', database);
  const headers = { accept: 'application/json' };
  const answer = await askServer(settings, fetchFrom, {
    path: 'query',
    signal,
    headers,
    ...(settings.method === 'GET' ? { method: 'GET', parameters } : { method: 'POST', body: parameters }),
  });
  return readAnswer(settings, answer);
}

interface Growing {
  readonly series: (InfluxTable & { readonly rows: (readonly unknown[])[]; continues: boolean })[];
  readonly messages: string[];
  isPartial: boolean;
}

function readAnswer(settings: InfluxSettings, { status, text }: HttpAnswer): InfluxResult[] {
  const documents = readDocuments(text);
  if (documents === undefined || (documents.length === 0 && status !== 200)) throw refused(settings, status, text);
  const results: Growing[] = [];
  for (const document of documents) {
    if (typeof document['error'] === 'string') throw refused(settings, status, document['error']);
    if (document['results'] === undefined) throw refused(settings, status, text);
    for (const [index, each] of list(document['results']).entries()) readResult(results, index, record(each));
  }
  if (status !== 200) throw refused(settings, status, text);
  return results.map(({ series, messages, isPartial }) => ({ series, messages, isPartial }));
}

/** A document a line where the answer is in chunks; undefined where it is no JSON. */
function readDocuments(text: string): Record<string, unknown>[] | undefined {
  try {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => record(JSON.parse(line)));
  } catch {
    try {
      return [record(JSON.parse(text))];
    } catch {
      return undefined;
    }
  }
}

function readResult(results: Growing[], index: number, part: Record<string, unknown>): void {
  const at = typeof part['statement_id'] === 'number' ? part['statement_id'] : index;
  if (typeof part['error'] === 'string') throw new QueryError('execution', sentence(part['error']));
  for (let missing = results.length; missing <= at && missing < 1_000; missing++)
    results.push({ series: [], messages: [], isPartial: false });
  const result = results[at];
  if (result === undefined) return;
  for (const message of list(part['messages'])) result.messages.push(cellText(record(message)['text']));
  for (const each of list(part['series'])) {
    const { name, tags, columns, values, partial } = record(each);
    const rows = list(values) as (readonly unknown[])[];
    const last = result.series.at(-1);
    if (last?.continues === true && last.name === cellText(name) && sameTags(last.tags, record(tags))) {
      for (const row of rows) last.rows.push(row);
      last.continues = partial === true;
    } else {
      result.series.push({
        name: cellText(name),
        tags: Object.fromEntries(Object.entries(record(tags)).map(([key, value]) => [key, cellText(value)])),
        columns: list(columns).map(cellText),
        timeColumn: list(columns)[0] === 'time' ? 'time' : undefined,
        rows,
        continues: partial === true,
      });
    }
  }
  // A chunk that another follows says so as well: only the last one's word counts.
  result.isPartial = part['partial'] === true;
}

function sameTags(a: Readonly<Record<string, string>>, b: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === cellText(b[name]));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
