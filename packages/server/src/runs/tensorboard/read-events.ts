import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CurveName, NewRunItem } from '@vitrine/model/curve-store.ts';
import { type EventFolder, EventReader } from './event-reader.ts';
import type { Hparams } from './hparams.ts';
import { FOOTER_BYTES, HEADER_BYTES, RecordCursor } from './record-cursor.ts';
import type { SkipCounts } from './skipped.ts';
import { TagTable } from './tag-table.ts';

/** Where one file has been read to. */
export interface FilePlace {
  readonly offset: number;
  /** The last bytes before it, at most 16, as hex: another file of that name has others there. */
  readonly tail: string;
  /** How far a file that was written anew had been read before: points up to there may be ones that are kept already. 0 otherwise. */
  readonly againUntil: number;
}

export const START: FilePlace = { offset: 0, tail: '', againUntil: 0 };

/** A directory with event files, and which run its values belong to. */
export interface FolderToRead {
  /** Names it among all. */
  readonly key: string;
  readonly path: string;
  readonly run: string;
  /** Goes before its tags: "train/". */
  readonly prefix: string;
  /** The plugins of its tags as an earlier reading learnt them. */
  readonly plugins: Readonly<Record<string, string>>;
  readonly files: readonly { readonly name: string; readonly place: FilePlace }[];
}

export interface FileRead {
  readonly folder: string;
  readonly name: string;
  readonly place: FilePlace;
  /** Whether it was read to the end of what it has, so far as that is whole records. */
  readonly isAtEnd: boolean;
  /** Whether it is another file than the one that was read before, so that what was read may have been read from that one. */
  readonly isAgain: boolean;
  /** Why it cannot be read on; "" where it can. */
  readonly problem: string;
  /** Whether the file is not there. */
  readonly isGone: boolean;
}

export interface FolderRead {
  readonly key: string;
  /** All that is known, where something new was learnt. */
  readonly plugins: Readonly<Record<string, string>> | undefined;
  readonly hparams: Hparams | undefined;
  readonly skipped: SkipCounts;
  /** Times of the earliest and latest event; NaN where there was none. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly hasValues: boolean;
}

/** What was read in one go. */
export interface EventChunk {
  readonly bytes: number;
  readonly curves: readonly CurveName[];
  readonly curveIndex: Uint32Array<ArrayBuffer>;
  readonly steps: Float64Array<ArrayBuffer>;
  readonly timesMs: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly items: readonly NewRunItem[];
  readonly files: readonly FileRead[];
  readonly folders: readonly FolderRead[];
}

const BLOCK_BYTES = 4 * 1024 * 1024;
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
const TAIL_BYTES = 16;
const ITEM_BUDGET_BYTES = 32 * 1024 * 1024;

/** A directory between chunks. */
interface Kept {
  readonly run: string;
  readonly prefix: string;
  readonly tags: TagTable;
}

/** Reads event files from where it is told to, chunk by chunk. It blocks: it is for a thread of its own. */
export class EventFiles {
  readonly #reader = new EventReader();
  readonly #cursor = new RecordCursor();
  readonly #block = new Uint8Array(BLOCK_BYTES);
  readonly #folders = new Map<string, Kept>();

  /** Reads about so many bytes of the files, in order; files that it does not come to are not among the answer's. */
  read(folders: readonly FolderToRead[], budgetBytes: number): EventChunk {
    const files: FileRead[] = [];
    const read: FolderRead[] = [];
    let bytes = 0;
    const isFull = (): boolean => bytes >= budgetBytes || this.#reader.itemBytes >= ITEM_BUDGET_BYTES;
    for (const folder of folders) {
      if (isFull()) break;
      const kept = this.#keep(folder);
      const into: EventFolder = {
        run: folder.run,
        tags: kept.tags,
        hparams: undefined,
        skipped: {},
        firstMs: Number.NaN,
        lastMs: Number.NaN,
      };
      for (const { name, place } of folder.files) {
        if (isFull()) break;
        const { taken, ...file } = this.#readFile(into, join(folder.path, name), place, budgetBytes - bytes);
        bytes += taken;
        files.push({ folder: folder.key, name, ...file });
      }
      const { hparams, skipped, firstMs, lastMs } = into;
      const plugins = kept.tags.hasNews ? { ...kept.tags.plugins() } : undefined;
      read.push({ key: folder.key, plugins, hparams, skipped, firstMs, lastMs, hasValues: !Number.isNaN(firstMs) });
    }
    const { curves, columns, items } = this.#reader.take();
    return { bytes, curves, ...columns, items, files, folders: read };
  }

  /** Forgets a directory's tags. */
  forget(key: string): void {
    this.#folders.delete(key);
  }

