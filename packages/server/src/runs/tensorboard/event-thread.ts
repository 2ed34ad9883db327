import { parentPort } from 'node:worker_threads';
import { WorkerServer } from '@vitrine/tsdb/worker-server.ts';
import { EventFiles, type EventChunk, type FolderToRead } from './read-events.ts';
import { type LogdirChanges, LogdirScanner } from './scan-logdir.ts';

/** What the thread is asked; `logdir` names one among several. */
export type EventQuestion =
  | { readonly kind: 'scan'; readonly logdir: string; readonly root: string; readonly only: readonly string[] | undefined }
  | { readonly kind: 'read'; readonly folders: readonly FolderToRead[]; readonly budgetBytes: number }
  | { readonly kind: 'forget'; readonly logdir: string; readonly folders: readonly string[] };

export type EventAnswer = LogdirChanges | EventChunk | undefined;

const files = new EventFiles();
const scanners = new Map<string, LogdirScanner>();

function answer(question: EventQuestion): EventAnswer {
  switch (question.kind) {
    case 'scan': {
      const scanner = scanners.get(question.logdir) ?? new LogdirScanner(question.root);
      scanners.set(question.logdir, scanner);
      return scanner.scan(question.only);
    }
    case 'read':
      return files.read(question.folders, question.budgetBytes);
    case 'forget':
      scanners.delete(question.logdir);
      for (const key of question.folders) files.forget(key);
      return undefined;
  }
}

function buffersOf(said: EventAnswer): ArrayBuffer[] {
  if (said === undefined || !('curveIndex' in said)) return [];
  return [said.curveIndex.buffer, said.steps.buffer, said.timesMs.buffer, said.values.buffer];
}

if (parentPort === null) throw new Error('event-thread.ts runs as a worker thread only: call eventThread()');
void new WorkerServer<EventQuestion, EventAnswer>(parentPort, {
  answer(question) {
    const said = answer(question);
    return { answer: said, buffers: buffersOf(said) };
  },
});
