import { MutationCache, notifyManager, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './client.ts';
import { onceAFrame } from './once-a-frame.ts';
import { sessionQuery } from './queries.ts';

export function createQueryClient(): QueryClient {
  // A page of twenty panels gets its answers close together: each frame shows all that came since the one before.
  notifyManager.setScheduler(onceAFrame());
  // Wherever it is noticed that nobody is signed in, the shell is told: it shows the way in.
  const notice = (error: Error): void => {
    if (error instanceof ApiError && error.status === 401) void client.invalidateQueries(sessionQuery);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        if (query.queryKey[0] !== sessionQuery.queryKey[0]) notice(error);
      },
    }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        // A server that says no means it; one that did not answer is asked once more.
        retry: (failures, error) => failures < 1 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
        retryDelay: 500,
      },
    },
  });
  return client;
}
