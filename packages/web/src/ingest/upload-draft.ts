import { parseUploadMapping } from '@vitrine/model/parse/upload-mapping.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { asLabelName, asMetricName, seriesOf, ZONED_FORMATS } from '@vitrine/model/upload.ts';
import type { ColumnRole, TimeFormat, UploadMapping, UploadPreview } from '@vitrine/model/upload.ts';

/** What is said of one column. */
export interface DraftColumn {
  readonly name: string;
  readonly role: ColumnRole;
  /** The metric's or the label's name; "" is the column's. */
  readonly called: string;
  readonly unit: string;
  readonly timeFormat: TimeFormat;
}

/** A mapping as it is written in the page; see UploadMapping. */
export interface UploadDraft {
  readonly columns: readonly DraftColumn[];
  readonly zone: string;
  /** No column is the time, and that is meant: what a column that looks like one says is not asked. */
  readonly isSpaced: boolean;
  /** Where no column is the time. */
  readonly start: string;
  readonly everySeconds: string;
  readonly prefix: string;
  readonly fixed: readonly { readonly name: string; readonly value: string }[];
  /** One metric, with the columns' names in a label. */
  readonly isOne: boolean;
  readonly oneName: string;
  readonly oneLabel: string;
  readonly decimal: '.' | ',';
}

/** What the server guessed, to be changed. `endMs` is when the last row was, where the file says no times. */
export function draftOf(preview: UploadPreview, fileName: string, endMs: number): UploadDraft {
  const rows = preview.rowCount ?? preview.rows.length;
  return {
    columns: preview.columns.map(({ name, role, timeFormat, nearestFormat }) => ({
      name,
      role,
      called: '',
      unit: '',
      timeFormat: timeFormat ?? nearestFormat ?? 'rfc3339',
    })),
    zone: 'UTC',
    isSpaced: false,
    start: new Date(Math.floor(endMs / 1_000) * 1_000 - rows * 1_000).toISOString(),
    everySeconds: '1',
    prefix: '',
    fixed: [],
    isOne: false,
    oneName: asMetricName(fileName.replace(/(\.[A-Za-z0-9]{1,8})+$/, '')) || 'uploaded',
    oneLabel: 'column',
    decimal: preview.csv?.decimal ?? '.',
  };
}

/** Changes a column. There is one time: another that was it is left out. */
export function withColumn(draft: UploadDraft, at: number, change: Partial<DraftColumn>): UploadDraft {
  const columns = draft.columns.map((column, index): DraftColumn => {
    if (index === at) return { ...column, ...change };
    return change.role === 'time' && column.role === 'time' ? { ...column, role: 'ignore' } : column;
  });
  return { ...draft, columns };
}

/** The column that may hold the times where none is taken for them: samples would be stored at times that nobody wrote. */
export function untakenTime({ columns }: UploadDraft, preview: UploadPreview): string | undefined {
  if (columns.some(({ role }) => role === 'time')) return undefined;
  const isLeft = ({ role }: DraftColumn, at: number): boolean => {
    const looked = preview.columns[at];
    return role !== 'value' && looked?.looksTimely === true && looked.type !== 'empty';
  };
  return columns.find(isLeft)?.name;
}

/** A date that could be two, and which it is taken for; undefined where the time's cells say it. */
export function ambiguousTime({ columns }: UploadDraft, preview: UploadPreview): string | undefined {
  const at = columns.findIndex(({ role }) => role === 'time');
  const format = columns[at]?.timeFormat;
  if (preview.columns[at]?.isAmbiguous !== true || (format !== 'day-first' && format !== 'month-first')) return undefined;
  const cell = preview.rows.map((row) => row[at]).find((text) => text !== undefined && text !== null);
  const [first, second] = format === 'day-first' ? ['day', 'month'] : ['month', 'day'];
  return `The dates can be read both ways: ${cell ?? 'each'} is taken for ${first} first, and may be ${second} first. Choose which in the row of ${columns[at]?.name}.`;
}

/** Whether the times are a clock's on a wall, so that it matters where it hung. */
export function asksZone({ columns }: UploadDraft, preview: UploadPreview): boolean {
  const at = columns.findIndex(({ role }) => role === 'time');
  const column = columns[at];
  if (column === undefined || !ZONED_FORMATS.includes(column.timeFormat)) return false;
  return column.timeFormat !== 'timestamp' || preview.columns[at]?.type.endsWith('UTC') === false;
}

