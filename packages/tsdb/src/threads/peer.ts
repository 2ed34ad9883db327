import type { MessagePort } from 'node:worker_threads';
import type { GridSeries, SampleSource } from '@vitrine/model/sample-store.ts';
import { evaluatePart, type PartNotes, type PartRequest, type PartUnderWay } from '@vitrine/promql/evaluate/evaluate-shared.ts';
import { NotShareable } from '@vitrine/promql/evaluate/not-shareable.ts';
import type { Sink } from '@vitrine/promql/evaluate/column.ts';
import { receiveError, sendError, type SentError } from '../protocol.ts';
import { buffersOf, ColumnPacker, type PackedColumns, unpack } from './packed-columns.ts';
import type { Part } from './portion.ts';
import type { Share, Writings } from './writings.ts';

/** Batches that may be on their way before one is taken; a batch is about a megabyte. */
const BATCHES_AHEAD = 16;

/** Between two threads that share queries: each may ask, and each answers. */
type PeerMessage =
  | { readonly kind: 'part'; readonly id: number; readonly request: PartRequest; readonly part: Part }
  | { readonly kind: 'took'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'batch'; readonly id: number; readonly batch: PackedColumns }
  | { readonly kind: 'end'; readonly id: number; readonly notes: PartNotes }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError | undefined }
  | {
      readonly kind: 'write';
      readonly id: number;
      readonly writing: string;
      readonly share: Omit<Share, 'series'>;
      readonly batch: PackedColumns;
    }
  | { readonly kind: 'written'; readonly id: number; readonly error: SentError | undefined }
  | { readonly kind: 'drop'; readonly id: number; readonly writing: string };

interface PeerNeeds {
  readonly sourceOf: (part: Part) => SampleSource;
  readonly writings: Writings;
}

interface Asked {
  readonly count: number;
  readonly sink: Sink;
  readonly done: PromiseWithResolvers<PartNotes>;
}

/** What is being computed for the other thread. */
interface Serving {
  readonly abort: AbortController;
  ahead: number;
  wake: PromiseWithResolvers<void> | undefined;
}

/** Another thread that computes parts of this one's queries, and has parts of its own computed here. */
export class Peer {
  readonly #port: MessagePort;
  readonly #needs: PeerNeeds;
  readonly #asked = new Map<number, Asked>();
  readonly #writes = new Map<number, PromiseWithResolvers<void>>();
  readonly #serving = new Map<number, Serving>();
  #lastId = 0;
  /** Set where the other thread is gone. */
  #ended: Error | undefined;

