import { setImmediate as nextTurn } from 'node:timers/promises';
import { DamagedChunk } from '../chunk/chunk.ts';
import { Columns } from '../chunk/columns.ts';
import type { Contents } from '../contents.ts';
import { keepBetween } from '../series-samples.ts';
import { SingleRun } from '../single-run.ts';
import type { StoreOptions } from '../store-options.ts';
import { decodeBuckets, encodeBuckets, type BucketPlace } from './bucket-codec.ts';
import { BUCKET_COLUMNS, BucketColumns } from './bucket-columns.ts';
import { LEAST_SAMPLES } from './doubt-rollups.ts';
import { cellEnd, cellOf, isToBuild, isUnfit } from './rollup-rows.ts';
import { tiersOf } from './tiers.ts';
import { FURTHEST_MS } from '../row-query.ts';

/** A transaction ends after this much work, so that appends and queries get their turn. */
const SLICE_MS = 10;
/** What there is to build is looked at so often, and is built as far as such a stretch goes. */
const STEP_MS = 6 * 3_600_000;
/** Samples are in chunks after two hours, and few come later than that. */
const CLOSED_MS = 3 * 3_600_000;
/** Samples that go on coming late to where rows are built must not have them built each time. */
const ANEW_EVERY_MS = 900_000;
const ROWS_A_SLICE = 500;

const samples = new Columns(4096);
const buckets = new BucketColumns();

/**
 * Rolls up samples that stay, so that queries over long times need not read them all: in the background, in small transactions,
 * some hours behind the newest ones.
 */
export class EarlyRollups {
  readonly #contents: Contents;
  readonly #limits: StoreOptions['retention'];
  readonly #widthsMs: readonly number[];
  readonly #now: () => number;
  /** Rows of other widths are there still. */
  #isForeign: boolean;
  #doneMs = -Infinity;
  #builtAnewMs = -Infinity;
  readonly #single = new SingleRun();

