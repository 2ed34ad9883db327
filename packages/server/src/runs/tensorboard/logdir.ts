import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { LogdirState } from '@vitrine/model/logdir-state.ts';
import { StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { Runs } from '../runs.ts';
import type { EventThread } from './ask-event-thread.ts';
import { readMark } from './folder-mark.ts';
import { hostOf, layOutRuns, parentOf } from './lay-out-runs.ts';
import { LogdirFolder, markNames } from './logdir-folder.ts';
import type { EventChunk, FileRead, FolderRead, FolderToRead } from './read-events.ts';
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

/** A tree of event files and what it has become in the store: read once, or followed for as long as the server runs. */
export class Logdir {
  readonly spec: LogdirSpec;
  readonly id: string;
  readonly #thread: EventThread;
  readonly #curves: Runs['curves'];
  readonly #runs: LogdirRuns;
  readonly #log: LogdirNeeds['log'];
  readonly #nowMs: () => number;
  readonly #folders = new Map<string, LogdirFolder>();
  /** With something to read: what grew just now goes before what has been there. */
  readonly #growing = new Set<LogdirFolder>();
  readonly #waiting = new Set<LogdirFolder>();
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
      for (const { path } of active.toSorted((a, b) => b.grewMs - a.grewMs).slice(0, MAX_ACTIVE)) this.#dirty.add(path);
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
      const of = folder.state();
      files += of.files;
      bytes += of.bytes;
      bytesRead += of.bytesRead;
      addSkips(skipped, of.skipped);
      problems.push(...of.problems.slice(0, Math.max(0, MAX_PROBLEMS - problems.length)));
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
    for (const { folder, name } of gone) this.#folders.get(folder)?.lose(name);
    const unknown = [...new Set(files.map(({ folder }) => folder))].filter((folder) => !this.#folders.has(folder));
    for (let at = 0; at < unknown.length; at += MARKS_AT_ONCE) {
      const some = await Promise.all(unknown.slice(at, at + MARKS_AT_ONCE).map((folder) => this.#recall(folder)));
      for (const folder of some) this.#folders.set(folder.path, folder);
    }
    if (unknown.length > 0) this.#layOut();
    const look = { nowMs: this.#nowMs(), isFirst: this.#firstLook };
    for (const file of files) {
      const folder = this.#folders.get(file.folder) as LogdirFolder;
      const isMore = folder.see(file, look);
      this.#runs.grew(folder.assigned, folder.grewMs);
      if (isMore) (this.#firstLook ? this.#waiting : this.#growing).add(folder);
    }
  }

  /** What is known of a directory from an earlier time. */
  async #recall(path: string): Promise<LogdirFolder> {
    const names = markNames(this.id, path);
    const [text, tags] = await Promise.all([this.#curves.mark(names.mark), this.#curves.mark(names.tags)]);
    const found = text === undefined ? undefined : readMark(text);
    const mark = found !== undefined && this.spec.revive === true && !(await this.#runs.exists(found.run)) ? undefined : found;
    const plugins = mark === undefined || tags === undefined ? {} : (JSON.parse(tags) as Record<string, string>);
    if (mark !== undefined) await this.#runs.recall(mark);
    return new LogdirFolder(this.id, path, mark, plugins);
  }

  #layOut(): void {
    const layout = layOutRuns(this.#folders.keys());
    for (const folder of this.#folders.values()) folder.assign(layout.get(folder.path));
  }

  #nextFolders(): FolderToRead[] {
    const next: FolderToRead[] = [];
    for (const folder of [...this.#growing, ...this.#waiting].slice(0, CHUNK_FOLDERS)) {
      this.#growing.delete(folder);
      this.#waiting.delete(folder);
      next.push(folder.next(this.spec.path, this.#runs.idOf(folder.run.run)));
    }
    return next;
  }

  /** Notes how far files were read, and what is left of those that were to be. */
  #move(asked: readonly FolderToRead[], chunk: EventChunk): void {
    for (const { key, plugins } of chunk.folders) this.#folderOf(key).learn(plugins);
    const read = filesByFolder(chunk);
    for (const { key, files } of asked) {
      const folder = this.#folderOf(key);
      const found = new Map((read.get(key) ?? []).map((file) => [file.name, file]));
      if (folder.move(files, found)) this.#waiting.add(folder);
    }
  }

  /** Puts a chunk into the store, for as long as it takes. */
  async #store(chunk: EventChunk): Promise<void> {
    for (const found of chunk.folders) this.#folderOf(found.key).hear(found);
    await this.#persist(() => this.#announce(chunk.folders, chunk));
    const files = filesByFolder(chunk);
    const keeping = chunk.folders
      .map((found) => {
        const folder = this.#folderOf(found.key);
        return folder.keep(files.get(found.key) ?? [], found, this.#runs.isMade(folder.run.run));
      })
      .filter((kept) => kept !== undefined);
    if (keeping.length === 0) return;
    const marks = Object.assign({}, ...keeping.map((kept) => kept.marks)) as Record<string, string>;
    const isAgain = chunk.files.some((file) => file.isAgain);
    const { curves, curveIndex, steps, timesMs, values } = chunk;
    const items = isAgain ? await this.#newItems(chunk) : chunk.items;
    const batch = { curves, curveIndex, steps, timesMs, values, items, marks, once: isAgain };
    const { points, items: itemCount } = await this.#persist(() => this.#runs.append(batch));
    this.#points += points;
    this.#items += itemCount;
    for (const { done } of keeping) done();
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
    const byRun = Map.groupBy(said, ({ key }) => this.#folderOf(key).run.run);
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
    for (const folder of this.#folders.values()) if (folder.rewind()) this.#waiting.add(folder);
  }

  #folderOf(key: string): LogdirFolder {
    return this.#folders.get(key.slice(this.id.length + 1)) as LogdirFolder;
  }
}

/** The project's name where nobody says one: the directory's own. */
export function projectOf(path: string): string {
  return basename(path) || 'tensorboard';
}

function filesByFolder({ files }: EventChunk): ReadonlyMap<string, readonly FileRead[]> {
  return Map.groupBy(files, ({ folder }) => folder);
}

function itemKey({ kind, tag, step, index, timeMs }: Omit<EventChunk['items'][number], 'data' | 'mediaType' | 'run'>): string {
  return JSON.stringify([kind, tag, step, index, Math.round(timeMs * 1_000)]);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => (Number.isNaN(a) || b < a ? b : a), Number.NaN);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
