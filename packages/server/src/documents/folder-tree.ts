import { BadRequest } from '@vitrine/model/bad-request.ts';
import { randomBytes } from 'node:crypto';
import { HttpError } from '../http/errors.ts';
import type { DocumentStore } from './document-store.ts';
import type { Folder } from './folders.ts';

const MAX_TITLE = 200;
const MAX_DESCRIPTION = 10_000;
const MAX_DEPTH = 8;
const UID = /^[A-Za-z0-9_-]{1,64}$/;
/** Grafana's word for what lies in no folder. */
export const GENERAL = 'general';

export interface NewFolder {
  /** undefined makes one up. */
  readonly uid?: string | undefined;
  readonly title: string;
  readonly description?: string | undefined;
  /** "" stands at the top. */
  readonly parentUid?: string | undefined;
}

/** Folders within folders, and what holds of them together. Throws BadRequest, and HttpError where two would collide. */
export interface FolderTree {
  add(folder: NewFolder, by: string): Promise<Folder>;
  /** A `version` that is not the saved one is refused; undefined is not compared. */
  change(
    uid: string,
    change: {
      readonly title?: string | undefined;
      readonly description?: string | undefined;
      readonly version?: number | undefined;
    },
    by: string,
  ): Promise<Folder>;
  move(uid: string, parentUid: string, by: string): Promise<Folder>;
  /** With everything in it. Refused where a file says what one of its dashboards is. */
  remove(uid: string): Promise<Folder>;
  /** The folder of these titles, one inside the other; those that are not there are made. "" for none. */
  ensurePath(titles: readonly string[], by: string, uid?: string): Promise<string>;
}

export function folderTree(documents: DocumentStore): FolderTree {
  const { folders } = documents;
  const find = (all: readonly Folder[], uid: string): Folder => {
    const found = all.find((folder) => folder.uid === uid);
    if (found === undefined) throw new HttpError('no_such_folder', `There is no folder "${uid.slice(0, 100)}".`, 'uid');
    return found;
  };

  const add: FolderTree['add'] = async ({ uid = newUid(), title, description = '', parentUid = '' }, by) => {
    const all = await folders.list();
    if (!UID.test(uid) || uid === GENERAL) throw new BadRequest('uid', 'expected 1 to 64 letters, digits, - or _');
    if (all.some((folder) => folder.uid === uid))
      throw new HttpError('folder_exists', `There is a folder of the uid "${uid}" already.`);
    checkPlace(all, { uid, title, description, parentUid });
    return folders.add({ uid, title, description, parentUid, updatedMs: Date.now(), updatedBy: by });
  };

  return {
    add,
    async change(uid, { title, description, version }, by) {
      const all = await folders.list();
      const before = find(all, uid);
      if (version !== undefined && version !== before.version) {
        throw new HttpError(
          'folder_changed',
          `The folder is at version ${before.version}, changed by ${before.updatedBy || 'somebody'}.`,
        );
      }
      checkPlace(all, {
        ...before,
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
      });
      const change = { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
      return (await folders.change(uid, change, by, Date.now())) ?? find([], uid);
    },
    async move(uid, parentUid, by) {
      const all = await folders.list();
      checkPlace(all, { ...find(all, uid), parentUid });
      return (await folders.change(uid, { parentUid }, by, Date.now())) ?? find([], uid);
    },
    async remove(uid) {
      const all = await folders.list();
      const folder = find(all, uid);
      const inside = [folder, ...descendants(all, uid)];
      const uids = new Set(inside.map((it) => it.uid));
      const dashboards = (await documents.dashboards.cards()).filter((card) => uids.has(card.folderUid));
      const locked = dashboards.find(({ provisioned }) => provisioned?.locked === true);
      if (locked !== undefined) {
        throw new HttpError(
          'provisioned_dashboard',
          `The folder holds "${locked.title}", which comes from ${locked.provisioned?.file}; remove that file first.`,
        );
      }
      for (const dashboard of dashboards) await documents.dashboards.remove(dashboard.uid);
      for (const it of inside.toReversed()) await folders.remove(it.uid);
      return folder;
    },
    async ensurePath(titles, by, uid) {
      let parentUid = '';
      for (const [depth, title] of titles.entries()) {
        const all = await folders.list();
        const wanted = depth === titles.length - 1 ? uid : undefined;
        const known = all.find(
          (it) => (wanted !== undefined && it.uid === wanted) || (it.parentUid === parentUid && it.title === title),
        );
        parentUid = (known ?? (await add({ title, parentUid, uid: wanted }, by))).uid;
      }
      return parentUid;
    },
  };
}

/** A folder, the ones it lies in first. */
export function ancestors(all: readonly Folder[], uid: string): Folder[] {
  const byUid = new Map(all.map((folder) => [folder.uid, folder]));
  const path: Folder[] = [];
  for (let at = byUid.get(uid); at !== undefined && !path.includes(at); at = byUid.get(at.parentUid)) path.unshift(at);
  return path;
}

function descendants(all: readonly Folder[], uid: string): Folder[] {
  return all.filter((folder) => folder.parentUid === uid).flatMap((child) => [child, ...descendants(all, child.uid)]);
}

function checkPlace(all: readonly Folder[], folder: Pick<Folder, 'uid' | 'title' | 'description' | 'parentUid'>): void {
  const { uid, title, description, parentUid } = folder;
  if (title.trim() === '') throw new BadRequest('title', 'is empty');
  if (title.length > MAX_TITLE) throw new BadRequest('title', `has ${title.length} letters, and the limit is ${MAX_TITLE}`);
  if (description.length > MAX_DESCRIPTION)
    throw new BadRequest('description', `has ${description.length} letters, and the limit is ${MAX_DESCRIPTION}`);
  if (parentUid !== '') {
    const path = ancestors(all, parentUid);
    if (path.length === 0) throw new BadRequest('parentUid', `there is no folder "${parentUid.slice(0, 100)}"`);
    if (path.some((it) => it.uid === uid)) throw new BadRequest('parentUid', 'a folder cannot lie in itself');
    if (path.length >= MAX_DEPTH) throw new BadRequest('parentUid', `folders lie at most ${MAX_DEPTH} deep`);
  }
  const twin = all.find((it) => it.uid !== uid && it.parentUid === parentUid && it.title === title);
  if (twin !== undefined) throw new HttpError('folder_exists', `There is a folder "${title}" there already.`, 'title');
}

function newUid(): string {
  return randomBytes(9).toString('base64url');
}
