import { parentPort, workerData } from 'node:worker_threads';
import { openCurveReader } from '@vitrine/tsdb/curves/curve-reader.ts';
import { WorkerServer, type Asking, type Said } from '@vitrine/tsdb/worker-server.ts';
import { answerCurves } from './answer-curves.ts';
import { type CurveFile, CurveMemory } from './curve-memory.ts';
import type { CurveAnswer, CurveQuestion } from './curve-question.ts';

/** The thread that reads, smooths and thins curves: answers what CurveQuestions of ask-curves.ts asks. */

export interface CurveWorkerOptions {
  /** The curve store's. */
  readonly folder: string;
  readonly memoryBytes: number;
}

/** So long may one question hold up the others. */
const TURN_MS = 15;

if (parentPort === null) throw new Error('curve-worker.ts runs as a worker thread only: call openCurveQuestions()');
const { folder, memoryBytes }: CurveWorkerOptions = workerData;
const reader = openCurveReader(folder);
const memory = new CurveMemory(memoryBytes);
let turnEnds = 0;

async function answer(question: CurveQuestion, { id, isStopped }: Asking): Promise<Said<CurveAnswer>> {
  const file: CurveFile = {
    readLogged: (curve, limit) => reader.unless(isStopped, () => reader.readLogged(curve, limit)),
    version: (curve) => reader.version(curve),
  };
  const goOn = (): void => {
    if (isStopped()) throw new Error('nobody waits for it any longer');
  };
  const found = await answerCurves(question, { file, memory, question: id, pause: () => pause(goOn), goOn });
  const buffers = new Set(found.frames.flatMap(({ fields }) => fields.map(({ values }) => bufferOf(values))));
  return { answer: found, buffers: [...buffers].filter((buffer) => buffer !== undefined) };
}

async function pause(goOn: () => void): Promise<void> {
  if (performance.now() >= turnEnds) {
    await new Promise((resolve) => setImmediate(resolve));
    turnEnds = performance.now() + TURN_MS;
  }
  goOn();
}

function bufferOf(values: CurveAnswer['frames'][number]['fields'][number]['values']): ArrayBuffer | undefined {
  return values instanceof Float64Array && values.buffer instanceof ArrayBuffer ? values.buffer : undefined;
}

void new WorkerServer(parentPort, { answer });
