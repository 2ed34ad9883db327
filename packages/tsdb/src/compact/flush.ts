import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Contents } from '../contents.ts';
import { SingleRun } from '../single-run.ts';
import { ChunkPages } from './chunk-pages.ts';
import { CommonTimes } from './common-times.ts';
import { flushSeries, type FlushedSeries } from './flush-series.ts';

/** The log is cut when it holds more than this … */
const WAL_BYTES_MIN = 48 * 1024 * 1024;
/** … or than this for each series, so that a store of very many series still writes chunks of a useful size. */
const WAL_BYTES_PER_SERIES = 320;
/** The log may take this share of what the store may take on disk. */
const WAL_SHARE = 0.25;
/** Samples wait in the log at most this long, so that a quiet store is compressed too. */
const MAX_AGE_MS = 2 * 3_600_000;

/** A log longer than this is moved when nothing was appended for a while, and at the end. */
const QUIET_WAL_BYTES = 1024 * 1024;

/** A transaction ends after this much work, so that appends and queries get their turn. */
const SLICE_MS = 10;
const WAL_ROWS_A_SLICE = 16;

/** Moves the head into chunks, in the background and in small transactions, and then cuts the log. */
export class Flusher {
  readonly #contents: Contents;
  readonly #walBytesMax: number;
  readonly #now: () => number;
  readonly #single = new SingleRun();
  #askedAtWalId = 0;
  #oldestWalMs: number | undefined;

  /** `sizeBytes` is what the store may take on disk, 0 where there is no limit. */
  constructor(contents: Contents, sizeBytes: number, now: () => number) {
    this.#contents = contents;
    this.#walBytesMax = sizeBytes > 0 ? sizeBytes * WAL_SHARE : Infinity;
    this.#now = now;
  }

  get isRunning(): boolean {
    return this.#single.isRunning;
  }

  /** Whether the log is long or old enough to be moved into chunks. */
  due(): boolean {
    const { walBytes, index } = this.#contents;
    if (walBytes === 0) return false;
    const nowMs = this.#now();
    // A clock that was put back must not put this off until it is as late again.
    this.#oldestWalMs = Math.min(this.#oldestWalMs ?? nowMs, nowMs);
    const limitBytes = Math.min(this.#walBytesMax, Math.max(WAL_BYTES_MIN, index.size * WAL_BYTES_PER_SERIES));
    return walBytes > limitBytes || nowMs - this.#oldestWalMs > MAX_AGE_MS;
  }

  /** Whether the log is long enough to be worth moving before it has to be. */
  get isWorthwhile(): boolean {
    return this.#contents.walBytes > QUIET_WAL_BYTES;
  }

  /** Whether the log is worth moving and nothing was appended since this was asked last. */
  isQuiet(): boolean {
    const { lastWalId } = this.#contents;
    const quiet = this.isWorthwhile && lastWalId === this.#askedAtWalId;
    this.#askedAtWalId = lastWalId;
    return quiet;
  }

  /** Resolves when everything that was in the log at the start of the run is in chunks, or rejects where the disk does not take it. */
  run(): Promise<void> {
    return this.#single.run(() => this.#flush());
  }

  /** Lets a run end after its transaction. What is left stays in the log. */
  halt(): void {
    this.#single.halt();
  }

  stop(): Promise<void> {
    return this.#single.stop();
  }

  async #flush(): Promise<void> {
    const contents = this.#contents;
    const { db, refs } = contents;
    const cut = contents.lastWalId;
    const startedMs = this.#now();
    // A row that a failed transaction took back is forgotten with this run, which fails too.
    const times = new CommonTimes((maxMs, data) => db.addTimes(maxMs, data));
    const pages = new ChunkPages();
    for (let ref = 0; ref < refs.limit && !this.#single.isHalted;) {
      ref = this.#slice(ref, times, pages);
      await nextTurn();
    }
    const ids = db.walIds().filter((id) => id <= cut);
    for (let i = 0; i < ids.length && !this.#single.isHalted; i += WAL_ROWS_A_SLICE) {
      const last = ids[Math.min(i + WAL_ROWS_A_SLICE, ids.length) - 1] as number;
      db.transaction(() => {
        db.deleteWal.run(last);
        // What a later slice took from rows that stay must not be taken from them again.
        if (last === ids.at(-1)) db.deleteFlushed.run(cut);
      });
      await nextTurn();
    }
    if (this.#single.isHalted) return;
    contents.walBytes = db.walBytes();
    this.#oldestWalMs = contents.walBytes > 0 ? startedMs : undefined;
    refs.cut(cut);
    await this.#packNames();
  }

  async #packNames(): Promise<void> {
    const { db, refs } = this.#contents;
    for (let ref = 0; ref < refs.limit && !this.#single.isHalted;) {
      const endsMs = performance.now() + SLICE_MS;
      db.transaction(() => {
        while (ref < refs.limit && performance.now() < endsMs) ref = db.names.pack(ref, refs.limit);
      });
      await nextTurn();
    }
  }

  /** One transaction; returns the first ref that it did not come to. */
  #slice(first: number, times: CommonTimes, pages: ChunkPages): number {
    const { db, head, series, refs, lastWalId } = this.#contents;
    const endsMs = performance.now() + SLICE_MS;
    const done: FlushedSeries[] = [];
    let ref = first;
    db.transaction(() => {
      for (; ref < refs.limit && performance.now() < endsMs; ref++) {
        if (head.count(ref) > 0) done.push(flushSeries(this.#contents, ref, times, pages));
      }
      pages.write();
      // After a crash these series' samples up to here are in chunks, and those in the log must not count again.
      if (done.length > 0) db.insertFlushed.run(first, ref - 1, lastWalId);
    });
    for (const { ref, fromMs, toMs, addedSamples } of done) {
      head.clear(ref);
      this.#contents.chunksChanged(ref);
      series.chunksFromMs[ref] = fromMs;
      series.chunksToMs[ref] = toMs;
      this.#contents.storedSamples += addedSamples;
    }
    return ref;
  }
}
