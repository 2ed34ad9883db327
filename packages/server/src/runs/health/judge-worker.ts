import { parentPort, workerData } from 'node:worker_threads';
import { openCurveReader } from '@vitrine/tsdb/curves/curve-reader.ts';
import { answerJudge } from './judge-question.ts';
import type { JudgeQuestion } from './judge-question.ts';
import type { JudgeReply, JudgeWorkerOptions } from './run-judge.ts';

/** The thread in which runs are judged, so that no curve is too long for those who write and look: see run-judge.ts. */

if (parentPort === null) throw new Error('judge-worker.ts runs as a worker thread only: call openRunJudge()');
const port = parentPort;
const { folder }: JudgeWorkerOptions = workerData;
const reader = openCurveReader(folder);
const source = {
  summaries: (run: string) => reader.summaries({ runs: [run] }),
  points: reader.read.bind(reader),
};

port.on('message', (question: JudgeQuestion) => void answer(question));

async function answer(question: JudgeQuestion): Promise<void> {
  let reply: JudgeReply;
  try {
    reply = { kind: 'verdicts', verdicts: await answerJudge(question, source) };
  } catch (error) {
    reply = { kind: 'failure', message: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(reply, []);
}
