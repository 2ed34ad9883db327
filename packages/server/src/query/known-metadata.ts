import type { Labels } from '@vitrine/model/labels.ts';
import type { MetricMetadata } from '@vitrine/model/sample-store.ts';

/** Of more metrics than this nothing further is remembered: a sender that invents names does not fill the memory. */
const MAX_METRICS = 100_000;
/** Nor does one that writes novels: what is longer is cut. */
const MAX_HELP = 1_000;
const MAX_NAME = 1_000;

/** What writers last said of their metrics: those of one token's labels know nothing of what others said. */
export class KnownMetadata {
  /** By the metric and its sender's labels. */
  readonly #known = new Map<string, { readonly labels: Labels; readonly entry: MetricMetadata }>();

  learn(metadata: readonly MetricMetadata[], labels: Labels): void {
    for (const said of metadata) {
      if (said.metric.length > MAX_NAME) continue;
      const entry = { ...said, help: beginning(said.help), unit: beginning(said.unit) };
      const key = `${entry.metric}\n${labels.key}`;
      if (this.#known.size < MAX_METRICS || this.#known.has(key)) this.#known.set(key, { labels, entry });
    }
  }

  /** What senders said that have the labels; all where they are none. */
  *of(labels: Labels): Iterable<MetricMetadata> {
    for (const known of this.#known.values()) if (hasLabels(known.labels, labels)) yield known.entry;
  }
}

function hasLabels(known: Labels, wanted: Labels): boolean {
  for (const [name, value] of wanted) if (known.get(name) !== value) return false;
  return true;
}

/** Copied, because a slice keeps the whole text that it is of in memory. */
function beginning(text: string): string {
  return text.length <= MAX_HELP ? text : Buffer.from(text.slice(0, MAX_HELP)).toString();
}
