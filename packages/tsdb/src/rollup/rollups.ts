import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Contents } from '../contents.ts';
import { rollUpSeries } from './roll-up-series.ts';
import { FURTHEST_MS } from '../row-query.ts';

/** A transaction ends after this much work, so that appends and queries get their turn. */
const SLICE_MS = 10;
const CHUNKS_A_SLICE = 200;

/** Rolls up chunks that have become old enough, in the background and in small transactions. */
export class Rollups {
  readonly #contents: Contents;
  readonly #bucketMs: number;
  /** The last chunk that was looked at, in the order in which they end: many end at one time. */
  #doneMs: number;
  #doneId: number;

  constructor(contents: Contents, bucketMs: number) {
    this.#contents = contents;
    this.#bucketMs = bucketMs;
    [this.#doneMs, this.#doneId] = contents.db.rolledUpTo(bucketMs) ?? [-FURTHEST_MS, -1];
  }

  /** Rolls up the chunks that end before that. */
  async run(untilMs: number, isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      const rows = this.#contents.db.chunksByAge.all(this.#doneMs, this.#doneId, untilMs, CHUNKS_A_SLICE);
      if (rows.length === 0) return;
      [this.#doneId, this.#doneMs] = this.#slice(rows);
      await nextTurn();
    }
  }

  /** One transaction; returns the last row that it came to. */
  #slice(rows: readonly [id: number, series: number, minMs: number, maxMs: number][]): readonly [id: number, maxMs: number] {
    const { db, index } = this.#contents;
    const endsMs = performance.now() + SLICE_MS;
    const gone = new Map<number, number>();
    let at = 0;
    db.transaction(() => {
      for (; at < rows.length && (at === 0 || performance.now() < endsMs); at++) {
        const [, series, minMs, maxMs] = rows[at] as (typeof rows)[number];
        // The names of some may be damaged: nobody knows what those are.
        if (!index.has(series)) continue;
        const went = rollUpSeries(this.#contents, series, minMs, maxMs, this.#bucketMs);
        if (went === undefined) continue;
        gone.set(series, (gone.get(series) ?? 0) + went);
        // The chunk is now what those buckets come to.
        db.rollups?.cut(series, this.#bucketMs, maxMs);
      }
      const [id, , , maxMs] = rows[at - 1] as (typeof rows)[number];
      db.setRolledUpTo(this.#bucketMs, maxMs, id);
    });
    for (const [series, samples] of gone) {
      this.#contents.storedSamples -= samples;
      this.#contents.chunksChanged(series);
    }
    const [id, , , maxMs] = rows[at - 1] as (typeof rows)[number];
    return [id, maxMs];
  }
}
