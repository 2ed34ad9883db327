import { runGrouping } from '@vitrine/compute/run-filter/run-group.ts';
import type { Notice, PanelData } from '@vitrine/model/frame.ts';
import type { Run } from '@vitrine/model/run.ts';
import type { CurvesRequest } from '@vitrine/model/run-api.ts';
import { SHORT_LIVED } from '@vitrine/tsdb/short-lived.ts';
import { WorkerClient } from '@vitrine/tsdb/worker-client.ts';
import type { OwnRuns } from '../../own/own-runs.ts';
import type { CurveAnswer, CurveQuestion } from './curve-question.ts';
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

/** Reads the curve store in `folder` in a thread of its own, which starts when it is first needed. */
export function openCurveQuestions({
  folder,
  memoryBytes = MEMORY_BYTES,
}: {
  readonly folder: string;
  readonly memoryBytes?: number;
}): CurveQuestions {
  const thread = new WorkerClient<CurveQuestion, CurveAnswer>({
    what: 'the curve reader',
    file: new URL('./curve-worker.ts', import.meta.url),
    options: {
      name: 'curves',
      workerData: { folder, memoryBytes } satisfies CurveWorkerOptions,
      resourceLimits: SHORT_LIVED,
    },
    // What one that failed had kept was read from the store.
    starts: 'again',
  });
  return {
    warm() {
      if (thread.isOpen) thread.start();
    },
    ask: (question, signal) => thread.ask(question, { signal }),
    close: () => thread.close(),
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
  { runs, curves }: { readonly runs: Pick<OwnRuns, 'findAll'>; readonly curves: CurveQuestions },
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
