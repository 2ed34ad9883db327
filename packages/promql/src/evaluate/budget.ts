import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { QueryError, type QueryLimits } from '@vitrine/model/sample-store.ts';
import type { Tracer } from './tracer.ts';

/** What a query may read and hold where nothing else is asked for: Prometheus' own limit of samples. */
const DEFAULT_LIMITS: QueryLimits = { maxSamples: 50_000_000, maxSeries: 500_000, timeoutMs: 120_000 };

/** A histogram without buckets, in samples. */
const HISTOGRAM_SAMPLES = 10;

/** Work longer than this without a pause would be felt by whatever else runs in the thread. */
const SLICE_MS = 8;

/** Timers of more than this are over at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Counts what one query reads and how long it runs; stops it at its limits, and lets others run in between. */
export class Budget {
  readonly #limits: QueryLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #tracer: Tracer | undefined;
  readonly #startedMs = performance.now();
  #sliceEndsMs = this.#startedMs + SLICE_MS;
  #cells = 0;
  samplesRead = 0;
  seriesRead = 0;

  /** @param tracer Told when other work has the thread. */
  constructor(limits: Partial<QueryLimits> | undefined, signal: AbortSignal | undefined, tracer?: Tracer) {
    this.#tracer = tracer;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#signal = signal;
    this.#check(this.#startedMs);
  }

  /** Counts a series of a selector and its samples. */
  read(samples: number): void {
    this.samplesRead += samples;
    this.seriesRead++;
    const { maxSamples } = this.#limits;
    if (this.samplesRead > maxSamples) {
      throw new QueryError(
        'limit',
        `the query reads more than ${maxSamples} samples (limits.query.samples): narrow its selectors or its time range`,
      );
    }
  }

  /** Counts what others have read for this query. */
  adopt({ seriesRead, samplesRead }: { readonly seriesRead: number; readonly samplesRead: number }): void {
    this.seriesRead += seriesRead - 1;
    this.read(samplesRead);
  }

  /** Counts values that are held in memory beside what is read. */
  hold(cells: number): void {
    this.#cells += cells;
    const { maxSamples } = this.#limits;
    if (this.#cells > maxSamples) {
      throw new QueryError(
        'limit',
        `the query computes more than ${maxSamples} values (limits.query.samples): aggregate to fewer series, take a longer step or a shorter time range`,
      );
    }
  }

  /** Refuses more series than one selector, or one answer, may have. */
  allowSeries(count: number): void {
    const { maxSeries } = this.#limits;
    if (count > maxSeries) {
      throw new QueryError(
        'limit',
        `the query touches more than ${maxSeries} series at once (limits.query.series): narrow its selectors or aggregate to fewer series`,
      );
    }
  }

  /** Values held so far beside what was read. */
  get heldValues(): number {
    return this.#cells;
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Whether it is time to `await pause()`. Cheap enough to ask once a series. */
  due(): boolean {
    return performance.now() >= this.#sliceEndsMs;
  }

  /** Lets the event loop turn once. Throws where the query was canceled or ran out of time. */
  async pause(): Promise<void> {
    await (this.#tracer === undefined ? nextTurn() : this.#tracer.waiting(nextTurn()));
    const nowMs = performance.now();
    this.#check(nowMs);
    this.#sliceEndsMs = nowMs + SLICE_MS;
  }

  /** Waits for what others do. Throws where the query is canceled or runs out of time before that. */
  async waitFor<T>(others: Promise<T>): Promise<T> {
    const stop = Promise.withResolvers<never>();
    const check = (): void => {
      try {
        this.#check(performance.now());
      } catch (error) {
        stop.reject(error);
      }
    };
    const leftMs = this.#limits.timeoutMs - this.elapsedMs;
    // Two more, because timers are a little early at times.
    const timer = setTimeout(check, Math.min(Math.max(0, leftMs) + 2, LONGEST_TIMER_MS));
    this.#signal?.addEventListener('abort', check, { once: true });
    check();
    try {
      return await Promise.race([others, stop.promise]);
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener('abort', check);
    }
  }

  #check(nowMs: number): void {
    if (this.#signal?.aborted === true) throw new QueryError('canceled', 'the query was canceled');
    const { timeoutMs } = this.#limits;
    if (nowMs - this.#startedMs > timeoutMs) {
      throw new QueryError(
        'timeout',
        `the query ran longer than ${timeoutMs} ms (limits.query.timeout): narrow its selectors, shorten its time range or take a longer step`,
      );
    }
  }
}

/** A histogram counts as the samples that would take its memory, of 16 bytes each as in Prometheus: how many more than one. */
export function extraSamples(histograms: readonly (NativeHistogram | undefined)[], length: number): number {
  let extra = 0;
  for (let i = 0; i < length; i++) {
    const histogram = histograms[i];
    if (histogram === undefined) continue;
    const { positiveBuckets, negativeBuckets, customValues } = histogram;
    extra += HISTOGRAM_SAMPLES + Math.ceil((positiveBuckets.length + negativeBuckets.length + customValues.length) / 2);
  }
  return extra;
}

/**
 * Where setImmediate is missing, in a browser, timers do. Not a message to oneself: Node hands out up to 1,000 messages
 * of one port before it looks at timers, sockets and other ports again.
 */
function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };
  return new Promise((resolve) => (setImmediate === undefined ? setTimeout(resolve, 0) : setImmediate(resolve)));
}
