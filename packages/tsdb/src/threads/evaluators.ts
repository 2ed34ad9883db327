import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { AnswerForm, EvaluateRequest, QueryResult, WrittenAnswer } from '@vitrine/model/sample-store.ts';
import { receiveResult } from '../protocol.ts';
import type { StoreLog } from '../store-options.ts';
import { WorkerClient } from '../worker-client.ts';
import { type Bell, makeBell, silence } from './ask.ts';
import { nameOf, Remembered } from './remembered.ts';
import { BLOCKS_AHEAD } from './writings.ts';
import type {
  EvaluationAnswer,
  EvaluationNote,
  EvaluationOrder,
  EvaluationQuestion,
  EvaluationThread,
} from './evaluation-calls.ts';

/** A query that reads, or computes, no more values than this is over in a few milliseconds. */
const LIGHT_SAMPLES = 300_000;

export interface EvaluatorsNeeds {
  readonly folder: string;
  readonly curvesFolder: string | undefined;
  readonly log: StoreLog;
  /** Gives the store's thread its end of the way to a new evaluation thread. */
  readonly connect: (port: MessagePort, bell: Bell) => void;
}

type Answered = Exclude<EvaluationAnswer, { readonly kind: 'heavy' }>;

/** One thread with its queries. It starts with the first, and anew where it ended. */
class Evaluator {
  readonly client: WorkerClient<EvaluationQuestion, EvaluationAnswer, EvaluationNote, EvaluationOrder>;
  running = 0;
  #bell: Bell | undefined;

