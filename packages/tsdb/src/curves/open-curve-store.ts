import { Worker } from 'node:worker_threads';
import type { CurveBatch, CurveGrowth, CurveStore, CurveStoreStats } from '@vitrine/model/curve-store.ts';
import { QueryError, StoreBusy } from '@vitrine/model/sample-store.ts';
import { receiveError } from '../protocol.ts';
import { raise, stopFlag } from '../stop-flag.ts';
import { DEFAULT_MAX_PENDING_BYTES, type StoreLog } from '../store-options.ts';
import { SHORT_LIVED } from '../short-lived.ts';
import type { CurveCall, CurveReply, CurveRole, CurveWorkerOptions, ReadMethod } from './curve-calls.ts';
import { checkCurveBatch } from './curve-writer.ts';

/** A thread that has not written out what waits by then is stopped: the log has all that was acknowledged. */
const CLOSE_LIMIT_MS = 4_500;
const BUSY_RETRY_SECONDS = 1;
const POINT_BYTES = 36;

export interface OpenCurvesOptions {
  /** Where the file is; made where it is absent. */
  readonly folder: string;
  readonly log?: StoreLog;
  /** `append` throws StoreBusy where more than this waits to be written; 64 MiB unless told. */
  readonly maxPendingBytes?: number;
  /** Told once where one of the store's threads ends without having been asked to: from then on every call is refused. */
  readonly onFailure?: (error: Error) => void;
}

/**
 * Opens or makes the curve store in `options.folder`: one thread writes, another reads. Throws StoreOpenError where another
 * process has the folder, or the file is damaged, newer or cannot be written.
 */
