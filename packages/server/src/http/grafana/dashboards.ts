import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { DashboardRevision } from '@vitrine/model/api.ts';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { exportDashboard } from '@vitrine/model/grafana/export-dashboard.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { authorOf } from '../../auth/author.ts';
import type { DocumentStore } from '../../documents/document-store.ts';
import { keepLibraryPanels } from '../../documents/keep-library-panels.ts';
import { GENERAL } from '../../documents/folder-tree.ts';
import type { CatalogCard, CatalogEntry, DashboardCatalog } from '../../query/dashboard-catalog.ts';
import { readOneDashboard } from '../../query/read-dashboard-text.ts';
import { findRevision, MAX_DASHBOARD_BYTES, newUid, restoreRevision } from '../dashboards.ts';
import { HttpError } from '../errors.ts';
import type { Routes } from '../routes.ts';
import { dashboardUrl, folderUrl, iso, optional, slug } from './shapes.ts';

const HOME = 'home';
const saveRequest = z.object({
  dashboard: z.record(z.string(), z.unknown()),
  folderUid: optional(z.string()),
  folderId: optional(z.number().int()),
  message: optional(z.string()),
  overwrite: optional(z.boolean()),
});

const importRequest = z.object({
  dashboard: z.record(z.string(), z.unknown()),
  folderUid: optional(z.string()),
  folderId: optional(z.number().int()),
  overwrite: z.boolean().default(false),
  /** What stands for each of the document's inputs: the uid or name of a data source, or a constant. */
  inputs: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .max(200)
    .default([]),
});

