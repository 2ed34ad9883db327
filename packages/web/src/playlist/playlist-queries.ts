import { queryOptions } from '@tanstack/react-query';
import { askJson } from '../api/client.ts';
import { searchDashboards } from '../api/queries.ts';

/** As `/api/playlists` tells it, in Grafana's shape. */
export interface Playlist {
  readonly uid: string;
  readonly name: string;
  /** How long each is shown: "30s". */
  readonly interval: string;
  readonly items?: readonly { readonly type: string; readonly value: string }[];
}

export const playlistsQuery = queryOptions({
  queryKey: ['playlists'],
  queryFn: ({ signal }) => askJson<readonly Playlist[]>('/api/playlists', { signal }),
});

export function playlistQuery(uid: string) {
  return queryOptions({
    queryKey: ['playlist', uid],
    queryFn: async ({ signal }) => {
      const playlist = await askJson<Playlist>(`/api/playlists/${encodeURIComponent(uid)}`, { signal });
      return { playlist, dashboards: await dashboardsOf(playlist, signal) };
    },
  });
}

/** The uids of what is played, in turn: tags stand for all dashboards that have them, in the order of title. */
async function dashboardsOf({ items = [] }: Playlist, signal: AbortSignal): Promise<readonly string[]> {
  const uids = await Promise.all(
    items.map(async ({ type, value }) => {
      if (type !== 'dashboard_by_tag') return [value];
      const { dashboards } = await searchDashboards({ tags: [value], limit: 1_000 }, signal);
      return dashboards.map(({ uid }) => uid);
    }),
  );
  return uids.flat();
}