export async function openCurveStore(options: OpenCurvesOptions): Promise<CurveStore> {
  const { folder, log = () => undefined, onFailure = () => undefined } = options;
  let failed = false;
  const fail = (error: Error): void => {
    if (failed) return;
    failed = true;
    onFailure(error);
  };
  // The writer makes the file.
  const writer = await Thread.start('writer', folder, log, fail);
  try {
    const reader = await Thread.start('reader', folder, log, fail);
    return curveStore(writer, reader, options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

function curveStore(writer: Thread, reader: Thread, maxPendingBytes: number): CurveStore {
  const listeners = new Set<(growth: CurveGrowth) => void>();
  let pendingBytes = 0;
  let closing: Promise<void> | undefined;
  const read =
    <Method extends ReadMethod>(kind: Method) =>
    (...args: Parameters<CurveStore[Method]>): ReturnType<CurveStore[Method]> => {
      const signal = args.find((arg) => arg instanceof AbortSignal);
      // The thread answers with what the method of that name does.
      return reader.askUnless(signal, kind, args) as ReturnType<CurveStore[Method]>;
    };

  return {
    async append(batch) {
      checkCurveBatch(batch);
      const bytes = bytesOf(batch);
      if (pendingBytes > 0 && pendingBytes + bytes > maxPendingBytes) {
        throw new StoreBusy(
          `more than ${maxPendingBytes} bytes of curves wait to be written: send again in ${BUSY_RETRY_SECONDS} s`,
          BUSY_RETRY_SECONDS,
        );
      }
      pendingBytes += bytes;
      try {
        const result = (await writer.ask({ kind: 'append', batch })) as Awaited<ReturnType<CurveStore['append']>>;
        const growth = growthOf(batch);
        if (result.points + result.items > 0) for (const tell of listeners) tell(growth);
        return result;
      } finally {
        pendingBytes -= bytes;
      }
    },
    async label(run, labels) {
      await writer.ask({ kind: 'label', run, labels });
    },
    async remove(runs) {
      if (runs.length > 0) await writer.ask({ kind: 'remove', runs });
    },
    points: read('points'),
    pointsFrom: read('pointsFrom'),
    summaries: read('summaries'),
    metricNames: read('metricNames'),
    items: read('items'),
    item: read('item'),
    mark: read('mark'),
    watch(onGrowth) {
      listeners.add(onGrowth);
      return () => listeners.delete(onGrowth);
    },
    async stats() {
      const [counts, bytesOnDisk] = await Promise.all([reader.ask({ kind: 'stats', args: [] }), writer.ask({ kind: 'bytes' })]);
      return { ...(counts as Omit<CurveStoreStats, 'bytesOnDisk'>), bytesOnDisk: bytesOnDisk as number };
    },
    close() {
      // The reader first: the writer then folds SQLite's log into the file.
      closing ??= reader.close().then(() => writer.close());
      return closing;
    },
  };
}

function bytesOf({ curves, curveIndex, items = [] }: CurveBatch): number {
  let bytes = curveIndex.length * POINT_BYTES;
  for (const { run, metric } of curves) bytes += run.length + metric.length;
  for (const { data } of items) bytes += data.length;
  return bytes;
}

function growthOf({ curves, curveIndex, timesMs, items = [] }: CurveBatch): CurveGrowth {
  const runs = new Map<string, { metrics: Set<string>; items: boolean; fromMs: number; toMs: number }>();
  const of = (run: string) => {
    const known = runs.get(run) ?? { metrics: new Set(), items: false, fromMs: Infinity, toMs: -Infinity };
    runs.set(run, known);
    return known;
  };
  const ofCurve = curves.map(({ run, metric }) => {
    const growth = of(run);
    growth.metrics.add(metric);
    return growth;
  });
  for (let i = 0; i < curveIndex.length; i++) {
    const growth = ofCurve[curveIndex[i] as number]!;
    const timeMs = timesMs[i] as number;
    if (timeMs < growth.fromMs) growth.fromMs = timeMs;
    if (timeMs > growth.toMs) growth.toMs = timeMs;
  }
  for (const { run } of items) of(run).items = true;
  return { runs };
}

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One of the store's threads, as the main thread speaks with it. */
class Thread {
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;
  #closing: Promise<void> | undefined;
  #ended: Error | undefined;

  private constructor(worker: Worker, log: StoreLog, onFailure: (error: Error) => void) {
    this.#worker = worker;
    worker.on('message', (reply: CurveReply) => {
      if (reply.kind === 'log') log(reply.level, reply.sentence);
      else if (reply.kind === 'answer' || reply.kind === 'failure') {
        const asked = this.#asked.get(reply.id);
        this.#asked.delete(reply.id);
        if (reply.kind === 'answer') asked?.resolve(reply.answer);
        else asked?.reject(receiveError(reply.error));
      }
    });
    worker.on('error', (error: Error) => {
      log('error', `the curve store's thread failed: ${error.stack ?? error.message}`);
      this.#end(new Error(`the curve store's thread failed (${error.message}): restart the server`, { cause: error }));
    });
    worker.on('exit', () => {
      this.#end(this.#closing === undefined ? new Error(`the curve store's thread ended: restart the server`) : closedError());
      if (this.#closing === undefined) onFailure(this.#ended as Error);
    });
  }

  static async start(role: CurveRole, folder: string, log: StoreLog, onFailure: (error: Error) => void): Promise<Thread> {
    const worker = new Worker(new URL('./curve-worker.ts', import.meta.url), {
      workerData: { role, folder } satisfies CurveWorkerOptions,
      name: `curve-${role}`,
      execArgv: [],
      resourceLimits: SHORT_LIVED,
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error(`the curve store's thread ended before ${folder} was open`)));
      const onMessage = (reply: CurveReply): void => {
        if (reply.kind === 'log') log(reply.level, reply.sentence);
        else if (reply.kind === 'open') {
          worker.off('message', onMessage);
          resolve();
        } else if (reply.kind === 'openFailed') reject(receiveError(reply.error));
      };
      worker.on('message', onMessage);
    });
    // Not all of them: the worker starts its port by listeners of its own.
    worker.removeAllListeners('error');
    worker.removeAllListeners('exit');
    return new Thread(worker, log, onFailure);
  }

  ask(call: CurveCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended;
      if (this.#closing !== undefined) throw closedError();
      const id = ++this.#lastId;
      this.#asked.set(id, { resolve, reject });
      this.#worker.postMessage({ ...call, id }, []);
    });
  }

  /** Rejects with the signal's reason. */
  async askUnless(signal: AbortSignal | undefined, kind: ReadMethod, args: readonly unknown[]): Promise<unknown> {
    if (signal === undefined) return this.ask({ kind, args });
    signal.throwIfAborted();
    const stop = stopFlag();
    const gone = Promise.withResolvers<never>();
    const onAbort = (): void => {
      raise(stop);
      gone.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.ask({ kind, args: args.filter((arg) => arg !== signal), stop }), gone.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve());
    });
    const limit = setTimeout(() => void this.#worker.terminate(), CLOSE_LIMIT_MS);
    this.#worker.postMessage({ kind: 'close', id: ++this.#lastId }, []);
    await ended;
    clearTimeout(limit);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#asked.values()) reject(this.#ended);
    this.#asked.clear();
  }
}

function closedError(): Error {
  return new QueryError('canceled', 'the curve store is closed');
}
