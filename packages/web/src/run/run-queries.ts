import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import type { RunItemKind } from '@vitrine/model/curve-store.ts';
import type { ArtifactsAnswer, RunAnswer, RunChange, RunItemRowsAnswer, RunItemsAnswer } from '@vitrine/model/run-api.ts';
import { readRunJson } from '@vitrine/model/run-json.ts';
import type { Finding } from '@vitrine/model/run.ts';
import { ApiError, ask, askJson } from '../api/client.ts';
import { askAgain } from '../runs/ask-again.ts';
import { RUNS_KEY } from '../runs/runs-queries.ts';

const pathOf = (run: string): string => `/api/runs/${encodeURIComponent(run)}`;
const keyOf = (run: string) => [...RUNS_KEY, 'one', run] as const;

export function runQuery(run: string) {
  return queryOptions({
    queryKey: [...keyOf(run), 'run'],
    staleTime: 30_000,
    queryFn: async ({ signal }): Promise<RunAnswer> =>
      readRunJson(await (await ask(pathOf(run), { signal })).text()) as RunAnswer,
  });
}

export function isNoSuchRun(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What was logged under a tag, by step and index, without the data. */
export function runItemsQuery(run: string, kind: RunItemKind, tag: string) {
  return queryOptions({
    queryKey: [...keyOf(run), 'items', kind, tag],
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ kind, tag });
      return (await askJson<RunItemsAnswer>(`${pathOf(run)}/items?${search}`, { signal })).items;
    },
  });
}

/** The numbers of a tag's histograms or PR curves, at most so many of them, evenly chosen. */
export function runItemRowsQuery(run: string, kind: 'histogram' | 'pr_curve', tag: string, most: number) {
  return queryOptions({
    queryKey: [...keyOf(run), 'items', 'rows', kind, tag, most],
    staleTime: 30_000,
    structuralSharing: false,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ kind, tag, most: String(most) });
      const response = await ask(`${pathOf(run)}/item-rows?${search}`, { signal });
      return readRunJson(await response.text()) as RunItemRowsAnswer;
    },
  });
}

/** The address of an item's bytes. */
export function itemPath(id: number): string {
  return `/api/runs/items/${id}`;
}

/** An item's text: it never changes. */
export function itemTextQuery(id: number) {
  return queryOptions({
    queryKey: [...RUNS_KEY, 'item', id],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => (await ask(itemPath(id), { signal })).text(),
  });
}

/** The files in a folder of the run's artefacts; "" is the topmost. */
export function artifactsQuery(run: string, folder: string) {
  return queryOptions({
    queryKey: [...keyOf(run), 'artifacts', folder],
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ path: folder });
      return (await askJson<ArtifactsAnswer>(`${pathOf(run)}/artifacts?${search}`, { signal })).files;
    },
  });
}

export function artifactPath(run: string, path: string, isDownload = false): string {
  return `${pathOf(run)}/artifacts/file?${new URLSearchParams({ path, ...(isDownload ? { download: 'true' } : {}) })}`;
}

/** The beginning of a text file of the artefacts, to be looked at. */
export function artifactTextQuery(run: string, path: string) {
  return queryOptions({
    queryKey: [...keyOf(run), 'artifact-text', path],
    staleTime: 30_000,
    queryFn: async ({ signal }) => (await ask(artifactPath(run, path), { signal })).text(),
  });
}

/** Saves what somebody says of a run, and shows it at once. */
export async function changeRun(client: QueryClient, run: string, change: RunChange): Promise<void> {
  await ask(pathOf(run), { method: 'PATCH', body: change });
  await client.invalidateQueries({ queryKey: RUNS_KEY });
}

export async function setFindingState(client: QueryClient, { runId, id }: Finding, state: Finding['state']): Promise<void> {
  await ask(`${pathOf(runId)}/findings/${encodeURIComponent(id)}`, { method: 'POST', body: { state } });
  await client.invalidateQueries({ queryKey: RUNS_KEY });
}

/** Asks anew for what is shown of a run: for its items only where some came. */
export async function renewRun(client: QueryClient, run: string, withItems: boolean): Promise<void> {
  await askAgain(client, withItems ? keyOf(run) : runQuery(run).queryKey);
}
