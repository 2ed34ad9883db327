import { Worker } from 'node:worker_threads';
import { Labels } from '@vitrine/model/labels.ts';
import {
  QueryError,
  StoreBusy,
  type AppendResult,
  type EvaluateRequest,
  type Growth,
  type LabelRequest,
  type QueryResult,
  type SampleBatch,
  type SampleStore,
  type Selector,
  type StoreStats,
} from '@vitrine/model/sample-store.ts';
import { checkBatch } from './committer.ts';
import { KeySender } from './key-tokens.ts';
import { labelsTest } from './index/value-test.ts';
import { batchBytes } from './local-store.ts';
import {
  ownColumns,
  receiveError,
  receiveResult,
  type Answer,
  type Reply,
  type Request,
  type WorkerOptions,
} from './protocol.ts';
import { DEFAULT_MAX_PENDING_BYTES, type StoreOptions } from './store-options.ts';

/** A worker that has not written out what waits by then is stopped: the log has all that was acknowledged. */
const CLOSE_LIMIT_MS = 4500;
const BUSY_RETRY_SECONDS = 1;

export interface OpenOptions extends StoreOptions {
  /** Told once where the store's thread ends without having been asked to: from then on every call is refused. */
  readonly onFailure?: (error: Error) => void;
}

/**
 * Opens or makes the sample store in `options.folder`, in a thread of its own, and reads back its log. Throws
 * StoreOpenError where another process has the folder, or the file is damaged, newer or cannot be written.
 */
export async function openStore({ log = () => undefined, onFailure, ...options }: OpenOptions): Promise<SampleStore> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: options satisfies WorkerOptions,
    name: 'sample-store',
    execArgv: [],
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`the sample store's thread ended before ${options.folder} was open`)));
    const onMessage = (reply: Reply): void => {
      if (reply.kind === 'log') log(reply.level, reply.sentence);
      else if (reply.kind === 'open') {
        worker.off('message', onMessage);
        resolve();
      } else if (reply.kind === 'openFailed') reject(receiveError(reply.error));
    };
    worker.on('message', onMessage);
  });
  // Not all of them: the worker starts its port by listeners of its own.
  worker.removeAllListeners('error');
  worker.removeAllListeners('exit');
  return new StoreProxy(worker, options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES, log, onFailure);
}

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Speaks for the store in the worker. */
class StoreProxy implements SampleStore {
  readonly #worker: Worker;
  readonly #maxPendingBytes: number;
  readonly #keys = new KeySender();
  readonly #asked = new Map<number, Asked>();
  readonly #watches = new Map<number, (growth: Growth) => void>();
  #lastId = 0;
  #pendingBytes = 0;
  #closing: Promise<void> | undefined;
  /** Why nothing can be asked any more. */
  #ended: Error | undefined;

  constructor(
    worker: Worker,
    maxPendingBytes: number,
    log: NonNullable<StoreOptions['log']>,
    onFailure: OpenOptions['onFailure'] = () => undefined,
  ) {
    this.#worker = worker;
    this.#maxPendingBytes = maxPendingBytes;
    worker.on('message', (reply: Reply) => {
      if (reply.kind === 'log') log(reply.level, reply.sentence);
      else this.#take(reply);
    });
    worker.on('error', (error: Error) => {
      log('error', `the sample store's thread failed: ${error.stack ?? error.message}`);
      this.#end(new Error(`the sample store's thread failed (${error.message}): restart the server`, { cause: error }));
    });
    worker.on('exit', () => {
      this.#end(this.#closing === undefined ? new Error(`the sample store's thread ended: restart the server`) : closedError());
      if (this.#closing === undefined) onFailure(this.#ended as Error);
    });
  }

  async append(batch: SampleBatch): Promise<AppendResult> {
    checkBatch(batch);
    const bytes = batchBytes(batch);
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes > this.#maxPendingBytes) {
      throw new StoreBusy(
        `more than ${this.#maxPendingBytes} bytes of samples wait to be written (limit maxPendingBytes): send again in ${BUSY_RETRY_SECONDS} s`,
        BUSY_RETRY_SECONDS,
      );
    }
    this.#assertOpen();
    const { columns, buffers } = ownColumns(batch);
    // The worker must see these keys: nothing may fail between here and the message.
    const keys = this.#keys.send(batch.seriesKeys);
    this.#pendingBytes += bytes;
    try {
      const answer = await this.#ask((id) => ({ kind: 'append', id, keys, columns }), {
        buffers: [keys.tokens.buffer, ...buffers],
      });
      return expect(answer, 'append').result;
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  async evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<QueryResult> {
    const answer = await this.#ask((id) => ({ kind: 'evaluate', id, request }), { signal });
    return receiveResult(expect(answer, 'evaluate').result);
  }

