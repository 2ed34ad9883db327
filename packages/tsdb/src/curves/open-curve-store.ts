import type { CurveBatch, CurveGrowth, CurveStore, CurveStoreStats } from '@vitrine/model/curve-store.ts';
import { StoreBusy } from '@vitrine/model/sample-store.ts';
import { DEFAULT_MAX_PENDING_BYTES, type StoreLog } from '../store-options.ts';
import { SHORT_LIVED } from '../short-lived.ts';
import { WorkerClient } from '../worker-client.ts';
import type { CurveCall, CurveNote, CurveRole, CurveWorkerOptions, ReadMethod } from './curve-calls.ts';
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
  let isOpen = false;
  const threadOf = async (role: CurveRole): Promise<CurveThread> => {
    const thread: CurveThread = new WorkerClient({
      what: 'the curve store',
      file: new URL('./curve-worker.ts', import.meta.url),
      options: {
        name: `curve-${role}`,
        workerData: { role, folder } satisfies CurveWorkerOptions,
        resourceLimits: SHORT_LIVED,
      },
      starts: 'once',
      closeLimitMs: CLOSE_LIMIT_MS,
      log,
      onNote: ({ level, sentence }) => log(level, sentence),
      onFailure(error) {
        // Of both threads' ends one is told.
        if (isOpen) onFailure(error);
        isOpen = false;
      },
    });
    try {
      await thread.ask({ kind: 'open' });
      return thread;
    } catch (error) {
      await thread.close();
      throw error;
    }
  };
  // The writer makes the file.
  const writer = await threadOf('writer');
  try {
    const reader = await threadOf('reader');
    isOpen = true;
    return curveStore(writer, reader, options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

type CurveThread = WorkerClient<CurveCall, unknown, CurveNote>;

function curveStore(writer: CurveThread, reader: CurveThread, maxPendingBytes: number): CurveStore {
  const listeners = new Set<(growth: CurveGrowth) => void>();
  let pendingBytes = 0;
  let closing: Promise<void> | undefined;
  const read =
    <Method extends ReadMethod>(kind: Method) =>
    (...args: Parameters<CurveStore[Method]>): ReturnType<CurveStore[Method]> => {
      const signal = args.find((arg) => arg instanceof AbortSignal);
      // The thread answers with what the method of that name does.
      return reader.ask({ kind, args: args.filter((arg) => arg !== signal) }, { signal }) as ReturnType<CurveStore[Method]>;
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
