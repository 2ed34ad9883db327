import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { EvaluateRequest, QueryResult } from '@vitrine/model/sample-store.ts';
import { receiveResult } from '../protocol.ts';
import type { StoreLog } from '../store-options.ts';
import { WorkerClient } from '../worker-client.ts';
import { type Bell, makeBell, silence } from './ask.ts';
import type { EvaluationAnswer, EvaluationNote, EvaluationQuestion, EvaluationThread } from './evaluation-calls.ts';

/** A query that reads no more than this is over in a few milliseconds. */
const LIGHT_SAMPLES = 300_000;
/** Queries known to be heavy; what was heavy is tried anew after a while. */
const REMEMBERED = 1_000;
const REMEMBERED_MS = 60_000;

export interface EvaluatorsNeeds {
  readonly folder: string;
  readonly curvesFolder: string | undefined;
  readonly log: StoreLog;
  /** Gives the store's thread its end of the way to a new evaluation thread. */
  readonly connect: (port: MessagePort, bell: Bell) => void;
}

type EvaluationClient = WorkerClient<EvaluationQuestion, EvaluationAnswer, EvaluationNote>;

/** One thread with its queries. It starts with the first, and anew where it ended. */
class Evaluator {
  readonly client: EvaluationClient;
  running = 0;
  #bell: Bell | undefined;

  constructor(name: string, { folder, curvesFolder, log, connect }: EvaluatorsNeeds) {
    this.client = new WorkerClient({
      what: 'an evaluation of queries',
      file: new URL('./evaluation-worker.ts', import.meta.url),
      options: () => {
        if (this.#bell !== undefined) silence(this.#bell);
        const bell = (this.#bell = makeBell());
        const { port1, port2 } = new MessageChannel();
        connect(port1, bell);
        const workerData: EvaluationThread = { folder, curvesFolder, store: port2, bell };
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
 * is tried: one that turns out heavy among the light ones is sent on.
 */
export class Evaluators {
  readonly #light: Evaluator;
  readonly #heavy: readonly Evaluator[];
  readonly #knownHeavy = new Map<string, number>();

  constructor(needs: EvaluatorsNeeds) {
    this.#light = new Evaluator('evaluation-light', needs);
    const count = Math.max(1, Math.min(3, availableParallelism()));
    this.#heavy = Array.from({ length: count }, (_, i) => new Evaluator(`evaluation-${i}`, needs));
  }

  async evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<QueryResult> {
    const name = `${request.startMs === request.endMs ? 'at' : 'over'} ${request.expr}`;
    if (!this.#isKnownHeavy(name)) {
      const answer = await this.#anyIdle().ask({ kind: 'evaluate', request, lightSamples: LIGHT_SAMPLES }, signal);
      if (answer.kind === 'result') return receiveResult(answer.result);
      this.#remember(name);
    }
    const answer = await this.#leastBusy().ask({ kind: 'evaluate', request, lightSamples: Infinity }, signal);
    if (answer.kind === 'heavy') throw new Error('an evaluation without limit was refused as heavy');
    return receiveResult(answer.result);
  }

  async close(): Promise<void> {
    await Promise.all([this.#light, ...this.#heavy].map((evaluator) => evaluator.close()));
  }

  /** For a query that may be light: the thread of those, or one that has nothing to do. */
  #anyIdle(): Evaluator {
    if (this.#light.running === 0) return this.#light;
    return this.#heavy.find(({ client, running }) => running === 0 && client.isRunning) ?? this.#light;
  }

  #leastBusy(): Evaluator {
    return this.#heavy.reduce((least, evaluator) => (evaluator.running < least.running ? evaluator : least));
  }

  #isKnownHeavy(name: string): boolean {
    const sinceMs = this.#knownHeavy.get(name);
    if (sinceMs !== undefined && performance.now() - sinceMs < REMEMBERED_MS) return true;
    this.#knownHeavy.delete(name);
    return false;
  }

  #remember(name: string): void {
    this.#knownHeavy.set(name, performance.now());
    for (const [oldest] of this.#knownHeavy) {
      if (this.#knownHeavy.size <= REMEMBERED) break;
      this.#knownHeavy.delete(oldest);
    }
  }
}
