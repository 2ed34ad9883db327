import type { MetricMetadata } from '@vitrine/model/sample-store.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { CachedSeries } from './series-cache.ts';

/** `text` is Prometheus text 0.0.4, `openmetrics` is OpenMetrics text 1.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** `protobuf` is io.prometheus.client.MetricFamily messages, each after its length. */
export type ScrapeFormat = ExpositionFormat | 'protobuf';

/** A pointer from a sample to something that explains it, as OpenMetrics writes after `#`. */
export interface Exemplar {
  /** Which sample of the exposition it belongs to. */
  readonly sample: number;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  /** Unix milliseconds; undefined where the text has none. */
  readonly timestampMs: number | undefined;
}

/** What one text says, as columns: sample i is (series[i], timestampsMs[i], values[i]), in the order of the lines. */
export interface Exposition {
  readonly length: number;
  readonly series: readonly CachedSeries[];
  readonly values: Float64Array;
  /** Unix milliseconds; NaN where the line has none. */
  readonly timestampsMs: Float64Array;
  readonly metadata: readonly MetricMetadata[];
  readonly exemplars: readonly Exemplar[];
  /** The samples that are native histograms, by their place; their values mean nothing. */
  readonly histograms?: ReadonlyMap<number, NativeHistogram> | undefined;
  /** Since when each sample has counted, in unix milliseconds, NaN where that is not told; undefined where it never is. */
  readonly startsMs?: Float64Array | undefined;
}
