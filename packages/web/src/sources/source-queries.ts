import { queryOptions } from '@tanstack/react-query';
import type { SourceSummary } from '../api/queries.ts';
import { ApiError, ask, askJson } from '../api/client.ts';
import type { SourceBody } from './source-draft.ts';

/** A data source as it is set up, in Grafana's words. Of its secrets only the names are known. */
export interface SavedSource extends SourceSummary {
  /** Counts its saves. */
  readonly version: number;
  readonly url: string;
  readonly access: string;
  readonly user: string;
  readonly database: string;
  readonly basicAuth: boolean;
  readonly basicAuthUser: string;
  readonly withCredentials: boolean;
  readonly jsonData: Readonly<Record<string, unknown>>;
  readonly secureJsonFields: Readonly<Record<string, boolean>>;
  /** A file sets it up, so that it is changed there. */
  readonly readOnly: boolean;
  /** That file, where the server tells. */
  readonly provisionedBy?: string;
  /** How it answered since the server's start; unix milliseconds. */
  readonly health?: { readonly answeredMs?: number; readonly silentMs?: number };
}

const PATH = '/api/datasources';

/** All of them, Vitrine's own store first. Under the key of those that only choose one. */
export const savedSourcesQuery = queryOptions({
  queryKey: ['data-sources', 'settings'],
  queryFn: ({ signal }) => askJson<readonly SavedSource[]>(PATH, { signal }),
});

export function savedSourceQuery(uid: string) {
  return queryOptions({
    queryKey: ['data-sources', 'one', uid],
    // What is being changed must not be what somebody saw a minute ago.
    staleTime: 0,
    queryFn: ({ signal }) => askJson<SavedSource>(pathOf(uid), { signal }),
  });
}

/** What came of asking a server what it is. */
export type SourceAnswer =
  | { readonly ok: true; readonly product: string; readonly version: string; readonly notes: readonly string[] }
  | { readonly ok: false; readonly sentence: string };

/** Asks the source's server, as it is saved, what it is. */
export function sourceHealthQuery(uid: string) {
  return queryOptions({
    queryKey: ['source-health', uid],
    staleTime: 30_000,
    retry: false,
    queryFn: async ({ signal }): Promise<SourceAnswer> => {
      try {
        return readHealth(await askJson<unknown>(`${pathOf(uid)}/health`, { signal }));
      } catch (error) {
        // As in Grafana's API, a source that does not answer is a bad request.
        if (error instanceof ApiError && error.status === 400) return { ok: false, sentence: error.message };
        throw error;
      }
    },
  });
}

/** Reads an answer in Grafana's shape: `{ status: "OK", message, details: { product, version, notes } }`. */
function readHealth(answer: unknown): SourceAnswer {
  const { status, message, details } = objectOf(answer);
  if (status !== 'OK') return { ok: false, sentence: textOf(message) || 'It does not answer.' };
  const { product, version, notes } = objectOf(details);
  return { ok: true, product: textOf(product), version: textOf(version), notes: textsOf(notes) };
}

/** Asks the server of a source as it would be set up. Throws ApiError that names the field where a setting cannot be read. */
export async function checkSource(body: SourceBody, signal: AbortSignal): Promise<SourceAnswer> {
  const answer = objectOf(await askJson<unknown>(`${PATH}/check`, { method: 'POST', body, signal }));
  if (answer['ok'] !== true) return { ok: false, sentence: textOf(answer['sentence']) || 'It does not answer.' };
  const { product, version, notes } = answer;
  return { ok: true, product: textOf(product), version: textOf(version), notes: textsOf(notes) };
}

/** Sets one up where `uid` is undefined. Throws ApiError `source_exists`, or one that names the field. */
export async function saveSource(uid: string | undefined, body: SourceBody): Promise<SavedSource> {
  const [path, method] = uid === undefined ? ([PATH, 'POST'] as const) : ([pathOf(uid), 'PUT'] as const);
  return (await askJson<{ readonly datasource: SavedSource }>(path, { method, body })).datasource;
}

export async function removeSource(uid: string): Promise<void> {
  await ask(pathOf(uid), { method: 'DELETE' });
}

/** A dashboard that names a source. */
export interface SourceUser {
  readonly uid: string;
  readonly title: string;
}

/** The dashboards that name it. */
export function sourceUsersQuery(uid: string) {
  return queryOptions({
    queryKey: ['source-users', uid],
    staleTime: 0,
    retry: false,
    queryFn: async ({ signal }) =>
      (await askJson<{ readonly dashboards: readonly SourceUser[] }>(`${pathOf(uid)}/dashboards`, { signal })).dashboards,
  });
}

/** Whether a question failed because there is no such source. */
export function isNoSuchSource(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 404;
}

function pathOf(uid: string): string {
  return `${PATH}/uid/${encodeURIComponent(uid)}`;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
