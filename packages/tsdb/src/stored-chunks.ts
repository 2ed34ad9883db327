import type { ReadSteps } from '@vitrine/model/query-trace.ts';
import { QueryError, type RollupPart } from '@vitrine/model/sample-store.ts';
import { ChunkCache } from './chunk-cache.ts';
import type { ChunkDecoder } from './chunk-decoder.ts';
import type { Columns } from './chunk/columns.ts';
import type { ChunkRow } from './database.ts';
import { FURTHEST_MS, type RowQuery } from './row-query.ts';
import { BucketColumns } from './rollup/bucket-columns.ts';
import { COLUMNS_OF_PART, giveBuckets, hasOnlyLast } from './rollup/give-buckets.ts';
import { cellOf, type RollupRow } from './rollup/rollup-rows.ts';
import { keepBetween } from './series-samples.ts';
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
  /** Buckets that may stand for samples, where some may. */
  readonly rollup?: BucketsWanted | undefined;
}

export interface BucketsWanted {
  readonly widthMs: number;
  readonly part: RollupPart;
  /** By how much the range is longer than so many buckets. */
  readonly edgeMs: number;
  /** Buckets that end at this time or later say nothing of all samples: some are not in chunks. */
  readonly untilMs: number;
}

interface StoredChunksNeeds {
  readonly file: string;
  readonly chunksInRange: RowQuery<ChunkRow>;
  /** Appends a row's samples, and says whether it could; see Contents.readChunk. */
  readonly decode: (ref: number, row: ChunkRow, out: Columns, isChecked: boolean) => boolean;
  /** See RollupsInRange. */
  readonly rollupsInRange: (...range: readonly [ref: number, widthMs: number, cellMs: number, toMs: number]) => RollupRow[];
  /** See ChunkDecoder. */
  readonly decodeRollup: ChunkDecoder['decodeRollup'];
  readonly cacheBytes?: number;
}

/** Memory for rows of buckets of one width, about a year of five hundred series. */
const ROLLUP_CACHE_BYTES = 16 * 1024 * 1024;

/** Reads chunks from the file, and keeps those that were read last as they are stored. */
export class StoredChunks {
  readonly #needs: StoredChunksNeeds;
  readonly #cache: ChunkCache;
  readonly #rollupCaches = new Map<number, ChunkCache>();
  readonly #buckets = new BucketColumns();

  constructor(needs: StoredChunksNeeds) {
    this.#needs = needs;
    this.#cache = new ChunkCache(needs.cacheBytes);
  }

  /**
   * Appends the samples of all chunks that reach into the range, in time order, or of a part of them what stands for them. What it
   * takes is added to `steps`.
   */
  read(wanted: ChunksWanted, out: Columns, steps?: ReadSteps): void {
    if (wanted.rollup === undefined) this.#readChunks(wanted, out, steps);
    else this.#readMixed(wanted, wanted.rollup, out, steps);
  }

  /** What rows of buckets cover is read of them, and all between from chunks. */
  #readMixed(wanted: ChunksWanted, rollup: BucketsWanted, out: Columns, steps: ReadSteps | undefined): void {
    const { ref, fromMs, toMs, fromFirst, toLast } = wanted;
    const { widthMs, part, edgeMs, untilMs } = rollup;
    const { wantedFromMs, wantedToMs } = out;
    // Half a bucket has a last sample as a whole one has.
    const round = part === 'last' ? Math.floor : Math.ceil;
    const firstMs = round((fromMs - 1) / widthMs) * widthMs;
    const lastMs = Math.floor(Math.min(toMs, untilMs - 1) / widthMs) * widthMs;
    let doneMs = fromMs - 1;
    const readTo = (endMs: number): void => {
      if (endMs <= doneMs) return;
      out.wantedFromMs = doneMs + 1;
      out.wantedToMs = endMs;
      const at = out.length;
      const range = { fromMs: doneMs + 1, toMs: endMs };
      const ends = { fromFirst: fromFirst && range.fromMs === fromMs, toLast: toLast && endMs === toMs };
      this.#readChunks({ ...wanted, ...range, ...ends }, out, steps);
      keepBetween(out, range.fromMs, range.toMs, at);
    };
    if (firstMs < lastMs) {
      const { rows, isChecked } = this.#rollups(wanted, widthMs, firstMs, steps);
      let sound = true;
      for (const [id, builtFromMs, builtToMs, cellMs, data] of rows) {
        const startMs = Math.max(firstMs, builtFromMs, cellMs);
        const endMs = Math.min(lastMs, builtToMs);
        if (startMs >= endMs) {
          // What was not looked at is not known to be whole.
          sound = false;
          continue;
        }
        const place = { ref, widthMs, cellMs, toMs: builtToMs };
        const startedMs = steps === undefined ? 0 : performance.now();
        if (!this.#needs.decodeRollup(id, place, data, COLUMNS_OF_PART[part], this.#buckets, isChecked)) {
          sound = false;
          continue;
        }
        if (steps !== undefined) steps.decodeMs += performance.now() - startedMs;
        if (edgeMs > 0 && !hasOnlyLast(this.#buckets, widthMs, edgeMs, startMs, endMs)) continue;
        readTo(startMs);
        const given = giveBuckets(this.#buckets, widthMs, part, startMs, endMs, out);
        if (steps !== undefined) {
          steps.buckets += given;
          steps.bytes += data.length;
        }
        doneMs = endMs;
      }
      if (sound && !isChecked) {
        const cache = this.#rollupCache(widthMs);
        cache.put(ref, wanted.version, fromFirst ? -Infinity : firstMs, toLast ? Infinity : toMs, rows);
      }
    }
    readTo(toMs);
    [out.wantedFromMs, out.wantedToMs] = [wantedFromMs, wantedToMs];
  }

  /** The rows that reach into the range from `fromMs` on; none where SQLite cannot read them: their samples are there too. */
  #rollups(
    { ref, version, toMs }: ChunksWanted,
    widthMs: number,
    fromMs: number,
    steps: ReadSteps | undefined,
  ): { readonly rows: readonly RollupRow[]; readonly isChecked: boolean } {
    const known = this.#rollupCache(widthMs).get(ref, version, fromMs, toMs);
    if (known !== undefined) return { rows: known, isChecked: true };
    const startedMs = steps === undefined ? 0 : performance.now();
    try {
      return { rows: this.#needs.rollupsInRange(ref, widthMs, cellOf(fromMs, widthMs), toMs + 1), isChecked: false };
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { rows: [], isChecked: true };
    } finally {
      if (steps !== undefined) steps.fetchMs += performance.now() - startedMs;
    }
  }

  #rollupCache(widthMs: number): ChunkCache {
    let cache = this.#rollupCaches.get(widthMs);
    if (cache === undefined) this.#rollupCaches.set(widthMs, (cache = new ChunkCache(ROLLUP_CACHE_BYTES)));
    return cache;
  }

  #readChunks(wanted: ChunksWanted, out: Columns, steps?: ReadSteps): void {
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
