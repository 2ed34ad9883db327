import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { LogdirState } from '@vitrine/model/logdir-state.ts';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { Runs } from '../runs.ts';
import type { EventThread } from './ask-event-thread.ts';
import { readMark, writeMark } from './folder-mark.ts';
import type { Hparams } from './hparams.ts';
import { type FolderRun, hostOf, layOutRuns, parentOf } from './lay-out-runs.ts';
import { type EventChunk, type FilePlace, type FolderRead, type FolderToRead, START } from './read-events.ts';
import { LogdirRuns } from './logdir-runs.ts';
import type { LogdirChanges } from './scan-logdir.ts';
import { addSkips, type SkipCounts, skipSentence } from './skipped.ts';
import { type FolderWatch, watchFolders } from './watch-folders.ts';

export interface LogdirNeeds {
  readonly runs: Runs;
  readonly thread: EventThread;
  readonly log: { readonly warn: (sentence: string) => void };
  readonly nowMs?: () => number;
}

export interface LogdirSpec {
  /** Absolute. */
  readonly path: string;
  readonly project: string;
  /** What its runs are known by, where that is not where they are: of a copy that is there for the reading. */
  readonly identity?: string;
  /** Reads again what belongs to runs that were erased since. */
  readonly revive?: boolean;
}

/** So much of the files is read at a time: little at first, so that something is soon seen. */
const FIRST_CHUNK_BYTES = 512 * 1024;
const LAST_CHUNK_BYTES = 16 * 1024 * 1024;
/** Directories of one chunk at most. */
const CHUNK_FOLDERS = 256;
/** What file systems do not tell of is looked for so often, in directories that grew lately and everywhere. */
const ACTIVE_EVERY_MS = 1_000;
const ALL_EVERY_MS = 5_000;
/** Looking everywhere takes at most this share of the time. */
const LOOKING_SHARE = 0.02;
/** Directories that grew within this are looked at more often. */
const ACTIVE_MS = 600_000;
const MAX_ACTIVE = 256;
/** Writers flush a record in several writes: what happens within it is one change. */
const SETTLE_MS = 5;
const RETRY_MS = 5_000;
const MARKS_AT_ONCE = 200;
const MAX_PROBLEMS = 100;

interface Folder {
  readonly folder: string;
  readonly key: string;
  /** Where the mark says it is, or where the layout puts it once there is something to read. */
  assigned: FolderRun | undefined;
  plugins: Readonly<Record<string, string>>;
  /** Those that the store has. */
  keptPlugins: Readonly<Record<string, string>>;
  /** Read and kept. */
  readonly kept: Map<string, FilePlace>;
  readonly files: Map<string, File>;
  /** Names of files with something to read. */
  readonly waiting: Set<string>;
  skipped: SkipCounts;
  lastMs: number;
  end: Hparams['end'];
  grewMs: number;
}

interface File {
  /** Read, and perhaps on its way to the store. */
  place: FilePlace;
  size: number;
  problem: string;
}

