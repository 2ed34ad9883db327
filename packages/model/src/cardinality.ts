import type { Selector } from './sample-store.ts';

/** Which series to count. */
export interface CardinalityRequest {
  /** A series counts where all matchers hold; none counts all. */
  readonly selector: Selector;
  /** At most this many of each list. */
  readonly limit: number;
  readonly nowMs: number;
}

/** How many series there are, and how many came and went. Series of runs' curves are not among them. */
export interface SeriesCounts {
  readonly series: number;
  /** Those whose first sample is of the last hour. */
  readonly newSeries: number;
  /** Those whose last sample is of the last hour, and older than five minutes. */
  readonly goneSeries: number;
}

/** What the series in memory are made of: where many of them come from. Lists are in falling order of their counts. */
export interface Cardinality extends SeriesCounts {
  /** Those with a sample of the last five minutes. */
  readonly activeSeries: number;
  /** Different labels with their values. */
  readonly labelPairs: number;
  /** What the series take in memory, roughly: labels, index, and what is not packed yet. */
  readonly memoryBytes: number;
  /** Samples of these that are not in chunks yet. */
  readonly headSamples: number;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  readonly metrics: readonly NamedCounts[];
  readonly jobs: readonly NamedCounts[];
  readonly labels: readonly LabelCounts[];
  readonly pairs: readonly PairCounts[];
}

export interface NamedCounts extends SeriesCounts {
  readonly name: string;
}

export interface LabelCounts extends SeriesCounts {
  readonly name: string;
  /** Different values. */
  readonly values: number;
  /** Values that came with series of the last hour and are on no older one. */
  readonly newValues: number;
  /** Characters of the values, counted once a series. */
  readonly characters: number;
}

export interface PairCounts extends SeriesCounts {
  readonly name: string;
  readonly value: string;
}
