import type { ReadSteps } from '@vitrine/model/query-trace.ts';
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

  /** Appends the samples of all chunks that reach into the range, in time order. What it takes is added to `steps`. */
  read(wanted: ChunksWanted, out: Columns, steps?: ReadSteps): void {
    const { ref, version, fromMs, toMs, fromFirst, toLast } = wanted;
    const isInRange = ([, minMs, maxMs]: ChunkRow): boolean => maxMs >= fromMs && minMs <= toMs;
    const known = this.#cache.get(ref, version, fromMs, toMs)?.filter(isInRange);
    if (known !== undefined) {
      this.#decode(ref, known, out, true, steps);
      return;
    }
    const startedMs = steps === undefined ? 0 : performance.now();
    const rows = this.#rows(ref, Math.max(fromMs, -FURTHEST_MS), Math.min(toMs, FURTHEST_MS)).filter(isInRange);
    if (steps !== undefined) steps.fetchMs += performance.now() - startedMs;
    const sound = this.#decode(ref, rows, out, false, steps);
    // Beyond the first and the last chunk there are none, so a range that moves on with the clock stays known.
    if (sound) this.#cache.put(ref, version, fromFirst ? -Infinity : fromMs, toLast ? Infinity : toMs, rows);
  }

  /** Whether all of them could be decoded. */
  #decode(ref: number, rows: readonly ChunkRow[], out: Columns, isChecked: boolean, steps: ReadSteps | undefined): boolean {
    const startedMs = steps === undefined ? 0 : performance.now();
    let sound = true;
    for (const row of rows) if (!this.#needs.decode(ref, row, out, isChecked)) sound = false;
    if (steps !== undefined) {
      steps.decodeMs += performance.now() - startedMs;
      steps.chunks += rows.length;
      for (const [, , , , data] of rows) steps.bytes += data.length;
    }
    return sound;
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
