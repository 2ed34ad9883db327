import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { DashboardAnswer, DashboardSearchAnswer, FolderRef, SessionAnswer } from '@vitrine/model/api.ts';
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

export interface DashboardSearch {
  readonly text?: string | undefined;
  readonly tags?: readonly string[];
  /** A uid; "" is those in no folder. */
  readonly folder?: string | undefined;
  readonly starred?: boolean | undefined;
  readonly limit: number;
  /** The uid of the last one that is known. */
  readonly after?: string;
}

/** Searches dashboards on the server: with a text the best first, else in the order of title. */
export function searchDashboards(search: DashboardSearch, signal?: AbortSignal): Promise<DashboardSearchAnswer> {
  const { text = '', tags = [], folder, starred = false, limit, after = '' } = search;
  const params = new URLSearchParams({ limit: String(limit) });
  if (text !== '') params.set('q', text);
  for (const tag of tags) params.append('tag', tag);
  if (folder !== undefined) params.set('folder', folder);
  if (starred) params.set('starred', 'true');
  if (after !== '') params.set('after', after);
  return askJson(`/api/dashboards?${params}`, { signal });
}

export function dashboardSearchQuery(search: DashboardSearch) {
  return queryOptions({
    queryKey: ['dashboards', search],
    staleTime: 30_000,
    queryFn: ({ signal }) => searchDashboards(search, signal),
  });
}

/** So many come at a time. */
const PAGE_OF_DASHBOARDS = 100;

/** The same search, page by page. */
export function dashboardPagesQuery(search: Omit<DashboardSearch, 'limit' | 'after'>) {
  return infiniteQueryOptions({
    queryKey: ['dashboards', 'pages', search],
    staleTime: 30_000,
    initialPageParam: '',
    queryFn: ({ signal, pageParam: after }) => searchDashboards({ ...search, limit: PAGE_OF_DASHBOARDS, after }, signal),
    getNextPageParam: ({ dashboards, total }, pages) => {
      const known = pages.reduce((sum, page) => sum + page.dashboards.length, 0);
      return known < total ? dashboards.at(-1)?.uid : undefined;
    },
  });
}

/** Which tags dashboards have, and how many have each. */
export const dashboardTagsQuery = queryOptions({
  queryKey: ['dashboards', 'tags'],
  staleTime: 60_000,
  queryFn: ({ signal }) =>
    askJson<readonly { readonly term: string; readonly count: number }[]>('/api/dashboards/tags', { signal }),
});

/** All folders, those within others too. */
export const foldersQuery = queryOptions({
  queryKey: ['folders'],
  staleTime: 60_000,
  queryFn: ({ signal }) => askJson<readonly FolderRef[]>('/api/folders?all=true', { signal }),
});

/** A data source, as much as is needed to choose one. */
export interface SourceSummary {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly isDefault: boolean;
  /** Whether Vitrine can ask a source of this type; `notice` says what comes of it where not, and is "" else. */
  readonly supported: boolean;
  readonly notice: string;
}

export const dataSourcesQuery = queryOptions({
  queryKey: ['data-sources'],
  staleTime: 60_000,
  queryFn: ({ signal }) => askJson<readonly SourceSummary[]>('/api/datasources', { signal }),
});

export interface LoadedDashboard {
  readonly dashboard: Dashboard;
  readonly builtin: boolean;
  readonly folder: FolderRef | undefined;
  /** Counts its saves from 1; 0 where it comes from a file. */
  readonly revision: number;
  readonly updatedMs: number;
  readonly updatedBy: string;
  readonly starred: boolean;
  /** Sentences on what could not be filled in. */
  readonly notices: readonly string[];
  /** Ids of the panels whose library panel is not there any more. */
  readonly lost: readonly number[];
}

/** What the server says of a dashboard, read once, at the edge. */
function readDashboardAnswer({ dashboard, ...rest }: DashboardAnswer): LoadedDashboard {
  return { notices: [], lost: [], ...rest, dashboard: parseDashboard(dashboard) };
}

export function dashboardQuery(uid: string) {
  return queryOptions({
    queryKey: ['dashboard', uid],
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<LoadedDashboard> =>
      readDashboardAnswer(await askJson<DashboardAnswer>(`/api/dashboards/${encodeURIComponent(uid)}`, { signal })),
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
