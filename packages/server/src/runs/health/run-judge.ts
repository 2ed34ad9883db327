import type { Verdict } from '@vitrine/compute/detect/verdict.ts';
import type { CurveStore } from '@vitrine/model/curve-store.ts';
import { SHORT_LIVED } from '@vitrine/tsdb/short-lived.ts';
import { WorkerClient } from '@vitrine/tsdb/worker-client.ts';
import { answerJudge } from './judge-question.ts';
import type { JudgeQuestion } from './judge-question.ts';

/** Judges runs by what the curve store holds of them. */
export interface RunJudge {
  judge(question: JudgeQuestion): Promise<readonly Verdict[]>;
  close(): Promise<void>;
}

export interface JudgeWorkerOptions {
  /** The curve store's. */
  readonly folder: string;
}

/** Reads the curve store in `folder` in a thread of its own, which starts with the first run. */
export function openRunJudge(folder: string): RunJudge {
  const thread = new WorkerClient<JudgeQuestion, readonly Verdict[]>({
    what: 'the judge of runs',
    file: new URL('./judge-worker.ts', import.meta.url),
    options: { name: 'health', workerData: { folder } satisfies JudgeWorkerOptions, resourceLimits: SHORT_LIVED },
    starts: 'again',
  });
  return { judge: (question) => thread.ask(question), close: () => thread.close() };
}

/** Judges in this thread, over any store: for small ones. */
export function judgeHere(curves: CurveStore): RunJudge {
  const source = {
    summaries: (run: string) => curves.summaries({ runs: [run] }),
    points: curves.points.bind(curves),
  };
  return { judge: (question) => answerJudge(question, source), close: () => Promise.resolve() };
}