  /** `now` is a clock to trust, in unix milliseconds: what one that is ahead calls too old is built at no other time. */
  constructor(contents: Contents, limits: StoreOptions['retention'], now: () => number) {
    this.#contents = contents;
    this.#limits = limits;
    this.#now = now;
    this.#widthsMs = tiersOf(limits).map(({ bucketMs }) => bucketMs);
    const marks = this.#widthsMs.length === 0 ? undefined : contents.db.needRollups().marks(this.#widthsMs);
    this.#isForeign = marks === undefined;
    if (marks === undefined) {
      // From here on nobody keeps true what is there, also where this ends before it is removed.
      const { rollups } = contents.db;
      if (rollups !== undefined) contents.db.transaction(() => rollups.forgetMarks());
      return;
    }
    this.#doneMs = marks.doneMs;
    contents.rolledUp = { widthsMs: this.#widthsMs, reachMs: marks.reachMs };
  }

  run(): Promise<void> {
    return this.#single.run(() => this.#run());
  }

  /** Lets a run end after its transaction. */
  halt(): void {
    this.#single.halt();
  }

  stop(): Promise<void> {
    return this.#single.stop();
  }

  async #run(): Promise<void> {
    const contents = this.#contents;
    const { db } = contents;
    if (this.#isForeign) await this.#removeForeign();
    if (this.#single.isHalted || this.#widthsMs.length === 0) return;
    const rollups = db.needRollups();
    const nowMs = this.#now();
    const newestMs = Math.min(nowMs - CLOSED_MS, db.newestMs() ?? -Infinity);
    const untilMs = Math.floor(newestMs / STEP_MS) * STEP_MS;
    if (untilMs > this.#doneMs) {
      // Written down before there is a row that reaches so far: whoever changes chunks looks at it.
      const reachMs = Math.max(untilMs, contents.rolledUp.reachMs);
      const isFirst = this.#doneMs === -Infinity;
      db.transaction(() => {
        rollups.setMark(this.#widthsMs, 'begun', reachMs);
        if (isFirst) rollups.setMark(this.#widthsMs, 'built', -FURTHEST_MS);
      });
      contents.rolledUp = { widthsMs: this.#widthsMs, reachMs };
      await this.#build(this.#cells(untilMs));
      if (this.#single.isHalted) return;
      db.transaction(() => rollups.setMark(this.#widthsMs, 'built', untilMs));
      this.#doneMs = untilMs;
    }
    // The clock may have been put back.
    if (Math.abs(nowMs - this.#builtAnewMs) < ANEW_EVERY_MS) return;
    this.#builtAnewMs = nowMs;
    await this.#build(this.#doubted());
  }

  /** What was built for other widths, or none, whose marks are gone. */
  async #removeForeign(): Promise<void> {
    const { db } = this.#contents;
    const { rollups } = db;
    if (rollups !== undefined) {
      while (!this.#single.isHalted && rollups.isAny()) {
        db.transaction(() => rollups.removeSome(ROWS_A_SLICE));
        await nextTurn();
      }
      if (this.#single.isHalted) return;
      if (this.#widthsMs.length === 0) db.dropRollups();
    }
    this.#isForeign = false;
  }

  /** The rows that samples between what was done and `untilMs` are in, series by series. */
  *#cells(untilMs: number): Generator<BucketPlace> {
    const { index, series, db } = this.#contents;
    const tiers = this.#widthsMs.map((widthMs, i) => ({ widthMs, fromMs: Math.max(this.#doneMs, this.#oldestMs(i)) }));
    for (let ref = 0; ref < index.refLimit; ref++) {
      for (const { widthMs, fromMs } of tiers) {
        let cellMs = cellOf(Math.max(fromMs, (series.chunksFromMs[ref] as number) - 1), widthMs);
        while (index.has(ref) && cellMs < Math.min(untilMs, series.chunksToMs[ref] as number)) {
          yield { ref, widthMs, cellMs };
          const nextMs = cellEnd(cellMs, widthMs);
          // A series may have nothing for years; its chunks may reach into the next cell.
          const chunkMs = db.nextChunkMs(ref, cellMs);
          cellMs = chunkMs === undefined || chunkMs <= nextMs ? nextMs : cellOf(chunkMs - 1, widthMs);
        }
      }
    }
  }

  /** Rows that were asked for, or of whose samples some came or went. */
  *#doubted(): Generator<BucketPlace> {
    for (let after = 0; ;) {
      const rows = this.#contents.db.needRollups().toBuild(after, ROWS_A_SLICE);
      for (const [, ref, widthMs, cellMs] of rows) yield { ref, widthMs, cellMs };
      const last = rows.at(-1);
      if (last === undefined) return;
      [after] = last;
    }
  }

  async #build(cells: Generator<BucketPlace>): Promise<void> {
    const { db, series } = this.#contents;
    for (let next = cells.next(); next.done !== true && !this.#single.isHalted; await nextTurn()) {
      const endsMs = performance.now() + SLICE_MS;
      const changed = new Set<number>();
      db.transaction(() => {
        do {
          if (this.#buildRow(next.value)) changed.add(next.value.ref);
          next = cells.next();
        } while (next.done !== true && performance.now() < endsMs);
      });
      for (const ref of changed) series.chunksVersion[ref] = (series.chunksVersion[ref] as number) + 1;
    }
  }

  /** Before this the chunks themselves are what that tier's buckets come to, or wider ones. */
  #oldestMs(tier: number): number {
    const { timeMs } = this.#limits;
    const keptMs = tier === 0 ? timeMs : (tiersOf(this.#limits)[tier - 1]?.keptMs ?? timeMs);
    return this.#now() - keptMs;
  }

  /** Builds a row, or adds to it what has come behind it; says whether it is another now. */
  #buildRow(place: BucketPlace): boolean {
    const { db, index, rolledUp } = this.#contents;
    const rollups = db.needRollups();
    const { ref, widthMs, cellMs } = place;
    const toMs = Math.min(cellEnd(cellMs, widthMs), Math.floor(rolledUp.reachMs / widthMs) * widthMs);
    const oldestMs = this.#oldestMs(this.#widthsMs.indexOf(widthMs));
    const startMs = Math.min(toMs, Math.max(cellMs, Math.ceil(oldestMs / widthMs) * widthMs));
    const row = rollups.get(place);
    let fromMs = startMs;
    let readMs = startMs;
    buckets.clear();
    if (row !== undefined && !isToBuild(row[4])) {
      const [, before, builtMs, , data] = row;
      if (isUnfit(data) || builtMs >= toMs || startMs === toMs) return false;
      if (builtMs > startMs && this.#read(data, place, builtMs)) [fromMs, readMs] = [before, builtMs];
    }
    const known = index.has(ref) ? this.#addSamples(ref, readMs, toMs, widthMs) : 'none';
    if (known === 'unfit') rollups.putUnfit(place, toMs);
    // What was built before a chunk was damaged is still true.
    else if (known === 'damaged' && readMs > startMs) return false;
    else if (known === 'damaged' || buckets.length === 0 || buckets.samples < LEAST_SAMPLES * buckets.length) {
      if (row === undefined) return false;
      rollups.remove(place);
    } else if (known === 'none' && readMs > startMs) return false;
    else rollups.put(place, fromMs, toMs, encodeBuckets(buckets, { ...place, toMs }));
    return true;
  }

  #read(data: Uint8Array, place: BucketPlace, toMs: number): boolean {
    try {
      decodeBuckets(data, { ...place, toMs }, BUCKET_COLUMNS, buckets);
      return true;
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error;
      buckets.clear();
      return false;
    }
  }

  /** Adds the series' samples in chunks at `(fromMs, toMs]`. */
  #addSamples(ref: number, fromMs: number, toMs: number, widthMs: number): 'added' | 'none' | 'unfit' | 'damaged' {
    const contents = this.#contents;
    samples.clear(fromMs + 1, toMs);
    for (const row of contents.db.chunksInRange.all(ref, fromMs + 1, toMs)) {
      const [, minMs, maxMs] = row;
      if (maxMs <= fromMs || minMs > toMs) continue;
      if (!contents.readChunk(ref, row, samples)) return 'damaged';
      if (samples.histograms !== undefined || samples.startsMs !== undefined) return 'unfit';
    }
    keepBetween(samples, fromMs + 1, toMs);
    if (samples.length === 0) return 'none';
    return buckets.add(samples, widthMs) ? 'added' : 'unfit';
  }
}
