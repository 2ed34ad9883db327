import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Contents } from '../contents.ts';
import { ALL_TIMES, deleteExemplars } from '../exemplars/delete-exemplars.ts';
import { blockOf } from '../names/name-block.ts';
import { Rollups } from '../rollup/rollups.ts';
import { tiersOf } from '../rollup/tiers.ts';
import { SingleRun } from '../single-run.ts';
import type { RollupTier, StoreOptions } from '../store-options.ts';
import type { Watchers } from '../watchers.ts';
import { TrustedClock } from './trusted-clock.ts';
import { UnusedTimes } from './unused-times.ts';

const CHUNKS_A_SLICE = 500;
/** Series that are found at a time to be dropped, and that are looked at. */
const SERIES_A_SLICE = 1000;
const REFS_A_SLICE = 100_000;
/** A transaction that drops series ends after this much work: each may have its name in another block, which is written anew. */
const DROP_MS = 10;
/** Free pages are given back to the disk where they are more than this, or this share of the data, and so many at a time. */
const FREE_BYTES_KEPT = 1024 * 1024;
const FREE_SHARE_KEPT = 0.1;
const SHRINK_BYTES = 2 * 1024 * 1024;

/** Drops what is too old, or the oldest where there is too much, in small transactions. */
export class Retention {
  readonly #contents: Contents;
  readonly #watchers: Watchers;
  readonly #limits: StoreOptions['retention'];
  readonly #clock: TrustedClock;
  readonly #times: UnusedTimes;
  readonly #rollups: readonly Rollups[];
  readonly #single = new SingleRun();

  /** `now` is the clock in unix milliseconds, `steady` one in milliseconds that never jumps. */
  constructor(
    contents: Contents,
    watchers: Watchers,
    limits: StoreOptions['retention'],
    now: () => number,
    steady: () => number,
  ) {
    this.#contents = contents;
    this.#watchers = watchers;
    this.#limits = limits;
    const { db, log } = contents;
    // Only what was written down: the newest sample may be of long before, as after an import.
    const seenMs = db.seenMs();
    this.#clock = new TrustedClock({ now, steady, seenMs, keptMs: limits.timeMs, log, file: db.file });
    this.#times = new UnusedTimes(contents, steady);
    this.#rollups = this.#tiers.map(({ bucketMs }) => new Rollups(contents, bucketMs));
  }

  /** The time by which samples are old, in unix milliseconds; see TrustedClock. */
  get nowMs(): number {
    return this.#clock.now();
  }

  /** Samples before this are too old to be taken, and those that are there are rolled up or dropped. */
  get oldestMs(): number {
    return this.#limits.timeMs > 0 ? this.#clock.now() - this.#limits.timeMs : -Infinity;
  }

  /** See tiersOf. */
  get #tiers(): readonly RollupTier[] {
    return tiersOf(this.#limits);
  }

  /** `keepFree`: some free pages stay, because there will be more to write. */
  run(keepFree = true): Promise<void> {
    return this.#single.run(() => this.#sweep(keepFree));
  }

  /** Lets a run end after its transaction. */
  halt(): void {
    this.#single.halt();
  }

  stop(): Promise<void> {
    return this.#single.stop();
  }

