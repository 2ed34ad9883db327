import { QueryError } from '@vitrine/model/sample-store.ts';
import { ChunkCache } from './chunk-cache.ts';
import type { Columns } from './chunk/columns.ts';
import type { ChunkRow } from './database.ts';
import type { RowQuery } from './row-query.ts';
import { isDamage } from './sqlite-error.ts';

/** Of which chunks is asked. Times are those of a closed range. */
export interface ChunksWanted {
  readonly ref: number;
  /** Equal numbers mean that the series' chunks are as they were. */
  readonly version: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** The series has no chunks before, behind, the range. */
  readonly fromFirst: boolean;
  readonly toLast: boolean;
}

interface StoredChunksNeeds {
  readonly file: string;
  readonly chunksInRange: RowQuery<ChunkRow>;
  /** Appends a row's samples, and says whether it could; see Contents.readChunk. */
  readonly decode: (ref: number, row: ChunkRow, out: Columns, isChecked: boolean) => boolean;
  readonly cacheBytes?: number;
}

/** SQLite takes no integers that are no safe ones. */
const FURTHEST_MS = 2 ** 52;

/** Reads chunks from the file, and keeps those that were read last as they are stored. */
export class StoredChunks {
  readonly #needs: StoredChunksNeeds;
  readonly #cache: ChunkCache;

  constructor(needs: StoredChunksNeeds) {
    this.#needs = needs;
    this.#cache = new ChunkCache(needs.cacheBytes);
  }

  /** Appends the samples of all chunks that reach into the range, in time order. */
  read({ ref, version, fromMs, toMs, fromFirst, toLast }: ChunksWanted, out: Columns): void {
    const { decode } = this.#needs;
    const isInRange = ([, minMs, maxMs]: ChunkRow): boolean => maxMs >= fromMs && minMs <= toMs;
    const known = this.#cache.get(ref, version, fromMs, toMs);
    if (known !== undefined) {
      for (const row of known) if (isInRange(row)) decode(ref, row, out, true);
      return;
    }
    const rows = this.#rows(ref, Math.max(fromMs, -FURTHEST_MS), Math.min(toMs, FURTHEST_MS)).filter(isInRange);
    let sound = true;
    for (const row of rows) if (!decode(ref, row, out, false)) sound = false;
    // Beyond the first and the last chunk there are none, so a range that moves on with the clock stays known.
    if (sound) this.#cache.put(ref, version, fromFirst ? -Infinity : fromMs, toLast ? Infinity : toMs, rows);
  }

  #rows(ref: number, fromMs: number, toMs: number): ChunkRow[] {
    const { chunksInRange, file } = this.#needs;
    try {
      return chunksInRange.all(ref, fromMs, toMs);
    } catch (error) {
      if (!isDamage(error)) throw error;
      throw new QueryError(
        'execution',
        `${file} is damaged and these samples cannot be read: stop the server and restore the file from a backup, or move it aside`,
        undefined,
        { cause: error },
      );
    }
  }
}
