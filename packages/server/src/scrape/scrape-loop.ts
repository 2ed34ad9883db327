import { createHash } from 'node:crypto';
import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { AppendResult, MetricMetadata, SampleBatch } from '@vitrine/model/sample-store.ts';
import type { Exemplar, Exposition } from '../ingest/exposition/exposition.ts';
import { parseExposition } from '../ingest/exposition/parse-exposition.ts';
import { parseProtobuf } from '../ingest/exposition/parse-protobuf.ts';
import { type CachedSeries, SeriesCache } from '../ingest/exposition/series-cache.ts';
import type { Clock } from './clock.ts';
import type { HttpClient } from './http-client.ts';
import type { Refused } from '../ingest/arrivals.ts';
import type { Sender } from '../ingest/sender.ts';
import { acceptHeader, formatOf } from './negotiate.ts';
import { rejectionText } from '../ingest/rejection-text.ts';
import { sampleLabels, ScrapeRefused } from './sample-labels.ts';
import { ScrapeBatch } from './scrape-batch.ts';
import type { ScrapeJob } from './scrape-config.ts';
import { phaseMs, type Target } from './target.ts';

/** Bounds the memory that one target can take where the job sets no body_size_limit. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;
/**
 * A scrape at most this late (and at most 1 % of its interval) counts as on time: even timestamps pack far better than
 * ones with a timer's jitter in them.
 */
const ALIGN_TOLERANCE_MS = 20;

const REPORTS = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const;

const REFUSED_SOME = 'The store refused some samples of a scrape.';
const REFUSED_ALL = 'The store refused a scrape.';

/** The part of a logger that scraping needs. */
export interface ScrapeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What every loop is given. */
export interface ScrapeContext {
  /** Also told which target it is of, and why a scrape failed. */
  readonly append: (batch: SampleBatch, target: Sender, refused: readonly Refused[]) => Promise<AppendResult>;
  readonly log: ScrapeLog;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Whether targets are asked since when their samples count. */
  readonly startTimes?: boolean;
  /** Whether series get the labels of Prometheus' type-and-unit-labels feature. */
  readonly typeAndUnitLabels?: boolean;
}

export interface ScrapeStatus {
  readonly health: 'unknown' | 'up' | 'down';
  /** "" where the last scrape went well. */
  readonly lastError: string;
  /** Unix milliseconds; undefined before the first scrape. */
  readonly lastScrapeMs: number | undefined;
  readonly lastDurationMs: number;
}

/** Counts of one scrape, as its report series say them. */
interface Counts {
  readonly scraped: number;
  readonly kept: number;
  readonly added: number;
}

