import { BodyRefused } from '../body-refused.ts';

/** The parts of ExportMetricsServiceRequest that mean something here, whichever way they were written. */
export interface ResourceMetrics {
  readonly attributes: readonly Attribute[];
  readonly scopes: readonly ScopeMetrics[];
}

export interface ScopeMetrics {
  readonly name: string;
  readonly version: string;
  readonly schemaUrl: string;
  readonly attributes: readonly Attribute[];
  readonly metrics: readonly Metric[];
}

/** A key and its value as text (see attribute-text.ts). */
export type Attribute = readonly [key: string, value: string];

export interface Metric {
  readonly name: string;
  readonly description: string;
  /** As UCUM writes it. */
  readonly unit: string;
  /** What the metric was before it came to OpenTelemetry, where it was something of Prometheus. */
  readonly prometheusType: string;
  /** undefined where it holds nothing, or a kind that is not known. */
  readonly data: MetricData | undefined;
}

export type MetricData =
  | { readonly kind: 'gauge'; readonly points: readonly NumberPoint[] }
  | {
      readonly kind: 'sum';
      readonly temporality: Temporality;
      readonly monotonic: boolean;
      readonly points: readonly NumberPoint[];
    }
  | { readonly kind: 'histogram'; readonly temporality: Temporality; readonly points: readonly HistogramPoint[] }
  | { readonly kind: 'exponential'; readonly temporality: Temporality; readonly points: readonly ExponentialPoint[] }
  | { readonly kind: 'summary'; readonly points: readonly SummaryPoint[] };

export type Temporality = 'delta' | 'cumulative' | 'unspecified';

export interface Point {
  readonly attributes: readonly Attribute[];
  /** When counting began, in unix milliseconds; 0 where it is not said. */
  readonly startMs: number;
  /** Unix milliseconds; 0 where it is not said. */
  readonly timeMs: number;
  /** Whether it says that there is no value any more. */
  readonly stale: boolean;
  readonly exemplars: readonly OtlpExemplar[];
}

/** One observation behind a point. */
export interface OtlpExemplar {
  /** In hexadecimal; "" where there is none. */
  readonly traceId: string;
  readonly spanId: string;
  /** What the point's attributes left out. */
  readonly attributes: readonly Attribute[];
  readonly value: number;
  /** Unix milliseconds; 0 where it is not said. */
  readonly timeMs: number;
}

export interface NumberPoint extends Point {
  /** undefined where there is none. */
  readonly value: number | undefined;
}

export interface HistogramPoint extends Point {
  readonly count: number;
  readonly sum: number | undefined;
  /** Ascending; bucket i ends at bounds[i], the last one nowhere. */
  readonly bounds: readonly number[];
  /** Not cumulative; one more than there are bounds, or none. */
  readonly counts: readonly number[];
}

export interface ExponentialPoint extends Point {
  readonly count: number;
  readonly sum: number | undefined;
  /** Bucket i holds (base^i, base^(i+1)], where base is 2^(2^-scale). */
  readonly scale: number;
  readonly zeroCount: number;
  /** How far from 0 the zero bucket reaches; 0 where it is not said. */
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  /** By their magnitude. */
  readonly negative: Buckets;
}

/** counts[i] is that of bucket `from + i`. */
export interface Buckets {
  readonly from: number;
  readonly counts: readonly number[];
}

export interface SummaryPoint extends Point {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
}

/** Messages that one request may hold (points, attributes, numbers of buckets and so on), so that its size in memory has a bound. */
export const MOST_PARTS = 1_000_000;
/** How deep attributes may be nested. */
export const MOST_DEPTH = 16;

export const NO_BUCKETS: Buckets = { from: 0, counts: [] };

export function temporalityOf(number: number): Temporality {
  return number === 1 ? 'delta' : number === 2 ? 'cumulative' : 'unspecified';
}

export function tooManyParts(): BodyRefused {
  return new BodyRefused(
    413,
    `The request holds more than ${MOST_PARTS} points, attributes and buckets. Send fewer data points in one request.`,
  );
}

export function tooDeep(): BodyRefused {
  return new BodyRefused(400, `An attribute is nested deeper than ${MOST_DEPTH} levels.`);
}