/** Dashboards in Grafana's words: version 1 of its JSON goes in and out. */
export function grafanaDashboardRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  const missing = (name: string): HttpError =>
    new HttpError('no_such_dashboard', `There is no dashboard "${name.slice(0, 100)}".`);
  const entryOf = async (card: CatalogCard | undefined, name: string): Promise<CatalogEntry> => {
    const entry = card === undefined ? undefined : await catalog.find(card.uid);
    if (entry === undefined) throw missing(name);
    return entry;
  };

  const answer = async (entry: CatalogEntry, request: FastifyRequest) => {
    const { userId, role } = authorOf(request.caller);
    const stars = await documents.dashboards.starsOf(userId);
    const mayChange = role !== 'viewer' && !entry.builtin;
    const { uid, id, title, folder, createdBy, updatedBy } = entry;
    return {
      meta: {
        type: 'db',
        canSave: mayChange,
        canEdit: role !== 'viewer',
        canAdmin: role === 'admin',
        canStar: true,
        canDelete: mayChange,
        slug: slug(title),
        url: dashboardUrl(uid, title),
        expires: '0001-01-01T00:00:00Z',
        created: iso(entry.createdMs),
        createdBy,
        updated: iso(entry.updatedMs),
        updatedBy,
        version: entry.revision,
        hasAcl: false,
        isFolder: false,
        isStarred: stars.has(uid),
        folderId: folder === undefined ? 0 : ((await documents.folders.list()).find((it) => it.uid === folder.uid)?.id ?? 0),
        folderUid: folder?.uid ?? '',
        folderTitle: folder?.title ?? 'General',
        folderUrl: folder === undefined ? '' : folderUrl(folder.uid, folder.title),
        provisioned: entry.builtin,
        provisionedExternalId: entry.provisioned?.file ?? '',
      },
      dashboard: written(entry.dashboard, id, entry.revision),
    };
  };

  /** The folder that a request means; undefined leaves a dashboard where it is. */
  const folderOf = async (uid: string | undefined, id: number | undefined): Promise<string | undefined> => {
    if (uid !== undefined) return uid === GENERAL ? '' : uid;
    if (id === undefined) return undefined;
    if (id <= 0) return '';
    const found = (await documents.folders.list()).find((folder) => folder.id === id);
    if (found === undefined) throw new HttpError('no_such_folder', `There is no folder ${id}.`, 'folderId');
    return found.uid;
  };

  /** The saved dashboard that a document stands for: of its uid, else its number, else of its title in that folder. */
  const savedFor = async (document: Readonly<Record<string, unknown>>, folder: string): Promise<CatalogCard | undefined> => {
    const { uid, id, title } = document;
    if (typeof uid === 'string' && uid !== '') return catalog.card(uid);
    if (typeof id === 'number' && id !== 0) return catalog.cardById(id);
    const all = await catalog.search({ text: '', tags: [], folders: [folder], uids: undefined });
    return all.find((card) => !card.builtin && card.title === title);
  };

  app.route({
    method: 'POST',
    url: '/api/dashboards/db',
    config: { access: 'edit' },
    bodyLimit: MAX_DASHBOARD_BYTES,
    schema: { summary: 'Saves a dashboard, as Grafana’s scripts do', body: saveRequest },
    async handler(request) {
      const { dashboard: document, folderUid, folderId, message, overwrite = false } = request.body;
      refuseBroken(document);
      const folder = await folderOf(folderUid, folderId);
      const before = await savedFor(document, folder ?? '');
      const named = typeof document['uid'] === 'string' && document['uid'] !== '';
      if (before === undefined && !named && typeof document['id'] === 'number' && document['id'] !== 0) {
        throw missing(String(document['id']));
      }
      if (before !== undefined && !overwrite && !named && (document['id'] ?? 0) === 0) {
        throw new HttpError(
          'dashboard_exists',
          `There is a dashboard "${before.title}" in that folder already; send "overwrite": true to replace it.`,
        );
      }
      const { dashboard, report } = readOneDashboard(document, before?.uid ?? newUid());
      const base = typeof document['version'] === 'number' ? document['version'] : 0;
      const entry = await catalog.save({
        dashboard,
        // Who sends no folder means the top for a new dashboard, and otherwise says nothing of it.
        folder: folder ?? (before === undefined ? '' : undefined),
        message,
        baseRevision: overwrite ? undefined : before === undefined ? 0 : base,
        by: authorOf(request.caller).name,
      });
      // Grafana's clients pass it over; a person reads what became of the document.
      return { ...saved(entry), report };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/dashboards/import',
    config: { access: 'edit' },
    bodyLimit: MAX_DASHBOARD_BYTES,
    schema: { summary: 'Saves a shared dashboard, with answers to what it asks for', body: importRequest },
    async handler(request) {
      const { dashboard: document, folderUid, folderId, inputs, overwrite } = request.body;
      const answers = Object.fromEntries(inputs.map(({ name, value }) => [name, value]));
      const { dashboard, report } = readOneDashboard(document, newUid(), answers);
      const intoFolder = (await folderOf(folderUid, folderId)) ?? '';
      const by = authorOf(request.caller).name;
      await catalog.save({
        dashboard,
        folder: intoFolder,
        message: `Imported from ${report.form}`,
        baseRevision: overwrite ? undefined : 0,
        by,
      });
      await keepLibraryPanels(documents, dashboard.panels, { folder: intoFolder, name: by, nowMs: Date.now() });
      const entry = await entryOf(await catalog.card(dashboard.uid), dashboard.uid);
      const { id, uid, title, revision, folder } = entry;
      return {
        uid,
        pluginId: '',
        title,
        imported: true,
        importedUri: `db/${slug(title)}`,
        importedUrl: dashboardUrl(uid, title),
        slug: slug(title),
        dashboardId: id,
        folderUid: folder?.uid ?? '',
        importedRevision: revision,
        revision,
        report,
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/uid/:uid',
    config: { access: 'page' },
    schema: { summary: 'One dashboard in Grafana’s words', params: z.object({ uid: z.string() }) },
    async handler(request) {
      const { uid } = request.params;
      return answer(await entryOf(await catalog.card(uid), uid), request);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/db/:slug',
    config: { access: 'page' },
    schema: { summary: 'One dashboard by the readable part of its address', params: z.object({ slug: z.string() }) },
    async handler(request) {
      const wanted = request.params.slug;
      const all = await catalog.search({ text: '', tags: [], folders: undefined, uids: undefined });
      return answer(
        await entryOf(
          all.find((card) => slug(card.title) === slug(wanted)),
          wanted,
        ),
        request,
      );
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/dashboards/uid/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a dashboard', params: z.object({ uid: z.string() }) },
    async handler(request) {
      const { uid } = request.params;
      const { id, title } = await entryOf(await catalog.card(uid), uid);
      await catalog.remove(uid);
      return { title, message: `Dashboard ${title} deleted`, id };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/home',
    config: { access: 'page' },
    schema: { summary: 'The dashboard to begin with: a built-in one, else the first' },
    async handler(request) {
      const all = await catalog.search({ text: '', tags: [], folders: undefined, uids: undefined });
      const card = all.find((it) => it.builtin) ?? all[0];
      const { meta, dashboard } = await answer(await entryOf(card, HOME), request);
      return { meta: { ...meta, isHome: true, canSave: false }, dashboard };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/dashboards/tags',
    config: { access: 'page' },
    schema: { summary: 'The tags of dashboards, with how many have each' },
    handler: async () => (await catalog.tags()).map(({ tag, count }) => ({ term: tag, count })),
  });

  for (const { prefix, cardOf, isOld } of [
    { prefix: '/api/dashboards/uid/:key', cardOf: (key: string) => catalog.card(key), isOld: false },
    { prefix: '/api/dashboards/id/:key', cardOf: (key: string) => catalog.cardById(Number(key)), isOld: true },
  ]) {
    app.route({
      method: 'GET',
      url: `${prefix}/versions`,
      config: { access: 'page' },
      schema: {
        summary: 'The newest 20 saves of a dashboard',
        params: z.object({ key: z.string() }),
        querystring: z.object({
          limit: z.coerce.number().int().min(0).default(0),
          start: z.coerce.number().int().min(0).default(0),
        }),
      },
      async handler(request) {
        const { limit, start } = request.query;
        const entry = await entryOf(await cardOf(request.params.key), request.params.key);
        const all = await catalog.revisions(entry.uid);
        const versions = all.slice(start, limit === 0 ? undefined : start + limit).map((revision) => version(entry, revision));
        // By number Grafana answers the bare list still.
        return isOld ? versions : { continueToken: '', versions };
      },
    });

    app.route({
      method: 'GET',
      url: `${prefix}/versions/:version`,
      config: { access: 'page' },
      schema: {
        summary: 'A dashboard as it was saved once',
        params: z.object({ key: z.string(), version: z.coerce.number().int() }),
      },
      async handler(request) {
        const { key, version: number } = request.params;
        const entry = await entryOf(await cardOf(key), key);
        const { dashboard, ...revision } = await findRevision(catalog, entry.uid, number);
        return {
          ...version(entry, revision),
          data: written(dashboard, entry.id, number),
        };
      },
    });

    app.route({
      method: 'POST',
      url: `${prefix}/restore`,
      config: { access: 'edit' },
      schema: {
        summary: 'Saves an earlier version anew',
        params: z.object({ key: z.string() }),
        body: z.object({ version: z.number().int() }),
      },
      async handler(request) {
        const { uid } = await entryOf(await cardOf(request.params.key), request.params.key);
        return saved(await restoreRevision(catalog, uid, request.body.version, authorOf(request.caller).name));
      },
    });
  }
}

function written(dashboard: Dashboard, id: number, revision: number) {
  return { ...(exportDashboard(dashboard) as Record<string, unknown>), id, uid: dashboard.uid, version: revision };
}

function saved({ id, uid, title, revision, folder }: CatalogEntry) {
  return {
    id,
    uid,
    title,
    slug: slug(title),
    url: dashboardUrl(uid, title),
    status: 'success',
    version: revision,
    folderUid: folder?.uid ?? '',
  };
}

function version(entry: CatalogCard, { revision, savedMs, savedBy, message, restored }: DashboardRevision) {
  return {
    id: revision,
    dashboardId: entry.id,
    dashboardUID: entry.uid,
    uid: entry.uid,
    parentVersion: Math.max(0, revision - 1),
    restoredFrom: restored ?? 0,
    version: revision,
    created: iso(savedMs),
    createdBy: savedBy,
    message,
  };
}

/**
 * Import repairs what is careless; a script that sends a nameless dashboard, or something else where its panels should be, has
 * broken it, and must not replace a good one with what is left.
 */
function refuseBroken(document: Readonly<Record<string, unknown>>): void {
  if (document['spec'] !== undefined) return;
  const { title } = document;
  if (typeof title !== 'string' || title.trim() === '') {
    throw new BadRequest('dashboard.title', 'is empty; a dashboard needs a title');
  }
  for (const name of ['panels', 'rows'] as const) {
    const list = document[name];
    if (list !== undefined && list !== null && !Array.isArray(list)) {
      throw new BadRequest(`dashboard.${name}`, `expected a list, found ${JSON.stringify(list).slice(0, 60)}`);
    }
  }
}
