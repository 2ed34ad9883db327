import { Worker } from 'node:worker_threads';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { UploadPreview } from '@vitrine/model/upload.ts';
import type { Bytes } from './bytes.ts';
import type { ReadAnswer, ReadBatch, Taken } from './read-upload.ts';
import type { Job, Said, Told } from './upload-thread.ts';

/** What a file's reader may keep in JavaScript's memory; pages and columns have limits of their own. */
const MEMORY_MIB = 768;
/** A reader that says nothing for so long is caught in a file made for that. */
const SILENCE_MS = 120_000;

export interface ThreadNeeds {
  readonly bytes: Bytes;
  readonly take: (batch: ReadBatch) => Promise<Taken>;
  readonly signal: AbortSignal;
}

/**
 * Reads a file in a thread of its own: it takes a processor for as long as it likes, and where it was made to take all
 * memory, it ends by itself. Throws BadRequest, the signal's reason, and what `bytes` and `take` throw.
 */
export async function runInThread(job: Job, { bytes, take, signal }: ThreadNeeds): Promise<UploadPreview | ReadAnswer> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./upload-thread.ts', import.meta.url), {
    workerData: job,
    name: 'upload',
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
  });
  const pieces = bytes[Symbol.asyncIterator]();
  /** What the thread was told failed here: it comes back as words only. */
  let cause: unknown;
  const { promise, resolve, reject } = Promise.withResolvers<UploadPreview | ReadAnswer>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  let owed = 0;
  let silence: NodeJS.Timeout | undefined;
  const listen = (): void => {
    clearTimeout(silence);
    // While it waits for an answer it has nothing to say.
    if (owed > 0) return;
    silence = setTimeout(
      () => reject(new BadRequest('file', `cannot be read: nothing came of it for ${SILENCE_MS / 1_000} s`)),
      SILENCE_MS,
    );
  };
  const answer = async (to: 'bytes' | 'taken', work: () => Promise<Told>): Promise<void> => {
    owed++;
    listen();
    const told = await work().catch((error: unknown): Told => {
      cause = error;
      const field = error instanceof BadRequest ? error.field : undefined;
      return { kind: 'failed', field, message: error instanceof Error ? error.message : String(error) };
    });
    owed--;
    listen();
    worker.postMessage({ ...told, to }, []);
  };
  worker.on('message', (said: Said) => {
    switch (said.kind) {
      case 'more':
        return void answer('bytes', async () => {
          const { done, value } = await pieces.next();
          return { kind: 'bytes', bytes: done === true ? undefined : value };
        });
      case 'batch':
        return void answer('taken', async () => ({ kind: 'taken', taken: await take(said.batch) }));
      case 'done':
        return resolve(said.answer);
      default:
        if (cause instanceof Error && cause.message === said.message) return reject(cause);
        return reject(
          said.field === undefined
            ? new Error(said.message)
            : new BadRequest(said.field, said.message.replace(`${said.field}: `, '')),
        );
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const isFull = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    reject(
      isFull
        ? new BadRequest(
            'file',
            `needs more than ${MEMORY_MIB} MiB of memory to be read, which is the limit; split it, or name fewer columns`,
            { cause: error },
          )
        : error,
    );
  });
  worker.on('exit', () => reject(new Error('the thread that reads an upload ended')));
  listen();
  try {
    return await promise;
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', onAbort);
    // A file that it reads may be closed only when it is gone.
    await worker.terminate();
  }
}
