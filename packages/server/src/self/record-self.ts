import { Labels } from '@vitrine/model/labels.ts';
import type { SampleStore } from '@vitrine/model/sample-store.ts';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';

/** However often others are scraped: our own state is worth a look no less and no more often than this. */
const SHORTEST_INTERVAL_MS = 1_000;
const LONGEST_INTERVAL_MS = 5_000;
const JOB = 'vitrine';

/**
 * Keeps Vitrine's own metrics in its own store, as a scrape of itself would, without the way over HTTP and the token
 * that it would need on some addresses. Returns the way to stop.
 */
export function recordSelf(metrics: Metrics, store: SampleStore, instance: string, intervalMs: number, log: Logger): () => void {
  let running = false;
  const keys = new Map<string, string>();
  const record = async (): Promise<void> => {
    // A store that is slow is not asked again before it has answered.
    if (running) return;
    running = true;
    try {
      await append(metrics, store, instance, keys);
    } catch (error) {
      log.warn({ err: error }, 'Vitrine’s own metrics could not be kept');
    } finally {
      running = false;
    }
  };
  const timer = setInterval(() => void record(), Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, intervalMs)));
  void record();
  return () => clearInterval(timer);
}

async function append(metrics: Metrics, store: SampleStore, instance: string, keys: Map<string, string>): Promise<void> {
  const nowMs = Date.now();
  const startedMs = performance.now();
  const samples: [key: string, value: number][] = [];
  for (const family of await metrics.registry.getMetricsAsJSON()) {
    for (const { metricName, labels, value } of family.values as readonly SelfValue[]) {
      samples.push([keyOf(keys, metricName ?? family.name, labels, instance), value]);
    }
  }
  // What a scrape reports of itself.
  const count = samples.length;
  const report = {
    up: 1,
    scrape_duration_seconds: (performance.now() - startedMs) / 1_000,
    scrape_samples_scraped: count,
    scrape_samples_post_metric_relabeling: count,
  };
  for (const [name, value] of Object.entries(report)) samples.push([keyOf(keys, name, {}, instance), value]);
  await store.append({
    seriesKeys: samples.map(([key]) => key),
    seriesIndex: Uint32Array.from(samples, (_, i) => i),
    timestampsMs: new Float64Array(samples.length).fill(nowMs),
    values: Float64Array.from(samples, ([, value]) => value),
  });
}

interface SelfValue {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly value: number;
}

function keyOf(keys: Map<string, string>, name: string, labels: SelfValue['labels'], instance: string): string {
  const seen = `${name} ${JSON.stringify(labels)}`;
  let key = keys.get(seen);
  if (key === undefined) {
    const pairs = Object.entries(labels).map(([label, value]): [string, string] => [
      label,
      label === 'le' ? boundText(value) : String(value ?? ''),
    ]);
    key = Labels.from([...pairs, ['__name__', name], ['job', JOB], ['instance', instance]]).key;
    keys.set(seen, key);
  }
  return key;
}

/** A bucket's bound as Prometheus 3 writes it after reading it: 1 is "1.0". */
function boundText(value: string | number | undefined): string {
  const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
  if (number === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isInteger(number) ? number.toFixed(1) : String(number);
}
