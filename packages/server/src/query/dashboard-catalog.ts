import type { DashboardRevision, FolderRef } from '@vitrine/model/api.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Dashboard, Layout } from '@vitrine/model/dashboard.ts';
import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import type { Logger } from 'pino';
import { type DashboardCard, DashboardChanged, type ProvisionedFrom } from '../documents/dashboards.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import type { Folder } from '../documents/folders.ts';
import { HttpError } from '../http/errors.ts';
import { dashboardFiles, type FileDashboard } from './dashboard-files.ts';
import { type FilledDashboard, fillLibraryPanels, libraryPanelsOf } from './fill-library-panels.ts';
import { scorer, type Searchable, searchable } from './search-dashboards.ts';

/** What is known of a dashboard without reading it. */
export interface CatalogCard {
  /** Stays with the dashboard on this server. */
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panelCount: number;
  /** Comes from a file, so that it cannot be changed here. */
  readonly builtin: boolean;
  readonly folder: FolderRef | undefined;
  /** Counts its saves from 1; 0 where it comes from a file. */
  readonly revision: number;
  readonly createdMs: number;
  readonly createdBy: string;
  readonly updatedMs: number;
  readonly updatedBy: string;
  readonly provisioned: ProvisionedFrom | undefined;
}

/** Library panels stand filled in. */
export interface CatalogEntry extends CatalogCard, FilledDashboard {}

export interface DashboardSearch {
  /** "" finds all. */
  readonly text: string;
  /** All of them are needed. */
  readonly tags: readonly string[];
  /** Any of these folders; "" is no folder. undefined is everywhere. */
  readonly folders: readonly string[] | undefined;
  /** Only these; undefined is all. */
  readonly uids: ReadonlySet<string> | undefined;
}

export interface DashboardChange {
  readonly dashboard: Dashboard;
  /** undefined leaves it where it is; "" is no folder. */
  readonly folder?: string | undefined;
  readonly message?: string | undefined;
  /** undefined saves over whatever is there; 0 stands for a dashboard that is not there yet. */
  readonly baseRevision?: number | undefined;
  readonly restored?: number | undefined;
  /** Says that a file asks for it, and so may change what people may not. */
  readonly provisioned?: ProvisionedFrom | undefined;
  readonly by: string;
}

/** All dashboards: those of the folders, and those that people saved. */
export interface DashboardCatalog {
  /** Without a text in the order of title, else the best first. */
  search(search: DashboardSearch): Promise<readonly CatalogCard[]>;
  find(uid: string): Promise<CatalogEntry | undefined>;
  card(uid: string): Promise<CatalogCard | undefined>;
  cardById(id: number): Promise<CatalogCard | undefined>;
  /**
   * Throws BadRequest on texts too long or a folder that is not there, and HttpError `dashboard_changed` where it is not at the
   * base revision, `builtin_dashboard` or `provisioned_dashboard` where a file says what it is.
   */
  save(change: DashboardChange): Promise<CatalogEntry>;
  /** Throws HttpError `no_such_dashboard`, `builtin_dashboard` or `provisioned_dashboard`. */
  remove(uid: string): Promise<void>;
  /** Those that are kept, the newest first. */
  revisions(uid: string): Promise<readonly DashboardRevision[]>;
  revision(uid: string, revision: number): Promise<(DashboardRevision & { readonly dashboard: Dashboard }) | undefined>;
  /** In the order of the tag. */
  tags(): Promise<readonly { readonly tag: string; readonly count: number }[]>;
}

const MAX_TITLE = 500;
const MAX_DESCRIPTION = 100_000;
const MAX_TAGS = 100;
const MAX_TAG = 200;
const MAX_MESSAGE = 5_000;
/** Of a panel, a row, a variable, a link: what stands in one line. */
const MAX_NAME = 2_000;
/** Addresses of the API that would hide a dashboard of that uid. */
const TAKEN_UIDS: ReadonlySet<string> = new Set(['home', 'tags', 'uid', 'id', 'db', 'import']);
/** Dashboards of files have no row and so no number of their own: theirs are made of the uid, above all others. */
const FILE_ID_BASE = 2 ** 30;

