import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { DashboardCard, ProvisionedFrom } from '../documents/dashboards.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { folderTree } from '../documents/folder-tree.ts';
import type { DashboardCatalog } from '../query/dashboard-catalog.ts';
import { readDashboardText } from '../query/read-dashboard-text.ts';
import type { DashboardProvider } from './dashboard-providers.ts';
import { sentenceOf } from './provisioning-file.ts';

const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 20_000;
const MAX_DEPTH = 16;
/** Who made what files brought. */
const AUTHOR = 'provisioning';

export interface SyncNeeds {
  readonly documents: DocumentStore;
  readonly catalog: DashboardCatalog;
  readonly warn: (sentence: string) => void;
}

/** A file as it was last seen. */
interface SeenFile {
  readonly stamp: string;
  readonly uids: readonly string[];
  /** Some of its dashboards were left out, as another file has their uid. */
  readonly isTwin: boolean;
}

/**
 * One provider's files and the dashboards that they are. A file that changes changes its dashboard; one that goes takes it
 * along; one that cannot be read leaves it as it was, and says so once a change.
 */
export class DashboardSync {
  readonly provider: DashboardProvider;
  readonly #needs: SyncNeeds;
  #seen = new Map<string, SeenFile>();
  #lastComplaint = '';

  constructor(provider: DashboardProvider, needs: SyncNeeds) {
    this.provider = provider;
    this.#needs = needs;
  }

  async run(): Promise<void> {
    const { documents, warn } = this.#needs;
    let files: readonly string[];
    try {
      files = filesIn(this.provider.path);
      this.#lastComplaint = '';
    } catch (error) {
      // A folder that is not there for a moment is no reason to delete anything.
      const complaint = `${sentenceOf(error, this.provider.path)}; what "${this.provider.name}" provided stays as it is.`;
      if (complaint !== this.#lastComplaint) warn(complaint);
      this.#lastComplaint = complaint;
      return;
    }
    const before = (await documents.dashboards.cards()).filter((card) => card.provisioned?.provider === this.provider.name);
    const now = new Set(files);
    if ([...this.#seen.keys()].some((file) => !now.has(file))) {
      // What was left out may be the only one now.
      for (const [file, { isTwin }] of this.#seen) if (isTwin) this.#seen.delete(file);
    }
    const seen = new Map<string, SeenFile>();
    const ownerOf = new Map<string, string>();
    for (const file of files) seen.set(file, await this.#syncFile(file, before, ownerOf));
    this.#seen = seen;
    for (const card of before) {
      if (ownerOf.has(card.uid)) continue;
      // A file that can no longer be read may still mean this dashboard.
      if (card.provisioned !== undefined && seen.get(card.provisioned.file)?.uids.length === 0) continue;
      if (this.provider.keepDeleted) await documents.dashboards.forgetProvider(card.uid);
      else await documents.dashboards.remove(card.uid);
    }
  }

  async #syncFile(file: string, before: readonly DashboardCard[], ownerOf: Map<string, string>): Promise<SeenFile> {
    const { catalog, warn } = this.#needs;
    let stamp = '';
    try {
      const { mtimeMs, size } = statSync(file);
      stamp = `${mtimeMs}:${size}`;
      const known = this.#seen.get(file);
      if (known?.stamp === stamp) {
        for (const uid of known.uids) ownerOf.set(uid, file);
        return known;
      }
      if (size > MAX_FILE_BYTES) throw new Error(`is ${size} bytes, and a dashboard's file may have ${MAX_FILE_BYTES}`);
      const text = readFileSync(file, 'utf8');
      const fileHash = createHash('sha256').update(text).digest('hex');
      const saved = before.filter((card) => card.provisioned?.file === file);
      const folder = await this.#folderOf(file);
      // After a new start most files are what they were: then there is no need to understand them.
      if (saved.length > 0 && saved.every((card) => this.#isSame(card, file, fileHash, folder) && !ownerOf.has(card.uid))) {
        for (const { uid } of saved) ownerOf.set(uid, file);
        return { stamp, uids: saved.map(({ uid }) => uid), isTwin: false };
      }
      const uids: string[] = [];
      let isTwin = false;
      for (const dashboard of readDashboardText(text)) {
        const twin = ownerOf.get(dashboard.uid);
        if (twin !== undefined) {
          warn(`${file}: the uid "${dashboard.uid}" stands in ${twin} already; this one was left out.`);
          isTwin = true;
          continue;
        }
        ownerOf.set(dashboard.uid, file);
        uids.push(dashboard.uid);
        const known = before.find(({ uid }) => uid === dashboard.uid);
        if (known !== undefined && this.#isSame(known, file, fileHash, folder)) continue;
        const provisioned = this.#provisioned(file, fileHash);
        await catalog.save({ dashboard, folder, provisioned, message: `From ${file}`, by: AUTHOR });
      }
      return { stamp, uids, isTwin };
    } catch (error) {
      if (this.#seen.get(file)?.stamp !== stamp) warn(sentenceOf(error, file));
      return { stamp, uids: [], isTwin: false };
    }
  }

  #provisioned(file: string, fileHash: string): ProvisionedFrom {
    return { provider: this.provider.name, file, fileHash, locked: !this.provider.editable };
  }

  #isSame({ folderUid, provisioned }: DashboardCard, file: string, fileHash: string, folder: string): boolean {
    return folderUid === folder && JSON.stringify(provisioned) === JSON.stringify(this.#provisioned(file, fileHash));
  }

  async #folderOf(file: string): Promise<string> {
    const { path, folder, folderUid, foldersFromFiles } = this.provider;
    const tree = folderTree(this.#needs.documents);
    if (foldersFromFiles) {
      const titles = relative(path, dirname(file))
        .split(sep)
        .filter((title) => title !== '' && title !== '.');
      return tree.ensurePath(titles, AUTHOR);
    }
    if (folder === '' && folderUid === '') return '';
    return tree.ensurePath([folder === '' ? folderUid : folder], AUTHOR, folderUid === '' ? undefined : folderUid);
  }
}

/** The files that may hold dashboards, in the order of path. Throws where the folder itself cannot be read. */
function filesIn(root: string): readonly string[] {
  const files: string[] = [];
  const seen = new Set<string>();
  const walk = (folder: string, depth: number): void => {
    const real = realpathSync(folder);
    // A link that leads back up would never end.
    if (seen.has(real)) return;
    seen.add(real);
    for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      // Kubernetes keeps the files of a mounted ConfigMap under "..data", and links to them.
      if (entry.name.startsWith('..') || files.length >= MAX_FILES) continue;
      const path = join(folder, entry.name);
      if (isFolder(entry, path)) {
        if (depth < MAX_DEPTH) walk(path, depth + 1);
      } else if (entry.name.endsWith('.json')) {
        files.push(path);
      }
    }
  };
  walk(root, 1);
  return files;
}

function isFolder(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
