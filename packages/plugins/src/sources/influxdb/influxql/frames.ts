import type { Frame, Notice } from '@vitrine/model/frame.ts';
import type { InfluxQuery } from '../spec.ts';
import { type Curve, seriesFrame, tableField, tellingLabels } from '../../series-frame.ts';
import { fillAlias, seriesName } from './alias.ts';
import type { InfluxTable } from '../table.ts';
import type { InfluxResult } from './ask.ts';

/** A table of more rows than this is cut. */
const MAX_TABLE_ROWS = 100_000;

interface Shaped {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
}

/**
 * Answers as the query asked to have them. time_series: a column for each column of each series, its tags as labels.
 * table: a row a row, tags as columns. logs: the same, to be read as lines.
 */
export function shapeResults(
  refId: string,
  { alias, format }: Pick<InfluxQuery, 'alias' | 'format'>,
  results: readonly InfluxResult[],
): Shaped {
  const series = results.flatMap((result) => result.series);
  if (series.length === 0) return { frames: [], notices: [] };
  const timed = series.filter(({ timeColumn }) => timeColumn !== undefined);
  // What SHOW answers has no times: it can only be a table.
  if (format !== 'time_series' || timed.length === 0) return rowsFrame(refId, series, format === 'logs' ? 'logs' : 'table');
  const curves = curvesOf(timed, alias);
  return { frames: [seriesFrame(refId, curves)], notices: [] };
}

function curvesOf(series: readonly InfluxTable[], alias: string): Curve[] {
  const found = series.flatMap(({ name, tags, columns, rows }) => {
    const timesMs = rows.map((row) => Number(row[0]));
    return columns.slice(1).map((column, index) => ({
      name: alias === '' ? seriesName(name, column, tags) : fillAlias(alias, { name, column, tags }),
      // In Flux's words, so that two columns of one series are told apart by their labels.
      labels: { ...tags, _measurement: name, _field: column },
      timesMs,
      values: rows.map((row) => row[index + 1]),
    }));
  });
  const labels = tellingLabels(
    found.map((curve) => curve.labels),
    ['_measurement', '_field'],
  );
  return found.map((curve, index) => ({ ...curve, labels: labels[index]! }));
}

function rowsFrame(refId: string, series: readonly InfluxTable[], shape: 'table' | 'logs'): Shaped {
  const isTimed = series.some(({ timeColumn }) => timeColumn !== undefined);
  const tagNames = [...new Set(series.flatMap(({ tags }) => Object.keys(tags)))];
  const columnNames = [...new Set(series.flatMap(({ columns }) => columns))].filter((name) => !isTimed || name !== 'time');
  const names = [...tagNames.filter((name) => !columnNames.includes(name)), ...columnNames];
  const total = series.reduce((sum, { rows }) => sum + rows.length, 0);
  const shown = Math.min(total, MAX_TABLE_ROWS);
  const times: number[] = [];
  const cells = names.map((): unknown[] => []);
  for (const { tags, columns, rows } of series) {
    const places = names.map((name) => columns.indexOf(name));
    const timeAt = columns.indexOf('time');
    for (const row of rows) {
      if (cells[0] === undefined || cells[0].length === shown) break;
      if (isTimed) times.push(Number(row[timeAt]));
      for (const [index, name] of names.entries())
        cells[index]!.push(places[index] === -1 ? (tags[name] ?? null) : row[places[index]!]);
    }
  }
  const fields = names.map((name, index) => tableField(name, cells[index]!));
  const time = isTimed ? [tableField('Time', times, true)] : [];
  return {
    frames: [{ refId, shape, length: cells[0]?.length ?? 0, fields: [...time, ...fields] }],
    notices:
      shown === total
        ? []
        : [{ level: 'warning', text: `Query ${refId}: showing ${shown} of ${total} rows; narrow it, or write LIMIT.` }],
  };
}
