import type { Cardinality } from '@vitrine/model/cardinality.ts';
import { Labels } from '@vitrine/model/labels.ts';
import type {
  AnswerForm,
  DeletedSamples,
  EvaluateRequest,
  FoundLabels,
  Growth,
  GridSeries,
  LabelSearch,
  QueryResult,
  SampleBatch,
  SampleStore,
  Selector,
  SeriesExemplars,
  StoreStats,
  WrittenAnswer,
} from '@vitrine/model/sample-store.ts';
import { writtenAnswer } from '@vitrine/promql/json/write-result.ts';

/** A store whose answers the test decides, and which remembers what it was asked. */
export class FakeStore implements SampleStore {
  readonly evaluated: EvaluateRequest[] = [];
  readonly appended: SampleBatch[] = [];
  readonly watchers = new Set<{ readonly selectors: readonly Selector[]; readonly onGrowth: (growth: Growth) => void }>();
  /** Answers queries; replace it. */
  answer: (request: EvaluateRequest, signal?: AbortSignal) => Promise<QueryResult> | QueryResult = (request) =>
    matrix(request, []);

  append(batch: SampleBatch): ReturnType<SampleStore['append']> {
    this.appended.push(batch);
    return Promise.resolve({ accepted: batch.values.length, rejected: [], rejectedCount: 0 });
  }

  async evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<QueryResult> {
    this.evaluated.push(request);
    return this.answer(request, signal);
  }

  async evaluateJson(request: EvaluateRequest, form: AnswerForm, signal?: AbortSignal): Promise<WrittenAnswer> {
    return writtenAnswer(await this.evaluate(request, signal), form);
  }

  series(): Promise<Labels[]> {
    return Promise.resolve([Labels.from({ __name__: 'up', job: 'a' }), Labels.from({ __name__: 'up', job: 'b' })]);
  }

  labelNames(): Promise<string[]> {
    return Promise.resolve(['__name__', 'job']);
  }

  labelValues(label: string): Promise<string[]> {
    return Promise.resolve([`value of ${label}`]);
  }

  searchLabels({ label = '' }: LabelSearch): Promise<FoundLabels> {
    return Promise.resolve({ found: [{ text: `value of ${label}`, score: 1 }], hasMore: false });
  }

  cardinality(): Promise<Cardinality> {
    const counts = { series: 2, newSeries: 0, goneSeries: 0 };
    const span = { oldestMs: undefined, newestMs: undefined };
    const lists = { metrics: [], jobs: [], labels: [], pairs: [] };
    return Promise.resolve({ ...counts, ...span, ...lists, activeSeries: 2, labelPairs: 3, memoryBytes: 100, headSamples: 3 });
  }

  exemplars(): Promise<SeriesExemplars[]> {
    return Promise.resolve([]);
  }

  deleteSeries(): Promise<DeletedSamples> {
    return Promise.resolve({ series: 0, samples: 0 });
  }

  watch(selectors: readonly Selector[], onGrowth: (growth: Growth) => void): () => void {
    const watcher = { selectors, onGrowth };
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Tells all who watch a metric of that name. */
  grow(metric: string, growth: Growth): void {
    for (const { selectors, onGrowth } of this.watchers) {
      if (selectors.some((matchers) => matchers.some(({ label, value }) => label === '__name__' && value === metric)))
        onGrowth(growth);
    }
  }

  stats(): Promise<StoreStats> {
    return Promise.resolve({
      seriesCount: 2,
      headSamples: 3,
      storedSamples: 4,
      bytesOnDisk: 5,
      oldestMs: undefined,
      newestMs: undefined,
      walReplayMs: 0,
      appendedSamples: 7,
      commits: 1,
      commitSecondsTotal: 0.5,
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A range answer on the request's grid; each series is given as its labels and what it is at each time (undefined: missing). */
export function matrix(
  request: Pick<EvaluateRequest, 'startMs' | 'endMs' | 'stepMs'>,
  series: readonly (readonly [labels: Record<string, string>, at: (timeMs: number) => number | undefined])[],
): QueryResult {
  const steps = request.stepMs === 0 ? 1 : Math.floor((request.endMs - request.startMs) / request.stepMs) + 1;
  const timesMs = Float64Array.from({ length: steps }, (_, i) => request.startMs + i * request.stepMs);
  return {
    kind: request.stepMs === 0 ? 'vector' : 'matrix',
    timesMs,
    series: series.map(([labels, at]): GridSeries => {
      const values = Array.from(timesMs, at);
      return {
        labels: Labels.from(labels),
        values: Float64Array.from(values, (value) => value ?? 0),
        present: values.includes(undefined) ? Uint8Array.from(values, (value) => (value === undefined ? 0 : 1)) : undefined,
      };
    }),
    annotations: [],
    stats: { seriesRead: series.length, samplesRead: series.length * steps, elapsedMs: 1 },
  };
}
