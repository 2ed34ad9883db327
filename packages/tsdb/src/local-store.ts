import type { MessagePort } from 'node:worker_threads';
import {
  QueryError,
  StoreBusy,
  StoreReadOnly,
  type AnswerForm,
  type AppendResult,
  type DeletedSamples,
  type DeleteRequest,
  type EvaluateRequest,
  type FoundLabels,
  type Growth,
  type LabelRequest,
  type LabelSearch,
  type QueryResult,
  type SampleBatch,
  type SampleSource,
  type SampleStore,
  type Selector,
  type SeriesExemplars,
  type StoreStats,
  type WrittenAnswer,
} from '@vitrine/model/sample-store.ts';
import type { Cardinality, CardinalityRequest } from '@vitrine/model/cardinality.ts';
import type { Labels } from '@vitrine/model/labels.ts';
import { evaluateText } from '@vitrine/promql/evaluate/evaluate.ts';
import { writtenAnswer } from '@vitrine/promql/json/write-result.ts';
import { type Arrival, seriesOfKeys } from './batch-series.ts';
import { checkBatch, Committer } from './committer.ts';
import { Contents } from './contents.ts';
import { type CurveReader, openCurveReader } from './curves/curve-reader.ts';
import { CurveSeries } from './curves/curve-series.ts';
import { Database, openError } from './database.ts';
import { Flusher } from './compact/flush.ts';
import { deleteSeries } from './delete/delete-series.ts';
import { findExemplars } from './exemplars/find.ts';
import { loadExemplars } from './exemplars/load.ts';
import { lockFolder } from './folder-lock.ts';
import { KeyReceiver, type SentKeys } from './key-tokens.ts';
import { JoinedReader } from './joined-source.ts';
import { type BatchColumns, receiveBatch } from './protocol.ts';
import { Reader } from './reader.ts';
import { countSeries } from './search/count-series.ts';
import { searchLabels } from './search/search-labels.ts';
import { Retention } from './retention/retention.ts';
import { EarlyRollups } from './rollup/early-rollups.ts';
import { isUnwritable } from './sqlite-error.ts';
import { SeriesLimits } from './series-limits.ts';
import { StoreOpenError } from './store-open-error.ts';
import { DEFAULT_MAX_FUTURE_MS, DEFAULT_MAX_PENDING_BYTES, type StoreLog, type StoreOptions } from './store-options.ts';
import type { Bell } from './threads/ask.ts';
import { SourceClient } from './threads/selections.ts';
import { replay } from './wal/replay.ts';
import { Watchers } from './watchers.ts';
import { makeFolder } from './make-folder.ts';

/** One commit takes at most this many samples, so that it does not hold the thread for long. */
const COMMIT_SAMPLES = 200_000;
const UPKEEP_EVERY_MS = 30_000;
/** Closing may take this long to move the log into chunks. */
const PACK_UP_MS = 2_000;
/** At each upkeep damaged names are written anew for so long. */
const MEND_MS = 10;
const BUSY_RETRY_SECONDS = 1;

interface Waiting {
  readonly batch: Arrival;
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/** What a batch takes in memory while it waits, roughly. */
export function batchBytes({ seriesKeys, ...columns }: SampleBatch): number {
  return seriesKeys.reduce((bytes, key) => bytes + key.length, columnsBytes(columns));
}

function columnsBytes({ seriesIndex, histograms, exemplars }: Omit<SampleBatch, 'seriesKeys'>): number {
  let bytes = seriesIndex.length * 20;
  for (const { positiveBuckets, negativeBuckets, customValues } of histograms?.values() ?? []) {
    bytes += 300 + positiveBuckets.byteLength + negativeBuckets.byteLength + customValues.byteLength;
  }
  return bytes + (exemplars?.length ?? 0) * 200;
}

/**
 * The store in the calling thread. `openStore` runs one in a worker; tests, benchmarks and tools that own their thread
 * use it directly.
 */
export class LocalStore implements SampleStore {
  readonly #options: StoreOptions;
  readonly #contents: Contents;
  readonly #committer: Committer;
  readonly #reader: Reader | JoinedReader;
  readonly #curves: CurveReader | undefined;
  readonly #curveSeries: CurveSeries | undefined;
  readonly #watchers: Watchers;
  readonly #keys: KeyReceiver;
  readonly #clients = new Set<SourceClient>();
  readonly #flusher: Flusher;
  readonly #retention: Retention;
  readonly #earlyRollups: EarlyRollups;
  readonly #log: StoreLog;
  readonly #now: () => number;
  readonly #unlock: () => void;
  readonly #walReplayMs: number;
  readonly #upkeep: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #scheduled = false;
  #readOnly = false;
  #upkeepFailed = false;
  #closing: Promise<void> | undefined;
  #appendedSamples = 0;
  #commits = 0;
  #commitSeconds = 0;

