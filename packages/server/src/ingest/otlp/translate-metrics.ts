import { setImmediate } from 'node:timers/promises';
import { Labels, METRIC_NAME } from '@vitrine/model/labels.ts';
import type { MetricMetadata, SampleBatch } from '@vitrine/model/sample-store.ts';
import { addNative, nativeOf, zeroOf } from './native-of-exponential.ts';
import { formatPlain } from './format-plain.ts';
import { typeAndUnitLabels } from '../type-and-unit.ts';
import type {
  Attribute,
  ExponentialPoint,
  HistogramPoint,
  Metric,
  MetricData,
  NumberPoint,
  OtlpExemplar,
  Point,
  ResourceMetrics,
  ScopeMetrics,
  SummaryPoint,
} from './otlp-metrics.ts';
import { ResourceLabels } from './resource-labels.ts';
import type { RunningTotal, Total, TotalsChange } from './running-totals.ts';
import { SampleColumns } from './sample-columns.ts';
import { labelName, metricName, unitName } from './translate-name.ts';

/** Buckets of one histogram: each is a series of its own. */
const MOST_BUCKETS = 500;
/** A start further back than this is no start of an export interval, and is not written down as one. */
const LONGEST_START_MS = 3_600_000;
/** Characters that the labels of an exemplar may have in all; as OpenMetrics says. */
const EXEMPLAR_CHARACTERS = 128;

/** A classic bucket: how many values are at most `bound`. Ascending; the last one's bound is Infinity. */
type ClassicBucket = readonly [bound: number, count: number];

export const REFUSE_REASONS = [
  'time',
  'value',
  'name',
  'labels',
  'temporality',
  'buckets',
  'duplicate',
  'out of order',
  'memory',
] as const;
export type RefuseReason = (typeof REFUSE_REASONS)[number];

export interface Refused {
  readonly reason: RefuseReason;
  /** Of the first point; what it says holds for all that are counted. */
  readonly sentence: string;
  readonly points: number;
}

export interface TranslatedMetrics {
  readonly batch: SampleBatch;
  readonly metadata: readonly MetricMetadata[];
  /** Points that are in the batch. */
  readonly points: number;
  readonly refused: readonly Refused[];
  /** Exemplars that are not in the batch: those without a time, and those of points that are no sums or histograms. */
  readonly exemplars: number;
}

export interface TranslateOptions {
  /** Whether series get labels that say which instrumentation scope they are of. */
  readonly scopeLabels: boolean;
  /** Whether series get the labels of Prometheus' type-and-unit-labels feature. */
  readonly typeAndUnitLabels?: boolean;
}

/**
 * OTLP's metrics as Prometheus' samples: names, units and labels as in translate-name.ts, histograms as classic ones,
 * exponential ones as native ones, deltas added up in `totals`. Lets other work in between. Throws BodyRefused where the request is too large in all.
 */
export async function translateMetrics(
  resources: readonly ResourceMetrics[],
  totals: TotalsChange,
  { scopeLabels, typeAndUnitLabels: typed = false }: TranslateOptions,
): Promise<TranslatedMetrics> {
  const translation = new Translation(totals, typed);
  for (const resource of resources) {
    const labels = new ResourceLabels(resource.attributes, label);
    let [fromMs, toMs] = [Number.POSITIVE_INFINITY, 0];
    for (const scope of resource.scopes) {
      const own = scopeLabels ? labelsOfScope(scope) : [];
      for (const metric of scope.metrics) {
        await translation.add(metric, own, labels.identity, (timeMs) => {
          fromMs = Math.min(fromMs, timeMs);
          toMs = Math.max(toMs, timeMs);
        });
      }
    }
    for (const timeMs of labels.infoTimes(fromMs, toMs)) translation.columns.add((labels.info as Labels).key, timeMs, 1);
    if (toMs > 0 && labels.info !== undefined) translation.describe('target_info', 'gauge', 'Target metadata', '');
  }
  return translation.finish();
}

const labelNames = new Map<string, string | undefined>();
/** Names are few and come again and again. */
const MOST_LABEL_NAMES = 10_000;

function label(key: string): string | undefined {
  if (labelNames.has(key)) return labelNames.get(key);
  const name = labelName(key);
  if (labelNames.size >= MOST_LABEL_NAMES || key.length > 200) return name;
  labelNames.set(key, name);
  return name;
}

const SCOPE_LABELS = ['otel_scope_name', 'otel_scope_version', 'otel_scope_schema_url'] as const;

