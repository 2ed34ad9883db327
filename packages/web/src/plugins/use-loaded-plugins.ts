import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { loadPlugins } from './page-plugins.ts';
import { pluginsQuery } from './plugin-queries.ts';

const SNAPSHOT = /^\/dashboard\/snapshot\/([^/]+)/;

/**
 * Loads the plugins beside everything else: what is built in waits for none of them. Who is not signed in sees public snapshots
 * only, and gets what draws those.
 */
export function useLoadedPlugins(isSignedIn: boolean): void {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const snapshot = SNAPSHOT.exec(path)?.[1];
  const { data } = useQuery({
    ...pluginsQuery(isSignedIn ? undefined : snapshot),
    enabled: isSignedIn || snapshot !== undefined,
  });
  useEffect(() => {
    if (data !== undefined) loadPlugins(data);
  }, [data]);
}
