import { Worker } from 'node:worker_threads';
import type { Verdict } from '@vitrine/compute/detect/verdict.ts';
import type { CurveStore } from '@vitrine/model/curve-store.ts';
import { answerJudge } from './judge-question.ts';
import type { JudgeQuestion } from './judge-question.ts';

/** Judges one run at a time: a second is asked for when the first is answered. */
export interface RunJudge {
  judge(question: JudgeQuestion): Promise<readonly Verdict[]>;
  close(): Promise<void>;
}

export interface JudgeWorkerOptions {
  /** The curve store's. */
  readonly folder: string;
}

export type JudgeReply =
  | { readonly kind: 'verdicts'; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'failure'; readonly message: string };

/** Reads the curve store in `folder` in a thread of its own, which starts with the first run. */
export function openRunJudge(folder: string): RunJudge {
  let worker: Worker | undefined;
  let asked: PromiseWithResolvers<readonly Verdict[]> | undefined;
  let closed = false;

  const start = (): Worker => {
    const started = new Worker(new URL('./judge-worker.ts', import.meta.url), {
      workerData: { folder } satisfies JudgeWorkerOptions,
      name: 'health',
      execArgv: [],
    });
    started.unref();
    started.on('message', (reply: JudgeReply) => {
      if (reply.kind === 'verdicts') asked?.resolve(reply.verdicts);
      else asked?.reject(new Error(reply.message));
    });
    // The next run gets a new thread, which the end of this one does not concern.
    const fail = (error: Error): void => {
      if (worker !== started) return;
      worker = undefined;
      asked?.reject(error);
    };
    started.on('error', (error: Error) =>
      fail(new Error(`the thread that judges runs failed (${error.message})`, { cause: error })),
    );
    started.on('exit', () => fail(new Error('the thread that judges runs ended')));
    return started;
  };

  return {
    async judge(question) {
      if (closed) throw new Error('the judge of runs is closed');
      asked = Promise.withResolvers();
      worker ??= start();
      worker.postMessage(question, []);
      return asked.promise;
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}

/** Judges in this thread, over any store: for small ones. */
export function judgeHere(curves: CurveStore): RunJudge {
  const source = {
    summaries: (run: string) => curves.summaries({ runs: [run] }),
    points: curves.points.bind(curves),
  };
  return { judge: (question) => answerJudge(question, source), close: () => Promise.resolve() };
}
