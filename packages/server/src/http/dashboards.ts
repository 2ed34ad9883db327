import type { DashboardAnswer, DashboardSummary } from '@vitrine/model/api.ts';
import { z } from 'zod';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

export function dashboardRoutes(app: Routes, catalog: DashboardCatalog): void {
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
}
