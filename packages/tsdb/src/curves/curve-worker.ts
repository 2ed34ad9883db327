import { parentPort, workerData } from 'node:worker_threads';
import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import { WorkerServer, type Said, type Served } from '../worker-server.ts';
import type { CurveCall, CurveNote, CurveWorkerOptions } from './curve-calls.ts';
import { openCurveReader, type CurveReader } from './curve-reader.ts';
import { CurveWriter } from './curve-writer.ts';

/** One of the two threads of a curve store: see CurveRole. */

if (parentPort === null) throw new Error('curve-worker.ts runs as a worker thread only: call openCurveStore()');
/** One commit takes at most this many points, so that it does not hold the thread for long. */
const COMMIT_POINTS = 200_000;
const UPKEEP_EVERY_MS = 5_000;

const { role, folder } = workerData as CurveWorkerOptions;
const server = new WorkerServer<CurveCall, unknown, CurveNote>(parentPort, role === 'writer' ? servedWriter() : servedReader());

function log(level: CurveNote['level'], sentence: string): void {
  server.note({ level, sentence });
}

function opened<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('the curve store is not open');
  return one;
}

function servedWriter(): Served<CurveCall, unknown, never> {
  let writer: CurveWriter | undefined;
  let waiting: { readonly batch: CurveBatch; readonly done: PromiseWithResolvers<Said<unknown>> }[] = [];
  let scheduled = false;
  let upkeep: NodeJS.Timeout | undefined;

  function flushIfDue(): void {
    try {
      if (opened(writer).isDue()) opened(writer).flush();
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
      const results = opened(writer).commit(group.map(({ batch }) => batch));
      for (const [at, { done }] of group.entries()) done.resolve({ answer: results[at] });
    } catch (error) {
      // One sender's mistake must not refuse the others.
      if (group.length === 1) group[0]!.done.reject(error);
      else for (const { batch, done } of group) commitAlone(batch, done);
    }
    if (waiting.length > 0) schedule();
    else flushIfDue();
  }

  function commitAlone(batch: CurveBatch, done: PromiseWithResolvers<Said<unknown>>): void {
    try {
      done.resolve({ answer: opened(writer).commit([batch])[0] });
    } catch (error) {
      done.reject(error);
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(commit);
  }

  function commitAll(): void {
    while (waiting.length > 0) commit();
  }

  function answer(call: CurveCall): unknown {
    switch (call.kind) {
      case 'open':
        writer = CurveWriter.open(folder, log);
        upkeep = setInterval(flushIfDue, UPKEEP_EVERY_MS);
        return undefined;
      case 'label':
        return opened(writer).label(call.run, call.labels);
      case 'remove':
        return opened(writer).remove(call.runs);
      case 'bytes':
        return opened(writer).stats().bytesOnDisk;
      default:
        throw new Error(`the writer is not asked for ${call.kind}`);
    }
  }

  return {
    answer(call) {
      if (call.kind === 'append') {
        const done = Promise.withResolvers<Said<unknown>>();
        waiting.push({ batch: call.batch, done });
        schedule();
        return done.promise;
      }
      // In the order in which they were asked.
      commitAll();
      return { answer: answer(call) };
    },
    close() {
      commitAll();
      clearInterval(upkeep);
      writer?.close();
    },
  };
}

function servedReader(): Served<CurveCall, unknown, never> {
  let reader: CurveReader | undefined;
  return {
    answer(call, { isStopped }) {
      if (call.kind === 'open') {
        reader = openCurveReader(folder, log);
        return { answer: undefined };
      }
      const from = opened(reader);
      const answer = from.unless(isStopped, () => read(from, call));
      return { answer, buffers: columnsOf(answer) };
    },
    close: () => reader?.close(),
  };
}

function read(reader: CurveReader, call: CurveCall): unknown {
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
