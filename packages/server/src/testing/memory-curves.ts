import type {
  CurveBatch,
  CurveGrowth,
  CurveName,
  CurvePart,
  CurvePoint,
  CurvePoints,
  CurveStore,
  CurveStoreStats,
  CurveSummary,
  NewRunItem,
  RunItem,
} from '@vitrine/model/curve-store.ts';
import type { LoggedCurve } from '@vitrine/tsdb/curves/curve-reader.ts';
import { CurveTimes } from '@vitrine/tsdb/curves/curve-times.ts';

const PART_POINTS = 3;

interface Point extends CurvePoint {
  readonly epoch: number;
}

/** Curves that go with the test: small and slow, but true to the contract. */
export class MemoryCurves implements CurveStore {
  /** By run and metric. */
  readonly #curves = new Map<string, Map<string, Point[]>>();
  readonly #items = new Map<number, RunItem & { readonly data: Uint8Array }>();
  readonly #marks = new Map<string, string>();
  readonly #watchers = new Set<(growth: CurveGrowth) => void>();
  readonly labels = new Map<string, Readonly<Record<string, string>>>();

  append(batch: CurveBatch): ReturnType<CurveStore['append']> {
    const grown = new Map<string, { metrics: Set<string>; items: boolean; fromMs: number; toMs: number }>();
    const growthOf = (run: string) => {
      const known = grown.get(run) ?? { metrics: new Set<string>(), items: false, fromMs: Infinity, toMs: -Infinity };
      grown.set(run, known);
      return known;
    };
    let points = 0;
    for (let at = 0; at < batch.curveIndex.length; at++) {
      const { run, metric } = batch.curves[batch.curveIndex[at]!]!;
      const curve = this.#curve(run, metric);
      const point: Point = {
        step: batch.steps[at]!,
        timeMs: batch.timesMs[at]!,
        value: batch.values[at]!,
        epoch: batch.epochs?.[at] ?? Number.NaN,
      };
      if (batch.once === true && curve.some((known) => isSame(known, point))) continue;
      curve.push(point);
      const growth = growthOf(run);
      growth.metrics.add(metric);
      growth.fromMs = Math.min(growth.fromMs, point.timeMs);
      growth.toMs = Math.max(growth.toMs, point.timeMs);
      points++;
    }
    for (const item of batch.items ?? []) {
      this.#addItem(item);
      growthOf(item.run).items = true;
    }
    for (const [name, mark] of Object.entries(batch.marks ?? {})) {
      if (mark === '') this.#marks.delete(name);
      else this.#marks.set(name, mark);
    }
    if (grown.size > 0) for (const watcher of this.#watchers) watcher({ runs: grown });
    return Promise.resolve({ points, items: batch.items?.length ?? 0 });
  }

  label(run: string, labels: Readonly<Record<string, string>>): Promise<void> {
    this.labels.set(run, labels);
    return Promise.resolve();
  }

  mark(name: string): Promise<string | undefined> {
    return Promise.resolve(this.#marks.get(name));
  }

  points(curve: CurveName, limit = Infinity): Promise<CurvePoints> {
    return Promise.resolve(this.read(curve, limit));
  }

  pointsFrom(curve: CurveName, from: number): Promise<CurvePart> {
    const { length, steps, timesMs, values, epochs } = this.read(curve);
    // Parts are small here, so that there are some.
    const to = Math.min(length, from + PART_POINTS);
    return Promise.resolve({
      length: Math.max(0, to - from),
      steps: steps.slice(from, to),
      timesMs: timesMs.slice(from, to),
      values: values.slice(from, to),
      epochs: epochs?.slice(from, to),
      next: to < length ? to : undefined,
    });
  }

  /** As CurveReader of tsdb reads them. */
  read({ run, metric }: CurveName, limit = Infinity): CurvePoints & { readonly version: string } {
    const all = this.#curves.get(run)?.get(metric) ?? [];
    const some = limit >= all.length ? all : all.slice(all.length - limit);
    return {
      version: this.version({ run, metric }),
      length: some.length,
      steps: Float64Array.from(some, ({ step }) => step),
      timesMs: Float64Array.from(some, ({ timeMs }) => timeMs),
      values: Float64Array.from(some, ({ value }) => value),
      epochs: some.some(({ epoch }) => !Number.isNaN(epoch)) ? Float64Array.from(some, ({ epoch }) => epoch) : undefined,
    };
  }

  readLogged(curve: CurveName, limit = Infinity): LoggedCurve {
    const { timesMs, ...points } = this.read(curve, limit);
    return { ...points, times: new CurveTimes([{ length: points.length, times: timesMs }]) };
  }

  version({ run, metric }: CurveName): string {
    const points = this.#curves.get(run)?.get(metric);
    return points === undefined ? '' : `${run} ${metric}:${points.length}`;
  }

  summaries({ runs, metrics }: Parameters<CurveStore['summaries']>[0]): Promise<readonly CurveSummary[]> {
    const found: CurveSummary[] = [];
    for (const [run, curves] of this.#curves) {
      if (runs !== undefined && !runs.includes(run)) continue;
      for (const [metric, points] of curves) {
        if (points.length > 0 && (metrics === undefined || metrics.includes(metric)))
          found.push(summarize({ run, metric }, points));
      }
    }
    return Promise.resolve(found);
  }

  metricNames({
    runs,
    text = '',
    limit,
    order,
  }: Parameters<CurveStore['metricNames']>[0]): ReturnType<CurveStore['metricNames']> {
    const counts = new Map<string, number>();
    for (const [run, curves] of this.#curves) {
      if (runs !== undefined && !runs.includes(run)) continue;
      for (const metric of curves.keys()) {
        if (metric.toLowerCase().includes(text.toLowerCase())) counts.set(metric, (counts.get(metric) ?? 0) + 1);
      }
    }
    const names = [...counts].map(([metric, count]) => ({ metric, runs: count }));
    const shared = (a: { runs: number }, b: { runs: number }) => (order === 'runs' ? b.runs - a.runs : 0);
    return Promise.resolve(names.toSorted((a, b) => shared(a, b) || (a.metric < b.metric ? -1 : 1)).slice(0, limit));
  }

  items({ run, kinds, tag }: Parameters<CurveStore['items']>[0]): Promise<readonly RunItem[]> {
    const found = [...this.#items.values()].filter(
      (item) => item.run === run && kinds?.includes(item.kind) !== false && (tag === undefined || item.tag === tag),
    );
    const order = found.toSorted((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : a.step - b.step || a.index - b.index));
    return Promise.resolve(order.map(({ data: _data, ...item }) => item));
  }

  item(id: number): ReturnType<CurveStore['item']> {
    return Promise.resolve(this.#items.get(id));
  }

  remove(runs: readonly string[]): Promise<void> {
    for (const run of runs) {
      this.#curves.delete(run);
      this.labels.delete(run);
      for (const [id, item] of this.#items) if (item.run === run) this.#items.delete(id);
    }
    return Promise.resolve();
  }

  watch(onGrowth: (growth: CurveGrowth) => void): () => void {
    this.#watchers.add(onGrowth);
    return () => this.#watchers.delete(onGrowth);
  }

  stats(): Promise<CurveStoreStats> {
    const curves = [...this.#curves.values()].flatMap((ofRun) => [...ofRun.values()]);
    const points = curves.reduce((sum, curve) => sum + curve.length, 0);
    return Promise.resolve({ runs: this.#curves.size, curves: curves.length, points, bytesOnDisk: 0 });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #curve(run: string, metric: string): Point[] {
    const ofRun = this.#curves.get(run) ?? new Map<string, Point[]>();
    this.#curves.set(run, ofRun);
    const curve = ofRun.get(metric) ?? [];
    ofRun.set(metric, curve);
    return curve;
  }

  #addItem(item: NewRunItem): void {
    const id = this.#items.size + 1;
    this.#items.set(id, { ...item, id, bytes: item.data.byteLength });
  }
}

function isSame(a: Point, b: Point): boolean {
  return a.step === b.step && a.timeMs === b.timeMs && Object.is(a.value, b.value);
}

function summarize(name: CurveName, points: readonly Point[]): CurveSummary {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const best = (isBetter: (a: Point, b: Point) => boolean, some: readonly Point[]): CurvePoint | undefined =>
    some.length === 0 ? undefined : point(some.reduce((kept, it) => (isBetter(it, kept) ? it : kept)));
  const steps = points.map(({ step }) => step);
  const times = points.map(({ timeMs }) => timeMs);
  return {
    ...name,
    points: points.length,
    nonFinite: points.length - finite.length,
    restarts: points.filter(({ step }, at) => at > 0 && step < points[at - 1]!.step).length,
    first: point(points[0]!),
    last: point(points.at(-1)!),
    latest: best((a, b) => (a.step - b.step || a.timeMs - b.timeMs || (a.value > b.value ? 1 : -1)) > 0, points)!,
    min: best((a, b) => a.value < b.value, finite),
    max: best((a, b) => a.value > b.value, finite),
    minStep: Math.min(...steps),
    maxStep: Math.max(...steps),
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
  };
}

function point({ step, timeMs, value }: Point): CurvePoint {
  return { step, timeMs, value };
}
