import { z } from 'zod';
import { authorOf } from '../auth/author.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { ancestors, folderTree, GENERAL } from '../documents/folder-tree.ts';
import type { Folder } from '../documents/folders.ts';
import { HttpError } from './errors.ts';
import { flag, folderUrl, iso, optional } from './grafana/shapes.ts';
import type { Routes } from './routes.ts';

const MAX_LISTED = 5_000;
const byUid = z.object({ uid: z.string() });
const parent = optional(z.string()).transform((uid) => (uid === GENERAL ? '' : uid));

/** Folders, in Grafana's shapes, for the page and for Grafana's clients alike. */
export function folderRoutes(app: Routes, documents: DocumentStore): void {
  const tree = folderTree(documents);
  const find = async (fits: (folder: Folder) => boolean, name: string): Promise<Folder> => {
    const found = (await documents.folders.list()).find(fits);
    if (found === undefined) throw new HttpError('no_such_folder', `There is no folder "${name.slice(0, 100)}".`, 'uid');
    return found;
  };
  const shape = async (folder: Folder, canEdit: boolean) => {
    const path = ancestors(await documents.folders.list(), folder.uid).slice(0, -1);
    return {
      ...shortShape(folder),
      description: folder.description,
      url: folderUrl(folder.uid, folder.title),
      hasAcl: false,
      canSave: canEdit,
      canEdit,
      canAdmin: canEdit,
      canDelete: canEdit,
      createdBy: folder.updatedBy,
      created: iso(folder.createdMs),
      updatedBy: folder.updatedBy,
      updated: iso(folder.updatedMs),
      version: folder.version,
      parents: path.map((it) => ({ ...shortShape(it), url: folderUrl(it.uid, it.title) })),
    };
  };
  const mayEdit = (caller: Parameters<typeof authorOf>[0]): boolean => authorOf(caller).role !== 'viewer';

  app.route({
    method: 'GET',
    url: '/api/folders',
    config: { access: 'page' },
    schema: {
      summary: 'The folders in a folder, or at the top; with all=true those within them too',
      querystring: z.object({
        parentUid: parent,
        all: flag,
        limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(1_000),
        page: z.coerce.number().int().min(1).default(1),
      }),
    },
    async handler(request) {
      const { parentUid = '', all, limit, page } = request.query;
      const folders = (await documents.folders.list()).filter((folder) => all || folder.parentUid === parentUid);
      return folders.slice((page - 1) * limit, page * limit).map(shortShape);
    },
  });

  app.route({
    method: 'POST',
    url: '/api/folders',
    config: { access: 'edit' },
    schema: {
      summary: 'Makes a folder',
      body: z.object({ uid: optional(z.string()), title: z.string(), description: optional(z.string()), parentUid: parent }),
    },
    async handler(request) {
      const { uid, ...folder } = request.body;
      const made = await tree.add({ ...folder, uid: uid === '' ? undefined : uid }, authorOf(request.caller).name);
      return shape(made, true);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/folders/:uid',
    config: { access: 'page' },
    schema: { summary: 'One folder', params: byUid },
    async handler(request) {
      const { uid } = request.params;
      if (uid === GENERAL) return { id: 0, uid, title: 'Dashboards', url: '', canSave: mayEdit(request.caller), version: 1 };
      return shape(await find((folder) => folder.uid === uid, uid), mayEdit(request.caller));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/folders/id/:id',
    config: { access: 'page' },
    schema: { summary: 'One folder by its number', params: z.object({ id: z.coerce.number().int() }) },
    async handler(request) {
      const { id } = request.params;
      return shape(await find((folder) => folder.id === id, String(id)), mayEdit(request.caller));
    },
  });

  app.route({
    method: 'PUT',
    url: '/api/folders/:uid',
    config: { access: 'edit' },
    schema: {
      summary: 'Renames a folder; 412 where it is not at the version that is sent',
      params: byUid,
      body: z.object({
        title: optional(z.string()),
        description: optional(z.string()),
        version: optional(z.number().int()),
        overwrite: z.boolean().default(false),
      }),
    },
    async handler(request) {
      const { title, description, version, overwrite } = request.body;
      const change = { title, description, version: overwrite ? undefined : version };
      return shape(await tree.change(request.params.uid, change, authorOf(request.caller).name), true);
    },
  });

  app.route({
    method: 'POST',
    url: '/api/folders/:uid/move',
    config: { access: 'edit' },
    schema: { summary: 'Puts a folder into another, or at the top', params: byUid, body: z.object({ parentUid: parent }) },
    async handler(request) {
      return shape(await tree.move(request.params.uid, request.body.parentUid ?? '', authorOf(request.caller).name), true);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/folders/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a folder and everything in it', params: byUid },
    async handler(request) {
      const { id, title } = await tree.remove(request.params.uid);
      return { message: `Folder ${title} deleted`, title, id };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/folders/:uid/counts',
    config: { access: 'page' },
    schema: { summary: 'How much lies in a folder', params: byUid },
    async handler(request) {
      const { uid } = await find((folder) => folder.uid === request.params.uid, request.params.uid);
      const [folders, dashboards, panels] = await Promise.all([
        documents.folders.list(),
        documents.dashboards.cards(),
        documents.libraryPanels.list(),
      ]);
      return {
        folder: folders.filter((it) => it.parentUid === uid).length,
        dashboard: dashboards.filter((it) => it.folderUid === uid).length,
        librarypanel: panels.filter((it) => it.folderUid === uid).length,
        alertrule: 0,
      };
    },
  });
}

function shortShape({ id, uid, title, parentUid }: Folder) {
  return { id, uid, title, ...(parentUid === '' ? {} : { parentUid }) };
}
