import type { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';

/** Of more metrics than this nothing further is remembered: senders that invent names do not fill the memory. */
const MAX_METRICS = 100_000;
/** Nor does one that writes novels: what is longer is cut. */
const MAX_HELP = 1_000;
const MAX_NAME = 1_000;

/** What writers last said of their metrics: those of one token's labels know nothing of what others said. */
export class KnownMetadata {
  /** By the key of their labels. */
  readonly #senders = new Map<string, Said>();
  readonly #mostMetrics: number;
  #metrics = 0;

  constructor(mostMetrics = MAX_METRICS) {
    this.#mostMetrics = mostMetrics;
  }

  learn(metadata: readonly MetricMetadata[], labels: Labels): void {
    const { byMetric } = this.#senders.get(labels.key) ?? { byMetric: new Map<string, MetricMetadata>() };
    for (const said of metadata) {
      if (said.metric.length > MAX_NAME || !(byMetric.has(said.metric) || this.#hasRoom(byMetric.size))) continue;
      if (!byMetric.has(said.metric)) this.#metrics++;
      byMetric.set(said.metric, { ...said, help: beginning(said.help), unit: beginning(said.unit) });
    }
    if (byMetric.size > 0) this.#senders.set(labels.key, { labels, byMetric });
  }

  /** What senders said that have the labels; all where they are none. */
  *of(labels: Labels): Iterable<MetricMetadata> {
    for (const known of this.#senders.values()) if (hasLabels(known.labels, labels)) yield* known.byMetric.values();
  }

  /** Whether one more may be remembered of a sender of which so many are. Where all is full, those with the most make room for others. */
  #hasRoom(metrics: number): boolean {
    if (this.#metrics < this.#mostMetrics) return true;
    let most = new Map<string, MetricMetadata>();
    for (const { byMetric } of this.#senders.values()) if (byMetric.size > most.size) most = byMetric;
    const [oldest] = most.keys();
    if (oldest === undefined || most.size <= metrics + 1) return false;
    most.delete(oldest);
    this.#metrics--;
    return true;
  }
}

/** What senders with these labels said. */
interface Said {
  readonly labels: Labels;
  readonly byMetric: Map<string, MetricMetadata>;
}

function hasLabels(known: Labels, wanted: Labels): boolean {
  for (const [name, value] of wanted) if (known.get(name) !== value) return false;
  return true;
}

/** Copied, because a slice keeps the whole text that it is of in memory. */
function beginning(text: string): string {
  return text.length <= MAX_HELP ? text : Buffer.from(text.slice(0, MAX_HELP)).toString();
}
