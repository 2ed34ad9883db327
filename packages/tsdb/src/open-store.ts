import type { Cardinality, CardinalityRequest } from '@vitrine/model/cardinality.ts';
import { Labels } from '@vitrine/model/labels.ts';
import {
  StoreBusy,
  type AnswerForm,
  type AppendResult,
  type DeletedSamples,
  type DeleteRequest,
  type EvaluateRequest,
  type FoundLabels,
  type Growth,
  type LabelRequest,
  type LabelSearch,
  type QueryResult,
  type SampleBatch,
  type SampleStore,
  type Selector,
  type SeriesExemplars,
  type StoreStats,
  type WrittenAnswer,
} from '@vitrine/model/sample-store.ts';
import { checkBatch } from './committer.ts';
import { KeySender } from './key-tokens.ts';
import { labelsTest } from './index/value-test.ts';
import { batchBytes } from './local-store.ts';
import {
  ownColumns,
  receiveExemplars,
  type Answer,
  type StoreNote,
  type StoreOrder,
  type StoreQuestion,
  type WorkerOptions,
} from './protocol.ts';
import { DEFAULT_MAX_PENDING_BYTES, type StoreOptions } from './store-options.ts';
import { Evaluators } from './threads/evaluators.ts';
import { SpareMemory } from './threads/spare-memory.ts';
import { WorkerClient } from './worker-client.ts';

/** A worker that has not written out what waits by then is stopped: the log has all that was acknowledged. */
const CLOSE_LIMIT_MS = 4500;
const BUSY_RETRY_SECONDS = 1;
const YOUNG_MEBIBYTES = 32;

export interface OpenOptions extends StoreOptions {
  /** Told once where the store's thread ends without having been asked to: from then on every call is refused. */
  readonly onFailure?: (error: Error) => void;
}

/**
 * Opens or makes the sample store in `options.folder`, in a thread of its own, and reads back its log. Throws
 * StoreOpenError where another process has the folder, or the file is damaged, newer or cannot be written.
 */
