import { Labels } from '@vitrine/model/labels.ts';

/** Samples of one series on the shared time grid. */
export interface BenchSeries {
  readonly labels: Labels;
  readonly values: Float64Array;
}

export interface BenchData {
  readonly series: readonly BenchSeries[];
  readonly timestampsMs: Float64Array;
}

const SCRAPE_INTERVAL_MS = 15_000;
const DAY_MS = 86_400_000;
/**
 * Samples fall between the evaluation's grid points, so that left-open windows (Prometheus 3, Vitrine) and left-closed
 * ones (Prometheus 2) hold the same samples and results can be compared exactly.
 */
const SCRAPE_PHASE_MS = 7_000;
/** Counters stand far above zero: near it Prometheus 2 and 3 extrapolate differently. */
const COUNTED_BEFORE = 1_000_000;

/**
 * A day of scrapes as an inference fleet gives them, `count` series of each of two metrics: request counters (for each
 * instance one of code 200 and one of code 500) and latency gauges of three decimals (for each instance of two routes).
 * Seeded: every run sees the same numbers.
 */
export function inferenceFleet(count: number, endMs: number, intervalMs = SCRAPE_INTERVAL_MS): BenchData {
  const points = DAY_MS / intervalMs;
  const timestampsMs = Float64Array.from({ length: points }, (_, i) => endMs - DAY_MS + i * intervalMs + SCRAPE_PHASE_MS);
  const random = mulberry32(42);
  const series: BenchSeries[] = [];
  for (let instance = 0; instance < count / 2; instance++) {
    const labels = {
      instance: `pod-${instance}`,
      job: 'inference',
      model: `model-${instance % 10}`,
      zone: `zone-${instance % 3}`,
    };
    const served = new Float64Array(points);
    const failed = new Float64Array(points);
    const predict = new Float64Array(points);
    const explain = new Float64Array(points);
    let servedCount = COUNTED_BEFORE;
    let failedCount = COUNTED_BEFORE;
    for (let i = 0; i < points; i++) {
      const load = 1 + Math.sin((i / points) * 2 * Math.PI);
      servedCount += Math.floor(random() * 300 * load);
      if (random() < 0.05) failedCount += 1 + Math.floor(random() * 3);
      served[i] = servedCount;
      failed[i] = failedCount;
      predict[i] = Math.round((0.02 + 0.03 * load + random() * 0.02) * 1000) / 1000;
      explain[i] = Math.round((0.2 + 0.1 * load + random() * 0.3) * 1000) / 1000;
    }
    series.push(
      { labels: Labels.from({ __name__: 'inference_requests_total', code: '200', ...labels }), values: served },
      { labels: Labels.from({ __name__: 'inference_requests_total', code: '500', ...labels }), values: failed },
      { labels: Labels.from({ __name__: 'inference_latency_seconds', route: 'predict', ...labels }), values: predict },
      { labels: Labels.from({ __name__: 'inference_latency_seconds', route: 'explain', ...labels }), values: explain },
    );
  }
  return { series, timestampsMs };
}

/** A small seeded generator (mulberry32): uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
