import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { Labels } from '@vitrine/model/labels.ts';
import {
  type EvaluateRequest,
  type GridSeries,
  type LabelRequest,
  type QueryAnnotation,
  QueryError,
  type Selector,
} from '@vitrine/model/sample-store.ts';
import { print } from '@vitrine/promql/print.ts';
import { exemplarFrame, type FoundExemplar, MOST_EXEMPLARS } from '../builtin/exemplar-frame.ts';
import type { HistogramSeries, NativeHistogram, PromResult } from '../builtin/native-histograms.ts';
import type { PromSamples } from '../builtin/prom-source.ts';
import { askApi, type ApiAnswer } from './ask-api.ts';
import type { Dialect } from './dialect.ts';
import type { PrometheusSettings } from './spec.ts';

/**
 * Samples behind the Prometheus HTTP API. `always` are parameters that every question carries. Throws QueryError with what the server
 * said, or why it said nothing.
 */
export function remoteSamples(
  settings: PrometheusSettings,
  fetchFrom: typeof fetch,
  dialect: (signal: AbortSignal) => Promise<Dialect>,
  always: readonly (readonly [string, string])[] = [],
): PromSamples {
  const ask = (
    path: string,
    parameters: [string, string][],
    signal: AbortSignal | undefined,
    method = settings.method,
  ): Promise<ApiAnswer> => askApi(settings, fetchFrom, { path, parameters: [...parameters, ...always], method, signal });
  return {
    async evaluate(request, signal) {
      const { expr, startMs, endMs, stepMs } = request;
      const startedMs = performance.now();
      const timeout: [string, string] = ['timeout', `${Math.ceil(settings.timeoutMs / 1_000)}s`];
      const answer =
        stepMs === 0
          ? await ask('query', [['query', expr], ['time', seconds(endMs)], timeout], signal)
          : await ask(
              'query_range',
              [['query', expr], ['start', seconds(startMs)], ['end', seconds(endMs)], ['step', seconds(stepMs)], timeout],
              signal,
            );
      return readResult(answer, request, performance.now() - startedMs);
    },
    async series(request, signal) {
      const { data } = await ask('series', labelParameters(request), signal);
      return list(data).map((labels) => Labels.from(labels as Record<string, string>));
    },
    async labelNames(request, signal) {
      const { data } = await ask('labels', labelParameters(request), signal);
      return list(data).map(String);
    },
    async labelValues(label, request, signal) {
      // Only this path takes no POST.
      const { data } = await ask(`label/${escapeLabel(label)}/values`, labelParameters(request), signal, 'GET');
      return list(data).map(String);
    },
    async exemplars(refId, expr, fromMs, toMs, signal) {
      const { data } = await ask(
        'query_exemplars',
        [
          ['query', expr],
          ['start', seconds(fromMs)],
          ['end', seconds(toMs)],
        ],
        signal,
      );
      return exemplarFrame(refId, readExemplars(list(data)), settings.exemplarLinks);
    },
    async inDialect({ filters = [], match = '' }, signal) {
      if ((await dialect(signal)) !== 'MetricsQL') return undefined;
      return remoteSamples(settings, fetchFrom, dialect, [
        ...always,
        ...(match.trim() === '' ? [] : [['match[]', match] as const]),
        // VictoriaMetrics puts it into every selector of what it parsed.
        ...(filters.length === 0 ? [] : [['extra_filters[]', writeSelector(filters)] as const]),
      ]);
    },
  };
}

function seconds(ms: number): string {
  return String(ms / 1_000);
}

function labelParameters({ selectors, fromMs, toMs, limit }: LabelRequest): [string, string][] {
  return [
    ...selectors.map((matchers): [string, string] => ['match[]', writeSelector(matchers)]),
    ['start', seconds(fromMs)],
    ['end', seconds(toMs)],
    ...(limit === 0 ? [] : [['limit', String(limit)] as [string, string]]),
  ];
}

function writeSelector(matchers: Selector): string {
  return print({
    kind: 'vectorSelector',
    span: { from: 0, to: 0 },
    name: '',
    matchers,
    offset: 0,
    at: undefined,
    extension: undefined,
  });
}

/** Names that are no plain words travel in a path as Prometheus escapes them: "U__" with "_2e_" for ".". */
export function escapeLabel(label: string): string {
  if (/^[a-zA-Z_]\w*$/.test(label)) return label;
  const escaped = Array.from(label, (char) =>
    char === '_' ? '__' : /[a-zA-Z0-9]/.test(char) ? char : `_${char.codePointAt(0)!.toString(16)}_`,
  );
  return `U__${escaped.join('')}`;
}

function list(data: unknown): unknown[] {
  if (Array.isArray(data)) return data;
  throw new QueryError('execution', 'The data source answered something else than the list that was asked for.');
}

interface ApiSeries {
  readonly metric?: Record<string, string>;
  readonly values?: readonly (readonly [number, string])[];
  readonly value?: readonly [number, string];
  readonly histograms?: readonly (readonly [number, ApiHistogram])[];
  readonly histogram?: readonly [number, ApiHistogram];
}

