import type { MetricMetadata, SampleStore, StoreStats } from '@vitrine/model/sample-store.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Fewer: they stand there for each source. */
const SOURCE_BUCKETS = [0.01, 0.1, 0.5, 1, 5, 30, 120];

/** What Vitrine counts of itself. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'route' | 'code'>;
  readonly requestsInFlight: Gauge;
  readonly queries: Histogram<'outcome'>;
  readonly sourceQuestions: Histogram<'source' | 'question' | 'outcome'>;
  readonly ingested: Counter<'outcome'>;
  readonly querySamples: Counter;
  readonly querySeries: Counter;
}

/** Counts besides what Node.js and its process take; once a process, as it watches every collection of garbage from then on. */
export function countProcess({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry });
}

export function openMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'vitrine_build_info',
    help: 'The version that runs, as a label; always 1.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  return {
    registry,
    requests: new Histogram({
      name: 'vitrine_http_request_duration_seconds',
      help: 'How long requests took, by route, method and status code.',
      labelNames: ['method', 'route', 'code'],
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    requestsInFlight: new Gauge({ name: 'vitrine_http_requests_in_flight', help: 'Requests being answered now.', registers }),
    queries: new Histogram({
      name: 'vitrine_query_duration_seconds',
      help: 'How long PromQL queries took, by outcome.',
      labelNames: ['outcome'],
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    sourceQuestions: new Histogram({
      name: 'vitrine_source_question_duration_seconds',
      help: 'How long questions to data sources took, by source, kind of question and outcome: ok, or the code of the error.',
      labelNames: ['source', 'question', 'outcome'],
      buckets: SOURCE_BUCKETS,
      registers,
    }),
    ingested: new Counter({
      name: 'vitrine_ingested_samples_total',
      help: 'Samples that scrapes and writers brought, by whether the store took them.',
      labelNames: ['outcome'],
      registers,
    }),
    querySamples: new Counter({ name: 'vitrine_query_samples_read_total', help: 'Samples that queries read.', registers }),
    querySeries: new Counter({ name: 'vitrine_query_series_read_total', help: 'Series that queries read.', registers }),
  };
}

/** What Vitrine says of its own metrics. */
export function ownMetadata({ registry }: Metrics): MetricMetadata[] {
  return registry
    .getMetricsAsArray()
    .map(({ name, help, type }) => ({ metric: name, type: String(type) as MetricMetadata['type'], help, unit: '' }));
}

/** Adds a gauge that is read when the metrics are asked for. */
export function gauge({ registry }: Metrics, name: string, help: string, read: () => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    }),
  );
}

const STORE_GAUGES: readonly (readonly [name: string, help: string, read: (stats: StoreStats) => number | undefined])[] = [
  ['series', 'Series in memory.', (it) => it.seriesCount],
  ['head_samples', 'Samples in memory, not yet in chunks on disk.', (it) => it.headSamples],
  ['stored_samples', 'Samples in chunks on disk.', (it) => it.storedSamples],
  ['bytes', 'Bytes on disk.', (it) => it.bytesOnDisk],
  ['oldest_timestamp_seconds', 'The oldest sample’s time; NaN while there is none.', (it) => toSeconds(it.oldestMs)],
  ['newest_timestamp_seconds', 'The newest sample’s time; NaN while there is none.', (it) => toSeconds(it.newestMs)],
  ['replay_seconds', 'How long reading the write-ahead log took at start.', (it) => toSeconds(it.walReplayMs)],
];

const STORE_COUNTERS: readonly (readonly [name: string, help: string, read: (stats: StoreStats) => number])[] = [
  ['appended_samples_total', 'Samples accepted since the start.', (it) => it.appendedSamples],
  ['commits_total', 'Group commits since the start.', (it) => it.commits],
  ['commit_seconds_total', 'Time spent in group commits since the start.', (it) => it.commitSecondsTotal],
];

/** Adds the store's figures, asked for once a scrape. */
export function countStore({ registry }: Metrics, store: SampleStore): void {
  let asked: Promise<StoreStats> | undefined;
  const stats = (): Promise<StoreStats> => {
    asked ??= store.stats().finally(() => {
      asked = undefined;
    });
    return asked;
  };
  for (const [name, help, read] of STORE_GAUGES) {
    registry.registerMetric(
      new Gauge({
        name: `vitrine_store_${name}`,
        help,
        registers: [],
        async collect() {
          this.set(read(await stats()) ?? Number.NaN);
        },
      }),
    );
  }
  for (const [name, help, read] of STORE_COUNTERS) {
    registry.registerMetric(
      new Counter({
        name: `vitrine_store_${name}`,
        help,
        registers: [],
        async collect() {
          const value = read(await stats());
          // The store counts for itself; this library's counters can only be added to.
          this.reset();
          this.inc(value);
        },
      }),
    );
  }
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}
