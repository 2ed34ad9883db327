import type { QueryClient } from '@tanstack/react-query';
import type { RouterHistory } from '@tanstack/react-router';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { dashboardQuery, dashboardsQuery } from './api/queries.ts';
import { Shell } from './app/shell.tsx';
import { FaultPage } from './state/fault-page.tsx';
import { NotFoundPage } from './state/not-found-page.tsx';
import { parseSearch, readDashboardSearch, writeSearch } from './time/dashboard-search.ts';

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({ notFoundComponent: NotFoundPage });

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell, notFoundComponent: NotFoundPage });

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
});

const dashboards = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards',
  validateSearch: (raw: Record<string, unknown>): { q?: string | undefined; tag?: string | undefined } => ({
    ...(typeof raw['q'] === 'string' ? { q: raw['q'].slice(0, 200) } : {}),
    ...(typeof raw['tag'] === 'string' ? { tag: raw['tag'].slice(0, 200) } : {}),
  }),
  loader: ({ context }) => void context.client.prefetchQuery(dashboardsQuery),
  component: lazyRouteComponent(() => import('./home/dashboards-page.tsx'), 'DashboardsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: '/d/$uid',
  validateSearch: readDashboardSearch,
  // The page's code and the dashboard come at the same time.
  loader: ({ context, params }) => void context.client.prefetchQuery(dashboardQuery(params.uid)),
  component: lazyRouteComponent(() => import('./dashboard/dashboard-page.tsx'), 'DashboardPage'),
});

const anything = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage });

/** `history` is the browser's unless told otherwise. */
export function createAppRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([shell.addChildren([home, dashboards, dashboard, anything])]),
    context: { client },
    ...(history === undefined ? {} : { history }),
    parseSearch,
    stringifySearch: writeSearch,
    defaultErrorComponent: FaultPage,
    defaultNotFoundComponent: NotFoundPage,
    // TanStack Query decides what is fresh.
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }

  interface HistoryState {
    /** This entry was reached by zooming: the way back is the browser's. */
    zoomed?: true;
  }
}
