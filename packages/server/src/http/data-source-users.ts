import { z } from 'zod';
import type { DocumentStore } from '../documents/document-store.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import type { Routes } from './routes.ts';

/** What a data source's deletion would touch. */
export function dataSourceUserRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  app.route({
    method: 'GET',
    url: '/api/datasources/uid/:uid/dashboards',
    config: { access: 'admin' },
    schema: {
      summary: 'The dashboards that name a data source by its uid, in the order of title',
      params: z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, - or _') }),
    },
    async handler(request) {
      const { uid } = request.params;
      const users = new Map<string, string>();
      // What stands in the text may be another thing's uid, so those that hold it are looked at.
      for (const saved of await documents.dashboards.holding(JSON.stringify(uid))) {
        if (namesSource(JSON.parse(saved.json), uid)) users.set(saved.uid, saved.title);
      }
      const all = await catalog.search({ text: '', tags: [], folders: undefined, uids: undefined });
      for (const card of all) {
        if (!card.builtin || users.has(card.uid)) continue;
        const found = await catalog.find(card.uid);
        if (found !== undefined && namesSource(found.dashboard, uid)) users.set(card.uid, card.title);
      }
      const dashboards = [...users].map(([user, title]) => ({ uid: user, title }));
      return { dashboards: dashboards.toSorted((a, b) => a.title.localeCompare(b.title, 'en')) };
    },
  });
}

/** Whether a reference to the source is anywhere in a dashboard: a panel's query, a variable, an annotation. */
function namesSource(value: unknown, uid: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('uid' in value && 'type' in value && value.uid === uid) return true;
  return Object.values(value).some((member) => namesSource(member, uid));
}