/** One directory of event files and what it has become in the store: read once, or followed for as long as the server runs. */
export class Logdir {
  readonly spec: LogdirSpec;
  readonly id: string;
  readonly #thread: EventThread;
  readonly #curves: Runs['curves'];
  readonly #runs: LogdirRuns;
  readonly #log: LogdirNeeds['log'];
  readonly #nowMs: () => number;
  readonly #folders = new Map<string, Folder>();
  /** With something to read: what grew just now goes before what has been there. */
  readonly #growing = new Set<Folder>();
  readonly #waiting = new Set<Folder>();
  /** Directories to be looked at. */
  readonly #dirty = new Set<string>();
  #lookEverywhere = true;
  #firstLook = true;
  /** Whether something was found that is not all kept yet. */
  #isReading = false;
  #isThere = true;
  #chunkBytes = FIRST_CHUNK_BYTES;
  #points = 0;
  #items = 0;
  #problems: readonly string[] = [];
  #trouble = '';
  #stop = new AbortController();
  #following = false;
  #done = false;
  #turning: Promise<void> | undefined;
  #watch: FolderWatch | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(spec: LogdirSpec, { runs, thread, log, nowMs = Date.now }: LogdirNeeds) {
    this.spec = spec;
    this.id = createHash('sha256')
      .update(`${spec.identity ?? spec.path}\0${spec.project}`)
      .digest('hex')
      .slice(0, 16);
    this.#thread = thread;
    this.#curves = runs.curves;
    this.#log = log;
    this.#nowMs = nowMs;
    this.#runs = new LogdirRuns({ runs, id: this.id, spec, nowMs });
  }

  /** Reads all that is there now. Its runs are over when it resolves. Rejects where it was stopped, or where reading fails. */
  async readOnce(): Promise<void> {
    try {
      await this.#turn();
      await this.#runs.settle({ isOver: true });
    } catch (error) {
      this.#trouble = messageOf(error);
      throw error;
    } finally {
      this.#done = true;
      await this.#thread.forget(
        this.id,
        [...this.#folders.values()].map(({ key }) => key),
      );
    }
  }

  /** Reads what is there and what comes, until it is stopped. */
  follow(): void {
    this.#following = true;
    let isSettling = false;
    this.#watch = watchFolders(this.spec.path, (folder) => {
      this.#dirty.add(folder);
      if (isSettling) return;
      isSettling = true;
      this.#after(SETTLE_MS, () => {
        isSettling = false;
        this.#wake();
      });
    });
    const lookAtActive = (): void => {
      const since = this.#nowMs() - ACTIVE_MS;
      const active = [...this.#folders.values()].filter(({ grewMs }) => grewMs > since);
      for (const { folder } of active.toSorted((a, b) => b.grewMs - a.grewMs).slice(0, MAX_ACTIVE)) this.#dirty.add(folder);
      if (this.#dirty.size > 0) this.#wake();
      this.#after(ACTIVE_EVERY_MS, lookAtActive);
    };
    this.#after(ACTIVE_EVERY_MS, lookAtActive);
    this.#wake();
  }

  /** Ends following. What is on its way to the store still gets there. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#watch?.stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await this.#turning?.catch(() => {});
    await this.#thread.forget(
      this.id,
      [...this.#folders.values()].map(({ key }) => key),
    );
  }

  state(): Omit<LogdirState, 'byConfig'> {
    let files = 0;
    let bytes = 0;
    let bytesRead = 0;
    const problems: { file: string; sentence: string }[] = this.#problems.map((sentence) => ({ file: '', sentence }));
    const skipped: SkipCounts = {};
    for (const folder of this.#folders.values()) {
      addSkips(skipped, folder.skipped);
      for (const [name, { size, problem }] of folder.files) {
        files++;
        bytes += size;
        bytesRead += Math.min(size, folder.kept.get(name)?.offset ?? 0);
        if (problem !== '' && problems.length < MAX_PROBLEMS)
          problems.push({ file: pathOf(folder.folder, name), sentence: problem });
      }
    }
    const isReading = this.#firstLook || this.#isReading || !this.#following;
    return {
      id: this.id,
      path: this.spec.identity ?? this.spec.path,
      project: this.spec.project,
      state: this.#done ? 'done' : !this.#isThere ? 'missing' : isReading ? 'reading' : 'following',
      files,
      runs: this.#runs.size,
      bytes,
      bytesRead,
      points: this.#points,
      items: this.#items,
      skipped: skipSentence(skipped),
      problems,
      trouble: this.#trouble,
    };
  }

  #after(ms: number, work: () => void): void {
    if (this.#stop.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  #wake(): void {
    if (this.#turning !== undefined || this.#stop.signal.aborted) return;
    const turn = this.#turn();
    this.#turning = turn;
    turn
      .then(() => {
        this.#trouble = '';
      })
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        const sentence = messageOf(error);
        if (sentence !== this.#trouble) this.#log.warn(`The log directory ${this.spec.path} could not be read: ${sentence}`);
        this.#trouble = sentence;
        this.#lookEverywhere = true;
        this.#after(RETRY_MS, () => this.#wake());
      })
      .finally(() => {
        if (this.#turning === turn) this.#turning = undefined;
        if (this.#trouble === '' && (this.#dirty.size > 0 || this.#lookEverywhere)) this.#wake();
      });
  }

  /** Looks where something may have happened and reads on until there is nothing more to read. */
  async #turn(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      this.#rewind();
      throw error;
    }
    this.#stop.signal.throwIfAborted();
    this.#chunkBytes = FIRST_CHUNK_BYTES;
    await this.#runs.settle({ isOver: false });
  }

  async #readAll(): Promise<void> {
    let storing: Promise<void> = Promise.resolve();
    while (!this.#stop.signal.aborted) {
      await this.#look();
      const folders = this.#nextFolders();
      if (folders.length === 0) break;
      this.#isReading = true;
      const [chunk] = await Promise.all([this.#thread.read(folders, this.#chunkBytes), storing]);
      this.#chunkBytes = Math.min(this.#chunkBytes * 2, LAST_CHUNK_BYTES);
      this.#move(folders, chunk);
      // While one chunk is on its way to disk the next one is read. They get there in order, one at a time: a place in a file
      // says that all before it is kept.
      storing = this.#store(chunk);
      // It is waited for above and below; until then it may fail unseen.
      storing.catch(() => {});
    }
    await storing;
    this.#isReading = false;
  }

  async #look(): Promise<void> {
    if (this.#lookEverywhere) {
      this.#lookEverywhere = false;
      this.#dirty.clear();
      const before = performance.now();
      const changes = await this.#thread.scan(this.id, this.spec.path);
      const tookMs = performance.now() - before;
      this.#isThere = changes.isThere;
      this.#problems = changes.problems;
      await this.#take(changes);
      this.#firstLook = false;
      if (this.#following) {
        this.#after(Math.max(ALL_EVERY_MS, tookMs / LOOKING_SHARE), () => {
          this.#lookEverywhere = true;
          this.#wake();
        });
      }
    } else if (this.#dirty.size > 0) {
      const some = [...this.#dirty].filter((folder) => folder === '' || this.#folders.has(folder) || this.#isThere);
      this.#dirty.clear();
      for (const folder of some) this.#watch?.add(folder);
      await this.#take(await this.#thread.scan(this.id, this.spec.path, some));
    }
  }

  async #take({ files, gone, folders }: LogdirChanges): Promise<void> {
    for (const folder of folders) this.#watch?.add(folder);
    for (const { folder, name } of gone) this.#folders.get(folder)?.files.delete(name);
    const unknown = [...new Set(files.map(({ folder }) => folder))].filter((folder) => !this.#folders.has(folder));
    for (let at = 0; at < unknown.length; at += MARKS_AT_ONCE) {
      const some = await Promise.all(unknown.slice(at, at + MARKS_AT_ONCE).map((folder) => this.#recall(folder)));
      for (const folder of some) this.#folders.set(folder.folder, folder);
    }
    if (unknown.length > 0) this.#layOut();
    const now = this.#nowMs();
    for (const { folder: path, name, size, mtimeMs } of files) {
      const folder = this.#folders.get(path) as Folder;
      const known = folder.files.get(name);
      const file = known ?? { place: folder.kept.get(name) ?? START, size, problem: '' };
      file.size = size;
      folder.files.set(name, file);
      // Of what happened before we looked its time tells, of all else our own clock.
      const grewMs = this.#firstLook || known === undefined ? Math.min(mtimeMs, now) : now;
      folder.grewMs = Math.max(folder.grewMs, grewMs);
      this.#runs.grew(folder.assigned, folder.grewMs);
      // Another time with the same size may be another file.
      if (size === file.place.offset && known === undefined) continue;
      folder.waiting.add(name);
      if (!this.#firstLook) this.#growing.add(folder);
      else this.#waiting.add(folder);
    }
  }

  /** What is known of a directory from an earlier time. */
  async #recall(path: string): Promise<Folder> {
    const [text, tags] = await Promise.all([this.#curves.mark(this.#markName(path)), this.#curves.mark(this.#tagsName(path))]);
    const found = text === undefined ? undefined : readMark(text);
    const mark = found !== undefined && this.spec.revive === true && !(await this.#runs.exists(found.run)) ? undefined : found;
    const plugins = mark === undefined || tags === undefined ? {} : (JSON.parse(tags) as Record<string, string>);
    const folder: Folder = {
      folder: path,
      key: `${this.id}/${path}`,
      assigned: mark,
      plugins,
      keptPlugins: plugins,
      kept: new Map(mark?.files),
      files: new Map(),
      waiting: new Set(),
      skipped: { ...mark?.skipped },
      lastMs: mark?.lastMs ?? Number.NaN,
      end: mark?.end,
      grewMs: -Infinity,
    };
    if (mark !== undefined) await this.#runs.recall(mark);
    return folder;
  }

  /** A directory goes to the run that it was put to first: what is added to the tree later does not tear runs apart. */
  #layOut(): void {
    const layout = layOutRuns(this.#folders.keys());
    for (const folder of this.#folders.values()) {
      if (folder.kept.size === 0 && folder.assigned === undefined) folder.assigned = layout.get(folder.folder);
    }
  }

  #nextFolders(): FolderToRead[] {
    const next: FolderToRead[] = [];
    for (const folder of [...this.#growing, ...this.#waiting].slice(0, CHUNK_FOLDERS)) {
      this.#growing.delete(folder);
      this.#waiting.delete(folder);
      const { run, prefix } = folder.assigned as FolderRun;
      const names = [...folder.waiting].filter((name) => folder.files.has(name)).toSorted();
      folder.waiting.clear();
      next.push({
        key: folder.key,
        path: folder.folder === '' ? this.spec.path : `${this.spec.path}/${folder.folder}`,
        run: this.#runs.idOf(run),
        prefix,
        plugins: folder.plugins,
        files: names.map((name) => ({ name, place: (folder.files.get(name) as File).place })),
      });
    }
    return next;
  }

  /** Notes how far files were read, and what is left of those that were to be. */
  #move(asked: readonly FolderToRead[], chunk: EventChunk): void {
    for (const { key, plugins } of chunk.folders) if (plugins !== undefined) this.#folderOf(key).plugins = plugins;
    const read = new Map(chunk.files.map((file) => [`${file.folder}\0${file.name}`, file]));
    for (const { key, files } of asked) {
      const folder = this.#folderOf(key);
      for (const { name } of files) {
        const file = folder.files.get(name);
        if (file === undefined) continue;
        const found = read.get(`${key}\0${name}`);
        if (found !== undefined) {
          file.place = found.place;
          file.size = Math.max(file.size, found.place.offset);
          file.problem = found.problem;
        }
        if (found?.isAtEnd === true || (found !== undefined && found.problem !== '')) continue;
        folder.waiting.add(name);
        this.#waiting.add(folder);
      }
    }
  }

  /** Puts a chunk into the store, for as long as it takes. */
  async #store(chunk: EventChunk): Promise<void> {
    const read = new Map(chunk.folders.map((folder) => [folder.key, folder]));
    for (const found of chunk.folders) {
      const folder = this.#folderOf(found.key);
      if (found.hparams?.end !== undefined) folder.end = found.hparams.end;
      if (!Number.isNaN(found.lastMs))
        folder.lastMs = Math.max(found.lastMs, Number.isNaN(folder.lastMs) ? -Infinity : folder.lastMs);
    }
    await this.#persist(() => this.#announce(chunk.folders, chunk));
    const marks: Record<string, string> = {};
    const places = new Map<Folder, Map<string, FilePlace>>();
    for (const { folder: key, name, place } of chunk.files) {
      const folder = this.#folderOf(key);
      if (folder.kept.get(name) === place) continue;
      const kept = places.get(folder) ?? new Map(folder.kept);
      places.set(folder, kept.set(name, place));
    }
    const skips = new Map<Folder, SkipCounts>();
    const tags = new Map<Folder, Folder['plugins']>();
    for (const [folder, files] of places) {
      const found = read.get(folder.key) as FolderRead;
      const skipped = { ...folder.skipped };
      addSkips(skipped, found.skipped);
      skips.set(folder, skipped);
      const { run, prefix } = folder.assigned as FolderRun;
      const isMade = this.#runs.isMade(run);
      const { lastMs, end } = folder;
      marks[this.#markName(folder.folder)] = writeMark({ run, prefix, files, skipped, lastMs, end, isMade });
      const { plugins } = folder;
      if (plugins !== folder.keptPlugins) marks[this.#tagsName(folder.folder)] = JSON.stringify(plugins);
      tags.set(folder, plugins);
    }
    if (places.size === 0) return;
    const isAgain = chunk.files.some((file) => file.isAgain);
    const { curves, curveIndex, steps, timesMs, values } = chunk;
    const items = isAgain ? await this.#newItems(chunk) : chunk.items;
    const batch = { curves, curveIndex, steps, timesMs, values, items, marks, once: isAgain };
    const { points, items: itemCount } = await this.#persist(() => this.#runs.append(batch));
    this.#points += points;
    this.#items += itemCount;
    for (const [folder, files] of places) {
      for (const [name, place] of files) folder.kept.set(name, place);
      folder.skipped = skips.get(folder) as SkipCounts;
      folder.keptPlugins = tags.get(folder) as Folder['plugins'];
    }
  }

  /** Makes the runs that there is something to say of, and tells them what their files say. */
  async #announce(folders: readonly FolderRead[], chunk: EventChunk): Promise<void> {
    const hosts = new Map<string, Set<string>>();
    for (const { folder, name } of chunk.files) {
      const host = hostOf(name);
      if (host === undefined) continue;
      const known = hosts.get(folder);
      if (known === undefined) hosts.set(folder, new Set([host]));
      else known.add(host);
    }
    const said = folders.filter(({ hasValues, hparams }) => hasValues || hparams !== undefined);
    // Those that others are in come first, so that these find them.
    const byRun = Map.groupBy(said, ({ key }) => (this.#folderOf(key).assigned as FolderRun).run);
    const byDepth = Map.groupBy(byRun, ([run]) => (run === '' ? 0 : run.split('/').length));
    for (const [, ofDepth] of [...byDepth].toSorted(([a], [b]) => a - b)) {
      await Promise.all(
        ofDepth.map(([run, parts]) =>
          this.#runs.heard(run, {
            parent: parentOf(run),
            hosts: parts.flatMap(({ key }) => [...(hosts.get(key) ?? [])]),
            firstMs: least(parts.map(({ firstMs }) => firstMs)),
            lastMs: -least(parts.map(({ lastMs }) => -lastMs)),
            hparams: parts.map(({ hparams }) => hparams).filter((hparams) => hparams !== undefined),
            grewMs: Math.max(...parts.map(({ key }) => this.#folderOf(key).grewMs)),
            onRefused: (key) => {
              const { skipped } = parts[0] as FolderRead;
              skipped.param = (skipped.param ?? 0) + key;
            },
          }),
        ),
      );
    }
  }

  /** Those that the store does not have: of a file that was written anew they may be there. */
  async #newItems({ items }: EventChunk): Promise<EventChunk['items']> {
    const known = new Set<string>();
    for (const run of new Set(items.map((item) => item.run)))
      for (const item of await this.#curves.items({ run })) known.add(itemKey(item));
    return items.filter((item) => !known.has(itemKey(item)));
  }

  /** Tries until it works, or until we are stopped: a full disk or a busy store is no reason to leave out anything. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const done = await work();
        this.#trouble = '';
        return done;
      } catch (error) {
        if (!(error instanceof StoreBusy) && !(error instanceof StoreReadOnly)) throw error;
        this.#trouble = error.message;
        await this.#pause(error.retryAfterSeconds * 1_000);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  }

  /** After a failure: what is not in the store is read again. */
  #rewind(): void {
    for (const folder of this.#folders.values()) {
      for (const [name, file] of folder.files) {
        const kept = folder.kept.get(name) ?? START;
        if (file.place === kept) continue;
        file.place = kept;
        folder.waiting.add(name);
        this.#waiting.add(folder);
      }
    }
  }

  #folderOf(key: string): Folder {
    return this.#folders.get(key.slice(this.id.length + 1)) as Folder;
  }

  #markName(folder: string): string {
    return `tensorboard/${this.id}/${folder}`;
  }

  #tagsName(folder: string): string {
    return `tensorboard-tags/${this.id}/${folder}`;
  }
}

/** The project's name where nobody says one: the directory's own. */
export function projectOf(path: string): string {
  return basename(path) || 'tensorboard';
}

function itemKey({ kind, tag, step, index, timeMs }: Omit<EventChunk['items'][number], 'data' | 'mediaType' | 'run'>): string {
  return JSON.stringify([kind, tag, step, index, Math.round(timeMs * 1_000)]);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => (Number.isNaN(a) || b < a ? b : a), Number.NaN);
}

function pathOf(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
