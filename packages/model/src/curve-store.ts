/** Holds runs' curves and what was logged beside them: part of the sample store, kept until a run is deleted. */

/** What a curve store holds; doors refuse beyond. */
export const CURVE_LIMITS = {
  /** Steps are whole numbers from -2^51 to this. */
  step: 2 ** 51,
  /** Times are unix milliseconds, on 10 May 2041 at the latest; before 1970 they reach as far back. */
  timeMs: 2 ** 51 / 1_000,
  /** Of names of runs, metrics and tags: from 1 on. */
  nameChars: 1_000,
  /** Of one item's data. */
  itemBytes: 16 * 1024 * 1024,
} as const;

/** Points of one curve as columns, in the order in which they were logged. */
export interface CurvePoints {
  readonly length: number;
  /** Whole numbers within ±2^51. May go back: a run that was started again. */
  readonly steps: Float64Array;
  /** Unix milliseconds, kept to the microsecond. */
  readonly timesMs: Float64Array;
  /** Bits are kept: NaN payloads and infinities survive. */
  readonly values: Float64Array;
  /** NaN where a point has none; undefined where no point has. */
  readonly epochs: Float64Array | undefined;
}

export interface CurvePart extends CurvePoints {
  /** Where the next part begins; undefined after the last one. */
  readonly next: number | undefined;
}

export interface CurveName {
  readonly run: string;
  /** As logged: "train/loss". 1 to 1,000 characters. */
  readonly metric: string;
}

/** Point i belongs to curves[curveIndex[i]]. */
export interface CurveBatch {
  readonly curves: readonly CurveName[];
  readonly curveIndex: Uint32Array;
  readonly steps: Float64Array;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly epochs?: Float64Array | undefined;
  /** Leaves out points of which the curve already has one with the same step, time and value: for senders that send again. */
  readonly once?: boolean;
  readonly items?: readonly NewRunItem[];
  /** Where a follower of files has got to, by its own name; kept in the same transaction as the points. "" forgets it. */
  readonly marks?: Readonly<Record<string, string>>;
}

/** What is logged at a step and is no number. */
export const RUN_ITEM_KINDS = ['histogram', 'image', 'text', 'audio', 'pr_curve', 'table'] as const;
export type RunItemKind = (typeof RUN_ITEM_KINDS)[number];

/** The media type of an image or sound that is a file of its run: its data is the file's path among the run's artefacts, in UTF-8. */
export const RUN_FILE_MEDIA = 'application/x-vitrine-run-file';

/**
 * histogram: Float64 LE triples (left, right, count), rising. image, audio: the encoded file. text: UTF-8, Markdown. pr_curve: Float64 LE,
 * six rows of equal length (TP, FP, TN, FN, precision, recall). table: UTF-8 JSON {columns: string[], rows: unknown[][]}.
 */
export interface NewRunItem {
  readonly run: string;
  readonly tag: string;
  readonly kind: RunItemKind;
  readonly step: number;
  readonly timeMs: number;
  /** Of several of one step: which. */
  readonly index: number;
  /** "image/png"; "" where the kind says it all; RUN_FILE_MEDIA where the data is no more than a reference. */
  readonly mediaType: string;
  /** At most 16 MiB. */
  readonly data: Uint8Array;
}

export interface RunItem extends Omit<NewRunItem, 'data'> {
  readonly id: number;
  readonly bytes: number;
}

/** What of a curve is known without reading it. */
export interface CurveSummary extends CurveName {
  readonly points: number;
  /** Counts points that are NaN or infinite. */
  readonly nonFinite: number;
  /** How often the step went back. */
  readonly restarts: number;
  readonly first: CurvePoint;
  /** As logged last. */
  readonly last: CurvePoint;
  /** The one with the greatest step, then time, then value: MLflow's "latest". */
  readonly latest: CurvePoint;
  /** Of the finite ones; undefined where there are none. */
  readonly min: CurvePoint | undefined;
  readonly max: CurvePoint | undefined;
  readonly minStep: number;
  readonly maxStep: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CurvePoint {
  readonly step: number;
  readonly timeMs: number;
  readonly value: number;
}

/** Told after a commit: what grew, by run. */
export interface CurveGrowth {
  readonly runs: ReadonlyMap<string, RunGrowth>;
}

export interface RunGrowth {
  readonly metrics: ReadonlySet<string>;
  /** Whether something else than numbers came. */
  readonly items: boolean;
  /** What the new points' wall times reach over, closed; from Infinity to -Infinity where there are none. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface CurveStoreStats {
  readonly runs: number;
  readonly curves: number;
  readonly points: number;
  readonly bytesOnDisk: number;
}

/**
 * Every method may be called while others are under way. Reads that take a signal throw what it was aborted with, and end between two
 * pieces of a curve.
 */
export interface CurveStore {
  /**
   * Resolves, with the number of points kept, once all of it survives `kill -9`. A run or curve that is not there is made.
   * Throws StoreReadOnly where the disk is full, StoreBusy where too much waits, BadRequest for what no store can hold.
   */
  append(batch: CurveBatch): Promise<{ readonly points: number; readonly items: number }>;
  /** What PromQL calls the run's series, see runSeriesLabels(); a run without labels is none of PromQL's. */
  label(run: string, labels: Readonly<Record<string, string>>): Promise<void>;
  mark(name: string): Promise<string | undefined>;
  /** All points of a curve, or those of its newest `limit`; none where there is no such curve. */
  points(curve: CurveName, limit?: number, signal?: AbortSignal): Promise<CurvePoints>;
  /** Some thousands of points from the one at `from` on, counted from 0 as they were logged: for who reads long curves piece by piece. */
  pointsFrom(curve: CurveName, from: number, signal?: AbortSignal): Promise<CurvePart>;
  /** Of the runs (all where undefined) and metrics (all where undefined). */
  summaries(
    request: {
      readonly runs?: readonly string[] | undefined;
      readonly metrics?: readonly string[] | undefined;
    },
    signal?: AbortSignal,
  ): Promise<readonly CurveSummary[]>;
  /** Names of metrics and how many of the runs (of all where undefined) have them, those with the text in them. */
  metricNames(request: {
    readonly runs?: readonly string[] | undefined;
    readonly text?: string | undefined;
    readonly limit: number;
    /** false, where `runs` is undefined: no runs are counted, each answer says 0. Counting millions of curves takes its time. */
    readonly counted?: boolean | undefined;
    /**
     * 'runs': those that most of the runs have come first, and of equal ones each run's first before any run's second, so that one run
     * with thousands of names leaves room for the others'. By name where absent.
     */
    readonly order?: 'name' | 'runs' | undefined;
  }): Promise<readonly { readonly metric: string; readonly runs: number }[]>;
  /** Without their data, by tag, step and index. */
  items(request: {
    readonly run: string;
    readonly kinds?: readonly RunItemKind[] | undefined;
    readonly tag?: string | undefined;
  }): Promise<readonly RunItem[]>;
  item(id: number): Promise<(RunItem & { readonly data: Uint8Array }) | undefined>;
  /** Removes all that is kept of the runs. */
  remove(runs: readonly string[]): Promise<void>;
  /** Returns the way to stop. */
  watch(onGrowth: (growth: CurveGrowth) => void): () => void;
  stats(): Promise<CurveStoreStats>;
  close(): Promise<void>;
}