interface Indexed {
  readonly card: CatalogCard;
  /** What `searchable` was made of. */
  readonly text: string;
  readonly searchable: Searchable;
}

/** Everything that lists and searches need, as of one count of changes. */
interface Index {
  readonly files: number;
  readonly saved: number;
  /** In the order of title. */
  readonly entries: readonly Indexed[];
}

/** `folders` hold dashboards as files. A file counts before a saved dashboard of the same uid. */
export function dashboardCatalog(folders: readonly string[], documents: DocumentStore, log: Logger): DashboardCatalog {
  const files = dashboardFiles(folders, log);
  let known: Index | undefined;

  const index = async (): Promise<Index> => {
    const saved = await documents.dashboards.changeCount();
    if (known?.saved === saved && known.files === files.changeCount) return known;
    const counts = { files: files.changeCount, saved };
    const ofFiles = [...files.all().values()].map(cardOfFile);
    known = buildIndex(counts, ofFiles, await documents.dashboards.cards(), await foldersByUid(), known);
    return known;
  };

  // Straight from the documents, so that thousands who are saved one after the other do not each make the index anew.
  const card = async (uid: string): Promise<CatalogCard | undefined> => {
    const file = files.all().get(uid);
    if (file !== undefined) return cardOfFile(file);
    const saved = await documents.dashboards.card(uid);
    return saved === undefined ? undefined : cardOfSaved(saved, await foldersByUid());
  };

  const find = async (uid: string): Promise<CatalogEntry | undefined> => {
    const found = await card(uid);
    if (found === undefined) return undefined;
    const dashboard = files.all().get(uid)?.dashboard ?? (await readSaved(uid));
    if (dashboard === undefined) return undefined;
    const library = await documents.libraryPanels.find(libraryPanelsOf(dashboard));
    return { ...found, ...fillLibraryPanels(dashboard, library) };
  };

  const foldersByUid = async (): Promise<ReadonlyMap<string, Folder>> =>
    new Map((await documents.folders.list()).map((folder) => [folder.uid, folder]));

  const readSaved = async (uid: string): Promise<Dashboard | undefined> => {
    const saved = await documents.dashboards.find(uid);
    if (saved === undefined) return undefined;
    try {
      return parseDashboard(JSON.parse(saved.json));
    } catch (error) {
      log.warn(`saved dashboard ${uid}: ${(error as Error).message}`);
      return undefined;
    }
  };

  const checkedFolder = async (uid: string | undefined): Promise<string | undefined> => {
    if (uid === undefined || uid === '') return uid;
    const all = await documents.folders.list();
    if (all.some((folder) => folder.uid === uid)) return uid;
    throw new BadRequest('folder', `there is no folder "${uid.slice(0, 100)}"`);
  };

  return {
    async search({ text, tags, folders: wanted, uids }) {
      const score = scorer(text);
      const { entries } = await index();
      const found = entries.flatMap((entry) => {
        const { card } = entry;
        if (uids !== undefined && !uids.has(card.uid)) return [];
        if (wanted !== undefined && !wanted.includes(card.folder?.uid ?? '')) return [];
        if (!tags.every((tag) => card.tags.includes(tag))) return [];
        const points = score(entry.searchable);
        return points === 0 ? [] : [{ card, points }];
      });
      // Sorting is stable: among equals the order of title stays.
      return found.toSorted((a, b) => b.points - a.points).map(({ card }) => card);
    },
    find,
    card,
    async cardById(id) {
      return (await index()).entries.find(({ card }) => card.id === id)?.card;
    },
    async save(change) {
      const { dashboard, provisioned, by } = change;
      const { uid } = dashboard;
      checkTexts(change);
      const before = await card(uid);
      if (before?.builtin === true && (provisioned === undefined || before.provisioned?.provider !== provisioned.provider)) {
        throw refusal(before);
      }
      await documents.dashboards
        .save({
          uid,
          title: dashboard.title,
          description: dashboard.description,
          tags: dashboard.tags,
          panelCount: dashboard.panels.length,
          libraryPanels: libraryPanelsOf(dashboard),
          json: JSON.stringify(dashboard),
          folderUid: await checkedFolder(change.folder),
          message: change.message ?? '',
          restored: change.restored,
          baseRevision: change.baseRevision,
          by,
          nowMs: Date.now(),
          provisioned,
        })
        .catch((error: unknown) => {
          throw error instanceof DashboardChanged ? new HttpError('dashboard_changed', changedSentence(error.saved)) : error;
        });
      const entry = await find(uid);
      if (entry === undefined) throw new HttpError('no_such_dashboard', `The dashboard "${uid}" was removed at the same time.`);
      return entry;
    },
    async remove(uid) {
      const found = await card(uid);
      if (found === undefined) throw new HttpError('no_such_dashboard', `There is no dashboard "${uid}".`, 'uid');
      if (found.builtin) throw refusal(found);
      await documents.dashboards.remove(uid);
    },
    revisions: (uid) => documents.dashboards.revisions(uid),
    async revision(uid, revision) {
      const saved = await documents.dashboards.revision(uid, revision);
      if (saved === undefined) return undefined;
      const { json, ...about } = saved;
      return { ...about, dashboard: parseDashboard(JSON.parse(json)) };
    },
    async tags() {
      const counts = new Map<string, number>();
      for (const { card } of (await index()).entries) for (const tag of card.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      return [...counts].map(([tag, count]) => ({ tag, count })).toSorted((a, b) => a.tag.localeCompare(b.tag));
    },
  };
}

function buildIndex(
  counts: Pick<Index, 'files' | 'saved'>,
  ofFiles: readonly CatalogCard[],
  saved: readonly DashboardCard[],
  folders: ReadonlyMap<string, Folder>,
  before: Index | undefined,
): Index {
  // After one dashboard's change the others' words are the same.
  const known = new Map(before?.entries.map((entry) => [entry.card.uid, entry]));
  const entryOf = (card: CatalogCard): Indexed => {
    const folderPath = pathOf(card.folder?.uid, folders);
    const text = JSON.stringify([card.title, card.description, card.tags, folderPath]);
    const old = known.get(card.uid);
    return { card, text, searchable: old?.text === text ? old.searchable : searchable({ ...card, folderPath }) };
  };
  const byUid = new Map(ofFiles.map((card) => [card.uid, card]));
  for (const card of saved) if (!byUid.has(card.uid)) byUid.set(card.uid, cardOfSaved(card, folders));
  const collator = new Intl.Collator('en', { sensitivity: 'base', numeric: true });
  // Nearly sorted already, where only one has changed: comparing titles is what takes long.
  const rank = new Map(before?.entries.map(({ card }, i) => [card.uid, i]));
  const rankOf = ({ uid }: CatalogCard): number => rank.get(uid) ?? rank.size;
  const entries = [...byUid.values()]
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .toSorted((a, b) => collator.compare(a.title, b.title) || (a.uid < b.uid ? -1 : 1))
    .map(entryOf);
  return { ...counts, entries };
}

function cardOfFile({ dashboard, updatedMs }: FileDashboard): CatalogCard {
  const { uid, title, description, tags, panels } = dashboard;
  return {
    id: FILE_ID_BASE + hash(uid),
    uid,
    title,
    description,
    tags,
    panelCount: panels.length,
    builtin: true,
    folder: undefined,
    revision: 0,
    createdMs: updatedMs,
    createdBy: '',
    updatedMs,
    updatedBy: '',
    provisioned: undefined,
  };
}

function cardOfSaved({ folderUid, ...card }: DashboardCard, folders: ReadonlyMap<string, Folder>): CatalogCard {
  const folder = folders.get(folderUid);
  const builtin = card.provisioned?.locked === true;
  return {
    ...card,
    builtin,
    folder: folder === undefined ? undefined : { uid: folder.uid, title: folder.title },
    revision: builtin ? 0 : card.revision,
  };
}

/** The titles of a folder and those that it lies in, from the top. */
function pathOf(uid: string | undefined, byUid: ReadonlyMap<string, Folder>): string[] {
  const titles: string[] = [];
  for (let at = byUid.get(uid ?? ''); at !== undefined && titles.length < 100; at = byUid.get(at.parentUid)) {
    titles.unshift(at.title);
  }
  return titles;
}

function checkTexts({ dashboard, message }: DashboardChange): void {
  const { uid, title, description, tags } = dashboard;
  const fits = (field: string, text: string, limit: number): void => {
    if (text.length > limit)
      throw new BadRequest(field, `has ${text.length} letters, and the limit is ${limit}; make it shorter`);
  };
  if (TAKEN_UIDS.has(uid)) throw new BadRequest('uid', `"${uid}" is an address of the API; choose another uid`);
  if (title.trim() === '') throw new BadRequest('title', 'is empty; a dashboard needs one to be found by');
  fits('title', title, MAX_TITLE);
  fits('description', description, MAX_DESCRIPTION);
  fits('message', message ?? '', MAX_MESSAGE);
  if (tags.length > MAX_TAGS) throw new BadRequest('tags', `are ${tags.length}, and the limit is ${MAX_TAGS}; leave some out`);
  tags.forEach((tag, i) => fits(`tags[${i}]`, tag, MAX_TAG));
  dashboard.panels.forEach((panel, i) => {
    fits(`panels[${i}].title`, panel.title, MAX_NAME);
    fits(`panels[${i}].description`, panel.description, MAX_DESCRIPTION);
    fits(`panels[${i}].libraryPanel.name`, panel.libraryPanel?.name ?? '', MAX_NAME);
  });
  dashboard.variables.forEach(({ label }, i) => fits(`variables[${i}].label`, label, MAX_NAME));
  dashboard.annotations.forEach(({ name }, i) => fits(`annotations[${i}].name`, name, MAX_NAME));
  dashboard.links.forEach((link, i) => {
    fits(`links[${i}].title`, link.title, MAX_NAME);
    fits(`links[${i}].tooltip`, link.tooltip, MAX_NAME);
  });
  checkSections(dashboard.layout, fits);
}

function checkSections(layout: Layout, fits: (field: string, text: string, limit: number) => void): void {
  if (layout.kind === 'grid') return;
  for (const { id, title, layout: inside } of layout.sections) {
    fits(`layout: the title of ${layout.kind === 'rows' ? 'row' : 'tab'} ${id}`, title, MAX_NAME);
    checkSections(inside, fits);
  }
}

/** What a file says is changed in the file. */
function refusal({ uid, title, provisioned }: CatalogCard): HttpError {
  if (provisioned === undefined) {
    const sentence = `The dashboard "${uid}" comes with Vitrine or from a folder of dashboards, so it cannot be changed here. Copy it, and change the copy.`;
    return new HttpError('builtin_dashboard', sentence);
  }
  const { file, provider } = provisioned;
  return new HttpError(
    'provisioned_dashboard',
    `"${title}" comes from the file ${file}, which the provider "${provider}" reads, so it cannot be changed here. Change the file, copy the dashboard, or set allowUiUpdates: true for the provider.`,
  );
}

function changedSentence({ revision, updatedMs, updatedBy }: DashboardChanged['saved']): string {
  if (revision === 0) return 'The dashboard was deleted meanwhile. Save it as a new one.';
  const who = updatedBy === '' ? 'Somebody' : updatedBy;
  return `${who} saved it meanwhile, as revision ${revision} at ${new Date(updatedMs).toISOString()}. Compare the two, then save again.`;
}

/** FNV-1a, in 30 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value & (FILE_ID_BASE - 1);
}
