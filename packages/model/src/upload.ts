import { Labels, METRIC_NAME } from './labels.ts';

export const UPLOAD_FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export type UploadFormat = (typeof UPLOAD_FORMATS)[number];

/**
 * How a column says its times. rfc3339: with a zone in each, 2026-03-01T12:00:00Z. date, day-first and month-first: without,
 * 2026-03-01 12:00, 31.12.2026 12:00 and 12/31/2026 12:00, read in the mapping's zone. timestamp: Parquet's own type.
 */
export const TIME_FORMATS = [
  'rfc3339',
  'unix-s',
  'unix-ms',
  'unix-us',
  'unix-ns',
  'date',
  'day-first',
  'month-first',
  'timestamp',
] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** Formats whose times are a clock's on a wall, so that a zone says when they were. */
export const ZONED_FORMATS: readonly TimeFormat[] = ['date', 'day-first', 'month-first', 'timestamp'];

export const MOST_COLUMNS = 2_000;
/** Rows that were refused and are told one by one. */
export const MOST_ROWS_TOLD = 100;

/** What a file's rows mean: one sample a row and value column. */
export interface UploadMapping {
  /** undefined where the file's first bytes are to say. */
  readonly format: UploadFormat | undefined;
  readonly csv: CsvDialect;
  readonly time: UploadTime;
  readonly values: readonly ValueColumn[];
  readonly labels: readonly LabelColumn[];
  /** Labels of every sample. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Before the name that a column gives its metric. */
  readonly prefix: string;
  /** Instead of a metric a column: one of this name, which has the column's name in a label. */
  readonly metric: { readonly name: string; readonly label: string } | undefined;
}

export interface CsvDialect {
  /** One character; undefined where the first lines are to say. */
  readonly delimiter: string | undefined;
  /** undefined likewise. */
  readonly decimal: '.' | ',' | undefined;
}

export type UploadTime =
  | {
      readonly kind: 'column';
      readonly column: string;
      readonly format: TimeFormat;
      /** A zone of the IANA database or UTC. */
      readonly zone: string;
    }
  /** The file says no times: row n, from 0, was at startMs + n * everyMs. */
  | { readonly kind: 'spaced'; readonly startMs: number; readonly everyMs: number };

export interface ValueColumn {
  readonly column: string;
  /** The metric's, without the prefix; undefined is the column's. */
  readonly name: string | undefined;
  /** Put at the name's end, as Prometheus has it: seconds, bytes. "" is none. */
  readonly unit: string;
}

export interface LabelColumn {
  readonly column: string;
  readonly name: string;
}

/** `POST /api/ingest/preview`: the first rows of a file, and what its columns may mean. */
export interface UploadPreview {
  readonly format: UploadFormat;
  readonly gzip: boolean;
  readonly csv: { readonly delimiter: string; readonly decimal: '.' | ',' } | undefined;
  readonly columns: readonly PreviewColumn[];
  /** As text, one a column; undefined where a cell is empty. */
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** Where the file says how many it holds. */
  readonly rowCount: number | undefined;
  /** Sentences on what is odd about the file. */
  readonly notices: readonly string[];
}

export type ColumnRole = 'time' | 'value' | 'label' | 'ignore';

export interface PreviewColumn {
  readonly name: string;
  /** number, text, time, boolean, empty, nested: or Parquet's own word. */
  readonly type: string;
  readonly role: ColumnRole;
  /** Where nearly all of its cells can be read as times. */
  readonly timeFormat: TimeFormat | undefined;
  /** The format that suits its cells best, if it is to be the time; undefined where no cell is a time in any. */
  readonly nearestFormat: TimeFormat | undefined;
  /** Its name or its cells are such as times have, whether they can be read or not. */
  readonly looksTimely: boolean;
  /** Its cells are times with the day first as well as with the month first, and other ones. */
  readonly isAmbiguous: boolean;
  /** Different values among the rows that were looked at. */
  readonly distinct: number;
}

/** `GET /api/ingest/uploads/{id}`: null where one's own upload of that id has not begun, or is over. */
export interface UploadRunning {
  readonly progress: UploadProgress | null;
}

/** Counts of an import that is under way. */
export interface UploadProgress {
  readonly bytes: number;
  readonly rows: number;
  readonly accepted: number;
  readonly refused: number;
}

/** `POST /api/ingest/upload`: what became of the file. */
export interface UploadAnswer extends UploadProgress {
  readonly format: UploadFormat;
  /** Nothing was stored: the counts say what would have been. */
  readonly dryRun: boolean;
  /** Names of the metrics that got samples, at most 100. */
  readonly metrics: readonly string[];
  /** Different series, counted up to 100,000. */
  readonly series: number;
  /** The earliest and the latest sample's time; undefined where there is none. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** By reason, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number; readonly sentence: string }[];
  /** The first 100; what the store refused stands here once a series and batch, by time. */
  readonly rowsRefused: readonly ToldRefusal[];
  /** Why the import ended before the file did; what is counted here was stored. */
  readonly stopped: string | undefined;
}

export interface RefusedRow {
  /** As a spreadsheet or an editor counts: the line of a JSONL file; of a CSV file the record, its header being 1; of a Parquet file from 1. */
  readonly row: number;
  /** "" is the whole row. */
  readonly column: string;
  readonly reason: string;
  /** Without the row: `"abc" is not a number`. */
  readonly sentence: string;
}

export interface ToldRefusal extends Omit<RefusedRow, 'row'> {
  /** undefined where the store refused samples: it knows series and times. */
  readonly row: number | undefined;
}

/** A name that Prometheus knows as one of a metric: what is no letter, digit, _ or : becomes _. */
export function asMetricName(text: string): string {
  return leadByLetter(text.trim().replaceAll(/[^a-zA-Z0-9_:]+/g, '_'));
}

/** A name that Prometheus knows as one of a label. */
export function asLabelName(text: string): string {
  return leadByLetter(text.trim().replaceAll(/[^a-zA-Z0-9_]+/g, '_'));
}

function leadByLetter(name: string): string {
  return /^\d/.test(name) ? `_${name}` : name;
}

/** The metric that a column's values belong to. */
export function metricOf({ prefix, metric }: Pick<UploadMapping, 'prefix' | 'metric'>, value: ValueColumn): string {
  if (metric !== undefined) return metric.name;
  const name = asMetricName(prefix + (value.name ?? value.column));
  const unit = asMetricName(value.unit);
  return unit === '' || name.endsWith(`_${unit}`) ? name : `${name}_${unit}`;
}

/** The labels of a value column's samples in rows where the label columns have these cells, one each. */
export function seriesOf(mapping: UploadMapping, value: ValueColumn, cells: readonly string[]): Labels {
  const { metric, labels, fixed } = mapping;
  const pairs = new Map(Object.entries(fixed));
  for (const [index, { name }] of labels.entries()) pairs.set(name, cells[index] ?? '');
  if (metric !== undefined) pairs.set(metric.label, value.name ?? value.column);
  pairs.set(METRIC_NAME, metricOf(mapping, value));
  return Labels.from(pairs);
}