  #keep({ key, run, prefix, plugins }: FolderToRead): Kept {
    const known = this.#folders.get(key);
    if (known !== undefined && known.run === run && known.prefix === prefix) return known;
    const kept = { run, prefix, tags: new TagTable(prefix, plugins) };
    this.#folders.set(key, kept);
    return kept;
  }

  #readFile(
    folder: EventFolder,
    path: string,
    place: FilePlace,
    budgetBytes: number,
  ): Omit<FileRead, 'folder' | 'name'> & { readonly taken: number } {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isGone = code === 'ENOENT' || code === 'ENOTDIR';
      return {
        place,
        taken: 0,
        isAtEnd: true,
        isAgain: false,
        isGone,
        problem: isGone ? '' : `it cannot be opened (${code ?? 'unknown'})`,
      };
    }
    try {
      return this.#readOpened(folder, file, place, budgetBytes);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return { place, taken: 0, isAtEnd: true, isAgain: false, isGone: false, problem: `it cannot be read (${code})` };
    } finally {
      closeSync(file);
    }
  }

  #readOpened(
    folder: EventFolder,
    file: number,
    place: FilePlace,
    budgetBytes: number,
  ): Omit<FileRead, 'folder' | 'name'> & { readonly taken: number } {
    const isRewritten = place.offset > 0 && readTail(file, place.offset) !== place.tail;
    const from = isRewritten ? 0 : place.offset;
    const againUntil = isRewritten ? Math.max(place.offset, place.againUntil) : place.againUntil;
    /** Where the next record begins. */
    let offset = from;
    let isAtEnd = false;
    let problem = '';
    while (!isAtEnd && offset - from < budgetBytes && this.#reader.itemBytes < ITEM_BUDGET_BYTES) {
      const length = readFully(file, this.#block, offset);
      const { used, found } = this.#readRecords(folder, this.#block, length);
      offset += used;
      if (found === 'dead') {
        problem = deadSentence(offset);
        break;
      }
      // A block that holds a whole record is read on from the next one.
      if (found === 'full' || (used > 0 && length === this.#block.length)) continue;
      const { needs } = this.#cursor;
      if (needs <= this.#block.length) {
        isAtEnd = true;
      } else if (fstatSync(file).size < offset + needs) {
        isAtEnd = true;
        if (!Number.isSafeInteger(needs)) problem = deadSentence(offset);
      } else if (needs > MAX_RECORD_BYTES + HEADER_BYTES + FOOTER_BYTES) {
        folder.skipped.large = (folder.skipped.large ?? 0) + 1;
        offset += needs;
      } else {
        const large = new Uint8Array(needs);
        const { used: taken } = this.#readRecords(folder, large, readFully(file, large, offset));
        if (taken === 0) isAtEnd = true;
        offset += taken;
      }
    }
    return {
      place:
        offset === place.offset && !isRewritten
          ? place
          : { offset, tail: readTail(file, offset), againUntil: offset < againUntil ? againUntil : 0 },
      taken: offset - from,
      isAtEnd,
      isAgain: from < againUntil,
      isGone: false,
      problem,
    };
  }

  /**
   * Reads the whole records among the first `length` bytes, up to the one with which the items are as many as a chunk may have; says
   * how many bytes those are and what stood behind them.
   */
  #readRecords(
    folder: EventFolder,
    bytes: Uint8Array,
    length: number,
  ): { readonly used: number; readonly found: 'short' | 'dead' | 'full' } {
    const cursor = this.#cursor;
    let at = 0;
    for (;;) {
      const found = cursor.find(bytes, at, length);
      if (found === 'short' || found === 'dead') return { used: at, found };
      if (found === 'record') this.#reader.read(folder, bytes, cursor.dataStart, cursor.dataEnd);
      else folder.skipped.damaged = (folder.skipped.damaged ?? 0) + 1;
      at += cursor.needs;
      // In memory items may be several times what they are in the file.
      if (this.#reader.itemBytes >= ITEM_BUDGET_BYTES) return { used: at, found: 'full' };
    }
  }
}

function deadSentence(offset: number): string {
  return `the length of the record at byte ${offset.toLocaleString('en')} is damaged, so that nothing behind it can be read`;
}

function readFully(file: number, into: Uint8Array, from: number): number {
  let length = 0;
  while (length < into.length) {
    const count = readSync(file, into, length, into.length - length, from + length);
    if (count === 0) break;
    length += count;
  }
  return length;
}

function readTail(file: number, offset: number): string {
  const tail = Buffer.alloc(Math.min(TAIL_BYTES, offset));
  return tail.toString('hex', 0, readFully(file, tail, offset - tail.length));
}
