import type { DashboardAnswer, DashboardSummary } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { z } from 'zod';
import type { DocumentStore } from '../documents/document-store.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

const MAX_DASHBOARD_BYTES = 4 * 1024 * 1024;

export function dashboardRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  app.route({
    method: 'GET',
    url: '/api/dashboards',
    config: { access: 'page' },
    schema: { summary: 'All dashboards, in title order' },
    async handler(): Promise<{ dashboards: DashboardSummary[] }> {
      const entries = await catalog.list();
      return {
        dashboards: entries
          .map(({ dashboard, builtin }) => ({
            uid: dashboard.uid,
            title: dashboard.title,
            description: dashboard.description,
            tags: dashboard.tags,
            panelCount: dashboard.panels.filter((panel) => panel.kind !== 'row').length,
            builtin,
          }))
          .toSorted((a, b) => a.title.localeCompare(b.title)),
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/:uid',
    config: { access: 'page' },
    schema: { summary: 'One dashboard', params: z.object({ uid: z.string() }) },
    async handler(request): Promise<DashboardAnswer> {
      const entry = await catalog.find(request.params.uid);
      if (entry === undefined) throw new HttpError('no_such_dashboard', `There is no dashboard "${request.params.uid}".`, 'uid');
      return { dashboard: entry.dashboard, builtin: entry.builtin };
    },
  });

  app.route({
    method: 'PUT',
    url: '/api/dashboards/:uid',
    config: { access: 'edit' },
    bodyLimit: MAX_DASHBOARD_BYTES,
    schema: { summary: 'Saves a dashboard, a new one or a change', params: z.object({ uid: z.string() }), body: z.unknown() },
    async handler(request): Promise<DashboardAnswer> {
      const dashboard = parseDashboard(request.body);
      const { uid } = request.params;
      if (dashboard.uid !== uid) throw new BadRequest('uid', `"${dashboard.uid}" is not the uid of the address, "${uid}"`);
      if ((await catalog.find(uid))?.builtin === true) throw new HttpError('builtin_dashboard');
      await documents.saveDashboard({ uid, json: JSON.stringify(dashboard), updatedMs: Date.now() });
      return { dashboard, builtin: false };
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/dashboards/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a saved dashboard', params: z.object({ uid: z.string() }) },
    async handler(request, reply) {
      const { uid } = request.params;
      if (!(await documents.removeDashboard(uid))) {
        throw new HttpError((await catalog.find(uid)) === undefined ? 'no_such_dashboard' : 'builtin_dashboard');
      }
      return reply.code(204).send();
    },
  });
}
