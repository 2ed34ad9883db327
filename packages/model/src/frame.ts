/** What a panel measures along its x axis. */
export type XDomain = 'time' | 'step' | 'epoch' | 'elapsed';

/** Numbers of a column. Time columns hold unix milliseconds. */
export interface NumberField {
  readonly name: string;
  readonly type: 'number' | 'time';
  /** The series' labels, where the column is one. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Overrides the panel's unit, see unit.ts. */
  readonly unit?: string;
  readonly values: Float64Array;
  /** 1 where there is a value, 0 where there is none; undefined where all are there. NaN is a value. */
  readonly present?: Uint8Array;
}

export interface StringField {
  readonly name: string;
  readonly type: 'string';
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: readonly string[];
}

export type Field = NumberField | StringField;

/**
 * How to read a frame.
 * series: the first column is x, each further column a series over it.
 * table: rows as they are.
 * buckets: like series, each column one bucket of a histogram whose upper bound is its label `le`, not cumulative, in rising order.
 */
export type FrameShape = 'series' | 'table' | 'buckets';

/** Columns of one length. */
export interface Frame {
  /** The query it answers. */
  readonly refId: string;
  readonly shape: FrameShape;
  readonly length: number;
  readonly fields: readonly Field[];
}

/** Something the reader of a panel should know: an annotation of PromQL, a limit that cut the answer. */
export interface Notice {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** Where the time of a query went, and what it ran. Shown by the panel's "why slow". */
export interface QueryTrace {
  readonly refId: string;
  readonly source: string;
  /** The query text as it was run. */
  readonly executed: string;
  readonly stepMs: number;
  readonly elapsedMs: number;
  readonly seriesRead: number;
  readonly samplesRead: number;
}

/** The answer to one panel's queries. */
export interface PanelData {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
  readonly traces: readonly QueryTrace[];
  /** The range that was evaluated: grid-aligned, closed. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}
