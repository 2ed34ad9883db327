import type { MetricMetadata } from '@vitrine/model/sample-store.ts';

/** Of more metrics than this nothing further is remembered: a sender that invents names does not fill the memory. */
const MAX_METRICS = 100_000;

/** What writers last said of their metrics. */
export class KnownMetadata {
  readonly #byMetric = new Map<string, MetricMetadata>();

  learn(metadata: readonly MetricMetadata[]): void {
    for (const entry of metadata) {
      if (this.#byMetric.size < MAX_METRICS || this.#byMetric.has(entry.metric)) this.#byMetric.set(entry.metric, entry);
    }
  }

  all(): Iterable<MetricMetadata> {
    return this.#byMetric.values();
  }
}
