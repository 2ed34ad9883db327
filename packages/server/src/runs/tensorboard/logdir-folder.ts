import { type FolderMark, writeMark } from './folder-mark.ts';
import type { FolderRun } from './lay-out-runs.ts';
import { type FilePlace, type FileRead, type FolderRead, type FolderToRead, START } from './read-events.ts';
import type { SeenFile } from './scan-logdir.ts';
import { addSkips, type SkipCounts } from './skipped.ts';

interface File {
  /** Read, and perhaps on its way to the store. */
  place: FilePlace;
  size: number;
  problem: string;
}

/** What the store is to know of a directory. */
export interface FolderKeeping {
  readonly marks: Readonly<Record<string, string>>;
  /** To be called once it does. */
  readonly done: () => void;
}

type Plugins = Readonly<Record<string, string>>;

/** One directory of event files: how far each of them is read, and how far what was read is kept. */
export class LogdirFolder {
  /** Below the log directory; "" is that itself. */
  readonly path: string;
  readonly key: string;
  /** Where the mark says it is, or where the layout puts it once there is something to read. */
  assigned: FolderRun | undefined;
  readonly #names: ReturnType<typeof markNames>;
  #plugins: Plugins;
  /** Those that the store has. */
  #keptPlugins: Plugins;
  /** Read and kept. */
  readonly #kept: Map<string, FilePlace>;
  readonly #files = new Map<string, File>();
  /** Names of files with something to read. */
  readonly #waiting = new Set<string>();
  #skipped: SkipCounts;
  #lastMs: number;
  #end: FolderMark['end'];
  #grewMs = -Infinity;

  /** As the store knows it: `mark` is undefined where it does not. */
  constructor(logdir: string, path: string, mark: FolderMark | undefined, plugins: Plugins) {
    this.path = path;
    this.key = `${logdir}/${path}`;
    this.#names = markNames(logdir, path);
    this.assigned = mark;
    this.#plugins = plugins;
    this.#keptPlugins = plugins;
    this.#kept = new Map(mark?.files);
    this.#skipped = { ...mark?.skipped };
    this.#lastMs = mark?.lastMs ?? Number.NaN;
    this.#end = mark?.end;
  }

  /** The run that its values go to. */
  get run(): FolderRun {
    if (this.assigned === undefined) throw new Error(`${this.path} belongs to no run yet`);
    return this.assigned;
  }

  get grewMs(): number {
    return this.#grewMs;
  }

  /** A directory goes to the run that it was put to first: what is added to the tree later does not tear runs apart. */
  assign(run: FolderRun | undefined): void {
    if (this.#kept.size === 0) this.assigned ??= run;
  }

  /** A file is there, or has changed. Answers whether there may be something to read. */
  see({ name, size, mtimeMs }: SeenFile, { nowMs, isFirst }: { readonly nowMs: number; readonly isFirst: boolean }): boolean {
    const known = this.#files.get(name);
    const file = known ?? { place: this.#kept.get(name) ?? START, size, problem: '' };
    file.size = size;
    this.#files.set(name, file);
    // Of what happened before we looked its time tells, of all else our own clock.
    this.#grewMs = Math.max(this.#grewMs, isFirst || known === undefined ? Math.min(mtimeMs, nowMs) : nowMs);
    // Another time with the same size may be another file.
    if (size === file.place.offset && known === undefined) return false;
    this.#waiting.add(name);
    return true;
  }

  lose(name: string): void {
    this.#files.delete(name);
  }

  /** What there is to read, in order of name. `root` is the log directory. */
  next(root: string, runId: string): FolderToRead {
    const names = [...this.#waiting].filter((name) => this.#files.has(name)).toSorted();
    this.#waiting.clear();
    return {
      key: this.key,
      path: this.path === '' ? root : `${root}/${this.path}`,
      run: runId,
      prefix: this.run.prefix,
      plugins: this.#plugins,
      files: names.map((name) => ({ name, place: (this.#files.get(name) as File).place })),
    };
  }

  learn(plugins: Plugins | undefined): void {
    if (plugins !== undefined) this.#plugins = plugins;
  }

  /** Notes how far the files were read that were to be. Answers whether something of them is left. */
  move(asked: FolderToRead['files'], read: ReadonlyMap<string, FileRead>): boolean {
    let isLeft = false;
    for (const { name } of asked) {
      const file = this.#files.get(name);
      if (file === undefined) continue;
      const found = read.get(name);
      if (found !== undefined) {
        file.place = found.place;
        file.size = Math.max(file.size, found.place.offset);
        file.problem = found.problem;
      }
      if (found?.isAtEnd === true || (found !== undefined && found.problem !== '')) continue;
      this.#waiting.add(name);
      isLeft = true;
    }
    return isLeft;
  }

  /** What its events say of the run's end. */
  hear({ hparams, lastMs }: FolderRead): void {
    if (hparams?.end !== undefined) this.#end = hparams.end;
    if (!Number.isNaN(lastMs)) this.#lastMs = Math.max(lastMs, Number.isNaN(this.#lastMs) ? -Infinity : this.#lastMs);
  }

  /** What the store is to know with what was read of the files; undefined where that is what it knows. */
  keep(files: readonly FileRead[], { skipped: more }: FolderRead, isMade: boolean): FolderKeeping | undefined {
    const fresh = files.filter(({ name, place }) => this.#kept.get(name) !== place);
    if (fresh.length === 0) return undefined;
    const places = new Map(this.#kept);
    for (const { name, place } of fresh) places.set(name, place);
    const skipped = { ...this.#skipped };
    addSkips(skipped, more);
    const { run, prefix } = this.run;
    const plugins = this.#plugins;
    const mark = writeMark({ run, prefix, files: places, skipped, lastMs: this.#lastMs, end: this.#end, isMade });
    return {
      marks: {
        [this.#names.mark]: mark,
        ...(plugins === this.#keptPlugins ? {} : { [this.#names.tags]: JSON.stringify(plugins) }),
      },
      done: () => {
        for (const { name, place } of fresh) this.#kept.set(name, place);
        this.#skipped = skipped;
        this.#keptPlugins = plugins;
      },
    };
  }

  /** What is not in the store is to be read again. Answers whether that is something. */
  rewind(): boolean {
    let isLeft = false;
    for (const [name, file] of this.#files) {
      const kept = this.#kept.get(name) ?? START;
      if (file.place === kept) continue;
      file.place = kept;
      this.#waiting.add(name);
      isLeft = true;
    }
    return isLeft;
  }

  state(): {
    readonly files: number;
    readonly bytes: number;
    readonly bytesRead: number;
    readonly skipped: SkipCounts;
    readonly problems: readonly { readonly file: string; readonly sentence: string }[];
  } {
    let bytes = 0;
    let bytesRead = 0;
    const problems: { file: string; sentence: string }[] = [];
    for (const [name, { size, problem }] of this.#files) {
      bytes += size;
      bytesRead += Math.min(size, this.#kept.get(name)?.offset ?? 0);
      if (problem !== '') problems.push({ file: this.path === '' ? name : `${this.path}/${name}`, sentence: problem });
    }
    return { files: this.#files.size, bytes, bytesRead, skipped: this.#skipped, problems };
  }
}

/** What a directory's marks are called in the store. */
export function markNames(logdir: string, path: string): { readonly mark: string; readonly tags: string } {
  return { mark: `tensorboard/${logdir}/${path}`, tags: `tensorboard-tags/${logdir}/${path}` };
}
