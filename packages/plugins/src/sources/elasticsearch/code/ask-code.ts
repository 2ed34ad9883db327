import { QueryError } from '@vitrine/model/sample-store.ts';
import type { AdhocFilter } from '@vitrine/model/variable.ts';
import { askElastic, asObject, type Json } from '../ask-elastic.ts';
import { narrowTo } from '../filters.ts';
import type { CodeLanguage, ElasticsearchSettings } from '../spec.ts';

/** Where a server answers a language, and what it takes to have it. */
interface Door {
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether it narrows what it finds by a search beside the text. */
  readonly takesFilter: boolean;
  readonly since: string;
}

const ELASTICSEARCH: Readonly<Partial<Record<CodeLanguage, Door>>> = {
  ESQL: { path: '_query', parameters: { format: 'json' }, takesFilter: true, since: 'Elasticsearch has it since 8.11' },
  SQL: {
    path: '_sql',
    parameters: { format: 'json' },
    takesFilter: true,
    since: 'it is in Elasticsearch’s default distribution',
  },
};
const OPENSEARCH: Readonly<Partial<Record<CodeLanguage, Door>>> = {
  SQL: {
    path: '_plugins/_sql',
    parameters: { format: 'jdbc' },
    takesFilter: false,
    since: 'it comes with the plugin opensearch-sql',
  },
  PPL: { path: '_plugins/_ppl', takesFilter: false, since: 'it comes with the plugin opensearch-sql' },
};
const NAMES: Readonly<Record<CodeLanguage, string>> = { ESQL: 'ES|QL', SQL: 'SQL', PPL: 'PPL' };

export interface CodeQuestion {
  readonly language: CodeLanguage;
  readonly isOpenSearch: boolean;
  readonly text: string;
  readonly timeField: string;
  /** Half-open. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly filters: readonly AdhocFilter[];
}

/** Whether the server narrows what the text finds by range and filters itself. */
export function takesFilter({ language, isOpenSearch }: Pick<CodeQuestion, 'language' | 'isOpenSearch'>): boolean {
  return doorOf(language, isOpenSearch)?.takesFilter ?? false;
}

function doorOf(language: CodeLanguage, isOpenSearch: boolean): Door | undefined {
  return (isOpenSearch ? OPENSEARCH : ELASTICSEARCH)[language];
}

/** Asks a text. Throws QueryError with the server's sentence, or with what it takes that it speaks the language. */
export async function askCode(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
  { language, isOpenSearch, text, timeField, range, filters }: CodeQuestion,
  signal: AbortSignal,
): Promise<Json> {
  const product = isOpenSearch ? 'OpenSearch' : 'Elasticsearch';
  const door = doorOf(language, isOpenSearch);
  if (door === undefined)
    throw new QueryError('bad_data', `The data source "${settings.name}" is ${product}, which has no ${NAMES[language]}.`);
  const filter = door.takesFilter ? { filter: narrowTo(timeField, { gte: range.fromMs, lt: range.toMs }, '', filters) } : {};
  try {
    return await askElastic(settings, fetchFrom, {
      method: 'POST',
      path: door.path,
      ...(door.parameters === undefined ? {} : { parameters: new URLSearchParams(door.parameters) }),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, ...filter }),
      signal,
    });
  } catch (error) {
    if (!isNoDoor(error)) throw error;
    throw new QueryError(
      'bad_data',
      `The data source "${settings.name}" does not speak ${NAMES[language]}: the server has no /${door.path}; ${door.since}.`,
    );
  }
}

/** Which languages a server speaks besides Lucene's, by name. Asks each door for nothing. */
export async function languagesOf(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
  isOpenSearch: boolean,
  signal: AbortSignal,
): Promise<readonly CodeLanguage[]> {
  const doors = Object.entries(isOpenSearch ? OPENSEARCH : ELASTICSEARCH) as [CodeLanguage, Door][];
  const spoken = await Promise.all(
    doors.map(async ([language, { path }]) => {
      const body = JSON.stringify({ query: '' });
      const headers = { 'content-type': 'application/json' };
      try {
        await askElastic(settings, fetchFrom, { method: 'POST', path, headers, body, signal });
        return [language];
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof QueryError)) throw error;
        return isNoDoor(error) ? [] : [language];
      }
    }),
  );
  return spoken.flat();
}

export function languageName(language: CodeLanguage): string {
  return NAMES[language];
}

/** What both servers say of a path that they do not have: one of a name begun with an underscore is no index. */
function isNoDoor(error: unknown): boolean {
  return (
    error instanceof QueryError &&
    /no handler found for uri|Incorrect HTTP method for uri|[Ii]nvalid index name \[_|HTTP status 40[45]\b/.test(error.message)
  );
}

/** Whether it is OpenSearch that answers; asked once. */
export function askIsOpenSearch(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
): (signal: AbortSignal) => Promise<boolean> {
  let known: boolean | undefined;
  return async (signal) => {
    if (known === undefined) {
      const root = await askElastic(settings, fetchFrom, { method: 'GET', path: '', signal });
      known = asObject(root['version'])['distribution'] === 'opensearch';
    }
    return known;
  };
}