  async #sweep(keepFree: boolean): Promise<void> {
    const oldestMs = this.oldestMs;
    const keptMs = this.#tiers.at(-1)?.keptMs;
    const droppedMs = keptMs === undefined ? oldestMs : this.#clock.now() - keptMs;
    // All together: of those that end with one another many have their names in one block.
    const emptied = new Set<number>();
    while (!this.#single.isHalted && this.#dropChunks(emptied, (maxMs) => maxMs < droppedMs)) await nextTurn();
    await this.#dropSeries(emptied, oldestMs);
    for (const [i, rollups] of this.#rollups.entries()) {
      const olderMs = i === 0 ? this.#limits.timeMs : (this.#tiers[i - 1]?.keptMs ?? 0);
      await rollups.run(this.#clock.now() - olderMs, () => this.#single.isHalted);
    }
    const { sizeBytes } = this.#limits;
    const limitBytes = sizeBytes > 0 ? sizeBytes : Infinity;
    while (!this.#single.isHalted) {
      let excessBytes = this.#contents.db.pages().usedBytes - limitBytes;
      if (excessBytes <= 0) break;
      const leftEmpty = new Set<number>();
      const left = this.#dropChunks(leftEmpty, (_, bytes) => {
        const more = excessBytes > 0;
        excessBytes -= bytes;
        return more;
      });
      if (!left) break;
      await nextTurn();
      await this.#dropSeries(leftEmpty, oldestMs);
    }
    await this.#dropIdle(oldestMs);
    await this.#times.sweep(() => this.#single.isHalted);
    await this.#giveBack(keepFree);
    this.#writeDownTime();
  }

  /** Over a restart this is what tells a clock that went ahead: never older than what that may go ahead unnoticed. */
  #writeDownTime(): void {
    const nowMs = Math.trunc(this.#clock.now());
    if (this.#limits.timeMs === 0) return;
    const { db } = this.#contents;
    const isOld = Math.abs(nowMs - (db.seenMs() ?? -Infinity)) >= this.#clock.toleranceMs / 2;
    if (isOld) db.transaction(() => db.setSeen(nowMs));
  }

  async #giveBack(keepFree: boolean): Promise<void> {
    const { db } = this.#contents;
    let shrunk = false;
    while (!this.#single.isHalted) {
      const { usedBytes, freeBytes } = db.pages();
      if (freeBytes <= (keepFree ? Math.max(FREE_BYTES_KEPT, usedBytes * FREE_SHARE_KEPT) : 0)) break;
      db.shrink(SHRINK_BYTES);
      if (db.pages().freeBytes >= freeBytes) break;
      shrunk = true;
      await nextTurn();
    }
    if (shrunk) db.checkpoint();
  }

  /**
   * Drops the chunks that end first, up to the first that is not `expired`, and adds the series that are left without samples to
   * `emptied`; false where there is none to drop.
   */
  #dropChunks(emptied: Set<number>, expired: (maxMs: number, bytes: number) => boolean): boolean {
    const { db, series, head } = this.#contents;
    const oldest = db.oldestChunks.all(CHUNKS_A_SLICE);
    const kept = oldest.findIndex(([, , maxMs, , bytes]) => !expired(maxMs, bytes));
    const rows = kept === -1 ? oldest : oldest.slice(0, kept);
    if (rows.length === 0) return false;
    db.transaction(() => {
      for (const [id] of rows) db.deleteChunk.run(id);
      // They come in the order in which they end, so that the last of a series counts.
      if (this.#contents.rolledUp.reachMs === -Infinity) return;
      for (const [ref, maxMs] of new Map(rows.map((row) => [row[1], row[2]]))) db.rollups?.cut(ref, Infinity, maxMs);
    });
    for (const [, ref, maxMs, samples] of rows) {
      this.#contents.storedSamples -= samples;
      this.#contents.chunksChanged(ref);
      const fromMs = db.hasChunks.get(ref) === undefined ? Infinity : maxMs + 1;
      series.chunksFromMs[ref] = fromMs;
      if (fromMs === Infinity) series.chunksToMs[ref] = -Infinity;
      series.oldestMs[ref] = Math.min(fromMs, head.oldestMs(ref));
      if (fromMs === Infinity && head.count(ref) === 0) emptied.add(ref);
    }
    return true;
  }

  /** Drops series without chunks whose samples in head are all too old, and those that a run before this one came not to. */
  async #dropIdle(oldestMs: number): Promise<void> {
    // From behind, because of the lists that series stand in the index moves up what is behind those that go.
    for (let end = this.#contents.index.refLimit; end > 0 && !this.#single.isHalted;) {
      const { idle, from } = this.#idleBefore(end, oldestMs);
      await this.#dropSeries(idle, oldestMs);
      end = from;
      await nextTurn();
    }
  }

  /** Idle series before that ref, at most a slice of them, and from which one on they were looked for. */
  #idleBefore(end: number, oldestMs: number): { readonly idle: Set<number>; readonly from: number } {
    const idle = new Set<number>();
    const least = Math.max(0, end - REFS_A_SLICE);
    let from = end;
    while (from > least && idle.size < SERIES_A_SLICE) if (this.#isIdle(--from, oldestMs)) idle.add(from);
    return { idle, from };
  }

  #isIdle(ref: number, oldestMs: number): boolean {
    const { index, series, head } = this.#contents;
    if (!index.has(ref) || (series.chunksToMs[ref] as number) !== -Infinity) return false;
    return (series.newestMs[ref] as number) < oldestMs || head.count(ref) === 0;
  }

  /** Takes series out of the index and the file, some at a time, but for those that are idle no more. From behind, as above. */
  async #dropSeries(refs: ReadonlySet<number>, oldestMs: number): Promise<void> {
    const { db } = this.#contents;
    const fromBehind = [...refs].sort((a, b) => b - a);
    const blocks = [...Map.groupBy(fromBehind, blockOf).values()];
    for (let next = 0; next < blocks.length && !this.#single.isHalted;) {
      const endsMs = performance.now() + DROP_MS;
      const gone = new Set<number>();
      db.transaction(() => {
        do {
          const idle = (blocks[next] as number[]).filter((ref) => this.#isIdle(ref, oldestMs));
          db.names.delete(idle);
          for (const ref of idle) {
            db.rollups?.forget(ref);
            gone.add(ref);
          }
          next++;
        } while (next < blocks.length && performance.now() < endsMs);
        deleteExemplars(this.#contents, new Map([...gone].map((ref) => [ref, ALL_TIMES])));
      });
      this.#contents.dropSeries(gone);
      for (const ref of gone) this.#watchers.seriesRemoved(ref);
      await nextTurn();
    }
  }
}
