import { parentPort, workerData } from 'node:worker_threads';
import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import { sendError } from '../protocol.ts';
import { isRaised } from '../stop-flag.ts';
import type { CurveReply, CurveWorkerOptions, SentCall } from './curve-calls.ts';
import { openCurveReader, type CurveReader } from './curve-reader.ts';
import { CurveWriter } from './curve-writer.ts';

/** One of the two threads of a curve store: see CurveRole. */

if (parentPort === null) throw new Error('curve-worker.ts runs as a worker thread only: call openCurveStore()');
const port = parentPort;
const reply = (message: CurveReply, buffers: ArrayBuffer[] = []): void => port.postMessage(message, buffers);
const log = (level: 'info' | 'warn' | 'error', sentence: string): void => reply({ kind: 'log', level, sentence });

/** One commit takes at most this many points, so that it does not hold the thread for long. */
const COMMIT_POINTS = 200_000;
const UPKEEP_EVERY_MS = 5_000;

const { role, folder } = workerData as CurveWorkerOptions;
try {
  if (role === 'writer') serveWrites(CurveWriter.open(folder, log));
  else serveReads(openCurveReader(folder, log));
  reply({ kind: 'open' });
} catch (error) {
  reply({ kind: 'openFailed', error: sendError(error) });
}

function attempt(id: number, work: () => unknown, buffersOf: (answer: unknown) => ArrayBuffer[] = () => []): void {
  try {
    const answer = work();
    reply({ kind: 'answer', id, answer }, buffersOf(answer));
  } catch (error) {
    reply({ kind: 'failure', id, error: sendError(error) });
  }
}

function serveWrites(writer: CurveWriter): void {
  let waiting: { readonly id: number; readonly batch: CurveBatch }[] = [];
  let scheduled = false;
  const upkeep = setInterval(flushIfDue, UPKEEP_EVERY_MS);

  function flushIfDue(): void {
    try {
      if (writer.isDue()) writer.flush();
    } catch (error) {
      log('warn', `${folder}: curves could not be packed (${(error as Error).message}); they stay in the log`);
    }
  }

  /** All that arrives before the event loop comes round joins one commit. */
  function commit(): void {
    scheduled = false;
    let points = 0;
    const count = waiting.findIndex(({ batch }, at) => {
      points += batch.curveIndex.length;
      return at > 0 && points > COMMIT_POINTS;
    });
    const group = count < 0 ? waiting : waiting.slice(0, count);
    waiting = count < 0 ? [] : waiting.slice(count);
    try {
      const results = writer.commit(group.map(({ batch }) => batch));
      for (const [at, { id }] of group.entries()) reply({ kind: 'answer', id, answer: results[at] });
    } catch (error) {
      // One sender's mistake must not refuse the others.
      if (group.length === 1) reply({ kind: 'failure', id: group[0]!.id, error: sendError(error) });
      else for (const { id, batch } of group) attempt(id, () => writer.commit([batch])[0]);
    }
    if (waiting.length > 0) schedule();
    else flushIfDue();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(commit);
  }

  port.on('message', (call: SentCall) => {
    if (call.kind === 'append') {
      waiting.push(call);
      schedule();
      return;
    }
    // In the order in which they were asked.
    while (waiting.length > 0) commit();
    switch (call.kind) {
      case 'label':
        attempt(call.id, () => writer.label(call.run, call.labels));
        return;
      case 'remove':
        attempt(call.id, () => writer.remove(call.runs));
        return;
      case 'bytes':
        attempt(call.id, () => writer.stats().bytesOnDisk);
        return;
      case 'close':
        clearInterval(upkeep);
        attempt(call.id, () => writer.close());
        port.close();
        return;
      default:
        throw new Error(`the writer is not asked for ${call.kind}`);
    }
  });
}

function serveReads(reader: CurveReader): void {
  port.on('message', (call: SentCall) => {
    if (call.kind === 'close') {
      attempt(call.id, () => reader.close());
      port.close();
      return;
    }
    const stop = 'stop' in call ? call.stop : undefined;
    const isStopped = (): boolean => stop !== undefined && isRaised(stop);
    attempt(call.id, () => reader.unless(isStopped, () => read(reader, call)), columnsOf);
  });
}

function read(reader: CurveReader, call: SentCall): unknown {
  switch (call.kind) {
    case 'points': {
      const { version: _, ...points } = reader.read(...(call.args as Parameters<CurveReader['read']>));
      return points;
    }
    case 'pointsFrom':
      return reader.readFrom(...(call.args as Parameters<CurveReader['readFrom']>));
    case 'summaries':
      return reader.summaries(...(call.args as Parameters<CurveReader['summaries']>));
    case 'metricNames':
      return reader.metricNames(...(call.args as Parameters<CurveReader['metricNames']>));
    case 'items':
      return reader.items(...(call.args as Parameters<CurveReader['items']>));
    case 'item':
      return reader.item(...(call.args as Parameters<CurveReader['item']>));
    case 'mark':
      return reader.mark(...(call.args as Parameters<CurveReader['mark']>));
    case 'stats':
      return reader.stats();
    default:
      throw new Error(`the reader is not asked for ${call.kind}`);
  }
}

/** Columns move, they are not copied. */
function columnsOf(answer: unknown): ArrayBuffer[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.values(answer)
    .filter((value): value is Float64Array<ArrayBuffer> => value instanceof Float64Array)
    .map(({ buffer }) => buffer);
}
