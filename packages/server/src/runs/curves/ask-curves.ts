import { Worker } from 'node:worker_threads';
import { runGrouping } from '@vitrine/compute/run-filter/run-group.ts';
import type { Notice, PanelData } from '@vitrine/model/frame.ts';
import type { Run } from '@vitrine/model/run.ts';
import type { CurvesRequest } from '@vitrine/model/run-api.ts';
import { raise, stopFlag } from '@vitrine/tsdb/stop-flag.ts';
import type { Runs } from '../runs.ts';
import type { CurveAnswer, CurveMessage, CurveQuestion, CurveReply } from './curve-question.ts';
import type { CurveWorkerOptions } from './curve-worker.ts';

/** Asks for curves as they are drawn. */
export interface CurveQuestions {
  /** Somebody is about to ask: what takes time to begin with begins. */
  warm(): void;
  /** Throws what the signal was aborted with. */
  ask(question: CurveQuestion, signal: AbortSignal): Promise<CurveAnswer>;
  close(): Promise<void>;
}

/** What decoded and smoothed curves may take. */
const MEMORY_BYTES = 384 * 1024 * 1024;

interface Asked {
  readonly resolve: (answer: CurveAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads the curve store in `folder` in a thread of its own, which starts when it is first needed. */
export function openCurveQuestions({
  folder,
  memoryBytes = MEMORY_BYTES,
}: {
  readonly folder: string;
  readonly memoryBytes?: number;
}): CurveQuestions {
  const asked = new Map<number, Asked>();
  let worker: Worker | undefined;
  let lastId = 0;
  let closed = false;

  const start = (): Worker => {
    const started = new Worker(new URL('./curve-worker.ts', import.meta.url), {
      workerData: { folder, memoryBytes } satisfies CurveWorkerOptions,
      name: 'curves',
      execArgv: [],
    });
    // It only reads: a server that stops need not wait for it.
    started.unref();
    started.on('message', (reply: CurveReply) => {
      const one = asked.get(reply.id);
      asked.delete(reply.id);
      if (reply.kind === 'answer') one?.resolve(reply.answer);
      else one?.reject(new Error(reply.message));
    });
    const fail = (error: Error): void => {
      // What is asked by then is asked of its successor.
      if (worker !== started) return;
      worker = undefined;
      for (const [id, { reject }] of asked) {
        asked.delete(id);
        reject(error);
      }
    };
    started.on('error', (error: Error) =>
      fail(new Error(`the thread that reads curves failed (${error.message})`, { cause: error })),
    );
    started.on('exit', () => fail(new Error('the thread that reads curves ended')));
    return started;
  };

  return {
    warm() {
      if (!closed) worker ??= start();
    },
    async ask(question, signal) {
      signal.throwIfAborted();
      if (closed) throw new Error('the reader of curves is closed');
      // One that failed is replaced: what it kept was read from the store.
      const thread = (worker ??= start());
      const id = ++lastId;
      const stop = stopFlag();
      const { promise, resolve, reject } = Promise.withResolvers<CurveAnswer>();
      const onAbort = (): void => {
        asked.delete(id);
        raise(stop);
        reject(signal.reason);
      };
      asked.set(id, { resolve, reject });
      signal.addEventListener('abort', onAbort, { once: true });
      thread.postMessage({ id, question, stop } satisfies CurveMessage, []);
      return promise.finally(() => signal.removeEventListener('abort', onAbort));
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}

/** Lines of one chart: beyond, nobody tells them apart, and no screen has the pixels. */
const MOST_LINES = 1_000;
/** Curves that are drawn as groups. */
const MOST_GROUPED = 10_000;

/**
 * Answers a request of the page or of a panel. Runs that are not there, or in the bin, are left out. `anyScale`: x may be drawn evenly and
 * logarithmically.
 */
export async function askCurves(
  request: CurvesRequest,
  { runs, curves }: { readonly runs: Pick<Runs, 'findAll'>; readonly curves: CurveQuestions },
  signal: AbortSignal,
  { refId = 'A', anyScale = false }: { readonly refId?: string; readonly anyScale?: boolean } = {},
): Promise<PanelData> {
  const startedMs = performance.now();
  const found = (await runs.findAll([...new Set(request.runs)])).filter(({ deletedMs }) => deletedMs === undefined);
  const named = [...new Set(request.metrics)];
  const metrics = named.slice(0, MOST_LINES);
  const notices: Notice[] = [];
  const mostLines = request.groupBy === undefined ? MOST_LINES : MOST_GROUPED;
  const shown = found.slice(0, Math.max(1, Math.floor(mostLines / Math.max(1, metrics.length))));
  if (shown.length < found.length)
    notices.push({
      level: 'warning',
      text: `Showing ${shown.length.toLocaleString('en')} of ${found.length.toLocaleString('en')} runs: a chart is drawn from at most ${mostLines.toLocaleString('en')} curves.`,
    });
  if (metrics.length < named.length)
    notices.push({
      level: 'warning',
      text: `Showing the first ${metrics.length.toLocaleString('en')} of ${named.length.toLocaleString('en')} metrics: a chart is drawn from at most so many.`,
    });
  const names = namesOf(shown);
  const grouping = request.groupBy === undefined ? undefined : runGrouping(request.groupBy);
  const answer = await curves.ask(
    {
      refId,
      runs: shown.map((run, index) => ({
        id: run.id,
        name: names[index]!,
        startedMs: run.startedMs,
        group: grouping?.titleOf(grouping.valueOf(run)),
      })),
      metrics,
      x: request.x,
      logX: anyScale ? 'either' : (request.logX ?? false),
      from: request.from ?? -Infinity,
      to: request.to ?? Infinity,
      widthPx: request.widthPx,
      smoothing: request.smoothing,
      band: request.band,
    },
    signal,
  );
  const executed = `${metrics.join(', ')} of ${shown.length} ${shown.length === 1 ? 'run' : 'runs'}`;
  return {
    frames: answer.frames,
    notices: [...notices, ...answer.notices],
    traces: [
      {
        refId,
        source: 'runs',
        executed,
        stepMs: 0,
        elapsedMs: performance.now() - startedMs,
        seriesRead: answer.lines,
        samplesRead: answer.points,
      },
    ],
    fromMs: 0,
    toMs: 0,
    stepMs: 0,
    growable: false,
  };
}

/** The runs' names; with the id where two have the same. */
function namesOf(runs: readonly Run[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name } of runs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return runs.map(({ name, id }) => ((counts.get(name) ?? 0) > 1 ? `${name} (${id.slice(0, 8)})` : name));
}