function labelsOfScope(scope: ScopeMetrics): Attribute[] {
  const fixed = [scope.name, scope.version, scope.schemaUrl].map((value, i): Attribute => [SCOPE_LABELS[i] as string, value]);
  const further = scope.attributes
    .map(([key, value]): Attribute => [`otel_scope_${key}`, value])
    .filter(([key]) => !SCOPE_LABELS.some((name) => name === label(key)));
  return [...fixed, ...further];
}

/** Why a point is refused. */
class PointRefused extends Error {
  readonly reason: RefuseReason;
  points = 0;

  constructor(reason: RefuseReason, sentence: string) {
    super(sentence);
    this.reason = reason;
  }
}

/** A request's refusals, one for each reason: a million of errors with their sentences would take longer than the points. */
class Refusals {
  readonly #byReason = new Map<RefuseReason, PointRefused>();

  of(reason: RefuseReason, sentence: () => string): PointRefused {
    let refusal = this.#byReason.get(reason);
    if (refusal === undefined) {
      refusal = new PointRefused(reason, sentence());
      this.#byReason.set(reason, refusal);
    }
    return refusal;
  }

  all(): Refused[] {
    return [...this.#byReason.values()].map(({ reason, message, points }) => ({ reason, sentence: message, points }));
  }
}

/** Points after which other requests get their turn. */
const POINTS_A_TURN = 1_000;

class Translation {
  readonly columns = new SampleColumns();
  readonly #totals: TotalsChange;
  readonly #typeAndUnitLabels: boolean;
  readonly #metadata = new Map<string, MetricMetadata>();
  readonly #refusals = new Refusals();
  #untilTurn = POINTS_A_TURN;
  /** The newest time of each series, by the key of one that stands for all of a histogram's. */
  readonly #seen = new Map<string, number>();
  #points = 0;
  #exemplars = 0;

  constructor(totals: TotalsChange, typed: boolean) {
    this.#totals = totals;
    this.#typeAndUnitLabels = typed;
  }

  async add(
    metric: Metric,
    scope: readonly Attribute[],
    identity: readonly Attribute[],
    onTime: (timeMs: number) => void,
  ): Promise<void> {
    const { data } = metric;
    if (data === undefined) return;
    const problem = problemOf(metric, data, this.#refusals);
    const kind = data.kind === 'gauge' ? 'gauge' : data.kind === 'sum' && data.monotonic ? 'counter' : 'other';
    const name = metricName(metric.name, metric.unit, kind);
    const what = { type: typeOf(metric, data), unit: unitName(metric.unit) };
    let accepted = false;
    for (const point of data.points) {
      if (--this.#untilTurn === 0) {
        this.#untilTurn = POINTS_A_TURN;
        await setImmediate();
      }
      try {
        if (problem !== undefined) throw problem;
        if (name === undefined) {
          throw this.#refusals.of(
            'name',
            () => `The name ${show(metric.name)} of a metric has no letter or digit that Prometheus' names may have.`,
          );
        }
        if (!(point.timeMs > 0) || !Number.isSafeInteger(point.timeMs)) {
          throw this.#refusals.of('time', () => `A point of ${name} has no time, or one that cannot be stored.`);
        }
        const pairs = pairsOf(name, [...point.attributes, ...scope], identity, this.#refusals);
        if (this.#typeAndUnitLabels) for (const [own, value] of typeAndUnitLabels(what)) pairs.set(own, value);
        const keyOfExemplar = this.#addPoint(name, pairs, data, point);
        this.#addExemplars(point, keyOfExemplar);
        onTime(point.timeMs);
        this.#points++;
        accepted = true;
      } catch (error) {
        if (!(error instanceof PointRefused)) throw error;
        error.points++;
      }
    }
    if (accepted) this.describe(name as string, what.type, metric.description, what.unit);
  }

  describe(metric: string, type: MetricMetadata['type'], help: string, unit: string): void {
    this.#metadata.set(metric, { metric, type, help, unit });
  }

  finish(): TranslatedMetrics {
    return {
      batch: this.columns.finish(),
      metadata: [...this.#metadata.values()],
      points: this.#points,
      refused: this.#refusals.all(),
      exemplars: this.#exemplars,
    };
  }

  /** Says which series an exemplar belongs to, by its value; undefined where the points have none. */
  #addPoint(name: string, pairs: Map<string, string>, data: MetricData, point: Point): ((value: number) => string) | undefined {
    switch (data.kind) {
      case 'gauge':
        this.#addNumber(name, pairs, point as NumberPoint, false, 0);
        return undefined;
      case 'sum': {
        const delta = data.temporality === 'delta';
        const key = this.#addNumber(name, pairs, point as NumberPoint, delta, delta || !data.monotonic ? 0 : point.startMs);
        return () => key;
      }
      case 'histogram':
        return this.#addHistogram(name, pairs, point as HistogramPoint, data.temporality === 'delta');
      case 'exponential': {
        const key = this.#addExponential(name, pairs, point as ExponentialPoint, data.temporality === 'delta');
        return () => key;
      }
      case 'summary':
        this.#addSummary(name, pairs, point as SummaryPoint);
        return undefined;
    }
  }

  #addExemplars({ exemplars }: Point, keyOf: ((value: number) => string) | undefined): void {
    if (exemplars.length === 0) return;
    const timed = keyOf === undefined ? [] : exemplars.filter(({ timeMs }) => timeMs > 0);
    this.#exemplars += exemplars.length - timed.length;
    if (keyOf === undefined) return;
    for (const exemplar of timed.toSorted((a, b) => a.timeMs - b.timeMs || a.value - b.value)) {
      const { value, timeMs } = exemplar;
      this.columns.addExemplar(keyOf(value), { labels: labelsOfExemplar(exemplar), value, timestampMs: timeMs });
    }
  }

  /** The key of its series. */
  #addNumber(name: string, pairs: Map<string, string>, point: NumberPoint, delta: boolean, startMs: number): string {
    if (point.value === undefined && !point.stale) throw this.#refusals.of('value', () => `A point of ${name} has no value.`);
    const labels = Labels.from(pairs);
    const { key } = labels;
    this.#seeOnce(name, labels, point);
    if (point.stale || !delta) {
      this.columns.add(key, point.timeMs, point.stale ? undefined : point.value, startMs);
      return key;
    }
    const before = this.#before(key, name, point, 'number');
    const value = before?.again === true ? before.total.value : (point.value as number) + (before?.total.value ?? 0);
    if (before?.again !== true) this.#keep(key, name, point, { kind: 'number', value });
    const zeroMs = before === undefined ? startOf(point) : undefined;
    if (zeroMs !== undefined) this.columns.add(key, zeroMs, 0);
    this.columns.add(key, point.timeMs, value);
    return key;
  }

