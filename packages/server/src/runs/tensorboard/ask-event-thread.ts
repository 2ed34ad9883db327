import { WorkerClient } from '@vitrine/tsdb/worker-client.ts';
import type { EventAnswer, EventQuestion } from './event-thread.ts';
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
  const thread = new WorkerClient<EventQuestion, EventAnswer>({
    what: 'the reader of event files',
    file: new URL('./event-thread.ts', import.meta.url),
    options: { name: 'tensorboard', resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB } },
    starts: 'again',
  });
  return {
    scan: async (logdir, root, only) => (await thread.ask({ kind: 'scan', logdir, root, only })) as LogdirChanges,
    read: async (folders, budgetBytes) => (await thread.ask({ kind: 'read', folders, budgetBytes })) as EventChunk,
    async forget(logdir, folders) {
      if (thread.isRunning && thread.isOpen) await thread.ask({ kind: 'forget', logdir, folders });
    },
    stop: () => thread.close(),
  };
}
