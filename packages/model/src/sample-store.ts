import type { Cardinality, CardinalityRequest } from './cardinality.ts';
import type { Labels } from './labels.ts';
import type { NativeHistogram } from './native-histogram.ts';
import type { QueryTrace, ReadSteps } from './query-trace.ts';

/** How one label is compared. An absent label has the value "". */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  /** For =~ and !~ an RE2 expression, anchored at both ends, in which `.` matches a newline too. */
  readonly value: string;
}

/** All matchers of one selector must hold. */
export type Selector = readonly Matcher[];

/** Which samples to read. Times are unix milliseconds. */
export interface SelectRequest {
  readonly matchers: Selector;
  /** First millisecond wanted. */
  readonly fromMs: number;
  /** Last millisecond wanted: unlike most ranges here this one is closed, as PromQL evaluates at its end. */
  readonly toMs: number;
  /** To be added to by a source that can tell what its reading is made of. */
  readonly steps?: ReadSteps | undefined;
  /** What does as well as all samples; undefined where none but all will do. A source may give all even so. */
  readonly rollup?: RollupWanted | undefined;
}

/**
 * A source may give, in place of the samples of buckets `(k * bucketMs, (k + 1) * bucketMs]`, what stands for them: of buckets
 * whose length divides `everyMs` and `rangeMs`, and which lie in the range that is asked for. Those of `last` need only end in it. Of
 * `increase` the range may be longer by a little: then no sample but its last may lie so little before a bucket's end.
 */
export interface RollupWanted {
  /** Whatever is computed ends at multiples of this … */
  readonly everyMs: number;
  /** … and begins so long before; 0 where only that counts which is the last at its end. */
  readonly rangeMs: number;
  readonly part: RollupPart;
}

/**
 * What is wanted of a bucket. least, greatest: one sample, at the bucket's end. sums, counts: one, at its end, `rolled` beside it.
 * first: the first sample. last: the last, and a stale marker at the end where the series ended behind it. increase: the first
 * and the last, `rolled` beside them, their falls too.
 */
export type RollupPart = 'least' | 'greatest' | 'sums' | 'counts' | 'first' | 'last' | 'increase';

/**
 * One series' samples in time order, one a timestamp. The arrays may be longer than `length`, and are reused by the
 * next iteration: copy what outlives the loop. Values may be the stale marker (see stale-nan.ts); their bits are those
 * that were written.
 */
export interface SeriesSamples {
  readonly labels: Labels;
  readonly length: number;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  /**
   * Native histograms by the sample's place: where there is one, the value at that place means nothing. Undefined where
   * all samples are numbers. Not reused by the next iteration.
   */
  readonly histograms?: readonly (NativeHistogram | undefined)[] | undefined;
  /** Since when each sample has counted, in unix milliseconds, NaN where that was not told; undefined where it never was. */
  readonly startsMs?: Float64Array | undefined;
  /** What samples stand for, where others beside them are not there; undefined where all stand for themselves. */
  readonly rolled?: RolledSamples | undefined;
}

/** What samples stand for, by their place. The arrays may be longer than there are samples, and are reused as theirs are. */
export interface RolledSamples {
  /**
   * How many samples it stands for, itself perhaps among them: 1 where it stands for itself, 0 where another stands for it, and it
   * is there because it is the first, the least or the greatest.
   */
  readonly counts: Float64Array;
  /** What their values add up to. */
  readonly sums: Float64Array;
  /** What a counter lost by restarts among them: the values before each fall, added up, less the one that a fall from the sample before shows. */
  readonly falls: Float64Array;
}

/** Where PromQL reads samples. Lives in the same thread as the evaluation, so that nothing is copied. */
export interface SampleSource {
  /** Yields matching series that have samples in range. The order is not defined. */
  select(request: SelectRequest): Iterable<SeriesSamples>;
  /** The labels of every series that matches and has, or may have, samples in range. */
  selectLabels(request: SelectRequest): Iterable<Labels>;
}