  #addHistogram(name: string, pairs: Map<string, string>, point: HistogramPoint, delta: boolean): (value: number) => string {
    checkBuckets(name, point, this.#refusals);
    const series = new HistogramSeries(name, pairs);
    this.#seeOnce(name, series.count, point);
    const bucketOf = (value: number): string => series.bucket(point.bounds.find((bound) => value <= bound) ?? Infinity);
    if (point.stale) {
      const bounds = [...point.bounds, Number.POSITIVE_INFINITY].map((bound): ClassicBucket => [bound, 0]);
      series.add(this.columns, point.timeMs, bounds, 'stale');
      return bucketOf;
    }
    let { counts, count, sum } = point;
    let zeroMs: number | undefined;
    if (delta) {
      const { key } = series.count;
      const known = this.#before(key, name, point, 'histogram');
      // Counts between other bounds cannot be added up: counting begins anew, as after a restart.
      const before = known !== undefined && sameNumbers(known.total.bounds, point.bounds) ? known : undefined;
      if (before?.again === true) ({ counts, count, sum } = before.total);
      else {
        counts = point.counts.map((own, i) => own + (before?.total.counts[i] ?? 0));
        count += before?.total.count ?? 0;
        sum =
          sum === undefined || (before !== undefined && before.total.sum === undefined)
            ? undefined
            : sum + (before?.total.sum ?? 0);
        this.#keep(key, name, point, { kind: 'histogram', bounds: point.bounds, counts, count, sum });
      }
      if (before === undefined) zeroMs = startOf(point);
    }
    const buckets = cumulative(point.bounds, counts, count);
    if (zeroMs !== undefined)
      series.add(
        this.columns,
        zeroMs,
        buckets.map(([bound]) => [bound, 0]),
        sum === undefined ? undefined : 0,
      );
    series.add(this.columns, point.timeMs, buckets, sum, delta ? 0 : point.startMs);
    return bucketOf;
  }

  /** The key of its series. */
  #addExponential(name: string, pairs: Map<string, string>, point: ExponentialPoint, delta: boolean): string {
    const labels = Labels.from(pairs);
    const { key } = labels;
    this.#seeOnce(name, labels, point);
    if (point.stale) {
      this.columns.add(key, point.timeMs, undefined);
      return key;
    }
    const own = nativeOf(point);
    if (typeof own === 'string') {
      throw this.#refusals.of('buckets', () => `A point of ${name} is an exponential histogram that cannot be kept: ${own}.`);
    }
    if (!delta) {
      this.columns.addHistogram(key, point.timeMs, own, point.startMs);
      return key;
    }
    const before = this.#before(key, name, point, 'exponential');
    const again = before?.again === true;
    const total = again ? before.total.histogram : addNative(own, before?.total.histogram);
    if (!again) this.#keep(key, name, point, { kind: 'exponential', histogram: total });
    const zeroMs = before === undefined ? startOf(point) : undefined;
    if (zeroMs !== undefined) this.columns.addHistogram(key, zeroMs, zeroOf(total));
    this.columns.addHistogram(key, point.timeMs, total);
    return key;
  }