  constructor(port: MessagePort, needs: PeerNeeds, onGone: () => void) {
    this.#port = port;
    this.#needs = needs;
    port.on('message', (message: PeerMessage) => this.#take(message));
    port.once('close', () => {
      onGone();
      this.#end();
    });
    // Who waits for an answer keeps the thread alive, not the way to it.
    port.unref();
  }

  /** Has a part computed there. */
  ask(request: PartRequest, part: Part, sink: Sink): PartUnderWay {
    const id = ++this.#lastId;
    const done = Promise.withResolvers<PartNotes>();
    // It may break while nobody looks, because the part that is computed here broke before.
    done.promise.catch(() => undefined);
    if (this.#ended !== undefined) {
      done.reject(this.#ended);
      return { done: done.promise, cancel: () => undefined };
    }
    this.#asked.set(id, { count: request.grid.count, sink, done });
    this.#post({ kind: 'part', id, request, part });
    return {
      done: done.promise,
      cancel: () => {
        if (this.#asked.delete(id)) this.#post({ kind: 'cancel', id });
      },
    };
  }

  /** Hands over what is to be written there. Throws QueryError where there is no room for it. */
  async write(writing: string, { series, ...share }: Share): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended;
    // An answer of fewer blocks than threads: nobody asks there for any.
    if (series.length === 0) return;
    const { timesMs } = share;
    const id = ++this.#lastId;
    const ready = Promise.withResolvers<void>();
    this.#writes.set(id, ready);
    const pack = new ColumnPacker(
      timesMs.length,
      (batch) => this.#post({ kind: 'write', id, writing, share, batch }, buffersOf(batch)),
      series.length,
    );
    const everywhere = new Uint8Array(timesMs.length).fill(1);
    for (const { labels, values, present } of series)
      pack.add({ labels, dropName: false, values, present: present ?? everywhere });
    await ready.promise;
  }

  /** Nobody takes what was handed over. */
  drop(writing: string): void {
    this.#post({ kind: 'drop', id: ++this.#lastId, writing });
  }

  #take(message: PeerMessage): void {
    const { id } = message;
    switch (message.kind) {
      case 'part':
        void this.#serve(id, message.request, message.part);
        return;
      case 'took': {
        const serving = this.#serving.get(id);
        if (serving === undefined) return;
        serving.ahead--;
        serving.wake?.resolve();
        serving.wake = undefined;
        return;
      }
      case 'cancel': {
        const serving = this.#serving.get(id);
        serving?.abort.abort();
        serving?.wake?.resolve();
        return;
      }
      case 'batch':
        this.#takeBatch(id, message.batch);
        return;
      case 'end':
        this.#asked.get(id)?.done.resolve(message.notes);
        this.#asked.delete(id);
        return;
      case 'failed':
        this.#asked.get(id)?.done.reject(message.error === undefined ? new NotShareable() : receiveError(message.error));
        this.#asked.delete(id);
        return;
      case 'write': {
        const { writing, share, batch } = message;
        let error: SentError | undefined;
        try {
          this.#needs.writings.add(writing, { ...share, series: unpack(batch, share.timesMs.length).map(withGaps) });
        } catch (refusal) {
          error = sendError(refusal);
        }
        this.#post({ kind: 'written', id, error });
        return;
      }
      case 'written':
        if (message.error === undefined) this.#writes.get(id)?.resolve();
        else this.#writes.get(id)?.reject(receiveError(message.error));
        this.#writes.delete(id);
        return;
      case 'drop':
        this.#needs.writings.drop(message.writing);
    }
  }

  #takeBatch(id: number, batch: PackedColumns): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    try {
      for (const column of unpack(batch, asked.count)) asked.sink(column);
      this.#post({ kind: 'took', id });
    } catch (error) {
      // A limit was reached.
      this.#asked.delete(id);
      this.#post({ kind: 'cancel', id });
      asked.done.reject(error);
    }
  }

  async #serve(id: number, request: PartRequest, part: Part): Promise<void> {
    const serving: Serving = { abort: new AbortController(), ahead: 0, wake: undefined };
    this.#serving.set(id, serving);
    const pack = new ColumnPacker(request.grid.count, (batch) => {
      serving.ahead++;
      this.#post({ kind: 'batch', id, batch }, buffersOf(batch));
    });
    const { signal } = serving.abort;
    const taken = (): Promise<void> | undefined => {
      if (serving.ahead < BATCHES_AHEAD || signal.aborted) return undefined;
      return (serving.wake ??= Promise.withResolvers()).promise;
    };
    try {
      const notes = await evaluatePart(request, this.#needs.sourceOf(part), (column) => pack.add(column), taken, signal);
      pack.flush();
      this.#post({ kind: 'end', id, notes });
    } catch (error) {
      this.#post({ kind: 'failed', id, error: error instanceof NotShareable ? undefined : sendError(error) });
    } finally {
      this.#serving.delete(id);
    }
  }

  #end(): void {
    const error = (this.#ended = new Error('the thread that computed a part of the query ended: ask again'));
    for (const { done } of this.#asked.values()) done.reject(error);
    this.#asked.clear();
    for (const { reject } of this.#writes.values()) reject(error);
    this.#writes.clear();
    for (const { abort, wake } of this.#serving.values()) {
      abort.abort();
      wake?.resolve();
    }
  }

  #post(message: PeerMessage, moved: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, moved);
  }
}

function withGaps({
  labels,
  values,
  present,
}: {
  labels: GridSeries['labels'];
  values: Float64Array;
  present: Uint8Array;
}): GridSeries {
  return { labels, values, present: present.includes(0) ? present : undefined };
}