export async function openStore({
  log = () => undefined,
  onFailure = () => undefined,
  ...options
}: OpenOptions): Promise<SampleStore> {
  const watches = new Map<number, (growth: Growth) => void>();
  let isOpen = false;
  const thread: StoreThread = new WorkerClient({
    what: 'the sample store',
    file: new URL('./worker.ts', import.meta.url),
    options: {
      name: 'sample-store',
      workerData: options satisfies WorkerOptions,
      // What an append leaves behind is little: more room for it is memory that nobody needs.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    },
    starts: 'once',
    closeLimitMs: CLOSE_LIMIT_MS,
    log,
    onNote(note) {
      if (note.kind === 'log') log(note.level, note.sentence);
      else watches.get(note.watchId)?.(note.growth);
    },
    onFailure(error) {
      void evaluators.close();
      if (isOpen) onFailure(error);
    },
  });
  const evaluators = new Evaluators({
    folder: options.folder,
    curvesFolder: options.curvesFolder,
    log,
    connect: (port, bell) => thread.tell({ kind: 'connect', port, bell }, [port]),
  });
  try {
    await thread.ask({ kind: 'open' });
  } catch (error) {
    await thread.close();
    throw error;
  }
  isOpen = true;
  return new StoreProxy(thread, evaluators, watches, options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES);
}

type StoreThread = WorkerClient<StoreQuestion, Answer, StoreNote, StoreOrder>;

/** Speaks for the store in the thread. */
class StoreProxy implements SampleStore {
  readonly #thread: StoreThread;
  readonly #evaluators: Evaluators;
  readonly #watches: Map<number, (growth: Growth) => void>;
  readonly #maxPendingBytes: number;
  readonly #keys = new KeySender();
  readonly #spare = new SpareMemory();
  #lastWatchId = 0;
  #pendingBytes = 0;

  constructor(
    thread: StoreThread,
    evaluators: Evaluators,
    watches: Map<number, (growth: Growth) => void>,
    maxPendingBytes: number,
  ) {
    this.#thread = thread;
    this.#evaluators = evaluators;
    this.#watches = watches;
    this.#maxPendingBytes = maxPendingBytes;
  }

  async append(batch: SampleBatch): Promise<AppendResult> {
    checkBatch(batch, batch.seriesKeys.length);
    const bytes = batchBytes(batch);
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes > this.#maxPendingBytes) {
      throw new StoreBusy(
        `more than ${this.#maxPendingBytes} bytes of samples wait to be written (limit maxPendingBytes): send again in ${BUSY_RETRY_SECONDS} s`,
        BUSY_RETRY_SECONDS,
      );
    }
    this.#thread.start();
    const { columns, memory } = ownColumns(batch, this.#spare);
    // The worker must see these keys: nothing may fail between here and the message.
    const keys = this.#keys.send(batch.seriesKeys);
    this.#pendingBytes += bytes;
    try {
      const answer = await this.#thread.ask({ kind: 'append', keys, columns }, { buffers: [keys.tokens.buffer, memory] });
      const appended = expect(answer, 'append');
      this.#spare.giveBack(appended.memory);
      return appended.result;
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  async evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<QueryResult> {
    return this.#whileOpen(() => this.#evaluators.evaluate(request, signal));
  }

  async evaluateJson(request: EvaluateRequest, form: AnswerForm, signal?: AbortSignal): Promise<WrittenAnswer> {
    return this.#whileOpen(() => this.#evaluators.evaluateJson(request, form, signal));
  }

  async #whileOpen<T>(work: () => Promise<T>): Promise<T> {
    this.#thread.start();
    try {
      return await work();
    } catch (error) {
      // Where the store has ended that is the reason.
      this.#thread.start();
      throw error;
    }
  }

  async series(request: LabelRequest, signal?: AbortSignal): Promise<readonly Labels[]> {
    const answer = await this.#thread.ask({ kind: 'series', request }, { signal });
    return expect(answer, 'series').keys.map((key) => Labels.fromKey(key));
  }

  async labelNames(request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]> {
    return expect(await this.#thread.ask({ kind: 'labelNames', request }, { signal }), 'strings').strings;
  }

  async labelValues(label: string, request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]> {
    return expect(await this.#thread.ask({ kind: 'labelValues', label, request }, { signal }), 'strings').strings;
  }

  async searchLabels(search: LabelSearch, signal?: AbortSignal): Promise<FoundLabels> {
    return expect(await this.#thread.ask({ kind: 'searchLabels', search }, { signal }), 'foundLabels').found;
  }

  async cardinality(request: CardinalityRequest, signal?: AbortSignal): Promise<Cardinality> {
    return expect(await this.#thread.ask({ kind: 'cardinality', request }, { signal }), 'cardinality').cardinality;
  }

  async exemplars(request: LabelRequest, signal?: AbortSignal): Promise<readonly SeriesExemplars[]> {
    return receiveExemplars(expect(await this.#thread.ask({ kind: 'exemplars', request }, { signal }), 'exemplars').series);
  }

  async deleteSeries(request: DeleteRequest): Promise<DeletedSamples> {
    return expect(await this.#thread.ask({ kind: 'deleteSeries', request }), 'deleted').deleted;
  }

  watch(selectors: readonly Selector[], onGrowth: (growth: Growth) => void): () => void {
    this.#thread.start();
    // The thread could only tell of a mistake when the caller has gone on.
    for (const selector of selectors) labelsTest(selector);
    const watchId = ++this.#lastWatchId;
    this.#watches.set(watchId, onGrowth);
    this.#thread.tell({ kind: 'watch', watchId, selectors });
    return () => {
      if (this.#watches.delete(watchId) && this.#thread.isOpen) this.#thread.tell({ kind: 'unwatch', watchId });
    };
  }

  async stats(): Promise<StoreStats> {
    return expect(await this.#thread.ask({ kind: 'stats' }), 'stats').stats;
  }

  async close(): Promise<void> {
    // From here on everything is refused; the thread writes what waits while queries end.
    const closing = this.#thread.close();
    await this.#evaluators.close();
    return closing;
  }
}

function expect<Kind extends Answer['kind']>(answer: Answer, kind: Kind): Extract<Answer, { kind: Kind }> {
  if (answer.kind !== kind) throw new Error(`the sample store answered "${answer.kind}" where "${kind}" was asked`);
  return answer as Extract<Answer, { kind: Kind }>;
}
