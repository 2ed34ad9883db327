import { defaultLegends } from '@vitrine/compute/legend.ts';
import { LimitExceeded } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { seriesFrame, tableField } from '../../series-frame.ts';
import { asList, asObject, asText, type Json } from '../ask-elastic.ts';
import type { CodeQuery } from '../spec.ts';

/** An answer as rows. Times are unix milliseconds. */
export interface CodeRows {
  readonly columns: readonly { readonly name: string; readonly isTime: boolean }[];
  readonly rows: readonly (readonly unknown[])[];
}

const TIME_TYPES = ['date', 'datetime', 'timestamp', 'date_nanos', 'time'];

/** Reads what any of the languages answers: columns and values, columns and rows, or a schema and datarows. */
export function readRows(answer: Json): CodeRows {
  const schema = asList(answer['schema'] ?? answer['columns']).map(asObject);
  const columns = schema.map((column) => ({
    // OpenSearch says apart what a column is called.
    name: asText(column['alias']) || asText(column['name']),
    isTime: TIME_TYPES.includes(asText(column['type']).toLowerCase()),
  }));
  const rows = asList(answer['datarows'] ?? answer['rows'] ?? answer['values']).map((row) =>
    asList(row).map((cell, at) => (columns[at]?.isTime === true ? readTime(cell) : cell)),
  );
  return { columns, rows };
}

/** ISO 8601, or as OpenSearch writes it: "2026-01-05 10:00:00.25", which is UTC. */
function readTime(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  const text = /^\d{4}-\d\d-\d\d \d/.test(cell) ? `${cell.replace(' ', 'T')}Z` : cell;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? cell : ms;
}

/** Rows as they are, as lines of a log, or as series: words beside the first column of times are their labels. */
export function shapeCode(refId: string, format: CodeQuery['format'], answer: CodeRows, maxSeries: number): Frame {
  const { columns, rows } = answer;
  const timeAt = columns.findIndex(({ isTime }) => isTime);
  if (format === 'time_series' && timeAt !== -1) return curves(refId, answer, timeAt, maxSeries);
  const order = columns.map((_, at) => at).toSorted((a, b) => Number(b === timeAt) - Number(a === timeAt));
  const fields = order.map((at): Field => {
    const { name, isTime } = columns[at]!;
    return tableField(
      name,
      rows.map((row) => row[at]),
      isTime,
    );
  });
  return { refId, shape: format === 'logs' ? 'logs' : 'table', length: rows.length, fields };
}

function curves(refId: string, { columns, rows }: CodeRows, timeAt: number, maxSeries: number): Frame {
  const others = columns.map((_, at) => at).filter((at) => columns[at]?.isTime === false);
  const isNumbers = (at: number): boolean => rows.every((row) => row[at] === null || typeof row[at] === 'number');
  const numbers = others.filter(isNumbers);
  const words = others.filter((at) => !isNumbers(at));
  const timed = rows.filter((row) => typeof row[timeAt] === 'number');
  const groups = [...Map.groupBy(timed, (row) => JSON.stringify(words.map((at) => row[at]))).values()];
  if (groups.length * numbers.length > maxSeries)
    throw new LimitExceeded(
      'limits.query.series',
      `The query finds ${(groups.length * numbers.length).toLocaleString('en')} series, and the limit is ${maxSeries.toLocaleString('en')}; group by fewer fields`,
    );
  const found = groups.flatMap((group) =>
    numbers.map((at) => ({
      column: columns[at]!.name,
      labels: Object.fromEntries(words.map((word) => [columns[word]!.name, written(group[0]![word])])),
      timesMs: group.map((row) => row[timeAt] as number),
      values: group.map((row) => row[at]),
    })),
  );
  const legends = defaultLegends(
    found.map(({ labels }) => labels),
    '',
  );
  return seriesFrame(
    refId,
    found.map(({ column, labels, timesMs, values }, at) => {
      const legend = legends[at] ?? '';
      const name = legend === '' ? column : numbers.length === 1 ? legend : `${legend} ${column}`;
      return { name, labels: numbers.length === 1 ? labels : { ...labels, column }, timesMs, values };
    }),
  );
}

function written(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