/** One observation behind a sample, such as the trace of a slow request. */
export interface Exemplar {
  /** Its own labels, such as trace_id, beside its series'. */
  readonly labels: Labels;
  readonly value: number;
  readonly timestampMs: number;
}

/** Samples as columns: sample i is (seriesKeys[seriesIndex[i]], timestampsMs[i], values[i]). */
export interface SampleBatch {
  /** `Labels.key` of each distinct series. */
  readonly seriesKeys: readonly string[];
  readonly seriesIndex: Uint32Array;
  readonly timestampsMs: Float64Array;
  /** Bits are kept: NaN payloads and the stale marker survive. */
  readonly values: Float64Array;
  /** The samples that are native histograms, by their place; their `values` mean nothing. */
  readonly histograms?: ReadonlyMap<number, NativeHistogram> | undefined;
  /** Places of stale markers that were sent as native histograms: they are counted as such. */
  readonly staleHistograms?: ReadonlySet<number> | undefined;
  /** Since when each sample has counted, in unix milliseconds; NaN where that was not told. */
  readonly startsMs?: Float64Array | undefined;
  readonly exemplars?: readonly { readonly seriesIndex: number; readonly exemplar: Exemplar }[] | undefined;
}

export type RejectReason = 'too old' | 'too far in the future' | 'duplicate' | 'series limit' | 'labels over 16,000 characters';

export interface AppendResult {
  /** Samples, native histograms among them. */
  readonly accepted: number;
  /** One entry a reason and series, at most 100 entries; `count` says how many samples it stands for. */
  readonly rejected: readonly {
    readonly reason: RejectReason;
    readonly series: string;
    readonly timestampMs: number;
    readonly count: number;
    /** What more can be said: `job api: 100,000 series, limit 100,000; label request_id has 98,000 values`. */
    readonly detail?: string | undefined;
  }[];
  readonly rejectedCount: number;
  /** How many of the accepted samples are native histograms, or end a series of them; undefined where the batch has none. */
  readonly histograms?: number | undefined;
  /** Undefined where the batch has none. */
  readonly exemplars?: ExemplarResult | undefined;
}

/** unknown series: exemplars belong to a series that has samples. out of order: behind the series' latest exemplar. */
export type ExemplarRejectReason =
  | 'out of order'
  | 'labels over 128 characters'
  | 'unknown series'
  | 'too old'
  | 'too far in the future';

export interface ExemplarResult {
  /** The series' latest one sent again counts as accepted. */
  readonly accepted: number;
  /** As `AppendResult.rejected`. */
  readonly rejected: readonly {
    readonly reason: ExemplarRejectReason;
    readonly series: string;
    readonly timestampMs: number;
    readonly count: number;
  }[];
  readonly rejectedCount: number;
}

/** A metric's metadata as exposition formats carry it. */
export interface MetricMetadata {
  readonly metric: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'gaugehistogram' | 'summary' | 'info' | 'stateset' | 'unknown';
  readonly help: string;
  readonly unit: string;
}

export interface QueryLimits {
  /** Samples read by one query. */
  readonly maxSamples: number;
  /** Series in a result or a selector. */
  readonly maxSeries: number;
  readonly timeoutMs: number;
}

/** What Prometheus keeps behind feature flags: off unless true. */
export interface QueryFeatures {
  /** `anchored` and `smoothed` behind selectors (Prometheus' promql-extended-range-selectors). */
  readonly extendedRangeSelectors?: boolean;
  /** `fill` and its kin behind binary operators (Prometheus' promql-binop-fill-modifiers). */
  readonly binaryFill?: boolean;
  /** rate() and its kin look at since when samples have counted (Prometheus' use-start-timestamps). */
  readonly startTimestamps?: boolean;
  /** The `__type__` label says what is a counter, not the name (Prometheus' type-and-unit-labels). */
  readonly typeAndUnitLabels?: boolean;
}

