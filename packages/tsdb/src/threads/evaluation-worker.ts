import { platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { AnswerForm, EvaluateRequest, QueryResult, SampleSource } from '@vitrine/model/sample-store.ts';
import type { Expr } from '@vitrine/promql/ast.ts';
import { DEFAULT_SUBQUERY_STEP_MS, evaluate } from '@vitrine/promql/evaluate/evaluate.ts';
import { evaluateShared, type PartNotes, type PartRequest, type PartUnderWay } from '@vitrine/promql/evaluate/evaluate-shared.ts';
import type { Sink } from '@vitrine/promql/evaluate/column.ts';
import { finestStepMs } from '@vitrine/promql/evaluate/finest-step.ts';
import { textBefore, textBehind, writeResult } from '@vitrine/promql/json/write-result.ts';
import { parse } from '@vitrine/promql/parse.ts';
import { ChunkDecoder } from '../chunk-decoder.ts';
import { openCurveReader } from '../curves/curve-reader.ts';
import { CurveSeries } from '../curves/curve-series.ts';
import { openChunks } from '../database.ts';
import { JoinedSource } from '../joined-source.ts';
import { sendResult } from '../protocol.ts';
import { StoredChunks } from '../stored-chunks.ts';
import type { StoreLog } from '../store-options.ts';
import { WorkerServer, type Asking, type Said } from '../worker-server.ts';
import { DistantSamples, type ReadWatch } from './distant-source.ts';
import type {
  EvaluationAnswer,
  EvaluationNote,
  EvaluationOrder,
  EvaluationQuestion,
  EvaluationThread,
} from './evaluation-calls.ts';
import { Peer } from './peer.ts';
import type { Part } from './portion.ts';
import { nameOf, Remembered } from './remembered.ts';
import { dealOut, pointsOf, Writings } from './writings.ts';

/** A thread that evaluates PromQL: reads chunks from the store's file by itself, and asks the store's thread for the rest. */

/** A little below that of the other threads: they go first, and it still gets a third of what they get where all are busy. */
const HEAVY_PRIORITY = 5;
/** Answers of fewer points are written at once, and by one thread. */
const SHARED_POINTS = 50_000;

if (parentPort === null) throw new Error('evaluation-worker.ts runs as a worker thread only: call openStore()');
const { folder, curvesFolder, index, of, isHeavy, store, bell } = workerData as EvaluationThread;
// Linux has priorities of threads; elsewhere it would be that of the whole process.
if (isHeavy && platform() === 'linux') setPriority(HEAVY_PRIORITY);

const log: StoreLog = (level, sentence) => server.note({ kind: 'log', level, sentence });
const { file, chunksInRange, rollupsInRange, readTimes } = openChunks(folder);
const decoder = new ChunkDecoder({ file, log, readTimes, describe: (ref) => samples.describe(ref) });
const chunks = new StoredChunks({
  file,
  chunksInRange,
  decode: (ref, row, out, isChecked) => decoder.decode(ref, row, out, isChecked),
  rollupsInRange: (...range) => rollupsInRange?.all(...range) ?? [],
  decodeRollup: (...row) => decoder.decodeRollup(...row),
});
const samples = new DistantSamples(store, bell, chunks);
const curves = curvesFolder === undefined ? undefined : new CurveSeries(openCurveReader(curvesFolder, log));
const writings = new Writings();
const peers = new Map<number, Peer>();
/** Queries that cannot be put together of parts. */
const alone = new Remembered();
let lastWriting = 0;

/** Thrown to leave an evaluation that is to run elsewhere. */
class TooHeavy extends Error {
  override readonly name = 'TooHeavy';
}

async function answer(question: EvaluationQuestion, { signal, isStopped }: Asking): Promise<Said<EvaluationAnswer>> {
  if (question.kind === 'more') {
    return { answer: { kind: 'block', block: writings.next(question.writing) } };
  }
  try {
    const result = await run(question, signal);
    if (question.form !== undefined) return await write(result, question.form, question.mayShare, isStopped);
    const { sent, buffers } = sendResult(result);
    return { answer: { kind: 'result', result: sent }, buffers };
  } catch (error) {
    if (error instanceof TooHeavy) return { answer: { kind: 'heavy' } };
    throw error;
  }
}

function run(
  { request, lightSamples, mayShare }: Extract<EvaluationQuestion, { kind: 'evaluate' }>,
  signal: AbortSignal,
): Promise<QueryResult> {
  const { expr, ...grid } = request;
  const parsed = parse(expr, request.features);
  const source = sourceOf(undefined, lightSamples === Infinity ? undefined : refuseMoreThan(lightSamples, parsed, request));
  // Whoever computes a part has always the same series, and so their chunks at hand: all must be there.
  const name = nameOf(request);
  const others = mayShare && peers.size === of - 1 && !alone.has(name) ? [...peers] : [];
  const asked = { ...grid, text: expr };
  if (others.length === 0) return evaluate(parsed, asked, source, signal);
  const ask = (part: PartRequest, sink: Sink): PartUnderWay => {
    const under = others.map(([other, peer]) => peer.ask(part, { index: other, of }, sink));
    return {
      done: Promise.all(under.map(({ done }) => done)).then(together),
      cancel: () => under.forEach(({ cancel }) => cancel()),
    };
  };
  const sharing = { own: sourceOf({ index, of }), ask, onRefused: () => alone.add(name) };
  return evaluateShared(parsed, asked, source, sharing, signal);
}

/** Counts what the samples are said to come to, what is read of them, and the values at the steps. */
function refuseMoreThan(most: number, expr: Expr, { startMs, endMs, stepMs }: EvaluateRequest): ReadWatch {
  const finestMs = finestStepMs(expr, { stepMs, rangeMs: endMs - startMs }, DEFAULT_SUBQUERY_STEP_MS);
  const gridSteps = stepMs > 0 ? (endMs - startMs) / stepMs + 1 : 1;
  let foreseen = 0;
  let read = 0;
  return {
    onExtent({ series, samples: count, rangeMs }) {
      foreseen += Math.max(count, series * Math.max(gridSteps, rangeMs / finestMs));
      if (foreseen > most) throw new TooHeavy();
    },
    onRead(count) {
      read += count;
      if (read > most) throw new TooHeavy();
    },
  };
}

function together(notes: readonly PartNotes[]): PartNotes {
  const sum = (count: (notes: PartNotes) => number): number => notes.reduce((total, part) => total + count(part), 0);
  return {
    annotations: notes.flatMap(({ annotations }) => annotations),
    stats: { seriesRead: sum(({ stats }) => stats.seriesRead), samplesRead: sum(({ stats }) => stats.samplesRead) },
  };
}

/** Runs' curves belong to the first part. */
function sourceOf(part: Part | undefined, watch?: ReadWatch): SampleSource {
  const source = samples.source(part, watch);
  return curves === undefined || (part?.index ?? 0) > 0 ? source : new JoinedSource(source, curves);
}

async function write(
  result: QueryResult,
  form: AnswerForm,
  mayShare: boolean,
  isStopped: () => boolean,
): Promise<Said<EvaluationAnswer>> {
  const { stats } = result;
  const whole = { kind: 'written' as const, stats, behind: [], writing: '', blocks: 0, helpers: [] };
  const isMatrix = result.kind === 'matrix' && result.series.every(({ histograms }) => histograms === undefined);
  if (!isMatrix || result.series.reduce((sum, series) => sum + pointsOf(series), 0) < SHARED_POINTS) {
    const before = Array.from(writeResult(result, form), (piece) => piece.slice());
    return { answer: { ...whole, before }, buffers: before.map(({ buffer }) => buffer) };
  }
  const helpers = mayShare ? [...peers] : [];
  const series = form.limit > 0 ? result.series.slice(0, form.limit) : result.series;
  const { shares, blocks } = dealOut(series, result.timesMs, 1 + helpers.length);
  const writing = `${index}.${++lastWriting}`;
  writings.add(writing, shares[0]!);
  const drop = (): void => {
    writings.drop(writing);
    for (const [, peer] of helpers) peer.drop(writing);
  };
  try {
    await Promise.all(helpers.map(([, peer], i) => peer.write(writing, shares[i + 1]!)));
  } catch (error) {
    drop();
    throw error;
  }
  // Nobody is told of it, and so nobody would say that it is over.
  if (isStopped()) drop();
  const encoder = new TextEncoder();
  return {
    answer: {
      ...whole,
      before: [encoder.encode(textBefore(result))],
      behind: [encoder.encode(textBehind(result, form))],
      writing,
      blocks,
      helpers: helpers.map(([other]) => other),
    },
  };
}

function heed(order: EvaluationOrder): void {
  if (order.kind === 'drop') {
    writings.drop(order.writing);
    return;
  }
  const { index: other, port } = order;
  const peer = new Peer(port, { sourceOf, writings }, () => {
    if (peers.get(other) === peer) peers.delete(other);
  });
  peers.set(other, peer);
}

const server = new WorkerServer<EvaluationQuestion, EvaluationAnswer, EvaluationNote, EvaluationOrder>(parentPort, {
  answer,
  heed,
});
