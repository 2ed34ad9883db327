import type { MessagePort } from 'node:worker_threads';
import { sendError, type SentError } from './protocol.ts';
import { isRaised, type StopFlag } from './stop-flag.ts';

/** What a thread is sent: see WorkerClient. An `ask` is answered once. */
export type ToThread<Question, Order = never> =
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly stop: StopFlag | undefined }
  | { readonly kind: 'tell'; readonly order: Order }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'close' };

/** What a thread says. A note answers nothing. */
export type FromThread<Answer, Note> =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'note'; readonly note: Note };

/** One question, as the thread that answers it knows it. */
export interface Asking {
  /** Its own among all that this thread is asked. */
  readonly id: number;
  /** Aborted where nobody waits any longer: seen when the thread's event loop comes round. */
  readonly signal: AbortSignal;
  /** The same, seen at once. */
  readonly isStopped: () => boolean;
}

/** An answer, and what of it moves instead of being copied. */
export interface Said<Answer> {
  readonly answer: Answer;
  readonly buffers?: ArrayBuffer[];
}

export interface Served<Question, Answer, Order> {
  answer(question: Question, asking: Asking): Said<Answer> | Promise<Said<Answer>>;
  heed?(order: Order): void;
  /** The thread ends after it. */
  close?(): void | Promise<void>;
}

/** The other side of a WorkerClient, in its thread: answers what is asked; where that fails, with what was thrown. */
export class WorkerServer<Question, Answer, Note = never, Order = never> {
  readonly #port: MessagePort;
  readonly #served: Served<Question, Answer, Order>;
  readonly #asked = new Map<number, AbortController>();

  constructor(port: MessagePort, served: Served<Question, Answer, Order>) {
    this.#port = port;
    this.#served = served;
    port.on('message', (message: ToThread<Question, Order>) => this.#take(message));
  }

  /** Says what nobody asked. */
  note(note: Note): void {
    this.#reply({ kind: 'note', note });
  }

  #take(message: ToThread<Question, Order>): void {
    switch (message.kind) {
      case 'ask':
        void this.#answer(message);
        return;
      case 'tell':
        this.#served.heed?.(message.order);
        return;
      case 'abort':
        this.#asked.get(message.id)?.abort();
        return;
      case 'close':
        void this.#close();
    }
  }

  async #answer({ id, question, stop }: Extract<ToThread<Question, Order>, { kind: 'ask' }>): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const isStopped = (): boolean => signal.aborted || (stop !== undefined && isRaised(stop));
    this.#asked.set(id, controller);
    try {
      const { answer, buffers } = await this.#served.answer(question, { id, signal, isStopped });
      if (!isStopped()) this.#reply({ kind: 'answer', id, answer }, buffers);
    } catch (error) {
      // Nobody listens to the answer of what was called off.
      if (!isStopped()) this.#reply({ kind: 'failure', id, error: sendError(error) });
    } finally {
      this.#asked.delete(id);
    }
  }

  async #close(): Promise<void> {
    await this.#served.close?.();
    // What that settled is answered first.
    setImmediate(() => this.#port.close());
  }

  #reply(message: FromThread<Answer, Note>, buffers: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, buffers);
  }
}
