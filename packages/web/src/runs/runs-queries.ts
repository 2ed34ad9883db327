import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  FilterNamesAnswer,
  FilterValuesAnswer,
  FilterValuesRequest,
  MetricNamesAnswer,
  MetricNamesRequest,
  RunBulkRequest,
  RunTableAnswer,
  RunTableRequest,
  RunView,
  SparklinesAnswer,
  SparklinesRequest,
} from '@vitrine/model/run-api.ts';
import { readRunJson } from '@vitrine/model/run-json.ts';
import { ask, askJson } from '../api/client.ts';

/** The beginning of the keys of all that was asked about runs. */
export const RUNS_KEY = ['runs'] as const;
export const RUN_TABLE_KEY = [...RUNS_KEY, 'table'] as const;

/** Numbers of runs may be none. */
async function askRuns<T>(path: string, body: unknown, signal: AbortSignal): Promise<T> {
  return readRunJson(await (await ask(path, { method: 'POST', body, signal })).text()) as T;
}

export type TableQuestion = Omit<RunTableRequest, 'offset' | 'limit'>;

/** One stretch of the table. */
export function runTableQuery(question: TableQuestion, offset: number, limit: number) {
  return queryOptions({
    queryKey: [...RUN_TABLE_KEY, question, offset, limit],
    staleTime: 30_000,
    queryFn: ({ signal }) => askRuns<RunTableAnswer>('/api/runs/table', { ...question, offset, limit }, signal),
  });
}

/** Small curves of runs, by run and metric. */
export type Sparklines = ReadonlyMap<string, { readonly steps: Float64Array; readonly values: Float64Array }>;

export function sparkKey(run: string, metric: string): string {
  return `${run}\n${metric}`;
}

export function sparklinesQuery(request: SparklinesRequest) {
  return queryOptions({
    queryKey: [...RUNS_KEY, 'sparklines', request],
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    queryFn: async ({ signal }): Promise<Sparklines> => {
      const { lines } = await askRuns<SparklinesAnswer>('/api/runs/sparklines', request, signal);
      return new Map(
        lines.map(({ run, metric, steps, values }) => [
          sparkKey(run, metric),
          { steps: Float64Array.from(steps), values: Float64Array.from(values) },
        ]),
      );
    },
  });
}

/** Names of the runs' metrics; of those with the text in them. */
export function metricNamesOfRunsQuery(runs: readonly string[], text = '') {
  return queryOptions({
    queryKey: [...RUNS_KEY, 'metric-names', runs, text],
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const body: MetricNamesRequest = { runs, limit: 5_000, ...(text === '' ? {} : { text }) };
      return askJson<MetricNamesAnswer>('/api/runs/metric-names', { method: 'POST', body, signal });
    },
  });
}

/** Names that can stand in a filter. */
export const filterNamesQuery = queryOptions({
  queryKey: [...RUNS_KEY, 'filter-names'],
  staleTime: 30_000,
  queryFn: ({ signal }) => askJson<FilterNamesAnswer>('/api/runs/filter-names', { signal }),
});

/** Values that can stand behind a field in a filter. Those of the same field are shown until they are there. */
export function filterValuesQuery(request: FilterValuesRequest) {
  return queryOptions({
    queryKey: [...RUNS_KEY, 'filter-values', request],
    staleTime: 30_000,
    placeholderData: (before: FilterValuesAnswer | undefined, asked): FilterValuesAnswer | undefined =>
      (asked?.queryKey[2] as FilterValuesRequest | undefined)?.field === request.field ? before : undefined,
    queryFn: ({ signal }) => askJson<FilterValuesAnswer>('/api/runs/filter-values', { method: 'POST', body: request, signal }),
  });
}

export function runViewsQuery() {
  return queryOptions({
    queryKey: [...RUNS_KEY, 'views'],
    staleTime: 60_000,
    queryFn: async ({ signal }) => (await askJson<{ readonly views: readonly RunView[] }>('/api/runs/views', { signal })).views,
  });
}

export async function saveRunView(uid: string, view: Pick<RunView, 'name' | 'project' | 'state'>): Promise<void> {
  await ask(`/api/runs/views/${encodeURIComponent(uid)}`, { method: 'PUT', body: view });
}

export async function deleteRunView(uid: string): Promise<void> {
  await ask(`/api/runs/views/${encodeURIComponent(uid)}`, { method: 'DELETE' });
}

export async function changeRuns(request: RunBulkRequest): Promise<number> {
  return (await askJson<{ readonly changed: number }>('/api/runs/bulk', { method: 'POST', body: request })).changed;
}
