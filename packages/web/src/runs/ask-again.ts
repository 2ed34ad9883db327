import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Asks again for what is shown under a key, because it has changed. A question that is under way may have been answered before that: it is
 * let end, so that one that takes long is answered at all, and asked once more. However often this is called meanwhile, it is once.
 */
export async function askAgain(client: QueryClient, queryKey: QueryKey): Promise<void> {
  const underWay = new Set(client.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching' }));
  await client.invalidateQueries({ queryKey }, { cancelRefetch: false });
  if (underWay.size === 0) return;
  await client.invalidateQueries({ queryKey, predicate: (query) => underWay.has(query) }, { cancelRefetch: false });
}
