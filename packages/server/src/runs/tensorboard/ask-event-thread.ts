import { Worker } from 'node:worker_threads';
import type { EventAnswer, EventCall, EventReply } from './event-thread.ts';
import type { EventChunk, FolderToRead } from './read-events.ts';
import type { LogdirChanges } from './scan-logdir.ts';

/** Reads event files and looks for them, where that holds nobody up. */
export interface EventThread {
  /** See LogdirScanner. */
  scan(logdir: string, root: string, only?: readonly string[]): Promise<LogdirChanges>;
  /** See EventFiles. */
  read(folders: readonly FolderToRead[], budgetBytes: number): Promise<EventChunk>;
  /** Forgets a log directory and what is known of its directories' tags. */
  forget(logdir: string, folders: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** What the thread may keep in JavaScript's memory; columns and items have limits of their own. */
const MEMORY_MIB = 1_024;

/** The thread starts when it is first asked, and again where it ended. */
export function eventThread(): EventThread {
  let worker: Worker | undefined;
  let lastId = 0;
  let stopped = false;
  const asked = new Map<number, PromiseWithResolvers<EventAnswer>>();

  const end = (error: Error): void => {
    worker = undefined;
    for (const { reject } of asked.values()) reject(error);
    asked.clear();
  };
  const start = (): Worker => {
    const started = new Worker(new URL('./event-thread.ts', import.meta.url), {
      name: 'tensorboard',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    });
    started.on('message', (reply: EventReply) => {
      const waiting = asked.get(reply.id);
      asked.delete(reply.id);
      if ('failure' in reply) waiting?.reject(new Error(reply.failure));
      else waiting?.resolve(reply.answer);
      if (asked.size === 0) started.unref();
    });
    started.on('error', (error: Error) => {
      if (worker === started) end(new Error(`the thread that reads event files failed: ${error.message}`, { cause: error }));
    });
    started.on('exit', () => {
      if (worker === started) end(new Error('the thread that reads event files ended'));
    });
    return started;
  };
  const ask = async (call: EventCall): Promise<EventAnswer> => {
    if (stopped) throw new Error('the thread that reads event files was stopped');
    worker ??= start();
    const id = ++lastId;
    const answer = Promise.withResolvers<EventAnswer>();
    asked.set(id, answer);
    worker.ref();
    worker.postMessage({ id, call }, []);
    return answer.promise;
  };

  return {
    scan: async (logdir, root, only) => (await ask({ kind: 'scan', logdir, root, only })) as LogdirChanges,
    read: async (folders, budgetBytes) => (await ask({ kind: 'read', folders, budgetBytes })) as EventChunk,
    async forget(logdir, folders) {
      if (worker !== undefined && !stopped) await ask({ kind: 'forget', logdir, folders });
    },
    async stop() {
      stopped = true;
      await worker?.terminate();
    },
  };
}
