import { queryOptions } from '@tanstack/react-query';
import { askJson } from '../api/client.ts';

interface PluginSource {
  readonly kind: string;
  /** Other ids under which files name this kind. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly description: string;
}

/** An installed plugin, as the server tells of it. */
export interface PluginSummary {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly author: string;
  /** Kinds of panels. */
  readonly panels: readonly string[];
  readonly sources: readonly PluginSource[];
  /** Address of its module for the page; absent where the server refuses it. */
  readonly module?: string;
  /** Why the server does not load it. */
  readonly refused?: string;
}

const LOOK_AGAIN_MS = 5_000;

/** All that are installed; or, where a snapshot's key is given, those that draw its panels. They change when the server starts anew. */
export function pluginsQuery(snapshot?: string) {
  return queryOptions({
    queryKey: ['plugins', snapshot ?? ''],
    queryFn: async ({ signal }): Promise<readonly PluginSummary[]> => {
      const path = snapshot === undefined ? '/api/plugins' : `/api/snapshots/${encodeURIComponent(snapshot)}/plugins`;
      return (await askJson<{ readonly plugins: readonly PluginSummary[] }>(path, { signal })).plugins;
    },
    staleTime: Number.POSITIVE_INFINITY,
    // Panels wait for it.
    refetchInterval: ({ state }) => (state.status === 'error' ? LOOK_AGAIN_MS : false),
  });
}

/** The data folder that commands on plugins have to name; null where it is the usual one. For admins. */
export const commandFolderQuery = queryOptions({
  queryKey: ['plugin-commands'],
  queryFn: async ({ signal }) => (await askJson<{ readonly data: string | null }>('/api/plugin-commands', { signal })).data,
  staleTime: Number.POSITIVE_INFINITY,
});
