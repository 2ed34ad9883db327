import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { LabelRequest, SampleSource, SelectRequest, Selector, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { valueTest } from '../index/value-test.ts';
import type { CurveReader, CurveRun } from './curve-reader.ts';
import type { PointColumns } from './points.ts';

const US_PER_MS = 1_000;
/** So few runs are asked for their curves; more are found metric by metric. */
const FEW_RUNS = 50;

interface Found {
  readonly curve: number;
  readonly labels: Labels;
}

/**
 * Runs' curves as PromQL sees them: series over wall time, `__name__` the metric as it was logged, the run's labels besides; a run
 * without labels has no series. Of points within one millisecond the later logged counts.
 */
export class CurveSeries implements SampleSource {
  readonly #reader: CurveReader;

  constructor(reader: CurveReader) {
    this.#reader = reader;
  }

  *select({ matchers, fromMs, toMs }: SelectRequest): Generator<SeriesSamples> {
    for (const { curve, labels } of this.#match(matchers, fromMs, toMs)) {
      const samples = inTime(this.#reader.readBetween(curve, fromMs, toMs), fromMs, toMs);
      if (samples.length > 0) yield { labels, ...samples };
    }
  }

  *selectLabels({ matchers, fromMs, toMs }: SelectRequest): Generator<Labels> {
    for (const { labels } of this.#match(matchers, fromMs, toMs)) yield labels;
  }

  series(request: LabelRequest): Labels[] {
    return this.#matching(request);
  }

  labelNames(request: LabelRequest): Iterable<string> {
    if (request.selectors.length > 0) return new Set(this.#matching(request).flatMap(({ names }) => names));
    const runs = this.#runs();
    return runs.length === 0 ? [] : new Set([METRIC_NAME, ...runs.flatMap(({ labels }) => Labels.from(labels).names)]);
  }

  labelValues(label: string, request: LabelRequest): Iterable<string> {
    if (request.selectors.length > 0) return new Set(this.#matching(request).map((labels) => labels.get(label)));
    if (label === METRIC_NAME) return this.#reader.metrics().map(([, name]) => name);
    return new Set(this.#runs().map(({ labels }) => labels[label] ?? ''));
  }

  #runs(): CurveRun[] {
    return this.#reader.runs().filter(({ labels }) => Object.keys(labels).length > 0);
  }

  #matching({ selectors, fromMs, toMs }: LabelRequest): Labels[] {
    const wanted = selectors.length === 0 ? [[]] : selectors;
    const found = new Map<string, Labels>();
    for (const selector of wanted) for (const { labels } of this.#match(selector, fromMs, toMs)) found.set(labels.key, labels);
    return [...found.values()];
  }

  *#match(selector: Selector, fromMs: number, toMs: number): Generator<Found> {
    const name = selector.find(({ label, op }) => label === METRIC_NAME && op === '=')?.value;
    // Most selectors name a metric that no run has.
    const metrics = name === undefined ? this.#reader.metrics() : this.#reader.metricOf(name);
    if (metrics.length === 0) return;
    const ofName = selector.filter(({ label }) => label === METRIC_NAME).map(valueTest);
    const ofRun = selector
      .filter(({ label }) => label !== METRIC_NAME)
      .map((matcher) => ({ ...matcher, test: valueTest(matcher) }));
    const names = new Map(metrics.filter(([, metric]) => ofName.every((test) => test(metric))));
    const runs = new Map<number, CurveRun>();
    for (const run of this.#runs()) {
      if (ofRun.every(({ label, test }) => test(run.labels[label] ?? ''))) runs.set(run.id, run);
    }
    if (runs.size === 0) return;
    if (names.size > runs.size && runs.size <= FEW_RUNS) {
      for (const run of runs.values()) {
        for (const { metric, curve } of this.#reader.reachingOfRun(run.id, fromMs, toMs)) {
          const known = names.get(metric);
          if (known !== undefined) yield { curve, labels: labelsOf(run, known) };
        }
      }
      return;
    }
    for (const [metric, metricName] of names) {
      for (const { run, curve } of this.#reader.reaching(metric, fromMs, toMs)) {
        const known = runs.get(run);
        if (known !== undefined) yield { curve, labels: labelsOf(known, metricName) };
      }
    }
  }
}

function labelsOf(run: CurveRun, metric: string): Labels {
  return Labels.from({ ...run.labels, [METRIC_NAME]: metric });
}

/** In time order, one a millisecond, those within the closed range. */
function inTime(points: PointColumns, fromMs: number, toMs: number): Omit<SeriesSamples, 'labels'> {
  const { length, timesUs } = points;
  const order = new Uint32Array(length);
  let isRising = true;
  for (let i = 0; i < length; i++) {
    order[i] = i;
    if (i > 0 && timesUs[i]! < timesUs[i - 1]!) isRising = false;
  }
  // Of equal times the later logged stays last.
  if (!isRising) order.sort((a, b) => timesUs[a]! - timesUs[b]! || a - b);
  const timestampsMs = new Float64Array(length);
  const values = new Float64Array(length);
  const words = new Uint32Array(values.buffer);
  let count = 0;
  for (const index of order) {
    const timeMs = Math.round(timesUs[index]! / US_PER_MS);
    if (timeMs < fromMs || timeMs > toMs) continue;
    if (count > 0 && timestampsMs[count - 1] === timeMs) count--;
    timestampsMs[count] = timeMs;
    words[2 * count] = points.words[2 * index]!;
    words[2 * count + 1] = points.words[2 * index + 1]!;
    count++;
  }
  return { length: count, timestampsMs, values };
}
