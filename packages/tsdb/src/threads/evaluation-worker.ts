import { parentPort, workerData } from 'node:worker_threads';
import type { SampleSource } from '@vitrine/model/sample-store.ts';
import { evaluateText } from '@vitrine/promql/evaluate/evaluate.ts';
import { ChunkDecoder } from '../chunk-decoder.ts';
import { openCurveReader } from '../curves/curve-reader.ts';
import { CurveSeries } from '../curves/curve-series.ts';
import { openChunks } from '../database.ts';
import { JoinedSource } from '../joined-source.ts';
import { sendResult } from '../protocol.ts';
import { StoredChunks } from '../stored-chunks.ts';
import type { StoreLog } from '../store-options.ts';
import { WorkerServer, type Asking, type Said } from '../worker-server.ts';
import { DistantSamples, type Extent } from './distant-source.ts';
import type { EvaluationAnswer, EvaluationNote, EvaluationQuestion, EvaluationThread } from './evaluation-calls.ts';

/** A thread that evaluates PromQL: reads chunks from the store's file by itself, and asks the store's thread for the rest. */

if (parentPort === null) throw new Error('evaluation-worker.ts runs as a worker thread only: call openStore()');
const { folder, curvesFolder, store, bell } = workerData as EvaluationThread;

const log: StoreLog = (level, sentence) => server.note({ kind: 'log', level, sentence });
const { file, chunksInRange } = openChunks(folder);
const decoder = new ChunkDecoder({ file, log, describe: (ref) => samples.describe(ref) });
const chunks = new StoredChunks({
  file,
  chunksInRange,
  decode: (ref, row, out, isChecked) => decoder.decode(ref, row, out, isChecked),
});
const samples = new DistantSamples(store, bell, chunks);
const curves = curvesFolder === undefined ? undefined : new CurveSeries(openCurveReader(curvesFolder, log));

/** Thrown to leave an evaluation that is to run elsewhere. */
class TooHeavy extends Error {
  override readonly name = 'TooHeavy';
}

async function answer({ request, lightSamples }: EvaluationQuestion, { signal }: Asking): Promise<Said<EvaluationAnswer>> {
  let foreseen = 0;
  const source = sourceOf((extent) => {
    foreseen += extent.samples;
    if (foreseen > lightSamples) throw new TooHeavy();
  });
  const { expr, ...grid } = request;
  try {
    const { sent, buffers } = sendResult(await evaluateText(expr, grid, source, signal));
    return { answer: { kind: 'result', result: sent }, buffers };
  } catch (error) {
    if (error instanceof TooHeavy) return { answer: { kind: 'heavy' } };
    throw error;
  }
}

function sourceOf(onExtent: (extent: Extent) => void): SampleSource {
  const source = samples.source(undefined, onExtent);
  return curves === undefined ? source : new JoinedSource(source, curves);
}

const server = new WorkerServer<EvaluationQuestion, EvaluationAnswer, EvaluationNote>(parentPort, { answer });