  #addSummary(name: string, pairs: Map<string, string>, point: SummaryPoint): void {
    if (point.quantiles.length > MOST_BUCKETS) {
      throw this.#refusals.of(
        'buckets',
        () => `A point of ${name} has ${point.quantiles.length} quantiles; at most ${MOST_BUCKETS} are kept.`,
      );
    }
    const count = labelsWith(pairs, `${name}_count`);
    this.#seeOnce(name, count, point);
    const add = (labels: Labels, value: number): void =>
      this.columns.add(labels.key, point.timeMs, point.stale ? undefined : value, point.startMs);
    for (const [quantile, value] of point.quantiles) add(labelsWith(pairs, name, ['quantile', formatPlain(quantile)]), value);
    add(labelsWith(pairs, `${name}_sum`), point.sum);
    add(count, point.count);
  }

  /** Of two points of one series at one time only one would stay, and its sender would not know which. */
  #seeOnce(name: string, labels: Labels, point: Point): void {
    if (this.#seen.get(labels.key) === point.timeMs) {
      throw this.#refusals.of(
        'duplicate',
        () =>
          `Several points of ${show(String(labels))} have one time. Where instrumentation scopes tell them apart, set ingest.otlp-scope-labels; else give each its own attributes.`,
      );
    }
    this.#seen.set(labels.key, point.timeMs);
  }

  /** What a delta comes on top of. `again` says that the very same one was counted before: its sender did not hear of it. */
  #before<Kind extends Total['kind']>(
    key: string,
    name: string,
    point: Point,
    kind: Kind,
  ): (RunningTotal & { readonly total: Total & { kind: Kind }; readonly again: boolean }) | undefined {
    const known = sameKind(this.#totals.get(key), kind);
    if (known === undefined) return undefined;
    const again = known.timeMs === point.timeMs && known.startMs === point.startMs;
    if (!again && point.timeMs <= known.timeMs) {
      throw this.#refusals.of(
        'out of order',
        () =>
          `A delta of ${name} ends before one that was added up already. Send the deltas of a series in the order of their times.`,
      );
    }
    return { ...known, again };
  }

  #keep(key: string, name: string, { startMs, timeMs }: Point, total: Total): void {
    if (this.#totals.set(key, { total, startMs, timeMs })) return;
    throw this.#refusals.of(
      'memory',
      () =>
        `More series than fit into memory are sent as deltas, so a new one of ${name} is not added up. Send cumulative values (OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative).`,
    );
  }
}

/** The series of one classic histogram. */
class HistogramSeries {
  readonly count: Labels;
  readonly #pairs: Map<string, string>;
  readonly #name: string;
  /** What stands before and after the bound in a bucket's key: all else is the same in all of them. */
  #aroundBound: readonly [before: string, after: string] | undefined;

  constructor(name: string, pairs: Map<string, string>) {
    this.#name = name;
    this.#pairs = pairs;
    this.count = labelsWith(pairs, `${name}_count`);
  }

  /** The key of a bucket's series. */
  bucket(bound: number): string {
    this.#aroundBound ??= this.#split();
    return this.#aroundBound[0] + formatPlain(bound) + this.#aroundBound[1];
  }

  #split(): readonly [string, string] {
    const named = (le: string): string => labelsWith(this.#pairs, `${this.#name}_bucket`, ['le', le]).key;
    const [with1, with2] = [named('1'), named('2')];
    // The first place where they differ is that of the bound.
    let at = 0;
    while (with1[at] === with2[at]) at++;
    return [with1.slice(0, at), with1.slice(at + 1)];
  }

