import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of events as it is now. */
export interface SeenFile {
  /** Relative to the log directory; "" is itself. */
  readonly folder: string;
  readonly name: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** What is new since the last time. */
export interface LogdirChanges {
  /** New files, and those of another size or time than before; the newest first. */
  readonly files: readonly SeenFile[];
  readonly gone: readonly { readonly folder: string; readonly name: string }[];
  /** Directories that were not there before, with or without event files. */
  readonly folders: readonly string[];
  /** Whether the log directory is there. */
  readonly isThere: boolean;
  readonly problems: readonly string[];
}

const EVENTS = 'tfevents';
const MAX_DEPTH = 32;
const MAX_FOLDERS = 100_000;
const MAX_FILES = 200_000;

interface Known {
  readonly files: Map<string, SeenFile>;
  readonly folders: Set<string>;
}

/** Looks for event files below one directory and remembers what it saw. It blocks: it is for a thread of its own. */
export class LogdirScanner {
  readonly #root: string;
  /** By directory: names and sizes of its files, and the directories in it. */
  readonly #known = new Map<string, Known>();
  #fileCount = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Looks everywhere, or into these directories alone, and into what is new in them. */
  scan(only?: readonly string[]): LogdirChanges {
    const files: SeenFile[] = [];
    const gone: { folder: string; name: string }[] = [];
    const folders: string[] = [];
    const problems = new Set<string>();
    /** Directories, as they really are, on the way to where we are: links may lead in circles. */
    const visit = (folder: string, depth: number, goDeeper: boolean, above: readonly string[]): void => {
      let entries: Dirent[];
      let real: string;
      try {
        const path = join(this.#root, folder);
        entries = readdirSync(path, { withFileTypes: true });
        real = goDeeper ? placeOf(path) : '';
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') this.#forget(folder, gone);
        else problems.add(`The directory ${join(this.#root, folder)} cannot be read (${code ?? 'unknown'}).`);
        return;
      }
      if (goDeeper && above.includes(real)) return;
      let known = this.#known.get(folder);
      if (known === undefined) {
        if (this.#known.size >= MAX_FOLDERS) {
          problems.add(`There are more than ${MAX_FOLDERS.toLocaleString('en')} directories: further ones are not looked into.`);
          return;
        }
        known = { files: new Map(), folders: new Set() };
        this.#known.set(folder, known);
        folders.push(folder);
      }
      const seen = new Set<string>();
      for (const entry of entries) {
        const { name } = entry;
        const isEvents = name.includes(EVENTS);
        if (entry.isDirectory() || (entry.isSymbolicLink() && !isEvents && this.#isFolder(folder, name))) {
          const inside = folder === '' ? name : `${folder}/${name}`;
          const isNew = !this.#known.has(inside);
          known.folders.add(inside);
          if (!goDeeper && !isNew) continue;
          if (depth >= MAX_DEPTH)
            problems.add(`Directories more than ${MAX_DEPTH} deep, such as ${join(this.#root, inside)}, are not looked into.`);
          else visit(inside, depth + 1, true, [...above, real]);
        } else if (isEvents) {
          const file = this.#look(folder, name);
          if (file === undefined) continue;
          const before = known.files.get(name);
          if (before === undefined && this.#fileCount >= MAX_FILES) {
            problems.add(`There are more than ${MAX_FILES.toLocaleString('en')} event files: further ones are not read.`);
            continue;
          }
          seen.add(name);
          if (before !== undefined && before.size === file.size && before.mtimeMs === file.mtimeMs) continue;
          if (before === undefined) this.#fileCount++;
          known.files.set(name, file);
          files.push(file);
        }
      }
      for (const name of known.files.keys()) {
        if (seen.has(name)) continue;
        known.files.delete(name);
        this.#fileCount--;
        gone.push({ folder, name });
      }
      const there = new Set(entries.map(({ name }) => (folder === '' ? name : `${folder}/${name}`)));
      for (const inside of known.folders) {
        if (there.has(inside)) continue;
        known.folders.delete(inside);
        this.#forget(inside, gone);
      }
    };
    if (only === undefined) visit('', 0, true, []);
    else for (const folder of only) visit(folder, folder.split('/').length, false, []);
    return {
      files: files.toSorted((a, b) => b.mtimeMs - a.mtimeMs),
      gone,
      folders,
      isThere: only !== undefined || this.#known.has(''),
      problems: [...problems],
    };
  }

  #look(folder: string, name: string): SeenFile | undefined {
    const found = statSync(join(this.#root, folder, name), { throwIfNoEntry: false });
    return found?.isFile() === true ? { folder, name, size: found.size, mtimeMs: found.mtimeMs } : undefined;
  }

  #isFolder(folder: string, name: string): boolean {
    try {
      return statSync(join(this.#root, folder, name)).isDirectory();
    } catch {
      // A link to nowhere.
      return false;
    }
  }

  #forget(folder: string, gone: { folder: string; name: string }[]): void {
    const known = this.#known.get(folder);
    if (known === undefined) return;
    this.#known.delete(folder);
    for (const name of known.files.keys()) gone.push({ folder, name });
    this.#fileCount -= known.files.size;
    for (const inside of known.folders) this.#forget(inside, gone);
  }
}

/** The same for all ways to one directory. */
function placeOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}
