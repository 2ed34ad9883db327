import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { exportDashboard } from '@vitrine/model/grafana/export-dashboard.ts';
import { z } from 'zod';
import { authorOf } from '../../auth/author.ts';
import type { DocumentStore } from '../../documents/document-store.ts';
import { GENERAL } from '../../documents/folder-tree.ts';
import type { Folder } from '../../documents/folders.ts';
import type { LibraryPanel } from '../../documents/library-panels.ts';
import type { DashboardCatalog } from '../../query/dashboard-catalog.ts';
import { readLibraryPanel } from '../../query/fill-library-panels.ts';
import { readOneDashboard } from '../../query/read-dashboard-text.ts';
import { newUid } from '../dashboards.ts';
import { HttpError } from '../errors.ts';
import { libraryOver, MAX_PANEL_BYTES } from '../library.ts';
import type { Routes } from '../routes.ts';
import { iso, many, optional, ORG } from './shapes.ts';

/** Grafana's number for panels, the one kind of library element there is. */
const PANEL = 1;
const MAX_LISTED = 1_000;
const UID = /^[A-Za-z0-9_-]{1,64}$/;
const byUid = z.object({ uid: z.string() });
/** Lists in an address are written with commas. */
const list = many.transform((values) => values.flatMap((value) => value.split(',')).filter((value) => value !== ''));
const createRequest = z.object({
  name: z.string(),
  model: z.record(z.string(), z.unknown()),
  kind: optional(z.number().int()),
  uid: optional(z.string()),
  folderUid: optional(z.string()),
  folderId: optional(z.number().int()),
});
/** How a request names a folder: neither leaves it where it is. */
interface FolderNamed {
  readonly folderUid?: string | undefined;
  readonly folderId?: number | undefined;
}
const changeRequest = createRequest.partial().extend({ version: z.number().int() });

