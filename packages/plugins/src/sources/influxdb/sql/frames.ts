import type { Frame, Notice } from '@vitrine/model/frame.ts';
import { fillAlias, seriesName } from '../influxql/alias.ts';
import { type Curve, seriesFrame, tableField, tellingLabels } from '../../series-frame.ts';
import type { InfluxQuery } from '../spec.ts';
import { cellText, type InfluxTable } from '../table.ts';

/** A table of more rows than this is cut. */
const MAX_TABLE_ROWS = 100_000;

/** Rows as series, the words in them being labels; or as they are. */
export function shapeRows(
  refId: string,
  { format, alias }: Pick<InfluxQuery, 'format' | 'alias'>,
  answer: InfluxTable & { readonly timeColumns: readonly string[] },
): { readonly frames: readonly Frame[]; readonly notices: readonly Notice[] } {
  if (answer.rows.length === 0) return { frames: [], notices: [] };
  const curves = format === 'time_series' ? curvesOf(answer, alias) : [];
  if (curves.length > 0) return { frames: [seriesFrame(refId, curves)], notices: [] };
  const { columns, rows, timeColumn, timeColumns } = answer;
  const shown = rows.slice(0, MAX_TABLE_ROWS);
  const ordered = timeColumn === undefined ? columns : [timeColumn, ...columns.filter((name) => name !== timeColumn)];
  const fields = ordered.map((name) => {
    const at = columns.indexOf(name);
    return tableField(
      name,
      shown.map((row) => row[at]),
      timeColumns.includes(name),
    );
  });
  return {
    frames: [{ refId, shape: format === 'logs' ? 'logs' : 'table', length: shown.length, fields }],
    notices:
      shown.length === rows.length
        ? []
        : [
            {
              level: 'warning',
              text: `Query ${refId}: showing ${shown.length} of ${rows.length} rows; narrow it, or write LIMIT.`,
            },
          ],
  };
}

/** A curve for each column of numbers and each set of words beside it. */
function curvesOf(
  { columns, rows, timeColumn, timeColumns }: InfluxTable & { readonly timeColumns: readonly string[] },
  alias: string,
): Curve[] {
  if (timeColumn === undefined) return [];
  const timeAt = columns.indexOf(timeColumn);
  const isWords = (at: number): boolean => rows.some((row) => typeof row[at] === 'string');
  const others = columns.map((_, at) => at).filter((at) => !timeColumns.includes(columns[at]!));
  const words = others.filter(isWords);
  const numbers = others.filter((at) => !isWords(at));
  const groups = Map.groupBy(
    rows.filter((row) => typeof row[timeAt] === 'number'),
    (row) => JSON.stringify(words.map((at) => row[at])),
  );
  const found = [...groups.values()].flatMap((group) => {
    const tags = Object.fromEntries(words.map((at) => [columns[at]!, cellText(group[0]![at])]));
    return numbers.map((at) => ({
      tags,
      column: columns[at]!,
      timesMs: group.map((row) => row[timeAt] as number),
      values: group.map((row) => row[at]),
    }));
  });
  const labels = tellingLabels(
    found.map(({ tags, column }) => ({ ...tags, _field: column })),
    ['_field'],
  );
  return found.map(({ tags, column, timesMs, values }, index) => ({
    name: alias === '' ? seriesName('', column, tags) : fillAlias(alias, { name: '', column, tags }),
    labels: labels[index]!,
    timesMs,
    values,
  }));
}