/** Scrapes one target again and again, until it is stopped. */
export class ScrapeLoop {
  readonly target: Target;
  readonly #context: ScrapeContext;
  readonly #stopping = new AbortController();
  readonly #reportKeys: readonly string[];
  readonly #sender: Sender;
  #job: ScrapeJob;
  #client: HttpClient;
  #cache: SeriesCache;
  /** Stored series that the job's former rules made and that no scrape has confirmed since. */
  #unconfirmed: ReadonlySet<string> = new Set();
  #scrape = 0;
  #status: ScrapeStatus = { health: 'unknown', lastError: '', lastScrapeMs: undefined, lastDurationMs: 0 };
  #metadata: readonly MetricMetadata[] = [];
  /** What the log has been told of and is still so. */
  readonly #complaints = new Set<string>();
  /** Why no scrape is tried; undefined where one is. */
  #refusal: string | undefined;
  #cancelTimer: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(target: Target, job: ScrapeJob, client: HttpClient, context: ScrapeContext) {
    this.target = target;
    this.#job = job;
    this.#client = client;
    this.#context = context;
    this.#cache = new SeriesCache(sampleLabels(job, target.labels));
    // Not the address itself: some have secrets in their parameters.
    this.#sender = {
      id: createHash('sha256').update(target.url.href).digest('base64url'),
      name: job.name,
      address: target.url.host,
      labels: Labels.empty,
    };
    this.#reportKeys = REPORTS.map((name) => target.labels.with('__name__', name).key);
  }

  get status(): ScrapeStatus {
    return this.#status;
  }

  /** As the last good scrape had it. */
  get metadata(): readonly MetricMetadata[] {
    return this.#metadata;
  }

  start(): void {
    this.#wait(this.#firstTurnMs());
  }

  /** Goes on with other rules; what was scraped so far stays known. */
  reconfigure(job: ScrapeJob, client: HttpClient): void {
    this.#job = job;
    this.#client = client;
    this.#unconfirmed = new Set([...this.#unconfirmed, ...storedKeys(this.#cache.takeUnseen(-1))]);
    this.#cache = new SeriesCache(sampleLabels(job, this.target.labels));
  }

  /** Makes every scrape fail with this sentence; undefined scrapes again. */
  refuse(reason: string | undefined): void {
    this.#refusal = reason;
  }

  /** Ends the loop. `markStale` says that the target is gone, rather than that this process ends. */
  async stop(markStale: boolean): Promise<void> {
    this.#stopping.abort();
    this.#cancelTimer();
    await this.#running;
    if (!markStale || this.#scrape === 0) return;
    const nowMs = this.#context.clock.nowMs();
    const gone = this.#takeAllKeys();
    const batch = new ScrapeBatch(gone.length + this.#reportKeys.length);
    for (const key of [...gone, ...this.#reportKeys]) batch.addStale(key, nowMs);
    await this.#append(batch);
  }

  /** Scrapes now, with samples at `scrapeMs` where the text gives no time. Never throws. */
  async scrapeOnce(scrapeMs: number): Promise<void> {
    const started = performance.now();
    const job = this.#job;
    const cache = this.#cache;
    let exposition: Exposition | undefined;
    let problem = '';
    try {
      exposition = await this.#fetch(job, cache);
    } catch (error) {
      problem = (error as Error).message;
    }
    // A scrape that was cut because the loop ends says nothing about the target, nor does one under former rules.
    if (this.#stopping.signal.aborted || job !== this.#job) return;
    this.#scrape++;

    let batch: ScrapeBatch | undefined;
    let counts: Counts = { scraped: exposition?.length ?? 0, kept: 0, added: 0 };
    if (exposition !== undefined) {
      const kept = exposition.series.reduce((sum, series) => sum + (series.key === undefined ? 0 : 1), 0);
      if (job.limits.samples > 0 && kept > job.limits.samples) {
        problem = `the target gave ${kept} samples; the sample_limit is ${job.limits.samples}${widestLabel(exposition.series)}`;
        counts = { ...counts, kept };
      } else {
        ({ batch, counts } = this.#collect(exposition, scrapeMs));
        this.#metadata = exposition.metadata;
      }
    }
    batch ??= this.#collectGone(scrapeMs);

    const durationMs = performance.now() - started;
    const reports = [problem === '' ? 1 : 0, durationMs / 1000, counts.scraped, counts.kept, counts.added];
    for (const [i, key] of this.#reportKeys.entries()) batch.add(batch.addSeries(key), scrapeMs, reports[i] as number);
    this.#report(problem, scrapeMs, durationMs);
    await this.#append(batch, problem === '' ? [] : [{ reason: 'scrape failed', count: 1, sentence: problem }]);
  }

  #firstTurnMs(): number {
    const { intervalMs } = this.target;
    const nowMs = this.#context.clock.nowMs();
    const turnMs = Math.floor(nowMs / intervalMs) * intervalMs + phaseMs(this.target);
    return turnMs < nowMs ? turnMs + intervalMs : turnMs;
  }

  #wait(turnMs: number): void {
    const { clock } = this.#context;
    this.#cancelTimer = clock.after(turnMs - clock.nowMs(), () => {
      this.#running = this.#takeTurn(turnMs);
    });
  }

  async #takeTurn(turnMs: number): Promise<void> {
    const { clock } = this.#context;
    const { intervalMs } = this.target;
    const lateMs = clock.nowMs() - turnMs;
    await this.scrapeOnce(Math.abs(lateMs) <= Math.min(ALIGN_TOLERANCE_MS, intervalMs / 100) ? turnMs : clock.nowMs());
    if (this.#stopping.signal.aborted) return;
    // Turns that passed meanwhile are left out rather than caught up on.
    const turns = Math.max(1, Math.ceil((clock.nowMs() - turnMs) / intervalMs));
    this.#wait(turnMs + turns * intervalMs);
  }

  async #fetch(job: ScrapeJob, cache: SeriesCache): Promise<Exposition> {
    if (this.#refusal !== undefined) throw new ScrapeRefused(this.#refusal);
    const { timeoutMs, url } = this.target;
    const limitBytes = job.limits.bodyBytes > 0 ? job.limits.bodyBytes : BODY_LIMIT_BYTES;
    const { body, contentType } = await this.#client.get(url, {
      headers: {
        accept: acceptHeader(job.formats),
        'accept-encoding': job.enableCompression ? 'gzip' : 'identity',
        'user-agent': this.#context.userAgent,
        'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000),
      },
      limitBytes,
      limitName: 'body_size_limit',
      timeoutMs,
      signal: this.#stopping.signal,
    });
    const { startTimes = false, typeAndUnitLabels = false } = this.#context;
    const format = formatOf(contentType, job.fallbackFormat);
    if (format === 'protobuf') {
      const textBytes = Math.max(limitBytes, BODY_LIMIT_BYTES);
      return parseProtobuf(body, { ...job.histograms, startTimes, typeAndUnitLabels, textBytes }, cache);
    }
    return parseExposition(body, format, cache, { startTimes, typeAndUnitLabels });
  }

  /** The samples of a good scrape, and stale markers for series that it no longer has. */
  #collect(exposition: Exposition, scrapeMs: number): { batch: ScrapeBatch; counts: Counts } {
    const scrape = this.#scrape;
    const { honorTimestamps, trackTimestampsStaleness } = this.#job;
    const { histograms, startsMs } = exposition;
    const known = this.#cache.size + this.#unconfirmed.size;
    const batch = new ScrapeBatch(exposition.length + known + REPORTS.length);
    let kept = 0;
    let added = 0;
    let duplicates = 0;
    for (let i = 0; i < exposition.length; i++) {
      const written = exposition.series[i] as CachedSeries;
      const series = written.owner;
      if (series !== written) written.seenInScrape = scrape;
      if (series.key === undefined) {
        series.seenInScrape = scrape;
        continue;
      }
      kept++;
      const ownMs = honorTimestamps ? (exposition.timestampsMs[i] as number) : Number.NaN;
      const hasOwnTimestamp = !Number.isNaN(ownMs);
      const timestampMs = hasOwnTimestamp ? ownMs : scrapeMs;
      if (series.seenInScrape !== scrape) {
        if (series.seenInScrape === 0 && !this.#unconfirmed.has(series.key)) added++;
        series.seenInScrape = scrape;
        series.batchIndex = batch.addSeries(series.key);
      } else if (series.lastTimestampMs === timestampMs) {
        duplicates++;
        continue;
      }
      series.lastTimestampMs = timestampMs;
      series.hasOwnTimestamp = hasOwnTimestamp;
      batch.add(series.batchIndex, timestampMs, exposition.values[i] as number);
      const histogram = histograms?.get(i);
      if (histogram !== undefined) batch.isHistogram(histogram);
      const startMs = startsMs?.[i];
      if (startMs !== undefined && !Number.isNaN(startMs)) batch.startedAt(startMs);
    }
    for (const exemplar of exposition.exemplars) addExemplar(batch, exposition, exemplar, { scrapeMs, honorTimestamps });
    const gone = new Set(this.#unconfirmed);
    for (const series of this.#cache.takeUnseen(scrape)) {
      const stale = trackTimestampsStaleness || !series.hasOwnTimestamp;
      if (stale && series.owner === series && series.key !== undefined) gone.add(series.key);
    }
    if (this.#unconfirmed.size > 0) {
      for (const { key } of exposition.series) if (key !== undefined) gone.delete(key);
      this.#unconfirmed = new Set();
    }
    for (const key of gone) batch.addStale(key, scrapeMs);
    const sentence = 'The target gives more than one sample for the same series and time; the first of each counts.';
    this.#complain(sentence, duplicates > 0 ? { duplicates } : undefined);
    return { batch, counts: { scraped: exposition.length, kept, added } };
  }

  /** Stale markers for all that the target ever gave. */
  #collectGone(scrapeMs: number): ScrapeBatch {
    const gone = this.#takeAllKeys();
    const batch = new ScrapeBatch(gone.length + REPORTS.length);
    for (const key of gone) batch.addStale(key, scrapeMs);
    return batch;
  }

  #takeAllKeys(): string[] {
    const keys = new Set([...this.#unconfirmed, ...storedKeys(this.#cache.takeUnseen(-1))]);
    this.#unconfirmed = new Set();
    return [...keys];
  }

  #report(problem: string, scrapeMs: number, durationMs: number): void {
    const before = this.#status;
    this.#status = {
      health: problem === '' ? 'up' : 'down',
      lastError: problem,
      lastScrapeMs: scrapeMs,
      lastDurationMs: durationMs,
    };
    if (before.lastError === problem) return;
    const fields = { job: this.#job.name, target: this.target.url.href };
    if (problem === '') this.#context.log.info(fields, 'The target answers again.');
    else this.#context.log.warn({ ...fields, problem }, 'A scrape failed.');
  }

  async #append(batch: ScrapeBatch, refused: readonly Refused[] = []): Promise<void> {
    try {
      const { rejectedCount, rejected } = await this.#context.append(batch.finish(), this.#sender, refused);
      this.#complain(REFUSED_SOME, rejectedCount > 0 ? { rejectedCount, first: rejected[0] } : undefined);
      const limited = rejected.find(({ reason }) => reason === 'series limit');
      if (limited !== undefined)
        this.#status = { ...this.#status, lastError: `the store refused ${rejectedCount} samples: ${rejectionText(limited)}` };
      this.#complain(REFUSED_ALL, undefined);
    } catch (error) {
      const problem = `the samples could not be stored: ${(error as Error).message}`;
      this.#status = { ...this.#status, lastError: problem };
      this.#complain(REFUSED_ALL, { problem });
    }
  }

  /** Says something once for as long as it stays so, because scrapes come round every few seconds; no fields: it is not so. */
  #complain(sentence: string, fields: object | undefined): void {
    if (fields === undefined) {
      this.#complaints.delete(sentence);
      return;
    }
    if (this.#complaints.has(sentence)) return;
    this.#complaints.add(sentence);
    this.#context.log.warn({ job: this.#job.name, target: this.target.url.href, ...fields }, sentence);
  }
}

