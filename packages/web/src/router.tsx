import type { QueryClient } from '@tanstack/react-query';
import type { RouterHistory } from '@tanstack/react-router';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { dashboardQuery } from './api/queries.ts';
import { Shell } from './app/shell.tsx';
import { loadPatternEngine } from './dashboard/pattern-engine.ts';
import { readListSearch } from './home/list-search.ts';
import { readNewSourceSearch } from './sources/new-source-search.ts';
import { readHealthSearch } from './health/health-search.ts';
import { readCardinalitySearch } from './cardinality/cardinality-search.ts';
import { readIngestSearch } from './ingest/ingest-search.ts';
import { readExploreSearch } from './explore/explore-search.ts';
import { readAnalysisSearch } from './run/analysis/analysis-search.ts';
import { readRunSearch } from './run/run-search.ts';
import { projectNamesQuery } from './health/health-queries.ts';
import { readMlflowLink } from './runs/mlflow-link.ts';
import { readRunsSearch } from './runs/runs-view.ts';
import { FaultPage } from './state/fault-page.tsx';
import { NotFoundPage } from './state/not-found-page.tsx';
import { PageSkeleton } from './state/skeleton.tsx';
import { isForeignSearch, parseSearch, readDashboardSearch, readForeignSearch, writeSearch } from './time/dashboard-search.ts';

/** Who writes a pattern wants it to run. */
async function withPatterns<T>(page: Promise<T>): Promise<T> {
  await loadPatternEngine();
  return page;
}

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({ notFoundComponent: NotFoundPage });

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell, notFoundComponent: NotFoundPage });

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  async beforeLoad({ context, location }) {
    const link = readMlflowLink(location.hash);
    if (link === undefined) return;
    if (link.run === undefined) {
      // Where the projects cannot be asked for, the page of runs says why.
      const projects = await context.client.fetchQuery(projectNamesQuery).catch(() => []);
      const project = projects.filter(({ id }) => id === link.experiment).map(({ name }) => name);
      throw redirect({ to: '/runs', search: readRunsSearch({ project }), replace: true });
    }
    throw redirect({ to: '/runs/$id', params: { id: link.run }, replace: true });
  },
  component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
});

const dashboards = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./home/dashboards-page.tsx'), 'DashboardsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: '/d/$uid',
  validateSearch: readForeignSearch,
  beforeLoad({ location, params }) {
    // Once read, what Grafana calls otherwise must not stand beside our words and contradict them.
    if (!isForeignSearch(location.search)) return;
    throw redirect({ to: '/d/$uid', params, search: readForeignSearch(location.search), replace: true });
  },
  // The page's code and the dashboard come at the same time.
  loader: ({ context, params }) => void context.client.prefetchQuery(dashboardQuery(params.uid)),
  component: lazyRouteComponent(() => import('./dashboard/dashboard-page.tsx'), 'DashboardPage'),
});

/** Grafana's addresses end in the title, which may change: the uid says it all. */
const slug = createRoute({
  getParentRoute: () => shell,
  path: '/d/$uid/$slug',
  validateSearch: readForeignSearch,
  beforeLoad: ({ params, location }) => {
    throw redirect({ to: '/d/$uid', params: { uid: params.uid }, search: readForeignSearch(location.search), replace: true });
  },
});

/** One panel and nothing else, for a frame in another page. */
const solo = createRoute({
  getParentRoute: () => shell,
  path: '/d-solo/$uid/{-$slug}',
  validateSearch: readForeignSearch,
  beforeLoad: ({ params, location }) => {
    const search = { ...readForeignSearch(location.search), kiosk: true };
    throw redirect({ to: '/d/$uid', params: { uid: params.uid }, search, replace: true });
  },
});

const editDashboard = createRoute({
  getParentRoute: () => shell,
  path: '/d/$uid/edit',
  validateSearch: readDashboardSearch,
  component: lazyRouteComponent(() => withPatterns(import('./edit/edit-dashboard-page.tsx')), 'EditDashboardPage'),
});

const editPanel = createRoute({
  getParentRoute: () => shell,
  path: '/d/$uid/edit/$panel',
  validateSearch: readDashboardSearch,
  component: lazyRouteComponent(() => withPatterns(import('./edit/panel/panel-editor-page.tsx')), 'PanelEditorPage'),
});

const newDashboard = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/new',
  component: lazyRouteComponent(() => withPatterns(import('./edit/new-dashboard-page.tsx')), 'NewDashboardPage'),
});

const explore = createRoute({
  getParentRoute: () => shell,
  path: '/explore',
  validateSearch: readExploreSearch,
  component: lazyRouteComponent(() => withPatterns(import('./explore/explore-page.tsx')), 'ExplorePage'),
});

