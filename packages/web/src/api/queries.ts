import { queryOptions } from '@tanstack/react-query';
import type { DashboardAnswer, DashboardSummary, SessionAnswer } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { askJson } from './client.ts';
import { serverClock } from './server-clock.ts';

/** Who is signed in. Also sets the clock: "now" is the server's. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 5 * 60_000,
  refetchInterval: 10 * 60_000,
  queryFn: async ({ signal }) => {
    const askedMs = Date.now();
    const session = await askJson<SessionAnswer>('/api/session', { signal });
    serverClock.set(session.nowMs, askedMs, Date.now());
    return session;
  },
});

export const dashboardsQuery = queryOptions({
  queryKey: ['dashboards'],
  staleTime: 30_000,
  queryFn: async ({ signal }) =>
    (await askJson<{ dashboards: readonly DashboardSummary[] }>('/api/dashboards', { signal })).dashboards,
});

export interface LoadedDashboard {
  readonly dashboard: Dashboard;
  readonly builtin: boolean;
}

export function dashboardQuery(uid: string) {
  return queryOptions({
    queryKey: ['dashboard', uid],
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<LoadedDashboard> => {
      const answer = await askJson<DashboardAnswer>(`/api/dashboards/${encodeURIComponent(uid)}`, { signal });
      return { dashboard: parseDashboard(answer.dashboard), builtin: answer.builtin };
    },
  });
}

/** A scrape target, as `/api/v1/targets` tells it. */
export interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  readonly lastScrape: string;
}

export const targetsQuery = queryOptions({
  queryKey: ['targets'],
  refetchInterval: 10_000,
  queryFn: async ({ signal }) => {
    const answer = await askJson<{ data: { activeTargets: readonly Target[] } }>('/api/v1/targets?state=active', { signal });
    return answer.data.activeTargets;
  },
});

/** Samples that Vitrine keeps about itself, or about the scraping, are not yet the user's. */
const OWN_SAMPLES = '{__name__!~"up|scrape_.*|vitrine_.*|ALERTS.*",job!="vitrine",__name__=~".+"}';

/** Up to 200 names of metrics that came from outside; empty while nothing is connected. */
export const metricNamesQuery = queryOptions({
  queryKey: ['metric-names'],
  queryFn: async ({ signal }) => {
    const search = new URLSearchParams({ 'match[]': OWN_SAMPLES, limit: '200' });
    return (await askJson<{ data: readonly string[] }>(`/api/v1/label/__name__/values?${search}`, { signal })).data;
  },
  // While nothing is there, look again soon: somebody is waiting at the terminal.
  refetchInterval: ({ state }) => (state.data?.length === 0 ? 2_000 : false),
});