  async series(request: LabelRequest, signal?: AbortSignal): Promise<readonly Labels[]> {
    const answer = await this.#ask((id) => ({ kind: 'series', id, request }), { signal });
    return expect(answer, 'series').keys.map((key) => Labels.fromKey(key));
  }

  async labelNames(request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]> {
    return expect(await this.#ask((id) => ({ kind: 'labelNames', id, request }), { signal }), 'strings').strings;
  }

  async labelValues(label: string, request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]> {
    return expect(await this.#ask((id) => ({ kind: 'labelValues', id, label, request }), { signal }), 'strings').strings;
  }

  watch(selectors: readonly Selector[], onGrowth: (growth: Growth) => void): () => void {
    this.#assertOpen();
    // The worker could only tell of a mistake when the caller has gone on.
    for (const selector of selectors) labelsTest(selector);
    const watchId = ++this.#lastId;
    this.#watches.set(watchId, onGrowth);
    this.#send({ kind: 'watch', watchId, selectors });
    return () => {
      if (this.#watches.delete(watchId) && this.#ended === undefined) this.#send({ kind: 'unwatch', watchId });
    };
  }

  async stats(): Promise<StoreStats> {
    return expect(await this.#ask((id) => ({ kind: 'stats', id })), 'stats').stats;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve());
    });
    const limit = setTimeout(() => void this.#worker.terminate(), CLOSE_LIMIT_MS);
    this.#send({ kind: 'close', id: ++this.#lastId });
    await ended;
    clearTimeout(limit);
  }

  #ask(
    request: (id: number) => Request,
    { signal, buffers }: { signal?: AbortSignal | undefined; buffers?: ArrayBuffer[] } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#assertOpen();
      signal?.throwIfAborted();
      const id = ++this.#lastId;
      const onAbort = (): void => {
        this.#asked.delete(id);
        this.#send({ kind: 'abort', id });
        reject(signal?.reason);
      };
      const done = (): void => signal?.removeEventListener('abort', onAbort);
      this.#asked.set(id, {
        resolve: (answer) => {
          done();
          resolve(answer);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#send(request(id), buffers);
    });
  }

  #send(request: Request, buffers: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, buffers);
  }

  #take(reply: Reply): void {
    if (reply.kind === 'growth') this.#watches.get(reply.watchId)?.(reply.growth);
    else if (reply.kind === 'answer' || reply.kind === 'failure') {
      // Nobody waits for what was aborted.
      const asked = this.#asked.get(reply.id);
      this.#asked.delete(reply.id);
      if (reply.kind === 'answer') asked?.resolve(reply.answer);
      else asked?.reject(receiveError(reply.error));
    }
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#asked.values()) reject(this.#ended);
    this.#asked.clear();
  }

  #assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#closing !== undefined) throw closedError();
  }
}

function closedError(): Error {
  return new QueryError('canceled', 'the sample store is closed');
}

function expect<Kind extends Answer['kind']>(answer: Answer, kind: Kind): Extract<Answer, { kind: Kind }> {
  if (answer.kind !== kind) throw new Error(`the sample store answered "${answer.kind}" where "${kind}" was asked`);
  return answer as Extract<Answer, { kind: Kind }>;
}