  /** @param onStart Told of each thread that is started. */
  constructor(
    { folder, curvesFolder, log, connect }: EvaluatorsNeeds,
    { name, ...place }: { readonly name: string } & Pick<EvaluationThread, 'index' | 'of' | 'isHeavy'>,
    onStart: () => void = () => undefined,
  ) {
    this.client = new WorkerClient({
      what: 'the evaluator',
      file: new URL('./evaluation-worker.ts', import.meta.url),
      options: () => {
        if (this.#bell !== undefined) silence(this.#bell);
        const bell = (this.#bell = makeBell());
        const { port1, port2 } = new MessageChannel();
        connect(port1, bell);
        const workerData: EvaluationThread = { ...place, folder, curvesFolder, store: port2, bell };
        // When the client knows the thread.
        queueMicrotask(onStart);
        return { name, workerData, transferList: [port2] };
      },
      starts: 'again',
      log,
      onNote: ({ level, sentence }) => log(level, sentence),
    });
  }

  async ask(question: EvaluationQuestion, signal: AbortSignal | undefined): Promise<EvaluationAnswer> {
    this.running++;
    try {
      return await this.client.ask(question, { signal });
    } finally {
      this.running--;
    }
  }

  close(): Promise<void> {
    if (this.#bell !== undefined) silence(this.#bell);
    return this.client.close();
  }
}

/**
 * Evaluates in threads of its own: heavy queries share some, and one is left to the light ones. What a query is shows when it
 * is tried: one that turns out heavy among the light ones is sent on. A heavy query that has the threads to itself is computed
 * by all of them.
 */
export class Evaluators {
  readonly #light: Evaluator;
  readonly #heavy: readonly Evaluator[];
  /** What was heavy is tried anew after a while. */
  readonly #knownHeavy = new Remembered();

  constructor(needs: EvaluatorsNeeds) {
    this.#light = new Evaluator(needs, { name: 'evaluate-light', index: 0, of: 1, isHeavy: false });
    const of = Math.max(1, Math.min(3, availableParallelism()));
    this.#heavy = Array.from(
      { length: of },
      (_, index) => new Evaluator(needs, { name: `evaluate-${index}`, index, of, isHeavy: true }, () => this.#introduce(index)),
    );
  }

  async evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<QueryResult> {
    const { answer } = await this.#ask(request, undefined, signal);
    if (answer.kind !== 'result') throw unexpected(answer);
    return receiveResult(answer.result);
  }

  async evaluateJson(request: EvaluateRequest, form: AnswerForm, signal?: AbortSignal): Promise<WrittenAnswer> {
    const { answer, evaluator } = await this.#ask(request, form, signal);
    if (answer.kind !== 'written') throw unexpected(answer);
    return { stats: answer.stats, pieces: this.#pieces(answer, evaluator) };
  }

  async close(): Promise<void> {
    await Promise.all([this.#light, ...this.#heavy].map((evaluator) => evaluator.close()));
  }

  async #ask(
    request: EvaluateRequest,
    form: AnswerForm | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ answer: Answered; evaluator: Evaluator }> {
    const question = { kind: 'evaluate' as const, request, form };
    const name = nameOf(request);
    if (!this.#knownHeavy.has(name)) {
      const evaluator = this.#anyIdle();
      const answer = await evaluator.ask({ ...question, lightSamples: LIGHT_SAMPLES, mayShare: false }, signal);
      if (answer.kind !== 'heavy') return { answer, evaluator };
      this.#knownHeavy.add(name);
    }
    for (const { client } of this.#heavy) client.start();
    const running = this.#heavy.reduce((sum, evaluator) => sum + evaluator.running, 0);
    const evaluator = this.#leastBusy();
    const mayShare = running < this.#heavy.length;
    const answer = await evaluator.ask({ ...question, lightSamples: Infinity, mayShare }, signal);
    if (answer.kind === 'heavy') throw unexpected(answer);
    return { answer, evaluator };
  }

  async *#pieces(answer: Extract<Answered, { kind: 'written' }>, evaluator: Evaluator): AsyncGenerator<Uint8Array> {
    const { before, behind, writing, blocks, helpers } = answer;
    const writers = [evaluator, ...helpers.map((index) => this.#heavy[index]!)];
    const ahead: Promise<Uint8Array>[] = [];
    let asked = 0;
    try {
      yield* before;
      for (let block = 0; block < blocks; block++) {
        for (; asked < Math.min(blocks, block + BLOCKS_AHEAD * writers.length); asked++) {
          // Of those before `block` nobody reads any more: theirs is the memory that this one may stand in.
          const next = more(writers[asked % writers.length]!, writing);
          // Looked at when its turn comes, which may be never.
          next.catch(() => undefined);
          ahead.push(next);
        }
        yield await ahead.shift()!;
      }
      yield* behind;
    } finally {
      if (blocks > 0)
        for (const { client } of writers) if (client.isRunning && client.isOpen) client.tell({ kind: 'drop', writing });
    }
  }

  /** For a query that may be light: the thread of those, or one that has nothing to do. */
  #anyIdle(): Evaluator {
    if (this.#light.running === 0) return this.#light;
    return this.#heavy.find(({ client, running }) => running === 0 && client.isRunning) ?? this.#light;
  }

  #leastBusy(): Evaluator {
    return this.#heavy.reduce((least, evaluator) => (evaluator.running < least.running ? evaluator : least));
  }

  /** Makes ways between a new thread and the others that are there. */
  #introduce(index: number): void {
    const { client } = this.#heavy[index]!;
    for (const [other, { client: peer }] of this.#heavy.entries()) {
      if (other === index || !peer.isRunning || !client.isRunning || !peer.isOpen) continue;
      const { port1, port2 } = new MessageChannel();
      client.tell({ kind: 'peer', index: other, port: port1 }, [port1]);
      peer.tell({ kind: 'peer', index, port: port2 }, [port2]);
    }
  }
}

async function more(evaluator: Evaluator, writing: string): Promise<Uint8Array> {
  const answer = await evaluator.ask({ kind: 'more', writing }, undefined);
  if (answer.kind !== 'block') throw unexpected(answer);
  return new Uint8Array(answer.block.memory, 0, answer.block.bytes);
}

function unexpected({ kind }: EvaluationAnswer): Error {
  return new Error(`an evaluation thread answered "${kind}" where something else was asked`);
}