  /** Without a sum there is no series of it: zero would be a sum. */
  add(
    columns: SampleColumns,
    timeMs: number,
    buckets: readonly ClassicBucket[],
    sum: number | 'stale' | undefined,
    startMs = 0,
  ): void {
    const add = (key: string, value: number): void => columns.add(key, timeMs, sum === 'stale' ? undefined : value, startMs);
    for (const [bound, count] of buckets) add(this.bucket(bound), count);
    add(this.count.key, buckets.at(-1)?.[1] ?? 0);
    if (sum !== undefined) add(labelsWith(this.#pairs, `${this.#name}_sum`).key, sum === 'stale' ? 0 : sum);
  }
}

function labelsWith(pairs: Map<string, string>, name: string, ...further: readonly Attribute[]): Labels {
  return Labels.from([...pairs, [METRIC_NAME, name], ...further]);
}

/** As Prometheus has them: its trace and span, and the attributes where they are not too long in all. */
function labelsOfExemplar({ traceId, spanId, attributes }: OtlpExemplar): Labels {
  const ids = [
    ['trace_id', traceId],
    ['span_id', spanId],
  ] as const;
  const own = ids.filter(([, id]) => id !== '');
  const all = [
    ...attributes.flatMap(([key, value]): Attribute[] => {
      const name = label(key);
      return name === undefined ? [] : [[name, value]];
    }),
    ...own,
  ];
  const characters = all.reduce((sum, pair) => sum + Array.from(pair.join('')).length, 0);
  return Labels.from(characters <= EXEMPLAR_CHARACTERS ? all : own);
}

/** Attributes whose keys become one label stand in it together, in the order of their keys. */
function pairsOf(name: string, attributes: Attribute[], identity: readonly Attribute[], refusals: Refusals): Map<string, string> {
  const pairs = new Map<string, string>();
  attributes.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [key, value] of attributes) {
    const text = label(key);
    if (text === undefined) {
      throw refusals.of(
        'labels',
        () => `The attribute ${show(key)} of ${name} has no letter or digit that Prometheus' labels may have.`,
      );
    }
    const before = pairs.get(text);
    pairs.set(text, before === undefined ? value : `${before};${value}`);
  }
  for (const [key, value] of identity) pairs.set(key, value);
  pairs.set(METRIC_NAME, name);
  return pairs;
}

function problemOf({ name }: Metric, data: MetricData, refusals: Refusals): PointRefused | undefined {
  if (!('temporality' in data) || data.temporality !== 'unspecified') return undefined;
  return refusals.of('temporality', () => `The metric ${show(name)} does not say whether its values are delta or cumulative.`);
}

function typeOf({ prometheusType }: Metric, data: MetricData): MetricMetadata['type'] {
  if (data.kind === 'summary') return 'summary';
  if (data.kind === 'histogram' || data.kind === 'exponential') return 'histogram';
  if (data.kind === 'sum' && data.monotonic) return 'counter';
  return prometheusType === 'unknown' || prometheusType === 'info' || prometheusType === 'stateset' ? prometheusType : 'gauge';
}

function checkBuckets(name: string, { bounds, counts }: HistogramPoint, refusals: Refusals): void {
  if (bounds.length > MOST_BUCKETS) {
    throw refusals.of(
      'buckets',
      () => `A point of ${name} has ${bounds.length} bounds; at most ${MOST_BUCKETS} are kept, as each is a series.`,
    );
  }
  const ascending = bounds.every((bound, i) => !Number.isNaN(bound) && (i === 0 || bound > (bounds[i - 1] as number)));
  if (!ascending || !counts.every(isCount) || (counts.length > 0 && counts.length !== bounds.length + 1)) {
    throw refusals.of('buckets', () => `A point of ${name} has bounds that do not ascend, or not one count more than bounds.`);
  }
}

function isCount(count: number): boolean {
  return count >= 0;
}

function cumulative(bounds: readonly number[], counts: readonly number[], count: number): ClassicBucket[] {
  const buckets: ClassicBucket[] = [];
  let below = 0;
  for (let i = 0; i < bounds.length && counts.length > 0; i++) {
    below += counts[i] as number;
    if (bounds[i] !== Number.POSITIVE_INFINITY) buckets.push([bounds[i] as number, below]);
  }
  buckets.push([Number.POSITIVE_INFINITY, count]);
  return buckets;
}

/**
 * Where a series that begins with a delta was 0: just after the start of its first delta, so that the increase of that
 * one counts and a sample that an earlier delta ended with stays.
 */
function startOf({ startMs, timeMs }: Point): number | undefined {
  return startMs > 0 && startMs + 1 < timeMs && timeMs - startMs <= LONGEST_START_MS ? startMs + 1 : undefined;
}

function sameKind<Kind extends Total['kind']>(
  running: RunningTotal | undefined,
  kind: Kind,
): (RunningTotal & { readonly total: Total & { kind: Kind } }) | undefined {
  return running?.total.kind === kind ? (running as RunningTotal & { readonly total: Total & { kind: Kind } }) : undefined;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}

function show(text: string): string {
  return text.length <= 120 ? `"${text}"` : `"${text.slice(0, 120)}…"`;
}
