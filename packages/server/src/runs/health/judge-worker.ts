import { parentPort, workerData } from 'node:worker_threads';
import type { Verdict } from '@vitrine/compute/detect/verdict.ts';
import { openCurveReader } from '@vitrine/tsdb/curves/curve-reader.ts';
import { WorkerServer } from '@vitrine/tsdb/worker-server.ts';
import { answerJudge } from './judge-question.ts';
import type { JudgeQuestion } from './judge-question.ts';
import type { JudgeWorkerOptions } from './run-judge.ts';

/** The thread in which runs are judged, so that no curve is too long for those who write and look: see run-judge.ts. */

if (parentPort === null) throw new Error('judge-worker.ts runs as a worker thread only: call openRunJudge()');
const { folder }: JudgeWorkerOptions = workerData;
const reader = openCurveReader(folder);
const source = {
  summaries: (run: string) => reader.summaries({ runs: [run] }),
  points: reader.read.bind(reader),
};

void new WorkerServer<JudgeQuestion, readonly Verdict[]>(parentPort, {
  answer: async (question) => ({ answer: await answerJudge(question, source) }),
});
