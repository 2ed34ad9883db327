import { defaultLegends } from '@vitrine/compute/legend.ts';
import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import { type Field, type Frame, isNumbers, type Notice, type NumberField } from '@vitrine/model/frame.ts';
import { METRIC_NAME } from '@vitrine/model/labels.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import type { Columns } from './columns.ts';
import { fillGaps } from './fill-gaps.ts';
import type { GapFill } from './macros.ts';
import type { SqlQuery } from './spec.ts';

/** What Grafana calls the times of rows; as numbers they are of the epoch. */
const TIME = 'time';
const TIME_END = 'timeend';
/** Of a wide frame: times by series. */
const MAX_CELLS = 10_000_000;

export interface ShapeNeeds {
  readonly refId: string;
  readonly format: SqlQuery['format'];
  readonly gaps: GapFill | undefined;
  readonly maxSeries: number;
  /** The page's range, which gaps are filled over. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Shaped {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
}

/** Rows as the query asked to have them. Throws QueryError where they have no times, LimitExceeded. */
export function shapeSql(columns: Columns, needs: ShapeNeeds): Shaped {
  const { refId, format } = needs;
  const times = [TIME, TIME_END];
  switch (format) {
    case 'table':
      return { frames: [columns.frame(refId, 'table', { exact: true, times })], notices: exactNotice(columns, refId) };
    case 'logs':
      return { frames: [logsFrame(columns.frame(refId, 'logs', { exact: true, times }))], notices: [] };
    case 'time_series':
      return seriesFrame(columns.frame(refId, 'series', { exact: false, times }), needs);
  }
}

function exactNotice(columns: Columns, refId: string): Notice[] {
  const names = columns.unsafeNames;
  if (names.length === 0) return [];
  return [
    {
      level: 'info',
      text: `Query ${refId}: ${names.join(', ')} ${names.length === 1 ? 'holds' : 'hold'} whole numbers past 2^53 and ${names.length === 1 ? 'is' : 'are'} shown as text.`,
    },
  ];
}

/** The time first. */
function logsFrame(frame: Frame): Frame {
  const time = timeField(frame);
  return { ...frame, fields: [time, ...frame.fields.filter((field) => field !== time)] };
}

function timeField({ fields, length, refId }: Frame): NumberField {
  const named =
    fields.find((field) => field.name === TIME && field.type === 'time') ?? fields.find((field) => field.type === 'time');
  if (named?.type === 'time') return named;
  // An answer without columns of its own kind, as of no rows at all, has nothing to draw.
  if (length === 0) return { name: TIME, type: 'time', values: new Float64Array(0) };
  throw new QueryError(
    'bad_data',
    `Query ${refId} answers without a time: call a column "time", for example by $__time(created_at) or $__timeGroupAlias(created_at, $__interval), or ask for a table.`,
  );
}

interface Series {
  readonly column: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** Long rows made wide: columns of text are labels, numbers are values, and each pair of both is a series over all the times. */
function seriesFrame(long: Frame, needs: ShapeNeeds): Shaped {
  const { refId, maxSeries } = needs;
  const time = timeField(long);
  const values = long.fields.filter(
    (field) => field !== time && (isNumbers(field) ? field.type === 'number' : field.type === 'boolean'),
  );
  const labels = long.fields.filter((field) => field.type === 'string');
  const rows = rowsByTime(time, long.length);
  const notices: Notice[] = [];
  const untimed = long.length - rows.length;
  if (untimed > 0)
    notices.push({
      level: 'warning',
      text: `Query ${refId}: ${untimed} ${untimed === 1 ? 'row has' : 'rows have'} no time and ${untimed === 1 ? 'is' : 'are'} not shown.`,
    });

  const timesMs: number[] = [];
  const placeOf = new Uint32Array(long.length);
  for (const row of rows) {
    const at = time.values[row] as number;
    if (timesMs.at(-1) !== at) timesMs.push(at);
    placeOf[row] = timesMs.length - 1;
  }
  const groups = new Map<string, Series[]>();
  let count = 0;
  for (const row of rows) {
    const key = labels.length === 0 ? '' : JSON.stringify(labels.map((field) => textAt(field, row)));
    let series = groups.get(key);
    if (series === undefined) {
      count += values.length;
      refuseTooMany(count, timesMs.length, maxSeries);
      const of = labelsAt(labels, row);
      series = values.map(({ name }) => ({
        column: name,
        labels: of,
        values: new Float64Array(timesMs.length),
        present: new Uint8Array(timesMs.length),
      }));
      groups.set(key, series);
    }
    const place = placeOf[row] as number;
    for (const [index, field] of values.entries()) {
      if (field.present?.[row] === 0) continue;
      const one = series[index] as Series;
      one.values[place] = Number((field as NumberField).values[row]);
      one.present[place] = 1;
    }
  }
  const columns = nameSeries([...groups.values()].flat(), values.length > 1);
  const frame: Frame = {
    refId,
    shape: 'series',
    length: timesMs.length,
    fields: [{ name: TIME, type: 'time', values: Float64Array.from(timesMs) }, ...columns],
  };
  return { frames: [needs.gaps === undefined ? frame : fillGaps(frame, needs.gaps, needs)], notices };
}

function refuseTooMany(series: number, times: number, maxSeries: number): void {
  if (series > maxSeries)
    throw new LimitExceeded(
      'series',
      `The query answers with more than ${maxSeries.toLocaleString('en')} series; group by fewer columns of text, or ask for a table`,
    );
  if (series * times > MAX_CELLS)
    throw new LimitExceeded(
      'points',
      `The query answers with ${series.toLocaleString('en')} series over ${times.toLocaleString('en')} times; group the times with $__timeGroupAlias(time, $__interval)`,
    );
}

/** Rows that have a time, in its order; those of one time stay in theirs, so that the last counts. */
function rowsByTime({ values, present }: NumberField, length: number): Uint32Array {
  const rows = Uint32Array.from({ length }, (_, row) => row).filter(
    (row) => present?.[row] !== 0 && Number.isFinite(values[row]),
  );
  return rows.every((row, index) => index === 0 || (values[rows[index - 1] as number] as number) <= (values[row] as number))
    ? rows
    : rows.toSorted((a, b) => (values[a] as number) - (values[b] as number) || a - b);
}

function textAt(field: Field, row: number): string | undefined {
  return field.present?.[row] === 0 ? undefined : String(field.values[row]);
}

function labelsAt(fields: readonly Field[], row: number): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const text = textAt(field, row);
      return text === undefined ? [] : [[field.name, text] as const];
    }),
  );
}

/** A lone column is called after its labels; several keep their own names, and their labels say which they are. */
function nameSeries(series: readonly Series[], isMany: boolean): NumberField[] {
  const labels = series.map((one) => {
    if (Object.keys(one.labels).length === 0) return {};
    return isMany ? { ...one.labels, [METRIC_NAME]: one.column } : one.labels;
  });
  const legends = defaultLegends(labels, '');
  return series.map((one, index): NumberField => {
    const own = labels[index] as Record<string, string>;
    const isBare = Object.keys(own).length === 0;
    const { present } = one;
    return {
      name: isBare ? one.column : isMany ? `${one.column} ${textsOf(one.labels)}` : legends[index] || one.column,
      type: 'number',
      ...(isBare ? {} : { labels: own }),
      values: one.values,
      ...(present.includes(0) ? { present } : {}),
    };
  });
}

/** As Grafana names it: the value of a lone label, else all of them. */
function textsOf(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels);
  return entries.length === 1
    ? (entries[0]?.[1] ?? '')
    : `{${entries.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}
