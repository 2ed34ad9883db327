import type { DashboardAnswer, DashboardRevision, DashboardSearchAnswer, DashboardSummary } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import type { CatalogCard, CatalogEntry, DashboardCatalog } from '../query/dashboard-catalog.ts';
import { HttpError } from './errors.ts';
import type { Routes } from './routes.ts';

/** A dashboard of 172 panels is half a megabyte. */
export const MAX_DASHBOARD_BYTES = 4 * 1024 * 1024;
const MAX_LISTED = 5_000;

const byUid = z.object({ uid: z.string() });
const byRevision = z.object({ uid: z.string(), revision: z.coerce.number().int().min(1) });
/** One value or several of one name in an address. */
const texts = z.union([z.string(), z.array(z.string())]).transform((value) => (typeof value === 'string' ? [value] : value));
const saveRequest = z
  .object({
    dashboard: z.unknown(),
    folder: z.string().optional(),
    message: z.string().optional(),
    baseRevision: z.number().int().min(0).optional(),
  })
  .strict();

/** What people save as dashboards, in Vitrine's own words. */
export function dashboardRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  const find = async (uid: string): Promise<CatalogEntry> => {
    const entry = await catalog.find(uid);
    if (entry === undefined) throw new HttpError('no_such_dashboard', `There is no dashboard "${uid}".`, 'uid');
    return entry;
  };
  const answer = async (entry: CatalogEntry, userId: number): Promise<DashboardAnswer> => {
    const stars = await documents.dashboards.starsOf(userId);
    return {
      dashboard: entry.dashboard,
      builtin: entry.builtin,
      folder: entry.folder,
      revision: entry.revision,
      updatedMs: entry.updatedMs,
      updatedBy: entry.updatedBy,
      starred: stars.has(entry.uid),
      notices: entry.notices,
      lost: entry.lost,
    };
  };

  app.route({
    method: 'GET',
    url: '/api/dashboards',
    config: { access: 'page' },
    schema: {
      summary: 'Searches dashboards: by words, tags, folder and stars; without words in the order of title',
      querystring: z.object({
        q: z.string().max(1_000).default(''),
        tag: texts.default([]),
        folder: z.string().optional(),
        starred: z.enum(['true', 'false']).default('false'),
        limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(MAX_LISTED),
        after: z.string().default(''),
      }),
    },
    async handler(request): Promise<DashboardSearchAnswer> {
      const { q, tag, folder, starred, limit, after } = request.query;
      const stars = await documents.dashboards.starsOf(authorOf(request.caller).userId);
      const found = await catalog.search({
        text: q,
        tags: tag,
        folders: folder === undefined ? undefined : [folder],
        uids: starred === 'true' ? stars : undefined,
      });
      // Where what came last is not there any more, the list starts again: better twice than not at all.
      const start = after === '' ? 0 : found.findIndex(({ uid }) => uid === after) + 1;
      return {
        dashboards: found.slice(start, start + limit).map((card) => summaryOf(card, stars.has(card.uid))),
        total: found.length,
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/:uid',
    config: { access: 'page' },
    schema: { summary: 'One dashboard', params: byUid },
    handler: async (request) => answer(await find(request.params.uid), authorOf(request.caller).userId),
  });

  app.route({
    method: 'PUT',
    url: '/api/dashboards/:uid',
    config: { access: 'edit' },
    bodyLimit: MAX_DASHBOARD_BYTES,
    schema: { summary: 'Saves a dashboard, a new one or a change', params: byUid, body: saveRequest },
    async handler(request): Promise<DashboardAnswer> {
      const { folder, message, baseRevision } = request.body;
      const dashboard = parseDashboard(request.body.dashboard);
      const { uid } = request.params;
      if (dashboard.uid !== uid) throw new BadRequest('uid', `"${dashboard.uid}" is not the uid of the address, "${uid}"`);
      const { name, userId } = authorOf(request.caller);
      return answer(await catalog.save({ dashboard, folder, message, baseRevision, by: name }), userId);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/dashboards/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a saved dashboard with its revisions', params: byUid },
    async handler(request, reply) {
      await catalog.remove(request.params.uid);
      return reply.code(204).send();
    },
  });

  app.route({
    method: 'POST',
    url: '/api/dashboards/:uid/copy',
    config: { access: 'edit' },
    schema: {
      summary: 'Saves a copy, as of a built-in dashboard that is to be changed',
      params: byUid,
      body: z
        .object({ uid: z.string().optional(), title: z.string().optional(), folder: z.string().default('') })
        .strict()
        .default({ folder: '' }),
    },
    async handler(request, reply) {
      const { dashboard } = await find(request.params.uid);
      const { uid = newUid(), title = `${dashboard.title} (copy)`, folder } = request.body;
      const { name, userId } = authorOf(request.caller);
      const copy = parseDashboard({ ...dashboard, uid, title, editable: true });
      const message = `Copied from ${dashboard.uid}`;
      const entry = await catalog.save({ dashboard: copy, folder, message, baseRevision: 0, by: name });
      return reply.code(201).send(await answer(entry, userId));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/:uid/revisions',
    config: { access: 'page' },
    schema: { summary: 'How a dashboard came to be: its newest 20 saves', params: byUid },
    async handler(request): Promise<{ revisions: readonly DashboardRevision[] }> {
      await find(request.params.uid);
      return { revisions: await catalog.revisions(request.params.uid) };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/:uid/revisions/:revision',
    config: { access: 'page' },
    schema: { summary: 'A dashboard as it was saved once', params: byRevision },
    async handler(request) {
      const { uid, revision } = request.params;
      return { dashboard: (await findRevision(catalog, uid, revision)).dashboard };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/dashboards/:uid/revisions/:revision/restore',
    config: { access: 'edit' },
    schema: { summary: 'Saves an earlier revision anew', params: byRevision },
    async handler(request): Promise<DashboardAnswer> {
      const { uid, revision } = request.params;
      const { name, userId } = authorOf(request.caller);
      return answer(await restoreRevision(catalog, uid, revision, name), userId);
    },
  });

  for (const method of ['PUT', 'DELETE'] as const) {
    app.route({
      method,
      url: '/api/dashboards/:uid/star',
      config: { access: 'page' },
      schema: { summary: method === 'PUT' ? 'Stars a dashboard for whoever asks' : 'Takes the star away', params: byUid },
      async handler(request, reply) {
        const { uid } = request.params;
        if ((await catalog.card(uid)) === undefined)
          throw new HttpError('no_such_dashboard', `There is no dashboard "${uid}".`, 'uid');
        await documents.dashboards.setStar(authorOf(request.caller).userId, uid, method === 'PUT');
        return reply.code(204).send();
      },
    });
  }
}

export async function findRevision(
  catalog: DashboardCatalog,
  uid: string,
  number: number,
): Promise<NonNullable<Awaited<ReturnType<DashboardCatalog['revision']>>>> {
  const revision = await catalog.revision(uid, number);
  if (revision === undefined)
    throw new HttpError('no_such_revision', `The dashboard "${uid}" has no revision ${number}.`, 'revision');
  return revision;
}

export async function restoreRevision(catalog: DashboardCatalog, uid: string, number: number, by: string): Promise<CatalogEntry> {
  const { dashboard } = await findRevision(catalog, uid, number);
  return catalog.save({ dashboard, message: `Restored from revision ${number}`, restored: number, by });
}

/** Nine letters that may stand in an address: more than anybody collides in. */
export function newUid(): string {
  return randomBytes(9).toString('base64url');
}

function summaryOf(card: CatalogCard, starred: boolean): DashboardSummary {
  const { uid, title, description, tags, panelCount, builtin, folder, updatedMs } = card;
  return { uid, title, description, tags, panelCount, builtin, folder, starred, updatedMs };
}
