import { parentPort, workerData } from 'node:worker_threads';
import { LocalStore } from './local-store.ts';
import {
  sendExemplars,
  type Answer,
  type StoreNote,
  type StoreOrder,
  type StoreQuestion,
  type WorkerOptions,
} from './protocol.ts';
import { WorkerServer, type Said } from './worker-server.ts';

/** The thread that owns a store: answers what the proxy of `openStore` asks. */

if (parentPort === null) throw new Error('worker.ts runs as a worker thread only: call openStore()');
const watches = new Map<number, () => void>();
let opened: LocalStore | undefined;

function open(): LocalStore {
  const options: WorkerOptions = workerData;
  opened = LocalStore.open({ ...options, log: (level, sentence) => server.note({ kind: 'log', level, sentence }) });
  return opened;
}

function store(): LocalStore {
  if (opened === undefined) throw new Error('the sample store is not open');
  return opened;
}

async function answer(question: StoreQuestion): Promise<Said<Answer>> {
  switch (question.kind) {
    case 'open':
      open();
      return { answer: { kind: 'open' } };
    case 'append': {
      const { keys, columns } = question;
      const memory = columns.values.buffer as ArrayBuffer;
      const result = await store().appendSent(keys, columns);
      return { answer: { kind: 'append', result, memory }, buffers: [memory] };
    }
    case 'series':
      return { answer: { kind: 'series', keys: (await store().series(question.request)).map((labels) => labels.key) } };
    case 'labelNames':
      return { answer: { kind: 'strings', strings: await store().labelNames(question.request) } };
    case 'labelValues':
      return { answer: { kind: 'strings', strings: await store().labelValues(question.label, question.request) } };
    case 'searchLabels':
      return { answer: { kind: 'foundLabels', found: await store().searchLabels(question.search) } };
    case 'cardinality':
      return { answer: { kind: 'cardinality', cardinality: await store().cardinality(question.request) } };
    case 'exemplars':
      return { answer: { kind: 'exemplars', series: sendExemplars(await store().exemplars(question.request)) } };
    case 'deleteSeries':
      return { answer: { kind: 'deleted', deleted: await store().deleteSeries(question.request) } };
    case 'stats':
      return { answer: { kind: 'stats', stats: await store().stats() } };
  }
}

function heed(order: StoreOrder): void {
  switch (order.kind) {
    case 'watch': {
      const { watchId, selectors } = order;
      watches.set(
        watchId,
        store().watch(selectors, (growth) => server.note({ kind: 'growth', watchId, growth })),
      );
      return;
    }
    case 'unwatch':
      watches.get(order.watchId)?.();
      watches.delete(order.watchId);
      return;
    case 'connect':
      store().connect(order.port, order.bell);
  }
}

const server = new WorkerServer<StoreQuestion, Answer, StoreNote, StoreOrder>(parentPort, {
  answer,
  heed,
  close: () => opened?.close(),
});
