import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { type AppendResult, StoreBusy, StoreReadOnly } from '@vitrine/model/sample-store.ts';
import type { UploadAnswer, UploadMapping, UploadPreview, UploadProgress } from '@vitrine/model/upload.ts';
import type { Refused } from '../arrivals.ts';
import { type Intake, notStored } from '../intake.ts';
import type { Sender } from '../sender.ts';
import { type Bytes, mebibytes, peek } from './bytes.ts';
import { isParquet, type OpenHow } from './open-table.ts';
import type { ReadAnswer, ReadBatch, Taken } from './read-upload.ts';
import { runInThread } from './run-in-thread.ts';
import { spool } from './spool.ts';
import type { Job } from './upload-thread.ts';

export interface UploadNeeds {
  readonly intake: Pick<Intake, 'take' | 'refuse'>;
  /** Where Parquet lies while it is read. */
  readonly folder: string;
  /** Of a file as it is sent. */
  readonly limitBytes: number;
  /** How long the store keeps samples, so that a dry run knows what it would refuse. */
  readonly keepsMs: number;
  readonly now?: () => number;
}

export interface Upload {
  /** Chosen by whoever uploads, to ask how far it is. */
  readonly id: string;
  readonly sender: Sender;
  readonly mapping: UploadMapping;
  readonly dryRun: boolean;
  readonly bytes: Bytes;
  readonly signal: AbortSignal;
}

const MOST_AT_ONCE = 4;
const ROWS_SHOWN = 50;
/** Text packs well, and a log of zeros as well as anything. */
const UNPACKED_TIMES = 20;
/** The store's own bound: clocks differ. */
const FUTURE_MS = 600_000;
const MOST_WAIT_SECONDS = 30;

/** Files that people bring: read in threads, a few at a time. */
export class Uploads {
  readonly #needs: UploadNeeds;
  readonly #now: () => number;
  readonly #running = new Map<string, { readonly sender: string; progress: UploadProgress }>();
  #threads = 0;

  constructor(needs: UploadNeeds) {
    this.#needs = needs;
    this.#now = needs.now ?? Date.now;
  }

  /** undefined where that sender has none of that id under way. */
  progress(id: string, sender: Sender): UploadProgress | undefined {
    const running = this.#running.get(id);
    return running?.sender === sender.id ? running.progress : undefined;
  }

  async preview(bytes: Bytes, how: Omit<OpenHow, 'unpackedBytes'>, signal: AbortSignal): Promise<UploadPreview> {
    const task = { kind: 'preview', how: { ...how, unpackedBytes: this.#unpackedBytes }, mostRows: ROWS_SHOWN } as const;
    return (await this.#run(task, this.#bounded(bytes), {
      signal,
      take: () => Promise.resolve({ accepted: 0, refused: [], told: [] }),
    })) as UploadPreview;
  }

  /** Throws BadRequest, LimitExceeded, StoreBusy, StoreReadOnly and the signal's reason. What was taken by then stays. */
  async take({ id, sender, mapping, dryRun, bytes, signal }: Upload): Promise<UploadAnswer> {
    const running = { sender: sender.id, progress: { bytes: 0, rows: 0, accepted: 0, refused: 0 } };
    if (this.#running.has(id)) throw new StoreBusy('An upload of that id is under way.', 1);
    this.#running.set(id, running);
    const counted = this.#bounded(bytes, (length) => {
      running.progress = { ...running.progress, bytes: length };
    });
    let accepted = 0;
    const order = new Order();
    const take = async (batch: ReadBatch): Promise<Taken> => {
      const taken = dryRun ? this.#wouldTake(batch) : await this.#store(sender, batch, order, signal);
      accepted += taken.accepted;
      running.progress = {
        bytes: running.progress.bytes,
        rows: Math.max(running.progress.rows, batch.rows),
        accepted,
        refused: Math.max(running.progress.refused, batch.refusedCount),
      };
      return taken;
    };
    try {
      const task = { kind: 'upload', mapping, unpackedBytes: this.#unpackedBytes } as const;
      const answer = (await this.#run(task, counted, { signal, take })) as ReadAnswer;
      return { ...answer, bytes: running.progress.bytes, dryRun };
    } catch (error) {
      if (!dryRun && !signal.aborted && error instanceof Error) {
        this.#needs.intake.refuse('upload', sender, { reason: 'file', count: 1, sentence: error.message });
      }
      throw error;
    } finally {
      this.#running.delete(id);
    }
  }

  get #unpackedBytes(): number {
    return this.#needs.limitBytes * UNPACKED_TIMES;
  }

