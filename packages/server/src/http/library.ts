import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { parseLibraryPanel, writeLibraryPanel } from '@vitrine/model/parse/library-panel.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { type LibraryPanel, LibraryPanelChanged } from '../documents/library-panels.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { HttpError } from './errors.ts';

const MAX_NAME = 200;
const MAX_DESCRIPTION = 10_000;
/** What one request to save a library panel may hold. */
export const MAX_PANEL_BYTES = 1024 * 1024;

export interface LibraryChange {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  /** "" is no folder. */
  readonly folder: string;
  /** As a client sent it, of any version. */
  readonly panel: unknown;
  /** undefined saves over whatever is there; 0 stands for none. */
  readonly baseVersion: number | undefined;
  readonly by: string;
}

/** The library panels as both of their addresses need them: Vitrine's own and Grafana's. */
export interface Library {
  list(): Promise<readonly LibraryPanel[]>;
  /** Throws HttpError `no_such_library_panel`. */
  find(uid: string): Promise<LibraryPanel>;
  /** The dashboards that show it. */
  usersOf(uid: string): Promise<readonly { readonly id: number; readonly uid: string; readonly title: string }[]>;
  /** Throws BadRequest, and HttpError `library_panel_changed` or `library_panel_exists` where it is not at the base version. */
  save(change: LibraryChange): Promise<LibraryPanel>;
  /** Throws HttpError `no_such_library_panel`, and `library_panel_in_use` while dashboards show it. */
  remove(uid: string): Promise<LibraryPanel>;
}

export function libraryOver(catalog: DashboardCatalog, documents: DocumentStore): Library {
  const { libraryPanels } = documents;
  const library: Library = {
    list: () => libraryPanels.list(),
    async find(uid) {
      const [found] = await libraryPanels.find([uid]);
      if (found === undefined)
        throw new HttpError('no_such_library_panel', `There is no library panel "${uid.slice(0, 100)}".`, 'uid');
      return found;
    },
    async usersOf(uid) {
      const cards = await Promise.all((await documents.dashboards.usersOfLibraryPanel(uid)).map((user) => catalog.card(user)));
      return cards.flatMap((card) => (card === undefined ? [] : [{ id: card.id, uid: card.uid, title: card.title }]));
    },
    async save({ uid, name, description, folder, panel, baseVersion, by }) {
      if (name.trim() === '') throw new BadRequest('name', 'is empty; a library panel needs one to be found by');
      if (name.length > MAX_NAME) throw new BadRequest('name', `has ${name.length} letters, and the limit is ${MAX_NAME}`);
      if (description.length > MAX_DESCRIPTION)
        throw new BadRequest('description', `has ${description.length} letters, and the limit is ${MAX_DESCRIPTION}`);
      if (folder !== '' && !(await documents.folders.list()).some((it) => it.uid === folder))
        throw new BadRequest('folder', `there is no folder "${folder.slice(0, 100)}"`);
      const parsed = parseShared(panel);
      const { kind } = parsed;
      const json = writeLibraryPanel(parsed);
      const updatedMs = Date.now();
      return libraryPanels
        .save({ uid, name: name.trim(), description, kind, folderUid: folder, updatedMs, updatedBy: by, json, baseVersion })
        .catch((error: unknown) => {
          throw error instanceof LibraryPanelChanged ? conflict(error.saved, baseVersion ?? 0) : error;
        });
    },
    async remove(uid) {
      const found = await library.find(uid);
      if (!(await libraryPanels.removeUnused(uid))) {
        const users = await library.usersOf(uid);
        if (users.length > 0) throw inUse(found.name, users);
        // Somebody else removed it, or took it out of the last dashboard, meanwhile.
        await library.find(uid);
        if (!(await libraryPanels.removeUnused(uid))) throw inUse(found.name, await library.usersOf(uid));
      }
      return found;
    },
  };
  return library;
}

function inUse(name: string, users: readonly { readonly title: string }[]): HttpError {
  const titles = users.slice(0, 5).map(({ title }) => `"${title}"`);
  const more = users.length > titles.length ? ` and ${users.length - titles.length} more` : '';
  const who = users.length === 0 ? 'A dashboard' : titles.join(', ');
  const verb = users.length <= 1 ? 'shows' : 'show';
  return new HttpError('library_panel_in_use', `${who}${more} ${verb} "${name}". Take it out first.`);
}

/** A library panel that stood for another could come to stand for itself. */
function parseShared(input: unknown): Panel {
  const panel = parseLibraryPanel(input);
  if (panel.libraryPanel !== undefined)
    throw new BadRequest('panel.libraryPanel', 'a library panel cannot stand for another; put in what that one says');
  return panel;
}

function conflict(saved: LibraryPanel | undefined, base: number): HttpError {
  if (saved === undefined) {
    const sentence = `The library panel was removed meanwhile; your change was made from version ${base}. Save it as a new one.`;
    return new HttpError('library_panel_changed', sentence);
  }
  const { uid, name, version, updatedBy, updatedMs } = saved;
  if (base === 0)
    return new HttpError('library_panel_exists', `There is a library panel "${name}" of the uid "${uid}" already.`, 'uid');
  const who = updatedBy === '' ? 'Somebody' : updatedBy;
  return new HttpError(
    'library_panel_changed',
    `${who} saved "${name}" meanwhile, as version ${version} at ${new Date(updatedMs).toISOString()}; your change was made from version ${base}. Compare the two, then save again.`,
  );
}
