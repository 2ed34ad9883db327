import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentStore } from '../../documents/document-store.ts';
import type { DashboardCatalog } from '../../query/dashboard-catalog.ts';
import { annotationRoutes } from '../annotations.ts';
import { dataSourceAskRoutes } from '../data-source-asks.ts';
import { dataSourceRoutes } from '../data-sources.ts';
import { type ErrorCode, type ErrorReply, replyFor } from '../errors.ts';
import { folderRoutes } from '../folders.ts';
import { playlistRoutes } from '../playlists.ts';
import type { Routes } from '../routes.ts';
import { snapshotRoutes } from '../snapshots.ts';
import type { OwnOf } from '../../own/own.ts';
import type { Sources } from '../../query/sources.ts';
import type { RunPanelNeeds } from '../../query/run-panel.ts';
import { grafanaDashboardRoutes } from './dashboards.ts';
import { grafanaQueryRoutes } from './ds-query.ts';
import { libraryElementRoutes } from './library-elements.ts';
import { grafanaSearchRoutes } from './search.ts';
import { grafanaStatusRoutes } from './status.ts';
import { grafanaUserRoutes } from './users.ts';

export interface GrafanaApiNeeds {
  readonly catalog: DashboardCatalog;
  readonly documents: DocumentStore;
  readonly version: string;
  /** What there is to be known of the data sources without asking them. */
  readonly sources: Pick<Sources, 'health' | 'kinds' | 'forget'>;
  readonly own: OwnOf;
}

/** What Grafana calls a refusal, and the status it answers with, where that differs from ours. */
const GRAFANA_STATUSES: Partial<Record<ErrorCode, readonly [status: number, word: string]>> = {
  dashboard_changed: [412, 'version-mismatch'],
  dashboard_exists: [412, 'name-exists'],
  folder_changed: [412, 'version-mismatch'],
  builtin_dashboard: [400, 'provisioned-dashboard'],
  provisioned_dashboard: [400, 'provisioned-dashboard'],
  library_panel_changed: [412, 'version-mismatch'],
  library_panel_exists: [400, 'name-exists'],
  library_panel_in_use: [403, 'has-connections'],
};

/** The part of Grafana's HTTP API that scripts and clients use. Errors have its shape, and ours besides. */
export function grafanaApi(app: Routes, needs: GrafanaApiNeeds, needsOf: (request: FastifyRequest) => RunPanelNeeds): void {
  const { catalog, documents, sources, own } = needs;
  app.setErrorHandler((error, request: FastifyRequest, reply: FastifyReply) => {
    const ours = replyFor(error);
    if (ours.code === 'internal') request.log.error({ err: error }, 'a request failed');
    if (ours.retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(ours.retryAfterSeconds)));
    const [status, word] = GRAFANA_STATUSES[ours.code] ?? [ours.status, undefined];
    void reply.code(status).send({ ...body(ours), ...(word === undefined ? {} : { status: word }) });
  });
  grafanaStatusRoutes(app, needs);
  grafanaSearchRoutes(app, catalog, documents);
  grafanaDashboardRoutes(app, catalog, documents);
  grafanaUserRoutes(app, catalog, documents);
  folderRoutes(app, documents);
  annotationRoutes(app, catalog, own);
  dataSourceRoutes(app, documents, sources);
  dataSourceAskRoutes(app, documents, own);
  grafanaQueryRoutes(app, documents, needsOf);
  libraryElementRoutes(app, catalog, documents);
  playlistRoutes(app, documents);
  snapshotRoutes(app, documents);
}

function body({ code, message, field }: ErrorReply) {
  return { message, error: { code, message, ...(field === undefined ? {} : { field }) } };
}
