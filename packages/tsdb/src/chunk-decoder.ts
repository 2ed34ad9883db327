import { DamagedChunk, decodeChunk } from './chunk/chunk.ts';
import { chunkSeal } from './chunk/row-seal.ts';
import type { Columns } from './chunk/columns.ts';
import { SharedTimes } from './chunk/times.ts';
import { decodeBuckets, type BucketRow } from './rollup/bucket-codec.ts';
import type { BucketColumn, BucketColumns } from './rollup/bucket-columns.ts';
import type { ChunkRow } from './database.ts';
import type { StoreLog } from './store-options.ts';

/** Damaged chunks that are told of one by one; the log must not grow with every query over a damaged file. */
const DAMAGE_REPORTS = 100;

interface ChunkDecoderNeeds {
  readonly file: string;
  readonly log: StoreLog;
  /** A row of times that series share; undefined where there is none. */
  readonly readTimes: (id: number) => Uint8Array | undefined;
  /** The labels of a series, as a person reads them. */
  readonly describe: (ref: number) => string;
}

/** Decodes stored chunks, and tells in the log of those that are damaged. */
export class ChunkDecoder {
  readonly #needs: ChunkDecoderNeeds;
  readonly #times: SharedTimes;
  readonly #reported = new Set<number>();
  readonly #reportedRollups = new Set<number>();

  constructor(needs: ChunkDecoderNeeds) {
    this.#needs = needs;
    this.#times = new SharedTimes(needs.readTimes);
  }

  /**
   * Appends a stored chunk to `out`. A damaged one is left out and told of, and the answer is false. A row that was read
   * before need not be checked again.
   */
  decode(ref: number, [id, minMs, maxMs, samples, data]: ChunkRow, out: Columns, isChecked = false): boolean {
    try {
      const seal = isChecked ? 0 : chunkSeal(ref, minMs, maxMs, samples);
      decodeChunk(data, out, isChecked, (timesId) => this.#times.get(timesId), seal);
      return true;
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error;
      if (this.#reported.has(id) || this.#reported.size >= DAMAGE_REPORTS) return false;
      this.#reported.add(id);
      const { file, log, describe } = this.#needs;
      log(
        'error',
        `${file} is damaged: ${samples} samples of ${describe(ref)} between ${iso(minMs)} and ${iso(maxMs)} cannot be read and are left out`,
      );
      return false;
    }
  }

  /** Replaces `out` with some columns of a row of buckets. A damaged one is told of, and the answer is false: the samples are there too. */
  decodeRollup(
    id: number,
    place: BucketRow,
    data: Uint8Array,
    wanted: readonly BucketColumn[],
    out: BucketColumns,
    isChecked: boolean,
  ): boolean {
    try {
      decodeBuckets(data, place, wanted, out, isChecked);
      return true;
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error;
      if (this.#reportedRollups.has(id) || this.#reportedRollups.size >= DAMAGE_REPORTS) return false;
      this.#reportedRollups.add(id);
      const { file, log, describe } = this.#needs;
      log(
        'error',
        `${file} is damaged: what was rolled up of ${describe(place.ref)} from ${iso(place.cellMs)} on cannot be read; its samples are read instead`,
      );
      return false;
    }
  }
}

function iso(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? `${timeMs} ms` : date.toISOString();
}
