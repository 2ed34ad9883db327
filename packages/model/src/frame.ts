import type { FieldSettings } from './field-config.ts';

/** What a panel measures along its x axis. */
export type XDomain = 'time' | 'step' | 'epoch' | 'elapsed';

interface FieldBase {
  readonly name: string;
  /** The series' labels, where the column is one. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What the source and transformations say of the field. Panels get it with the panel's own settings and overrides applied. */
  readonly config?: FieldSettings;
  /** What thresholds in percent and colour schemes are a share of, where `config` says no min or no max. Filled in with the settings, on the page. */
  readonly range?: { readonly min: number; readonly max: number };
  /** 1 where there is a value, 0 where there is none; undefined where all are there. NaN, "" and false are values. */
  readonly present?: Uint8Array;
}

/** Numbers of a column. Time columns hold unix milliseconds. */
export interface NumberField extends FieldBase {
  readonly type: 'number' | 'time';
  readonly values: Float64Array;
}

export interface StringField extends FieldBase {
  readonly type: 'string';
  readonly values: readonly string[];
}

/** 1 is true. */
export interface BooleanField extends FieldBase {
  readonly type: 'boolean';
  readonly values: Uint8Array;
}

/** Frames inside cells: the history behind a number, the rows of a group. */
export interface FrameField extends FieldBase {
  readonly type: 'frame';
  readonly values: readonly (readonly Frame[])[];
}

/** Anything else that JSON can say. */
export interface JsonField extends FieldBase {
  readonly type: 'json';
  readonly values: readonly unknown[];
}

export function isNumbers(field: Field | undefined): field is NumberField {
  return field?.type === 'number' || field?.type === 'time';
}

export type Field = NumberField | StringField | BooleanField | FrameField | JsonField;

/**
 * How to read a frame.
 * series: the first column is x, each further column a series over it.
 * table: rows as they are.
 * buckets: like series, each column one bucket of a histogram whose upper bound is its label `le`, not cumulative, in rising order.
 * logs: rows with columns time, body, and labels or further columns.
 * trace: a row a span. nodes, edges: a graph. profile: a flame graph's levels. exemplars: points beside the series of the same query.
 */
export type FrameShape = 'series' | 'table' | 'buckets' | 'logs' | 'trace' | 'nodes' | 'edges' | 'profile' | 'exemplars';

/** Columns of one length. */
export interface Frame {
  /** The query it answers. */
  readonly refId: string;
  readonly name?: string;
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
  /** Whether a later answer's newer points can be put behind this one's: false where transformations or expressions ran over the whole. */
  readonly growable: boolean;
}

/** A mark on the charts: something that happened, at an instant or over a stretch. */
export interface AnnotationEvent {
  /** Of the saved annotation; undefined where it came from a query. */
  readonly id?: number;
  /** The name of the annotation query that it answers. */
  readonly query: string;
  readonly timeMs: number;
  /** The same as `timeMs` for an instant. */
  readonly endMs: number;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly color: string;
  /** The panel it was made on; undefined stands on all. */
  readonly panelId?: number;
}
