import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { askJson } from '../../api/client.ts';
import type { PromSeries } from './host-grid.ts';

export interface HostSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

const MOST_STEPS = 400;
const SHORTEST_STEP_MS = 1_000;
/** Times are asked in whole steps of this, so that a run that goes on does not ask anew at each look. */
const ROUND_MS = 5_000;

/** What to ask of a machine for a stretch of a run. */
export function hostSpan(fromMs: number, toMs: number): HostSpan {
  const from = Math.floor(fromMs / ROUND_MS) * ROUND_MS;
  const to = Math.max(from + ROUND_MS, Math.ceil(toMs / ROUND_MS) * ROUND_MS);
  return { fromMs: from, toMs: to, stepMs: Math.max(SHORTEST_STEP_MS, Math.ceil((to - from) / MOST_STEPS / 1000) * 1000) };
}

/** Rates go over this at least: four scrapes of the usual interval. */
const SHORTEST_WINDOW_MS = 60_000;

export function rateWindow({ stepMs }: HostSpan): string {
  return `${Math.max(SHORTEST_WINDOW_MS, stepMs) / 1000}s`;
}

export function hostSeriesQuery(query: string, { fromMs, toMs, stepMs }: HostSpan) {
  return queryOptions({
    queryKey: ['host-series', query, fromMs, toMs, stepMs],
    staleTime: 10_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({
        query,
        start: String(fromMs / 1000),
        end: String(toMs / 1000),
        step: String(stepMs / 1000),
      });
      const answer = await askJson<{ readonly data: { readonly result: readonly PromSeries[] } }>(
        `/api/v1/query_range?${search}`,
        {
          signal,
        },
      );
      return answer.data.result;
    },
  });
}

const MOST_HOSTS = 500;

/** Machines of which something was measured in that time. */
export function hostNamesQuery({ fromMs, toMs }: HostSpan) {
  return queryOptions({
    queryKey: ['host-names', fromMs, toMs],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ start: String(fromMs / 1000), end: String(toMs / 1000), limit: String(MOST_HOSTS) });
      search.append('match[]', '{__name__=~"node_cpu_seconds_total|DCGM_FI_DEV_GPU_UTIL|nvidia_smi_utilization_gpu_ratio"}');
      return (await askJson<{ readonly data: readonly string[] }>(`/api/v1/label/instance/values?${search}`, { signal })).data;
    },
  });
}
