import type { DocumentStore } from '../../documents/document-store.ts';
import type { DashboardCatalog } from '../../query/dashboard-catalog.ts';
import type { Routes } from '../routes.ts';
import { GRAFANA_VERSION } from './shapes.ts';

interface StatusNeeds {
  readonly catalog: DashboardCatalog;
  readonly documents: DocumentStore;
  readonly version: string;
}

/** Whether it is there, which Grafana it speaks like, and how much it holds. */
export function grafanaStatusRoutes(app: Routes, { catalog, documents, version }: StatusNeeds): void {
  const build = { version: GRAFANA_VERSION, commit: `vitrine-${version}`, env: 'production', edition: 'Open Source' };

  app.route({
    method: 'GET',
    url: '/api/health',
    config: { access: 'public' },
    schema: { summary: 'Whether the server is there, as Grafana says it' },
    async handler() {
      // Asking the documents is what says that they can be asked.
      await documents.dashboards.changeCount();
      return { commit: build.commit, database: 'ok', version: GRAFANA_VERSION, vitrine: version };
    },
  });
  app.route({
    method: 'GET',
    url: '/api/frontend/settings',
    config: { access: 'page' },
    schema: { summary: 'The Grafana whose shapes are answered' },
    handler: async () => ({ buildInfo: { ...build, vitrine: version } }),
  });
  app.route({
    method: 'GET',
    url: '/api/admin/stats',
    config: { access: 'admin' },
    schema: { summary: 'How much there is of everything' },
    async handler() {
      const everywhere = { text: '', tags: [], folders: undefined, uids: undefined };
      const [cards, tags, folders, users, sources, playlists, snapshots] = await Promise.all([
        catalog.search(everywhere),
        catalog.tags(),
        documents.folders.list(),
        documents.users(),
        documents.dataSources.list(),
        documents.playlists.list(),
        documents.snapshots.list(Date.now(), 10_000),
      ]);
      return {
        orgs: 1,
        dashboards: cards.length,
        folders: folders.length,
        tags: tags.length,
        users: users.length,
        datasources: sources.length,
        playlists: playlists.length,
        snapshots: snapshots.length,
      };
    },
  });
}