/** A PromQL question. For an instant query `startMs === endMs` and `stepMs` is 0. */
export interface EvaluateRequest {
  readonly expr: string;
  readonly startMs: number;
  /** The last grid time is the greatest `startMs + k * stepMs` that is at most `endMs`. */
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs?: number;
  readonly limits?: Partial<QueryLimits>;
  readonly features?: QueryFeatures;
  /** Also tell where the time went: `stats.trace`. */
  readonly trace?: boolean;
  /** Matchers that hold for every series that is read, whatever the expression selects: what the asker may see. */
  readonly within?: Selector;
  /** Whether the samples of `metric[5m]` come with the stale markers among them. */
  readonly keepsStale?: boolean;
}

/** One series on the result's grid: `values[i]` belongs to `timesMs[i]`. */
export interface GridSeries {
  readonly labels: Labels;
  readonly values: Float64Array;
  /** 1 where there is a value, 0 where there is none (missing is not NaN); undefined where all are there. */
  readonly present: Uint8Array | undefined;
  /** Native histograms by their place on the grid; the value there means nothing. Undefined where all are numbers. */
  readonly histograms?: readonly (NativeHistogram | undefined)[] | undefined;
}

export interface QueryAnnotation {
  readonly level: 'warning' | 'info';
  /** As Prometheus words it, with the position: `… (1:7)`. */
  readonly text: string;
}

export interface QueryStats {
  readonly seriesRead: number;
  readonly samplesRead: number;
  readonly elapsedMs: number;
  /** Where it was asked for. */
  readonly trace?: QueryTrace | undefined;
}

export type QueryResult = {
  readonly annotations: readonly QueryAnnotation[];
  readonly stats: QueryStats;
} & (
  | {
      /** A range query's answer, or an instant query's vector: then `timesMs` has length 1. Range answers are in label order; an instant vector's order counts (sort(), topk()). */
      readonly kind: 'matrix' | 'vector';
      readonly timesMs: Float64Array;
      readonly series: readonly GridSeries[];
    }
  /** Of an instant query; over a range a scalar is a series without labels. */
  | { readonly kind: 'scalar'; readonly timeMs: number; readonly value: number }
  /** Of an instant query. */
  | { readonly kind: 'string'; readonly timeMs: number; readonly value: string }
  /** `metric[5m]` as an instant query: samples as stored. */
  | { readonly kind: 'samples'; readonly series: readonly SeriesSamples[] }
);

/** How a written answer is asked for. */
export interface AnswerForm {
  /** At most this many series; 0 is all. */
  readonly limit: number;
  /** Also tell of the work that it took. */
  readonly stats: boolean;
}

/** A query's answer, written down. */
export interface WrittenAnswer {
  readonly stats: QueryStats;
  /** A piece is lent until the next one is asked for. Who leaves off early frees what is still to come. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** A question that PromQL refuses. Positions are UTF-16 offsets into the text. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** bad_data: does not parse or type-check. execution: fails on this data. timeout, canceled, limit: was stopped. unsupported: not there yet. */
  readonly code: 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'limit' | 'unsupported';
  readonly from: number | undefined;
  readonly to: number | undefined;

  constructor(
    code: QueryError['code'],
    message: string,
    position?: { readonly from: number; readonly to: number },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.from = position?.from;
    this.to = position?.to;
  }
}