  async #run(
    task: Job['task'],
    bytes: Bytes,
    needs: { readonly signal: AbortSignal; readonly take: (batch: ReadBatch) => Promise<Taken> },
  ): Promise<UploadPreview | ReadAnswer> {
    if (this.#threads >= MOST_AT_ONCE) {
      throw new StoreBusy(`${MOST_AT_ONCE} uploads are under way, and no more are read at once. Try again in a while.`, 10);
    }
    this.#threads++;
    try {
      const { head, all } = await peek(bytes, 4);
      if (!isParquet(head)) return await runInThread({ file: undefined, task }, { ...needs, bytes: all });
      const spooled = await spool(all, this.#needs.folder);
      try {
        const { descriptor, size } = spooled;
        return await runInThread({ file: { descriptor, size }, task }, { ...needs, bytes: none() });
      } finally {
        await spooled.close();
      }
    } finally {
      this.#threads--;
    }
  }

  async *#bounded(bytes: Bytes, onLength: (length: number) => void = () => undefined): AsyncGenerator<Uint8Array> {
    const { limitBytes } = this.#needs;
    let length = 0;
    for await (const chunk of bytes) {
      length += chunk.length;
      if (length > limitBytes) {
        throw new LimitExceeded(
          'limits.ingest.upload',
          `The file has more than ${mebibytes(limitBytes)} MiB, which is the limit (limits.ingest.upload). Split it, or pack it by gzip.`,
        );
      }
      onLength(length);
      yield chunk;
    }
  }

  /** A sender that is too fast, or a store that is behind, is waited for. */
  async #store(sender: Sender, { batch, repeats, refused }: ReadBatch, order: Order, signal: AbortSignal): Promise<Taken> {
    await order.turn();
    for (;;) {
      signal.throwIfAborted();
      try {
        return spoken(await this.#needs.intake.take('upload', sender, batch, refused, { triesAgain: true }), repeats.length > 0);
      } catch (error) {
        if (error instanceof StoreReadOnly) this.#needs.intake.refuse('upload', sender, notStored(error, batch));
        if (!(error instanceof StoreBusy)) throw error;
        const seconds = Math.min(error.retryAfterSeconds, MOST_WAIT_SECONDS);
        await order.hold(wait(seconds * 1_000, signal));
      }
    }
  }

  /** What the store would say if it held nothing of these series yet. */
  #wouldTake({ batch: { timestampsMs }, repeats }: ReadBatch): Taken {
    const nowMs = this.#now();
    const oldestMs = nowMs - this.#needs.keepsMs;
    let old = 0;
    let future = 0;
    let repeated = 0;
    let nextRepeat = 0;
    timestampsMs.forEach((timeMs, at) => {
      const isRepeat = repeats[nextRepeat] === at;
      if (isRepeat) nextRepeat++;
      if (timeMs < oldestMs) old++;
      else if (timeMs > nowMs + FUTURE_MS) future++;
      else if (isRepeat) repeated++;
    });
    const refused = (reason: 'too old' | 'too far in the future' | 'duplicate', count: number, sentence: string): Refused[] =>
      count === 0 ? [] : [{ reason, count, sentence }];
    return {
      accepted: timestampsMs.length - old - future - repeated,
      refused: [
        ...refused('too old', old, SENTENCES['too old']),
        ...refused('too far in the future', future, SENTENCES['too far in the future']),
        ...refused('duplicate', repeated, REPEATED),
      ],
      told: [],
    };
  }
}

/** While one batch waits, those after it do too: of two samples of one time the later in the file is to count. */
class Order {
  #held: Promise<unknown> = Promise.resolve();

  async turn(): Promise<void> {
    await this.#held;
  }

  async hold(until: Promise<void>): Promise<void> {
    this.#held = until.catch(() => undefined);
    await until;
  }
}

const SENTENCES: Readonly<Record<AppendResult['rejected'][number]['reason'], string>> = {
  'too old': 'Samples are older than this server keeps them (retention.time).',
  'too far in the future':
    'Samples are more than ten minutes ahead of this server’s clock. Is the time’s format or zone another?',
  duplicate: 'Samples stand for series and times that have others already.',
  'series limit': 'There are more series than may be active at a time (limits.ingest.series). Is a label column one of ids?',
  'labels over 16,000 characters': 'Series have labels of more than 16,000 characters.',
};

/** Of duplicates that the file itself holds. */
const REPEATED =
  'Several rows have the same time in one series, and the first of them counts. Does another column hold the time of day, or tell series apart as a label?';
const LONGEST_SERIES_SHOWN = 200;

function spoken({ accepted, rejected, rejectedCount }: AppendResult, hasRepeats: boolean): Taken {
  const counts = new Map<keyof typeof SENTENCES, number>();
  for (const { reason, count } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + count);
  const told = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    accepted,
    refused: [
      ...[...counts].map(([reason, count]) => ({
        reason,
        count,
        sentence: reason === 'duplicate' && hasRepeats ? REPEATED : SENTENCES[reason],
      })),
      ...(rejectedCount > told
        ? [{ reason: 'store', count: rejectedCount - told, sentence: 'The store refused further samples.' }]
        : []),
    ],
    told: rejected.map(({ reason, series, timestampMs, count }) => {
      const more = count === 1 ? '' : `, and ${count - 1} more of the series`;
      const sentence = `${shortened(series)} at ${shownTime(timestampMs)} is ${REFUSED_AS[reason]}${more}`;
      return { row: undefined, column: '', reason, sentence };
    }),
  };
}

const REFUSED_AS: Readonly<Record<keyof typeof SENTENCES, string>> = {
  'too old': 'too old',
  'too far in the future': 'too far in the future',
  duplicate: 'there already with another value',
  'series limit': 'of one series too many',
  'labels over 16,000 characters': 'of labels over 16,000 characters',
};

function shortened(series: string): string {
  return series.length > LONGEST_SERIES_SHOWN ? `${series.slice(0, LONGEST_SERIES_SHOWN)}…` : series;
}

function shownTime(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : String(timeMs);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function* none(): AsyncGenerator<Uint8Array> {
  // Parquet is read from its file.
}
