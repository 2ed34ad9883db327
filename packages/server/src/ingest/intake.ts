import { Labels } from '@vitrine/model/labels.ts';
import { type AppendResult, type SampleBatch, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import { Counter } from 'prom-client';
import type { Metrics } from '../self/metrics.ts';
import { type Arrival, Arrivals, type Door, type Refused } from './arrivals.ts';
import { TextCache } from './lines/text-cache.ts';
import type { Sender } from './sender.ts';
import { rejectionText } from './rejection-text.ts';

/** Where every door hands in what it has read: labels of the sender, its rate, the store, and the book of what arrived. */
export interface Intake {
  /**
   * Stores what one message brought, and notes it with what the door itself refused of it. Resolves once every accepted
   * sample survives `kill -9`. Throws StoreBusy where the sender is too fast or too much waits to be written, and
   * StoreReadOnly: then nothing of the message counts, and it is noted as refused.
   */
  take(door: Door, sender: Sender, batch: SampleBatch, refused?: readonly Refused[], how?: TakeHow): Promise<AppendResult>;
  /**
   * The same for points of runs' curves, which `store` keeps in its own way: at the sender's pace, and noted. Resolves with what
   * `store` does, and throws what that throws.
   */
  keep<T>(door: Door, sender: Sender, points: number, store: () => Promise<T>, refused?: readonly Refused[]): Promise<T>;
  /** Notes a message of which nothing was taken. */
  refuse(door: Door, sender: Sender, refused: Refused): void;
  /** What arrived from whom, the latest first. */
  arrivals(): readonly Arrival[];
}

export interface TakeHow {
  /**
   * The door keeps what was not stored and hands it in again by itself, so that StoreBusy and StoreReadOnly are no refusal
   * and nothing is noted. Where it gives up it says so by `Intake.refuse`.
   */
  readonly triesAgain?: boolean;
}

export interface IntakeNeeds {
  readonly append: (batch: SampleBatch) => Promise<AppendResult>;
  readonly metrics: Pick<Metrics, 'registry'>;
  /** Samples a second that one sender may bring over time; 0 sets no bound. A burst of ten seconds' worth is let through. */
  readonly samplesPerSecond: number;
  readonly now?: () => number;
}

const BURST_SECONDS = 10;
/** Senders whose pace is remembered. */
const MOST_PACES = 10_000;
/** Characters of series' keys with a tenant's labels in them that are remembered. */
const MOST_KEY_CHARS = 64 * 1024 * 1024;

export function createIntake({ append, metrics: { registry }, samplesPerSecond, now = Date.now }: IntakeNeeds): Intake {
  const arrivals = new Arrivals(now);
  const pace = samplesPerSecond === 0 ? undefined : new Pace(samplesPerSecond, now);
  const labelled = new LabelledKeys();
  const registers = [registry];
  const acceptedCounter = new Counter({
    name: 'vitrine_ingest_samples_accepted_total',
    help: 'Samples that were stored, by the door through which they came.',
    labelNames: ['door'],
    registers,
  });
  const refusedCounter = new Counter({
    name: 'vitrine_ingest_refused_total',
    help: 'Samples, points, lines or whole messages that were refused, by door and reason.',
    labelNames: ['door', 'reason'],
    registers,
  });
  const note = (door: Door, sender: Sender, accepted: number, refused: readonly Refused[]): void => {
    arrivals.note(door, sender, accepted, refused);
    if (accepted > 0) acceptedCounter.inc({ door }, accepted);
    for (const { reason, count } of refused) refusedCounter.inc({ door, reason }, count);
  };

  const store = async (door: Door, sender: Sender, batch: SampleBatch): Promise<AppendResult> => {
    const { labels } = sender;
    const samples = batch.values.length;
    // How often targets are scraped is this server's own doing.
    const bound = door === 'scrape' ? undefined : pace;
    bound?.take(sender, samples);
    try {
      return await append(labels.size === 0 ? batch : labelled.batchWith(labels, batch));
    } catch (error) {
      // The sender is to bring them again.
      bound?.giveBack(sender, samples);
      throw error;
    }
  };

  return {
    async take(door, sender, batch, refused = [], { triesAgain = false } = {}) {
      try {
        // Exemplars may come alone, to series that have samples.
        const isEmpty = batch.values.length === 0 && batch.exemplars === undefined;
        const stored = isEmpty ? NOTHING : await store(door, sender, batch);
        note(door, sender, stored.accepted, [...refused, ...refusedByStore(stored)]);
        return stored;
      } catch (error) {
        if (!triesAgain && (error instanceof StoreBusy || error instanceof StoreReadOnly)) {
          note(door, sender, 0, [notStored(error, batch)]);
        }
        throw error;
      }
    },
    async keep(door, sender, points, store, refused = []) {
      try {
        pace?.take(sender, points);
        const kept = await store().catch((error: unknown) => {
          pace?.giveBack(sender, points);
          throw error;
        });
        note(door, sender, points, refused);
        return kept;
      } catch (error) {
        if (error instanceof StoreBusy || error instanceof StoreReadOnly) note(door, sender, 0, [notKept(error, points)]);
        throw error;
      }
    },
    refuse: (door, sender, refused) => note(door, sender, 0, [refused]),
    arrivals: () => arrivals.list(),
  };
}

/** What a batch is refused for where nobody tries again. */
export function notStored(error: StoreBusy | StoreReadOnly, { values }: SampleBatch): Refused {
  return notKept(error, values.length);
}

function notKept(error: StoreBusy | StoreReadOnly, count: number): Refused {
  return { reason: error instanceof StoreBusy ? 'try again later' : 'disk full', count, sentence: error.message };
}

const NOTHING: AppendResult = { accepted: 0, rejected: [], rejectedCount: 0 };

function refusedByStore({ rejected, rejectedCount }: AppendResult): Refused[] {
  const byReason = new Map<string, Refused>();
  for (const rejection of rejected) {
    const { reason, series, count } = rejection;
    const before = byReason.get(reason);
    const sentence = before?.sentence ?? `A sample of ${series.slice(0, 200)} was refused: ${rejectionText(rejection)}.`;
    byReason.set(reason, { reason, count: (before?.count ?? 0) + count, sentence });
  }
  const told = rejected.reduce((sum, { count }) => sum + count, 0);
  if (rejectedCount > told)
    byReason.set('store', { reason: 'store', count: rejectedCount - told, sentence: 'The store refused further samples.' });
  return [...byReason.values()];
}

/** How fast each sender is: a bucket that fills with the time, and may be overdrawn by one message. */
class Pace {
  readonly #perSecond: number;
  readonly #now: () => number;
  /** The one that was silent the longest first. */
  readonly #buckets = new Map<string, { readonly samples: number; readonly atMs: number }>();

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Throws StoreBusy where the sender has brought more than its pace allows. */
  take({ id }: Sender, samples: number): void {
    const nowMs = this.#now();
    const full = this.#perSecond * BURST_SECONDS;
    const before = this.#buckets.get(id) ?? { samples: full, atMs: nowMs };
    // A clock may be set back.
    const passedMs = Math.max(0, nowMs - before.atMs);
    const there = Math.min(full, before.samples + (passedMs / 1_000) * this.#perSecond);
    if (there <= 0 && samples > 0) {
      const waitSeconds = Math.floor(-there / this.#perSecond) + 1;
      throw new StoreBusy(
        `This sender brings more than ${this.#perSecond} samples a second, which is the limit (limits.ingest.rate). Try again in ${waitSeconds} s, or send less often.`,
        waitSeconds,
      );
    }
    this.#buckets.delete(id);
    this.#buckets.set(id, { samples: there - samples, atMs: nowMs });
    if (this.#buckets.size > MOST_PACES) this.#buckets.delete(this.#buckets.keys().next().value as string);
  }

  giveBack({ id }: Sender, samples: number): void {
    const bucket = this.#buckets.get(id);
    if (bucket !== undefined) this.#buckets.set(id, { ...bucket, samples: bucket.samples + samples });
  }
}

/** Series' keys with a sender's labels put in, remembered: senders bring the same series again and again. */
class LabelledKeys {
  readonly #known = new TextCache<string>(MOST_KEY_CHARS);

  /** Series that differed only in what the labels stand over are one. */
  batchWith(labels: Labels, batch: SampleBatch): SampleBatch {
    const indexByKey = new Map<string, number>();
    const indexes = batch.seriesKeys.map((key) => {
      const own = this.#keyWith(labels, key);
      const index = indexByKey.get(own) ?? indexByKey.size;
      indexByKey.set(own, index);
      return index;
    });
    return {
      ...batch,
      seriesKeys: [...indexByKey.keys()],
      seriesIndex:
        indexByKey.size === indexes.length ? batch.seriesIndex : batch.seriesIndex.map((index) => indexes[index] as number),
      exemplars: batch.exemplars?.map(({ seriesIndex, exemplar }) => ({ seriesIndex: indexes[seriesIndex] as number, exemplar })),
    };
  }

  #keyWith(labels: Labels, key: string): string {
    const asked = `${labels.key}\n${key}`;
    let known = this.#known.get(asked);
    if (known === undefined) {
      known = Labels.from([...Labels.fromKey(key), ...labels]).key;
      this.#known.set(asked, known, known.length);
    }
    return known;
  }
}
