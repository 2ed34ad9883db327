import { type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { receiveError } from './protocol.ts';
import { raise, stopFlag } from './stop-flag.ts';
import type { StoreLog } from './store-options.ts';
import type { FromThread, ToThread } from './worker-server.ts';

type NamedOptions = WorkerOptions & { readonly name: string };

export interface WorkerClientOptions<Note> {
  /** What the thread is, for sentences: "the sample store". */
  readonly what: string;
  readonly file: URL;
  /** A function gives them anew for each thread that is started. */
  readonly options: NamedOptions | (() => NamedOptions);
  /**
   * "once": the thread starts at once, and where it ends everything is refused from then on. "again": it starts with the first
   * question, a question after its end gets a new one, and while nothing is asked it keeps no process alive.
   */
  readonly starts: 'once' | 'again';
  /** Told of what made the thread fail, with its stack. */
  readonly log?: StoreLog;
  /** How long the thread may take to close; it is stopped then. Without, it is stopped at once. */
  readonly closeLimitMs?: number;
  readonly onNote?: (note: Note) => void;
  /** Told once for each thread that ends without having been asked to. */
  readonly onFailure?: (error: Error) => void;
}

/**
 * Asks a thread that serves by a WorkerServer. Every question is answered, or fails: with what the thread threw, of the same class;
 * with the reason of its signal; with a sentence where the thread ends or was closed.
 */
export class WorkerClient<Question, Answer, Note = never, Order = never> {
  readonly #options: WorkerClientOptions<Note>;
  readonly #asked = new Map<number, PromiseWithResolvers<Answer>>();
  #worker: Worker | undefined;
  #lastId = 0;
  /** Why nothing can be asked any more. */
  #ended: Error | undefined;
  #isClosing = false;
  #closing: Promise<void> | undefined;

  constructor(options: WorkerClientOptions<Note>) {
    this.#options = options;
    if (options.starts === 'once') this.start();
  }

  /** Whether questions go to a thread that is there already. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Whether anything can be asked. */
  get isOpen(): boolean {
    return this.#ended === undefined && !this.#isClosing;
  }

  /** Starts the thread where there is none: somebody is about to ask. Throws where nothing can be asked any more. */
  start(): void {
    this.#running();
  }

  /** The buffers move to the thread. They are sent before this returns: what is said after it is heard after it. */
  async ask(
    question: Question,
    { signal, buffers = [] }: { readonly signal?: AbortSignal | undefined; readonly buffers?: ArrayBuffer[] } = {},
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const worker = this.#running();
    const id = ++this.#lastId;
    const asked = Promise.withResolvers<Answer>();
    const stop = signal === undefined ? undefined : stopFlag();
    const onAbort = (): void => {
      if (stop !== undefined) raise(stop);
      this.#send(worker, { kind: 'abort', id });
      asked.reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#asked.set(id, asked);
    try {
      this.#send(worker, { kind: 'ask', id, question, stop }, buffers);
      if (this.#options.starts === 'again') worker.ref();
      return await asked.promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#asked.delete(id);
      if (this.#options.starts === 'again' && this.#asked.size === 0) worker.unref();
    }
  }

  /** Says what has no answer. */
  tell(order: Order, moved: readonly Transferable[] = []): void {
    this.#send(this.#running(), { kind: 'tell', order }, moved);
  }

  /** What is asked from then on is refused, and so is what the thread has not answered by its end. */
  close(): Promise<void> {
    this.#isClosing = true;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const { closeLimitMs } = this.#options;
    if (closeLimitMs === undefined) {
      await worker.terminate();
      return;
    }
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
    });
    const limit = setTimeout(() => void worker.terminate(), closeLimitMs);
    this.#send(worker, { kind: 'close' });
    await ended;
    clearTimeout(limit);
  }

  #running(): Worker {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#isClosing) throw this.#closedError();
    this.#worker ??= this.#start();
    return this.#worker;
  }

  #start(): Worker {
    const { what, file, options, starts, log = () => undefined, onNote = () => undefined } = this.#options;
    const worker = new Worker(file, { execArgv: [], ...(typeof options === 'function' ? options() : options) });
    if (starts === 'again') worker.unref();
    worker.on('message', (message: FromThread<Answer, Note>) => {
      // Nobody waits for what was aborted.
      if (message.kind === 'note') onNote(message.note);
      else if (message.kind === 'answer') this.#asked.get(message.id)?.resolve(message.answer);
      else this.#asked.get(message.id)?.reject(receiveError(message.error));
    });
    worker.on('error', (error: Error) => {
      log('error', `${what}'s thread failed: ${error.stack ?? error.message}`);
      this.#end(worker, `${what}'s thread failed (${error.message})`, error);
    });
    worker.on('exit', () => this.#end(worker, `${what}'s thread ended`));
    return worker;
  }

  #end(worker: Worker, sentence: string, cause?: Error): void {
    // What was asked meanwhile was asked of its successor.
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const { starts, onFailure = () => undefined } = this.#options;
    const error = this.#isClosing
      ? this.#closedError()
      : new Error(starts === 'once' ? `${sentence}: restart the server` : sentence, { cause });
    if (starts === 'once') this.#ended = error;
    const waiting = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject } of waiting) reject(error);
    if (!this.#isClosing) onFailure(error);
  }

  #closedError(): Error {
    return new QueryError('canceled', `${this.#options.what} is closed`);
  }

  #send(worker: Worker, message: ToThread<Question, Order>, moved: readonly Transferable[] = []): void {
    worker.postMessage(message, moved);
  }
}
