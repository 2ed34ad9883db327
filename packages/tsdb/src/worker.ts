import { parentPort, workerData } from 'node:worker_threads';
import { KeyReceiver } from './key-tokens.ts';
import { LocalStore } from './local-store.ts';
import { sendError, sendResult, type Answer, type Reply, type Request, type WorkerOptions } from './protocol.ts';

/** The thread that owns a store: answers what the proxy of `openStore` asks. */

if (parentPort === null) throw new Error('worker.ts runs as a worker thread only: call openStore()');
const port = parentPort;
const reply = (message: Reply, buffers: ArrayBuffer[] = []): void => port.postMessage(message, buffers);

const aborts = new Map<number, AbortController>();
const keys = new KeyReceiver();
const watches = new Map<number, () => void>();

function open(): LocalStore | undefined {
  try {
    const options: WorkerOptions = workerData;
    return LocalStore.open({ ...options, log: (level, sentence) => reply({ kind: 'log', level, sentence }) });
  } catch (error) {
    reply({ kind: 'openFailed', error: sendError(error) });
    return undefined;
  }
}

function serve(store: LocalStore, request: Request): void {
  switch (request.kind) {
    case 'abort':
      aborts.get(request.id)?.abort();
      return;
    case 'watch': {
      const { watchId, selectors } = request;
      watches.set(
        watchId,
        store.watch(selectors, (growth) => reply({ kind: 'growth', watchId, growth })),
      );
      return;
    }
    case 'unwatch':
      watches.get(request.watchId)?.();
      watches.delete(request.watchId);
      return;
    default:
      void answer(store, request);
  }
}

async function answer(store: LocalStore, request: Extract<Request, { id: number }>): Promise<void> {
  const { id } = request;
  try {
    const buffers: ArrayBuffer[] = [];
    reply({ kind: 'answer', id, answer: await run(store, request, buffers) }, buffers);
  } catch (error) {
    reply({ kind: 'failure', id, error: sendError(error) });
  } finally {
    aborts.delete(id);
  }
  if (request.kind === 'close') port.close();
}

async function run(store: LocalStore, request: Extract<Request, { id: number }>, buffers: ArrayBuffer[]): Promise<Answer> {
  switch (request.kind) {
    case 'append':
      return { kind: 'append', result: await store.append({ seriesKeys: keys.receive(request.keys), ...request.columns }) };
    case 'evaluate': {
      const controller = new AbortController();
      aborts.set(request.id, controller);
      const { sent, buffers: moved } = sendResult(await store.evaluate(request.request, controller.signal));
      buffers.push(...moved);
      return { kind: 'evaluate', result: sent };
    }
    case 'series':
      return { kind: 'series', keys: (await store.series(request.request)).map((labels) => labels.key) };
    case 'labelNames':
      return { kind: 'strings', strings: await store.labelNames(request.request) };
    case 'labelValues':
      return { kind: 'strings', strings: await store.labelValues(request.label, request.request) };
    case 'stats':
      return { kind: 'stats', stats: await store.stats() };
    case 'close':
      await store.close();
      return { kind: 'closed' };
    case 'abort':
      throw new Error('an abort has no answer');
  }
}

const store = open();
if (store !== undefined) {
  port.on('message', (request: Request) => serve(store, request));
  reply({ kind: 'open' });
}
