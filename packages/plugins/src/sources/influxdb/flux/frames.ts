import type { Field, Frame, Notice } from '@vitrine/model/frame.ts';
import { seriesName } from '../influxql/alias.ts';
import { type Curve, seriesFrame, tableField, tellingLabels } from '../../series-frame.ts';
import type { FluxTable } from './read-tables.ts';

/** A table of more rows than this is cut. */
const MAX_TABLE_ROWS = 100_000;
/** What every table of a range has, and says nothing of its own. */
const BOUNDS = ['_start', '_stop'];

interface Shaped {
  readonly frames: readonly Frame[];
  readonly notices: readonly Notice[];
}

/** Tables with times and numbers as one frame of series, the group key as labels; others as rows. */
export function shapeTables(refId: string, tables: readonly FluxTable[], asRows: 'table' | 'logs' | undefined): Shaped {
  if (tables.length === 0) return { frames: [], notices: [] };
  const curves = asRows === undefined ? curvesOf(tables) : [];
  return curves.length === 0
    ? rowsFrame(refId, tables, asRows ?? 'table')
    : { frames: [seriesFrame(refId, curves)], notices: [] };
}

/** A curve for each column of values: not the times, and not what the rows have in common. */
function curvesOf(tables: readonly FluxTable[]): Curve[] {
  const found = tables.flatMap(({ columns, types, timeColumn, tags, result, rows }) => {
    if (timeColumn === undefined) return [];
    const timeAt = columns.indexOf(timeColumn);
    const timed = rows.filter((row) => typeof row[timeAt] === 'number');
    const timesMs = timed.map((row) => row[timeAt] as number);
    return columns.flatMap((column, at) => {
      const isValue =
        !Object.hasOwn(tags, column) && !types[at]!.startsWith('dateTime') && (NUMBERS.has(types[at]!) || column === '_value');
      if (!isValue) return [];
      const field = column === '_value' ? (tags['_field'] ?? column) : column;
      return [{ field, labels: { ...tags, result, _field: field }, timesMs, values: timed.map((row) => row[at]) }];
    });
  });
  const labels = tellingLabels(
    found.map((curve) => curve.labels),
    ['_measurement', '_field', 'result'],
  );
  return found.map(({ field, timesMs, values }, index) => {
    const { _field: _, ...named } = labels[index]!;
    return { name: seriesName('', field, named), labels: labels[index]!, timesMs, values };
  });
}

const NUMBERS = new Set(['double', 'long', 'unsignedLong', 'boolean']);

function rowsFrame(refId: string, tables: readonly FluxTable[], shape: 'table' | 'logs'): Shaped {
  const names = [...new Set(tables.flatMap(({ columns }) => columns))].filter((name) => !BOUNDS.includes(name));
  const total = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  const shown = Math.min(total, MAX_TABLE_ROWS);
  const fields = names.map((name): Field => {
    const values: unknown[] = [];
    for (const { columns, rows } of tables) {
      const at = columns.indexOf(name);
      for (const row of rows) if (values.length < shown) values.push(at === -1 ? null : row[at]);
    }
    const isTime = tables.some(({ columns, types }) => types[columns.indexOf(name)]?.startsWith('dateTime') === true);
    return tableField(name === '_time' ? 'Time' : name, values, isTime);
  });
  const time = fields.findIndex(({ type }) => type === 'time');
  const ordered = time <= 0 ? fields : [fields[time]!, ...fields.toSpliced(time, 1)];
  return {
    frames: [{ refId, shape, length: shown, fields: ordered }],
    notices:
      shown === total
        ? []
        : [{ level: 'warning', text: `Query ${refId}: showing ${shown} of ${total} rows; narrow it, or write limit(n: …).` }],
  };
}
