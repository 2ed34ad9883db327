import { parentPort } from 'node:worker_threads';
import { EventFiles, type EventChunk, type FolderToRead } from './read-events.ts';
import { type LogdirChanges, LogdirScanner } from './scan-logdir.ts';

/** What the thread is asked; `logdir` names one among several. */
export type EventCall =
  | { readonly kind: 'scan'; readonly logdir: string; readonly root: string; readonly only: readonly string[] | undefined }
  | { readonly kind: 'read'; readonly folders: readonly FolderToRead[]; readonly budgetBytes: number }
  | { readonly kind: 'forget'; readonly logdir: string; readonly folders: readonly string[] };

export type EventAnswer = LogdirChanges | EventChunk | undefined;

export type EventReply =
  | { readonly id: number; readonly answer: EventAnswer }
  | { readonly id: number; readonly failure: string };

const files = new EventFiles();
const scanners = new Map<string, LogdirScanner>();

function answer(call: EventCall): EventAnswer {
  switch (call.kind) {
    case 'scan': {
      const scanner = scanners.get(call.logdir) ?? new LogdirScanner(call.root);
      scanners.set(call.logdir, scanner);
      return scanner.scan(call.only);
    }
    case 'read':
      return files.read(call.folders, call.budgetBytes);
    case 'forget':
      scanners.delete(call.logdir);
      for (const key of call.folders) files.forget(key);
      return undefined;
  }
}

function buffersOf(said: EventAnswer): ArrayBuffer[] {
  if (said === undefined || !('curveIndex' in said)) return [];
  return [said.curveIndex.buffer, said.steps.buffer, said.timesMs.buffer, said.values.buffer];
}

parentPort?.on('message', ({ id, call }: { readonly id: number; readonly call: EventCall }) => {
  try {
    const said = answer(call);
    parentPort?.postMessage({ id, answer: said } satisfies EventReply, buffersOf(said));
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort?.postMessage({ id, failure } satisfies EventReply, []);
  }
});