  private constructor(
    options: StoreOptions,
    contents: Contents,
    walReplayMs: number,
    unlock: () => void,
    now: () => number,
    steady: () => number,
  ) {
    this.#options = options;
    this.#contents = contents;
    this.#walReplayMs = walReplayMs;
    this.#unlock = unlock;
    this.#now = now;
    this.#log = contents.log;
    this.#committer = new Committer(contents, new SeriesLimits(contents.index, options.maxSeries, options.maxSeriesPer));
    const reader = new Reader(contents);
    this.#curves = options.curvesFolder === undefined ? undefined : openCurveReader(options.curvesFolder, contents.log);
    this.#curveSeries = this.#curves && new CurveSeries(this.#curves);
    this.#reader = this.#curveSeries === undefined ? reader : new JoinedReader(reader, this.#curveSeries);
    this.#watchers = new Watchers(contents.index);
    this.#keys = new KeyReceiver(contents.index);
    this.#flusher = new Flusher(contents, options.retention.sizeBytes, now);
    this.#retention = new Retention(contents, this.#watchers, options.retention, now, steady);
    this.#earlyRollups = new EarlyRollups(contents, options.retention, () => this.#retention.nowMs);
    contents.onDropped = (refs) => {
      this.#keys.forget(refs);
      for (const client of this.#clients) client.forget(refs);
    };
    this.#upkeep = setInterval(() => void this.runUpkeep(this.#flusher.isQuiet()), UPKEEP_EVERY_MS);
    this.#upkeep.unref();
  }

  /**
   * Opens or makes the store in `options.folder` and reads back what was in its log. Throws StoreOpenError. `now` is the
   * clock, in unix milliseconds, and `steady` one in milliseconds that never jumps: the machine's own, or both what a caller has.
   */
  static open(options: StoreOptions, now?: () => number, steady = now ?? (() => performance.now())): LocalStore {
    const { folder, log = () => undefined } = options;
    try {
      makeFolder(folder);
    } catch (error) {
      throw new StoreOpenError('not writable', `the data folder ${folder} cannot be made: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const unlock = lockFolder(folder);
    let db: Database | undefined;
    try {
      db = Database.open(folder, (sentence) => log('error', sentence));
      const contents = new Contents(db, log, options.maxExemplars);
      const startedMs = performance.now();
      load(contents);
      replay(contents);
      loadExemplars(contents);
      return new LocalStore(options, contents, performance.now() - startedMs, unlock, now ?? Date.now, steady);
    } catch (error) {
      db?.close();
      unlock();
      throw db === undefined ? error : openError(db.file, error);
    }
  }

  /** Where PromQL reads, in this thread. */
  get source(): SampleSource {
    return this.#reader;
  }

  /** Serves a thread that evaluates, at the other end of the port. */
  connect(port: MessagePort, bell: Bell): void {
    const client = new SourceClient(this.#contents, port, bell);
    this.#clients.add(client);
    port.once('close', () => this.#clients.delete(client));
  }

  append(batch: SampleBatch): Promise<AppendResult> {
    const { seriesKeys, ...columns } = batch;
    return this.#append({ ...columns, series: seriesOfKeys(seriesKeys, this.#contents.index) }, batchBytes(batch));
  }

  /** As `append`, from a thread that has given its keys numbers. Such messages must all come here, in order. */
  async appendSent(keys: SentKeys, columns: BatchColumns): Promise<AppendResult> {
    const { series, done } = this.#keys.receive(keys);
    try {
      return await this.#append(receiveBatch(series, columns));
    } finally {
      done();
    }
  }

  #append(batch: Arrival, bytes = columnsBytes(batch) + batch.series.length * 8): Promise<AppendResult> {
    this.#assertOpen();
    checkBatch(batch, batch.series.length);
    const limit = this.#options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES;
    // A batch that alone is over the limit is taken when nothing else waits: refused, it would never get in.
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > limit) {
      return Promise.reject(
        new StoreBusy(
          `more than ${limit} bytes of samples wait to be written (limit maxPendingBytes): send again in ${BUSY_RETRY_SECONDS} s`,
          BUSY_RETRY_SECONDS,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#schedule();
    });
  }

  async evaluate({ expr, ...grid }: EvaluateRequest, signal?: AbortSignal): Promise<QueryResult> {
    this.#assertOpen();
    return evaluateText(expr, grid, this.#reader, signal);
  }

  async evaluateJson(request: EvaluateRequest, form: AnswerForm, signal?: AbortSignal): Promise<WrittenAnswer> {
    return writtenAnswer(await this.evaluate(request, signal), form);
  }

  // async: a refusal is a rejection, not a throw.
  async series(request: LabelRequest, signal?: AbortSignal): Promise<readonly Labels[]> {
    this.#assertOpen();
    signal?.throwIfAborted();
    return this.#reader.series(request);
  }

  async labelNames(request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]> {
    this.#assertOpen();
    signal?.throwIfAborted();
    return this.#reader.labelNames(request);
  }

  async labelValues(label: string, request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]> {
    this.#assertOpen();
    signal?.throwIfAborted();
    return this.#reader.labelValues(label, request);
  }

  async searchLabels(search: LabelSearch, signal?: AbortSignal): Promise<FoundLabels> {
    this.#assertOpen();
    const curves = this.#curveSeries;
    const more =
      curves === undefined
        ? []
        : search.label === undefined
          ? curves.labelNames(search)
          : curves.labelValues(search.label, search);
    return searchLabels(this.#contents, more, search, signal);
  }

  async cardinality(request: CardinalityRequest, signal?: AbortSignal): Promise<Cardinality> {
    this.#assertOpen();
    return countSeries(this.#contents, request, signal);
  }

  async exemplars(request: LabelRequest, signal?: AbortSignal): Promise<readonly SeriesExemplars[]> {
    this.#assertOpen();
    signal?.throwIfAborted();
    return findExemplars(this.#contents, request);
  }

  async deleteSeries(request: DeleteRequest): Promise<DeletedSamples> {
    this.#assertOpen();
    return deleteSeries(this.#contents, this.#watchers, request);
  }

  watch(selectors: readonly Selector[], onGrowth: (growth: Growth) => void): () => void {
    this.#assertOpen();
    return this.#watchers.add(selectors, onGrowth);
  }

  async stats(): Promise<StoreStats> {
    this.#assertOpen();
    const { index, head, series, storedSamples, db } = this.#contents;
    let oldestMs = Infinity;
    let newestMs = -Infinity;
    for (let ref = 0; ref < index.refLimit; ref++) {
      if (!index.has(ref)) continue;
      oldestMs = Math.min(oldestMs, series.oldestMs[ref] as number);
      newestMs = Math.max(newestMs, series.newestMs[ref] as number);
    }
    return {
      seriesCount: index.size,
      headSamples: head.samples,
      storedSamples,
      bytesOnDisk: db.bytesOnDisk(),
      oldestMs: oldestMs === Infinity ? undefined : oldestMs,
      newestMs: newestMs === -Infinity ? undefined : newestMs,
      walReplayMs: this.#walReplayMs,
      appendedSamples: this.#appendedSamples,
      commits: this.#commits,
      commitSecondsTotal: this.#commitSeconds,
    };
  }

  /** Moves the head into chunks now. Rejects where the disk does not take it. */
  async flush(): Promise<void> {
    this.#assertOpen();
    // A run under way has passed by what came since.
    if (this.#flusher.isRunning) await this.#flusher.run();
    await this.#flusher.run();
  }

  /** What the clock brings: flushing where it is due or asked for, then retention. Failures are told of once, and tried again later. */
  async runUpkeep(flush = false): Promise<void> {
    if (this.#closing !== undefined) return;
    try {
      this.#mendNames();
      if (flush || this.#flusher.due()) await this.#flusher.run();
      await this.#retention.run();
      await this.#earlyRollups.run();
      if (this.#upkeepFailed) this.#log('info', `${this.#contents.db.file}: samples are packed and retention is applied again`);
      this.#upkeepFailed = false;
    } catch (error) {
      if (!this.#upkeepFailed) {
        this.#log(
          'error',
          `${this.#contents.db.file}: samples could not be packed or old ones dropped (${(error as Error).message}); nothing is lost, and it is tried again every ${UPKEEP_EVERY_MS / 1000} s`,
        );
      }
      this.#upkeepFailed = true;
    }
  }

  /** What one copy is left of is written anew, before a flip takes that too: a slice at each upkeep, and there is hardly ever more. */
  #mendNames(): void {
    const { db, halfNames } = this.#contents;
    if (halfNames.length === 0) return;
    const endsMs = performance.now() + MEND_MS;
    let mended = 0;
    db.transaction(() => {
      do db.names.mend(halfNames[mended++] as number);
      while (mended < halfNames.length && performance.now() < endsMs);
    });
    this.#contents.halfNames = halfNames.slice(mended);
    if (mended === halfNames.length) this.#log('info', `${db.file}: names of series are stored twice again`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#upkeep);
    for (const client of this.#clients) client.close();
    while (this.#waiting.length > 0) this.#commitGroup();
    await this.#packUp();
    await this.#flusher.stop();
    await this.#retention.stop();
    await this.#earlyRollups.stop();
    this.#curves?.close();
    this.#contents.db.leaveOutEmptyTables();
    this.#contents.db.close();
    this.#unlock();
  }

  /** Leaves little log behind, so that the next start is quick and the file small. What there is no time for stays in the log. */
  async #packUp(): Promise<void> {
    if (!this.#flusher.isWorthwhile || this.#upkeepFailed) return;
    const limit = setTimeout(() => {
      this.#flusher.halt();
      this.#retention.halt();
    }, PACK_UP_MS);
    try {
      // A run under way has passed by what came since.
      if (this.#flusher.isRunning) await this.#flusher.run();
      await this.#flusher.run();
      await this.#retention.run(false);
    } catch (error) {
      this.#log(
        'warn',
        `${this.#contents.db.file}: samples could not be packed (${(error as Error).message}); they stay in the log`,
      );
    } finally {
      clearTimeout(limit);
    }
  }

  /** All that arrives before the event loop comes round joins one commit. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commitGroup();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commitGroup(): void {
    const group = this.#takeGroup();
    if (group.length === 0) return;
    const startedMs = performance.now();
    let results: AppendResult[];
    try {
      results = this.#committer.commit(
        group.map(({ batch }) => batch),
        {
          oldestMs: this.#retention.oldestMs,
          newestMs: this.#now() + (this.#options.maxFutureMs ?? DEFAULT_MAX_FUTURE_MS),
        },
      );
    } catch (error) {
      const shown = this.#commitError(error);
      for (const { reject } of group) reject(shown);
      return;
    }
    const { accepted, createdRefs } = this.#committer;
    this.#appendedSamples += accepted.length;
    this.#commits++;
    this.#commitSeconds += (performance.now() - startedMs) / 1000;
    if (this.#readOnly && accepted.length > 0) {
      this.#readOnly = false;
      this.#log('info', `the data folder ${this.#options.folder} can be written again: samples are accepted`);
    }
    for (let i = 0; i < group.length; i++) (group[i] as Waiting).resolve(results[i] as AppendResult);
    for (const ref of createdRefs) this.#watchers.seriesAdded(ref);
    for (let i = 0; i < accepted.length; i++) this.#watchers.note(accepted.refs[i] as number, accepted.timestampsMs[i] as number);
    this.#watchers.tell();
    if (this.#flusher.due() && !this.#upkeepFailed) void this.runUpkeep();
  }

  #takeGroup(): Waiting[] {
    let samples = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      samples += batch.seriesIndex.length;
      if (count > 0 && samples > COMMIT_SAMPLES) break;
      count++;
    }
    const group = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    for (const { bytes } of group) this.#waitingBytes -= bytes;
    return group;
  }

  #commitError(error: unknown): unknown {
    if (!isUnwritable(error)) return error;
    const sentence = `the data folder ${this.#options.folder} cannot be written (${(error as Error).message}): free space on its disk or make it writable; reads go on, and writing resumes by itself`;
    if (!this.#readOnly) this.#log('error', sentence);
    this.#readOnly = true;
    return new StoreReadOnly(sentence, { cause: error });
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new QueryError('canceled', 'the sample store is closed');
  }
}

/** Series and what their chunks reach over. */
function load(contents: Contents): void {
  const { db, refs, series } = contents;
  const damaged = new Set<number>();
  const halfNames: number[] = [];
  for (const [ref, key] of db.names.all((firstRef) => halfNames.push(firstRef))) {
    // A damaged series' place stays taken: its chunks must not become another's.
    refs.adopt(ref);
    if (key === undefined) damaged.add(ref);
    else contents.addSeries(ref, key);
  }
  if (damaged.size > 0) {
    contents.log(
      'error',
      `${db.file} is damaged: the names of up to ${damaged.size} series cannot be read, and their samples are left out`,
    );
  }
  contents.halfNames = halfNames;
  if (halfNames.length > 0) {
    contents.log(
      'error',
      `${db.file} is damaged: names of series are stored twice, and in ${halfNames.length} ${halfNames.length === 1 ? 'place' : 'places'} one of the two cannot be read; nothing is lost, and it is written anew from the other: look after the disk, and run vitrine check data to see what else is damaged`,
    );
  }
  let ownerless = 0;
  for (const [ref, minMs, maxMs, samples] of db.chunkRanges()) {
    contents.storedSamples += samples;
    if (!contents.index.has(ref)) {
      // Its place must not become another's: these samples are none of that one's.
      refs.adopt(ref);
      if (!damaged.has(ref)) ownerless += samples;
      continue;
    }
    series.oldestMs[ref] = minMs;
    series.newestMs[ref] = maxMs;
    series.chunksFromMs[ref] = minMs;
    series.chunksToMs[ref] = maxMs;
  }
  if (ownerless > 0) {
    contents.log(
      'error',
      `${db.file} is damaged: ${ownerless} samples belong to no series and are left out; restore the file from a backup, or run vitrine check to see what is damaged`,
    );
  }
}
