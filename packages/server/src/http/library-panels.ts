import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { LibraryPanelAnswer, LibraryPanelSummary } from '@vitrine/model/api.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import type { LibraryPanel } from '../documents/library-panels.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { readLibraryPanel } from '../query/fill-library-panels.ts';
import { newUid } from './dashboards.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

const MAX_NAME = 200;
const MAX_DESCRIPTION = 10_000;
const MAX_PANEL_BYTES = 1024 * 1024;
const byUid = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, - or _') });
const saveRequest = z
  .object({
    name: z.string().trim().min(1).max(MAX_NAME),
    description: z.string().max(MAX_DESCRIPTION).default(''),
    folder: z.string().default(''),
    panel: z.unknown(),
  })
  .strict();

/** Panels that stand on several dashboards. */
export function libraryPanelRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  const { libraryPanels } = documents;
  const find = async (uid: string): Promise<LibraryPanel> => {
    const [found] = await libraryPanels.find([uid]);
    if (found === undefined) throw new HttpError('no_such_library_panel', `There is no library panel "${uid}".`, 'uid');
    return found;
  };
  const usersOf = async (uid: string) => {
    const cards = await Promise.all((await documents.dashboards.usersOfLibraryPanel(uid)).map((user) => catalog.card(user)));
    return cards.flatMap((card) => (card === undefined ? [] : [{ uid: card.uid, title: card.title }]));
  };
  const answer = async (panel: LibraryPanel): Promise<LibraryPanelAnswer> => ({
    ...summaryOf(panel),
    panel: readLibraryPanel(panel.json),
    usedBy: await usersOf(panel.uid),
  });
  const save = async (uid: string, { name, description, folder, panel }: z.output<typeof saveRequest>, by: string) => {
    if (folder !== '' && !(await documents.folders.list()).some((it) => it.uid === folder))
      throw new BadRequest('folder', `there is no folder "${folder.slice(0, 100)}"`);
    const parsed = parseShared(panel);
    return libraryPanels.save({
      uid,
      name,
      description,
      kind: parsed.kind,
      folderUid: folder,
      updatedMs: Date.now(),
      updatedBy: by,
      json: JSON.stringify(parsed),
    });
  };

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
      const found = (await libraryPanels.list()).filter(({ name }) => name.toLowerCase().includes(wanted));
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
    handler: async (request) => answer(await find(request.params.uid)),
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
      const { uid, name } = await find(request.params.uid);
      const users = await usersOf(uid);
      if (users.length > 0) {
        const titles = users.slice(0, 5).map(({ title }) => `"${title}"`);
        const more = users.length > titles.length ? ` and ${users.length - titles.length} more` : '';
        const verb = users.length === 1 ? 'shows' : 'show';
        throw new HttpError('library_panel_in_use', `${titles.join(', ')}${more} ${verb} "${name}". Take it out first.`);
      }
      await libraryPanels.remove(uid);
      return reply.code(204).send();
    },
  });
}

/** A library panel that stood for another could come to stand for itself. */
function parseShared(input: unknown): Panel {
  const panel = parsePanel(new Read('panel', input));
  if (panel.libraryPanel !== undefined)
    throw new BadRequest('panel.libraryPanel', 'a library panel cannot stand for another; put in what that one says');
  return panel;
}

function summaryOf(panel: LibraryPanel): LibraryPanelSummary {
  const { uid, name, description, kind, folderUid, version, updatedMs, updatedBy } = panel;
  return { uid, name, description, kind, folder: folderUid, version, updatedMs, updatedBy };
}
