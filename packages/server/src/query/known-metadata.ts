import type { MetricMetadata } from '@vitrine/model/sample-store.ts';

/** Of more metrics than this nothing further is remembered: a sender that invents names does not fill the memory. */
const MAX_METRICS = 100_000;
/** Nor does one that writes novels: what is longer is cut. */
const MAX_HELP = 1_000;
const MAX_NAME = 1_000;

/** What writers last said of their metrics. */
export class KnownMetadata {
  readonly #byMetric = new Map<string, MetricMetadata>();

  learn(metadata: readonly MetricMetadata[]): void {
    for (const said of metadata) {
      if (said.metric.length > MAX_NAME) continue;
      const entry = { ...said, help: beginning(said.help), unit: beginning(said.unit) };
      if (this.#byMetric.size < MAX_METRICS || this.#byMetric.has(entry.metric)) this.#byMetric.set(entry.metric, entry);
    }
  }

  all(): Iterable<MetricMetadata> {
    return this.#byMetric.values();
  }
}

/** Copied, because a slice keeps the whole text that it is of in memory. */
function beginning(text: string): string {
  return text.length <= MAX_HELP ? text : Buffer.from(text.slice(0, MAX_HELP)).toString();
}