/** Library panels in Grafana's words: `model` is a panel of version 1 of its JSON. */
export function libraryElementRoutes(app: Routes, catalog: DashboardCatalog, documents: DocumentStore): void {
  const library = libraryOver(catalog, documents);

  const folderOf = async ({ folderUid, folderId }: FolderNamed): Promise<string | undefined> => {
    if (folderUid !== undefined) return folderUid === GENERAL ? '' : folderUid;
    if (folderId === undefined) return undefined;
    if (folderId <= 0) return '';
    const found = (await documents.folders.list()).find(({ id }) => id === folderId);
    if (found === undefined) throw new HttpError('no_such_folder', `There is no folder ${folderId}.`, 'folderId');
    return found.uid;
  };
  const elements = async (panels: readonly LibraryPanel[]) => {
    const [folders, uses] = await Promise.all([documents.folders.list(), documents.libraryPanels.useCounts()]);
    return panels.map((panel) => shape(panel, folders, uses.get(panel.uid) ?? 0));
  };
  const element = async (panel: LibraryPanel) => (await elements([panel]))[0]!;
  /** Grafana's library panels of one folder have names of their own. */
  const refuseTwin = async (name: string, folder: string, uid: string): Promise<void> => {
    const twin = (await library.list()).find((it) => it.name === name.trim() && it.folderUid === folder && it.uid !== uid);
    if (twin === undefined) return;
    throw new HttpError('library_panel_exists', `There is a library panel "${twin.name}" in that folder already.`, 'name');
  };

  app.route({
    method: 'GET',
    url: '/api/library-elements',
    config: { access: 'page' },
    schema: {
      summary: 'Searches library panels, as Grafana does',
      querystring: z.object({
        searchString: z.string().max(1_000).default(''),
        kind: z.coerce.number().int().default(PANEL),
        sortDirection: z.enum(['alpha-asc', 'alpha-desc', '']).default(''),
        typeFilter: list,
        excludeUid: z.string().max(100).default(''),
        folderFilter: list,
        folderFilterUIDs: list,
        perPage: z.coerce.number().int().min(1).max(MAX_LISTED).default(100),
        page: z.coerce.number().int().min(1).default(1),
      }),
    },
    async handler(request) {
      const { searchString, kind, sortDirection, typeFilter, excludeUid, folderFilter, folderFilterUIDs, perPage, page } =
        request.query;
      const folders = await documents.folders.list();
      const wanted = searchString.toLowerCase();
      const inFolders = new Set([
        ...folderFilterUIDs.map((uid) => (uid === GENERAL ? '' : uid)),
        ...folderFilter.map((id) => (id === '0' ? '' : (folders.find((it) => String(it.id) === id)?.uid ?? id))),
      ]);
      const found = (await library.list()).filter(
        (it) =>
          kind === PANEL &&
          it.uid !== excludeUid &&
          (typeFilter.length === 0 || typeFilter.includes(it.kind)) &&
          (inFolders.size === 0 || inFolders.has(it.folderUid)) &&
          [it.name, it.description].some((text) => text.toLowerCase().includes(wanted)),
      );
      const sorted = sortDirection === 'alpha-desc' ? found.toReversed() : found;
      const shown = sorted.slice((page - 1) * perPage, page * perPage);
      return { result: { totalCount: found.length, page, perPage, elements: await elements(shown) } };
    },
  });

  app.route({
    method: 'POST',
    url: '/api/library-elements',
    config: { access: 'edit' },
    bodyLimit: MAX_PANEL_BYTES,
    schema: { summary: 'Makes a library panel of a panel in Grafana’s words', body: createRequest },
    async handler(request) {
      const { name, model, kind = PANEL } = request.body;
      refuseOtherKinds(kind);
      // Grafana's clients send an empty one for none.
      const uid = request.body.uid || newUid();
      if (!UID.test(uid)) throw new BadRequest('uid', 'expected 1 to 64 letters, digits, - or _');
      const folder = (await folderOf(request.body)) ?? '';
      await refuseTwin(name, folder, uid);
      const panel = readModel(model);
      const by = authorOf(request.caller).name;
      const made = await library.save({ uid, name, description: panel.description, folder, panel, baseVersion: 0, by });
      return { result: await element(made) };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/library-elements/:uid',
    config: { access: 'page' },
    schema: { summary: 'One library panel', params: byUid },
    handler: async (request) => ({ result: await element(await library.find(request.params.uid)) }),
  });

  app.route({
    method: 'GET',
    url: '/api/library-elements/name/:name',
    config: { access: 'page' },
    schema: { summary: 'The library panels of a name', params: z.object({ name: z.string() }) },
    async handler(request) {
      const { name } = request.params;
      const found = (await library.list()).filter((it) => it.name === name);
      if (found.length === 0)
        throw new HttpError('no_such_library_panel', `There is no library panel "${name.slice(0, 100)}".`, 'name');
      return { result: await elements(found) };
    },
  });

  app.route({
    method: 'PATCH',
    url: '/api/library-elements/:uid',
    config: { access: 'edit' },
    bodyLimit: MAX_PANEL_BYTES,
    schema: { summary: 'Changes a library panel that is at that version still', params: byUid, body: changeRequest },
    async handler(request) {
      const { name, model, kind = PANEL, version, uid } = request.body;
      refuseOtherKinds(kind);
      const before = await library.find(request.params.uid);
      if (uid !== undefined && uid !== before.uid)
        throw new BadRequest('uid', 'cannot be changed: dashboards name the panel by it; leave it out');
      const folder = (await folderOf(request.body)) ?? before.folderUid;
      const nextName = name === undefined || name === '' ? before.name : name;
      await refuseTwin(nextName, folder, before.uid);
      const panel = model === undefined ? shownBy(before) : readModel(model);
      const description = model === undefined ? before.description : panel.description;
      const by = authorOf(request.caller).name;
      const change = { uid: before.uid, name: nextName, description, folder, panel, baseVersion: version, by };
      return { result: await element(await library.save(change)) };
    },
  });

  app.route({
    method: 'DELETE',
    url: '/api/library-elements/:uid',
    config: { access: 'edit' },
    schema: { summary: 'Removes a library panel that no dashboard shows', params: byUid },
    async handler(request) {
      const { id } = await library.remove(request.params.uid);
      return { message: 'Library element deleted', id };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/library-elements/:uid/connections',
    config: { access: 'page' },
    schema: { summary: 'The dashboards that show a library panel', params: byUid },
    async handler(request) {
      const { id: elementId, uid, createdMs } = await library.find(request.params.uid);
      const result = (await library.usersOf(uid)).map((user) => ({
        id: user.id,
        kind: PANEL,
        elementId,
        connectionId: user.id,
        connectionUid: user.uid,
        created: iso(createdMs),
        createdBy: person(''),
      }));
      return { result };
    },
  });
}

function refuseOtherKinds(kind: number): void {
  if (kind !== PANEL) throw new BadRequest('kind', `${kind} is not known; library elements are panels, of the kind ${PANEL}`);
}

/** The panel that Grafana's JSON says, of any age of it. */
function readModel(model: Readonly<Record<string, unknown>>): Panel {
  const { libraryPanel: _itself, ...panel } = model;
  if (typeof panel['type'] !== 'string') throw new BadRequest('model.type', 'expected the kind of a panel, such as timeseries');
  if (panel['type'] === 'row') throw new BadRequest('model.type', 'a row cannot stand in the library; only panels can');
  const placed = { gridPos: { x: 0, y: 0, w: 12, h: 8 }, ...panel, id: 1 };
  const { dashboard } = readOneDashboard({ title: 'Library', schemaVersion: 42, panels: [placed] }, 'library');
  const [read] = dashboard.panels;
  if (read === undefined) throw new BadRequest('model', 'is not a panel');
  return read;
}

function shownBy({ json }: LibraryPanel): Panel {
  const panel = readLibraryPanel(json);
  if (panel instanceof Error) throw panel;
  return panel;
}

function shape(saved: LibraryPanel, folders: readonly Folder[], connectedDashboards: number) {
  const { id, uid, name, description, kind, folderUid, version, createdMs, updatedMs, updatedBy } = saved;
  const folder = folders.find((it) => it.uid === folderUid);
  const panel = readLibraryPanel(saved.json);
  return {
    id,
    orgId: ORG.id,
    folderId: folder?.id ?? 0,
    folderUid,
    uid,
    name,
    kind: PANEL,
    type: kind,
    description,
    // One that a newer Vitrine saved is listed all the same.
    model: { ...(panel instanceof Error ? {} : writeModel(panel)), libraryPanel: { uid, name } },
    version,
    meta: {
      folderName: folder?.title ?? 'General',
      folderUid,
      connectedDashboards,
      created: iso(createdMs),
      updated: iso(updatedMs),
      // Who made it is not kept, only who saved it last.
      createdBy: person(version === 1 ? updatedBy : ''),
      updatedBy: person(updatedBy),
    },
  };
}

function person(name: string) {
  return { id: 0, name, avatarUrl: '' };
}

/** As the panel stands in Grafana's JSON of a dashboard. */
function writeModel(panel: Panel): Readonly<Record<string, unknown>> {
  const { dashboard } = readOneDashboard({ title: 'Library', schemaVersion: 42, panels: [] }, 'library');
  const whole = { ...dashboard, panels: [panel], layout: { kind: 'grid', panels: [panel.id] } } as const;
  const { panels } = exportDashboard(whole) as { readonly panels: readonly Readonly<Record<string, unknown>>[] };
  return panels[0] ?? {};
}