/** The JSON that is sent with the file. */
export function mappingJson(draft: UploadDraft, preview: UploadPreview): Record<string, unknown> {
  const { columns, isOne, prefix, fixed, decimal } = draft;
  const time = columns.find(({ role }) => role === 'time');
  const startMs = Date.parse(draft.start);
  const everyMs = Math.round(Number(draft.everySeconds) * 1_000);
  const zone = asksZone(draft, preview) ? { zone: draft.zone } : {};
  const labels = fixed.filter(({ name, value }) => name !== '' || value !== '');
  return {
    format: preview.format,
    ...(preview.csv === undefined ? {} : { csv: { delimiter: preview.csv.delimiter, decimal } }),
    time: time === undefined ? { startMs, everyMs } : { column: time.name, format: time.timeFormat, ...zone },
    values: columns
      .filter(({ role }) => role === 'value')
      .map(({ name, called, unit }) =>
        called === '' && unit === ''
          ? name
          : { column: name, ...(called === '' ? {} : { name: called }), ...(unit === '' ? {} : { unit }) },
      ),
    ...optional('labels', columns.filter(({ role }) => role === 'label').map(labelJson)),
    ...(labels.length === 0 ? {} : { fixed: Object.fromEntries(labels.map(({ name, value }) => [name, value])) }),
    ...(prefix === '' || isOne ? {} : { prefix }),
    ...(isOne ? { metric: { name: draft.oneName, label: draft.oneLabel } } : {}),
  };
}

function labelJson({ name, called }: DraftColumn): unknown {
  return called === '' || called === asLabelName(name) ? name : { column: name, name: called };
}

function optional(name: string, list: readonly unknown[]): Record<string, unknown> {
  return list.length === 0 ? {} : { [name]: list };
}

/** The mapping, or what is wrong with it in words for whoever fills in the form. */
export function readDraft(draft: UploadDraft, preview: UploadPreview): UploadMapping | string {
  if (!draft.columns.some(({ role }) => role === 'value')) return 'Choose at least one column of values.';
  if (!draft.columns.some(({ role }) => role === 'time')) {
    const untaken = draft.isSpaced ? undefined : untakenTime(draft, preview);
    if (untaken !== undefined) {
      return `The column ${untaken} looks like times, and it is not read: choose it as the Time, with how it says them, or say that the rows are spaced evenly.`;
    }
    if (Number.isNaN(Date.parse(draft.start))) return 'The time of the first row is no time such as 2026-03-01T12:00:00Z.';
    if (!(Number(draft.everySeconds) > 0)) return 'The seconds between rows must be a number above 0.';
  }
  try {
    return parseUploadMapping(mappingJson(draft, preview));
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return sentence(error.message);
  }
}

/** `mapping.fixed.1a: "1a" is no name` for people who see fields, not JSON. */
function sentence(message: string): string {
  const text = message.replace(/^[\w.[\]]+: /, '');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** The series that a value column's cell in the first row becomes part of: `loss{run="a"}`. */
export function seriesText(mapping: UploadMapping, column: string, preview: UploadPreview): string {
  const value = mapping.values.find((candidate) => candidate.column === column);
  if (value === undefined) return '';
  const at = new Map(preview.columns.map(({ name }, index) => [name, index]));
  const cells = mapping.labels.map((label) => {
    const cell = at.get(label.column);
    const found = preview.rows.find((row) => cell !== undefined && row[cell] !== undefined);
    return (cell === undefined ? undefined : found?.[cell]) ?? '…';
  });
  return seriesOf(mapping, value, cells).toString();
}

/** The same by hand, for a script. */
export function curlOf(mapping: Readonly<Record<string, unknown>>, fileName: string, origin: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return [
    `curl -H 'Authorization: Bearer TOKEN' ${origin}/api/ingest/upload \\`,
    `  -F mapping=${quoted(JSON.stringify(mapping).replaceAll(';', String.raw`\u003b`))} \\`,
    `  -F file=@${quoted(fileName)}`,
    '',
  ].join('\n');
}

/** PromQL for what was imported. */
export function exprOf(metrics: readonly string[]): string {
  const [first = ''] = metrics;
  return metrics.length === 1 ? first : `{__name__=~"${metrics.slice(0, 20).join('|')}"}`;
}