/** An exemplar stands in a target's answers until there is another: it is stored when it is first seen. */
function addExemplar(
  batch: ScrapeBatch,
  { series, timestampsMs }: Exposition,
  { sample, labels, value, timestampMs }: Exemplar,
  { scrapeMs, honorTimestamps }: { readonly scrapeMs: number; readonly honorTimestamps: boolean },
): void {
  const { owner } = series[sample] as CachedSeries;
  if (owner.key === undefined) return;
  const own = Labels.from(labels);
  const shown = `${own.key}\n${value}\n${timestampMs}`;
  if (owner.lastExemplar === shown) return;
  owner.lastExemplar = shown;
  const sampleMs = honorTimestamps ? (timestampsMs[sample] as number) : Number.NaN;
  const atMs = timestampMs ?? (Number.isNaN(sampleMs) ? scrapeMs : sampleMs);
  batch.addExemplar(owner.batchIndex, { labels: own, value, timestampMs: atMs });
}

/** Series that were stored and are not known to have timestamps of their own. */
function storedKeys(series: readonly CachedSeries[]): string[] {
  return series
    .filter((entry) => entry.owner === entry && entry.seenInScrape > 0 && !entry.hasOwnTimestamp)
    .flatMap(({ key }) => (key === undefined ? [] : [key]));
}

/** Which label makes a text so long: the one with the most values. */
function widestLabel(series: readonly CachedSeries[]): string {
  const byLabel = new Map<string, Set<string>>();
  for (const { key } of series) {
    if (key === undefined) continue;
    for (const [name, value] of Labels.fromKey(key)) {
      const values = byLabel.get(name);
      if (values === undefined) byLabel.set(name, new Set([value]));
      else values.add(value);
    }
  }
  const [widest] = [...byLabel].filter(([name]) => name !== METRIC_NAME).sort(([, a], [, b]) => b.size - a.size);
  return widest === undefined || widest[1].size < 2
    ? ''
    : `; label ${widest[0]} has ${widest[1].size.toLocaleString('en')} values`;
}
