import { compareLabels, type Labels } from '@vitrine/model/labels.ts';
import type { LabelRequest, SampleSource, SelectRequest, SeriesSamples } from '@vitrine/model/sample-store.ts';
import type { CurveSeries } from './curves/curve-series.ts';
import type { Reader } from './reader.ts';

/** Samples and runs' curves as one source. */
export class JoinedSource implements SampleSource {
  readonly #samples: SampleSource;
  readonly #curves: SampleSource;

  constructor(samples: SampleSource, curves: SampleSource) {
    this.#samples = samples;
    this.#curves = curves;
  }

  *select(request: SelectRequest): Generator<SeriesSamples> {
    yield* this.#samples.select(request);
    yield* this.#curves.select(request);
  }

  *selectLabels(request: SelectRequest): Generator<Labels> {
    yield* this.#samples.selectLabels(request);
    yield* this.#curves.selectLabels(request);
  }
}

/** The same, with the labels of both. */
export class JoinedReader extends JoinedSource {
  readonly #samples: Reader;
  readonly #curves: CurveSeries;

  constructor(samples: Reader, curves: CurveSeries) {
    super(samples, curves);
    this.#samples = samples;
    this.#curves = curves;
  }

  series(request: LabelRequest): Labels[] {
    const all = [...this.#samples.series(request), ...this.#curves.series(request)];
    return limited(all.sort(compareLabels), request.limit);
  }

  labelNames(request: LabelRequest): string[] {
    return merged(this.#samples.labelNames(request), this.#curves.labelNames(request), request.limit);
  }

  labelValues(label: string, request: LabelRequest): string[] {
    return merged(this.#samples.labelValues(label, request), this.#curves.labelValues(label, request), request.limit);
  }
}

function merged(some: readonly string[], more: Iterable<string>, limit: number): string[] {
  const all = new Set(some);
  const before = all.size;
  for (const name of more) if (name !== '') all.add(name);
  return all.size === before ? [...some] : limited([...all].sort(), limit);
}

function limited<T>(all: T[], limit: number): T[] {
  return limit > 0 && all.length > limit ? all.slice(0, limit) : all;
}
