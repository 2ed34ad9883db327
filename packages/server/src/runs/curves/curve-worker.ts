import { parentPort, workerData } from 'node:worker_threads';
import { openCurveReader } from '@vitrine/tsdb/curves/curve-reader.ts';
import { isRaised } from '@vitrine/tsdb/stop-flag.ts';
import { answerCurves } from './answer-curves.ts';
import { type CurveFile, CurveMemory } from './curve-memory.ts';
import type { CurveAnswer, CurveMessage, CurveReply } from './curve-question.ts';

/** The thread that reads, smooths and thins curves: answers what CurveQuestions of ask-curves.ts asks. */

export interface CurveWorkerOptions {
  /** The curve store's. */
  readonly folder: string;
  readonly memoryBytes: number;
}

/** So long may one question hold up the others. */
const TURN_MS = 15;

if (parentPort === null) throw new Error('curve-worker.ts runs as a worker thread only: call openCurveQuestions()');
const port = parentPort;
const { folder, memoryBytes }: CurveWorkerOptions = workerData;
const reader = openCurveReader(folder);
const memory = new CurveMemory(memoryBytes);
let turnEnds = 0;

port.on('message', (message: CurveMessage) => void answer(message));

async function answer({ id, question, stop }: CurveMessage): Promise<void> {
  const isStopped = (): boolean => isRaised(stop);
  const file: CurveFile = {
    readLogged: (curve, limit) => reader.unless(isStopped, () => reader.readLogged(curve, limit)),
    version: (curve) => reader.version(curve),
  };
  const goOn = (): void => {
    if (isStopped()) throw new Error('nobody waits for it any longer');
  };
  try {
    const found = await answerCurves(question, { file, memory, question: id, pause: () => pause(goOn), goOn });
    const buffers = new Set(found.frames.flatMap(({ fields }) => fields.map(({ values }) => bufferOf(values))));
    reply(
      { kind: 'answer', id, answer: found },
      [...buffers].filter((buffer) => buffer !== undefined),
    );
  } catch (error) {
    // Nobody listens to the answer of what was called off.
    if (!isStopped()) reply({ kind: 'failure', id, message: error instanceof Error ? error.message : String(error) });
  }
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

function reply(message: CurveReply, buffers: ArrayBuffer[] = []): void {
  port.postMessage(message, buffers);
}