/** What a watcher is told after a commit: one of its selectors has new samples in this closed range. */
export interface Growth {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LabelRequest {
  /** A series counts where one selector matches; none means all series. */
  readonly selectors: readonly Selector[];
  readonly fromMs: number;
  readonly toMs: number;
  /** At most this many answers; 0 means all. */
  readonly limit: number;
}

/** A search among the names of labels, or among one label's values. `limit` counts from `offset`. */
export interface LabelSearch extends LabelRequest {
  /** Whose values are searched; undefined searches the names of labels. */
  readonly label: string | undefined;
  /** One of them must be in the text, or its letters in their order; with none every text counts. */
  readonly texts: readonly string[];
  /** 0 to 1: 0 takes letters in their order, from 0.6 a part, from 0.7 what begins a word, from 0.8 what begins the text, 1 the text itself. */
  readonly leastScore: number;
  readonly caseSensitive: boolean;
  /** score: the best first, and those of one score in rising order. */
  readonly order: 'rising' | 'falling' | 'score';
  /** So many of the first are left out. */
  readonly offset: number;
}

export interface FoundText {
  readonly text: string;
  /** 0 to 1, and 1 for the text itself. */
  readonly score: number;
}

export interface FoundLabels {
  readonly found: readonly FoundText[];
  /** Whether there are more behind these. */
  readonly hasMore: boolean;
  /** How many there are in all, those left out among them; undefined where that is not counted: within a stretch of time, without selectors. */
  readonly total?: number | undefined;
}

/** What to delete: samples and exemplars in a closed range of unix milliseconds, of every series that one selector matches. */
export interface DeleteRequest {
  readonly selectors: readonly Selector[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface DeletedSamples {
  /** Series that lost samples. */
  readonly series: number;
  readonly samples: number;
}

/** The exemplars of one series, in time order. */
export interface SeriesExemplars {
  readonly labels: Labels;
  readonly exemplars: readonly Exemplar[];
}

export interface StoreStats {
  readonly seriesCount: number;
  readonly headSamples: number;
  readonly storedSamples: number;
  readonly bytesOnDisk: number;
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  readonly walReplayMs: number;
  readonly appendedSamples: number;
  readonly commits: number;
  readonly commitSecondsTotal: number;
}

/**
 * Holds metric samples. Any timestamp within retention is accepted, in any order; of two samples of one series and
 * timestamp the later written counts. Every method may be called from one thread while others are under way.
 */
export interface SampleStore {
  /**
   * Resolves once every accepted sample survives `kill -9`.
   * Throws StoreReadOnly where the disk is full and StoreBusy where too much waits to be written.
   */
  append(batch: SampleBatch): Promise<AppendResult>;
  evaluate(request: EvaluateRequest, signal?: AbortSignal): Promise<QueryResult>;
  /** As `evaluate`, the answer in the JSON of Prometheus' HTTP API. */
  evaluateJson(request: EvaluateRequest, form: AnswerForm, signal?: AbortSignal): Promise<WrittenAnswer>;
  series(request: LabelRequest, signal?: AbortSignal): Promise<readonly Labels[]>;
  labelNames(request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]>;
  labelValues(label: string, request: LabelRequest, signal?: AbortSignal): Promise<readonly string[]>;
  /** Names of labels, or values of one, that a text is in. */
  searchLabels(search: LabelSearch, signal?: AbortSignal): Promise<FoundLabels>;
  /** What the series are made of. */
  cardinality(request: CardinalityRequest, signal?: AbortSignal): Promise<Cardinality>;
  /** The series that have exemplars in range, in label order; `limit` counts exemplars, and the newest stay. */
  exemplars(request: LabelRequest, signal?: AbortSignal): Promise<readonly SeriesExemplars[]>;
  /**
   * Deletes samples for good; runs' curves are not touched. Resolves once the file is without them. An error leaves each
   * series whole or without them: ask again.
   */
  deleteSeries(request: DeleteRequest): Promise<DeletedSamples>;
  /** Calls back after a commit that added samples to a series that one of the selectors matches. Returns the way to stop. */
  watch(selectors: readonly Selector[], onGrowth: (growth: Growth) => void): () => void;
  stats(): Promise<StoreStats>;
  /** Writes out what waits, then closes. Later calls throw. */
  close(): Promise<void>;
}

/** The disk is full or not writable; reads go on. The message says which folder and what to do. */
export class StoreReadOnly extends Error {
  override readonly name = 'StoreReadOnly';
  /** Somebody has to free space: senders need not ask more often. */
  readonly retryAfterSeconds = 30;
}

/** More waits to be written than memory is set aside for; try again after `retryAfterSeconds`. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