const runs = createRoute({
  getParentRoute: () => shell,
  path: '/runs',
  validateSearch: readRunsSearch,
  component: lazyRouteComponent(() => import('./runs/runs-page.tsx'), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => shell,
  path: '/runs/$id',
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import('./run/run-page.tsx'), 'RunPage'),
});

const compare = createRoute({
  getParentRoute: () => shell,
  path: '/compare',
  validateSearch: readAnalysisSearch,
  component: lazyRouteComponent(() => import('./run/analysis/compare-page.tsx'), 'ComparePage'),
});

const healthCatalogue = createRoute({
  getParentRoute: () => shell,
  path: '/health-catalogue',
  validateSearch: readHealthSearch,
  component: lazyRouteComponent(() => import('./health/health-catalogue-page.tsx'), 'HealthCataloguePage'),
});

const sources = createRoute({
  getParentRoute: () => shell,
  path: '/sources',
  component: lazyRouteComponent(() => import('./sources/sources-page.tsx'), 'SourcesPage'),
});

const newSource = createRoute({
  getParentRoute: () => shell,
  path: '/sources/new',
  validateSearch: readNewSourceSearch,
  component: lazyRouteComponent(() => import('./sources/new-source-page.tsx'), 'NewSourcePage'),
});

const source = createRoute({
  getParentRoute: () => shell,
  path: '/sources/$uid',
  component: lazyRouteComponent(() => import('./sources/source-page.tsx'), 'SourcePage'),
});

const ingest = createRoute({
  getParentRoute: () => shell,
  path: '/ingest',
  validateSearch: readIngestSearch,
  component: lazyRouteComponent(() => import('./ingest/ingest-page.tsx'), 'IngestPage'),
});

const cardinality = createRoute({
  getParentRoute: () => shell,
  path: '/cardinality',
  validateSearch: readCardinalitySearch,
  component: lazyRouteComponent(() => import('./cardinality/cardinality-page.tsx'), 'CardinalityPage'),
});

const plugins = createRoute({
  getParentRoute: () => shell,
  path: '/plugins',
  component: lazyRouteComponent(() => import('./plugins/plugins-page.tsx'), 'PluginsPage'),
});

const upload = createRoute({
  getParentRoute: () => shell,
  path: '/ingest/upload',
  component: lazyRouteComponent(() => import('./ingest/upload-page.tsx'), 'UploadPage'),
});

const importing = createRoute({
  getParentRoute: () => shell,
  path: '/import',
  component: lazyRouteComponent(() => import('./import/import-page.tsx'), 'ImportPage'),
});

const playlists = createRoute({
  getParentRoute: () => shell,
  path: '/playlists',
  component: lazyRouteComponent(() => import('./playlist/playlists-page.tsx'), 'PlaylistsPage'),
});

const playlist = createRoute({
  getParentRoute: () => shell,
  path: '/playlists/$uid',
  validateSearch: readDashboardSearch,
  component: lazyRouteComponent(() => import('./playlist/play-page.tsx'), 'PlayPage'),
});

const library = createRoute({
  getParentRoute: () => shell,
  path: '/library',
  component: lazyRouteComponent(() => import('./library/library-page.tsx'), 'LibraryPage'),
});

const snapshots = createRoute({
  getParentRoute: () => shell,
  path: '/dashboard/snapshots',
  component: lazyRouteComponent(() => import('./share/snapshots-page.tsx'), 'SnapshotsPage'),
});

const snapshot = createRoute({
  getParentRoute: () => shell,
  path: '/dashboard/snapshot/$key',
  validateSearch: readForeignSearch,
  component: lazyRouteComponent(() => import('./dashboard/snapshot-page.tsx'), 'SnapshotPage'),
});

const anything = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundPage });

/** `history` is the browser's unless told otherwise. */
export function createAppRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([
      shell.addChildren([
        home,
        dashboards,
        dashboard,
        slug,
        solo,
        editDashboard,
        editPanel,
        newDashboard,
        explore,
        runs,
        run,
        compare,
        healthCatalogue,
        sources,
        newSource,
        source,
        ingest,
        cardinality,
        plugins,
        upload,
        importing,
        playlists,
        playlist,
        library,
        snapshots,
        snapshot,
        anything,
      ]),
    ]),
    context: { client },
    ...(history === undefined ? {} : { history }),
    parseSearch,
    stringifySearch: writeSearch,
    // A page's code that takes longer than that says so.
    defaultPendingComponent: PageSkeleton,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
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
