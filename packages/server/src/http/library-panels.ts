import type { LibraryPanelAnswer, LibraryPanelSummary } from '@vitrine/model/api.ts';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import type { LibraryPanel } from '../documents/library-panels.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { readLibraryPanel } from '../query/fill-library-panels.ts';
import { newUid } from './dashboards.ts';
import { libraryOver, MAX_PANEL_BYTES } from './library.ts';
import type { Routes } from './routes.ts';

const byUid = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, - or _') });
const saveRequest = z
  .object({
    name: z.string(),
    description: z.string().default(''),
    folder: z.string().default(''),
    panel: z.unknown(),
    baseVersion: z.number().int().min(0).optional(),
  })
  .strict();

/** Panels that stand on several dashboards. */
export function libraryPanelRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  const library = libraryOver(catalog, documents);
  const answer = async (panel: LibraryPanel): Promise<LibraryPanelAnswer> => {
    const shown = readLibraryPanel(panel.json);
    if (shown instanceof Error) throw shown;
    const users = await library.usersOf(panel.uid);
    return { ...summaryOf(panel), panel: shown, usedBy: users.map(({ uid, title }) => ({ uid, title })) };
  };
  const save = (uid: string, { baseVersion, ...change }: z.output<typeof saveRequest>, by: string) =>
    library.save({ uid, ...change, baseVersion, by });

  app.route({
    method: 'GET',
    url: '/api/library-panels',
    config: { access: 'page' },
    schema: {
      summary: 'The library panels, in the order of name',
      querystring: z.object({ q: z.string().max(200).default('') }),
    },
    async handler(request) {
      const wanted = request.query.q.toLowerCase();
      const found = (await library.list()).filter(({ name }) => name.toLowerCase().includes(wanted));
      return { panels: found.map(summaryOf) };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/library-panels',
    config: { access: 'edit' },
    bodyLimit: MAX_PANEL_BYTES,
    schema: { summary: 'Makes a library panel', body: saveRequest },
    async handler(request, reply) {
      const made = await save(newUid(), request.body, authorOf(request.caller).name);
      return reply.code(201).send(await answer(made));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/library-panels/:uid',
    config: { access: 'page' },
    schema: { summary: 'One library panel, and the dashboards that show it', params: byUid },
    handler: async (request) => answer(await library.find(request.params.uid)),
  });

  app.route({
    method: 'PUT',
    url: '/api/library-panels/:uid',
    config: { access: 'edit' },
    bodyLimit: MAX_PANEL_BYTES,
    schema: { summary: 'Saves a library panel, for all dashboards that show it', params: byUid, body: saveRequest },
    handler: async (request) => answer(await save(request.params.uid, request.body, authorOf(request.caller).name)),
  });

  app.route({
    method: 'DELETE',
    url: '/api/library-panels/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a library panel that no dashboard shows', params: byUid },
    async handler(request, reply) {
      await library.remove(request.params.uid);
      return reply.code(204).send();
    },
  });
}

function summaryOf(panel: LibraryPanel): LibraryPanelSummary {
  const { uid, name, description, kind, folderUid, version, updatedMs, updatedBy } = panel;
  return { uid, name, description, kind, folder: folderUid, version, updatedMs, updatedBy };
}