interface ApiHistogram {
  readonly count?: string;
  readonly sum?: string;
  /** Which bounds belong to it, its bounds, and its count. */
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

function readResult({ data, warnings, infos }: ApiAnswer, request: EvaluateRequest, elapsedMs: number): PromResult {
  const { resultType, result } = (data ?? {}) as { readonly resultType?: unknown; readonly result?: unknown };
  const annotations: QueryAnnotation[] = [
    ...warnings.map((text) => ({ level: 'warning' as const, text })),
    ...infos.map((text) => ({ level: 'info' as const, text })),
  ];
  const common = (samplesRead: number, seriesRead: number) => ({ annotations, stats: { seriesRead, samplesRead, elapsedMs } });
  switch (resultType) {
    case 'matrix':
    case 'vector': {
      const found = list(result) as ApiSeries[];
      const most = request.limits?.maxSeries ?? Number.POSITIVE_INFINITY;
      if (found.length > most) {
        throw new LimitExceeded(
          'limits.query.series',
          `The query finds ${found.length.toLocaleString('en')} series, and the limit is ${most.toLocaleString('en')}; narrow it or aggregate`,
        );
      }
      if (resultType === 'matrix' && request.stepMs === 0)
        return { kind: 'samples', series: found.map(readSamples), ...common(0, found.length) };
      const timesMs = gridTimes(request);
      const series = found
        .filter(({ value, values }) => value !== undefined || values !== undefined)
        .map((one) => readSeries(one, request, timesMs.length));
      const samples = found.reduce(
        (sum, { values, histograms }) => sum + ((values?.length ?? 0) + (histograms?.length ?? 0) || 1),
        0,
      );
      const histograms = found
        .filter(({ histogram, histograms: many }) => histogram !== undefined || many !== undefined)
        .map((one) => readHistograms(one, request, timesMs.length));
      return {
        kind: resultType,
        timesMs,
        series,
        ...(histograms.length === 0 ? {} : { histograms }),
        ...common(samples, found.length),
      };
    }
    case 'scalar': {
      const [, value] = result as readonly [number, string];
      return { kind: 'scalar', timeMs: request.endMs, value: readNumber(value), ...common(1, 0) };
    }
    case 'string': {
      const [, value] = result as readonly [number, string];
      return { kind: 'string', timeMs: request.endMs, value, ...common(0, 0) };
    }
    default:
      throw new QueryError(
        'execution',
        'The data source answered something else than a Prometheus result. Is its address that of a Prometheus server?',
      );
  }
}

function gridTimes({ startMs, endMs, stepMs }: EvaluateRequest): Float64Array {
  if (stepMs === 0) return Float64Array.of(endMs);
  return Float64Array.from({ length: Math.floor((endMs - startMs) / stepMs) + 1 }, (_, index) => startMs + index * stepMs);
}

/** Values put on the grid that was asked for; those that fall beside it are left out. */
function readSeries({ metric = {}, value, values }: ApiSeries, { startMs, stepMs }: EvaluateRequest, length: number): GridSeries {
  const labels = Labels.from(metric);
  if (value !== undefined) return { labels, values: Float64Array.of(readNumber(value[1])), present: undefined };
  const column = new Float64Array(length);
  const present = new Uint8Array(length);
  let count = 0;
  for (const [timeSeconds, text] of values ?? []) {
    const index = Math.round((timeSeconds * 1_000 - startMs) / stepMs);
    if (index < 0 || index >= length) continue;
    if (present[index] === 0) count++;
    column[index] = readNumber(text);
    present[index] = 1;
  }
  return { labels, values: column, present: count === length ? undefined : present };
}

function readHistograms(
  { metric = {}, histogram, histograms = [] }: ApiSeries,
  { startMs, stepMs }: EvaluateRequest,
  length: number,
): HistogramSeries {
  const points: (NativeHistogram | undefined)[] = Array.from({ length }, () => undefined);
  if (histogram !== undefined) points[0] = readHistogram(histogram[1]);
  for (const [timeSeconds, one] of histograms) {
    const index = Math.round((timeSeconds * 1_000 - startMs) / stepMs);
    if (index >= 0 && index < length) points[index] = readHistogram(one);
  }
  return { labels: Labels.from(metric), points };
}

function readHistogram({ count = '0', sum = '0', buckets = [] }: ApiHistogram): NativeHistogram {
  return {
    count: readNumber(count),
    sum: readNumber(sum),
    buckets: buckets.map(([, low, high, inside]) => ({
      low: readNumber(low),
      high: readNumber(high),
      count: readNumber(inside),
    })),
  };
}

function readSamples({ metric = {}, values = [] }: ApiSeries) {
  return {
    labels: Labels.from(metric),
    length: values.length,
    timestampsMs: Float64Array.from(values, ([timeSeconds]) => Math.round(timeSeconds * 1_000)),
    values: Float64Array.from(values, ([, text]) => readNumber(text)),
  };
}

function readNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

/** The exemplars of all series, cut where they are many. */
function readExemplars(found: readonly unknown[]): FoundExemplar[] {
  return found
    .flatMap((series) => {
      const { exemplars } = series as {
        readonly exemplars?: readonly {
          readonly labels?: Record<string, string>;
          readonly value?: string;
          readonly timestamp?: number;
        }[];
      };
      return exemplars ?? [];
    })
    .slice(0, MOST_EXEMPLARS)
    .map(({ labels = {}, value = 'NaN', timestamp = 0 }) => ({
      labels,
      value: readNumber(value),
      timeMs: Math.round(timestamp * 1_000),
    }));
}
