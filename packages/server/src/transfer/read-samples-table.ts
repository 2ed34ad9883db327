import type { Table } from '../ingest/upload/rows.ts';
import { readNumberText } from './number-text.ts';
import { PartBuilder, type ReadPart } from './read-part.ts';
import { SeriesKeys } from './read-lines.ts';

const COLUMNS = ['series', 'timestamp_ms', 'value'];

/** Whether a table is one that "vitrine export metrics" writes, and needs nobody to say what its columns mean. */
export function isSamplesTable({ columns }: Table): boolean {
  return COLUMNS.every((name) => columns.some((column) => column.name === name));
}

/** Reads a table of the columns series, timestamp_ms, value and, in Parquet, nan. */
export async function* readSamplesTable(table: Table): AsyncGenerator<ReadPart> {
  const part = new PartBuilder();
  const keys = new SeriesKeys();
  const hasNan = table.columns.some(({ name }) => name === 'nan');
  for await (const rows of table.rows(hasNan ? [...COLUMNS, 'nan'] : COLUMNS)) {
    for (const { row, sentence } of rows.refused) part.refuse('not readable', `row ${row}: ${sentence}`);
    for (let index = 0; index < rows.count; index++) {
      const problem = push(
        part,
        keys,
        rows.cell(index, 0),
        rows.cell(index, 1),
        rows.cell(index, 2),
        hasNan ? rows.cell(index, 3) : undefined,
      );
      if (problem !== undefined) part.refuse('not readable', `row ${rows.numberOf(index)}: ${problem}`);
      if (part.isFull) yield part.take();
    }
  }
  if (!part.isEmpty) yield part.take();
}

function push(
  part: PartBuilder,
  keys: SeriesKeys,
  series: unknown,
  time: unknown,
  value: unknown,
  nan: unknown,
): string | undefined {
  const key = keys.keyOf(textOf(series));
  if ('problem' in key) return key.problem;
  const timestampMs = typeof time === 'string' && !/^[+-]?\d+$/.test(time) ? Number.NaN : Number(time ?? Number.NaN);
  if (!Number.isSafeInteger(timestampMs)) return `timestamp_ms is no time in whole milliseconds`;
  const text = nan === undefined || nan === null || nan === '' ? value : nan;
  if (!readNumberText(typeof text === 'number' && Object.is(text, -0) ? '-0' : textOf(text), part.words, part.length))
    return `value is no number`;
  part.push(key.key, timestampMs);
  return undefined;
}

function textOf(cell: unknown): string {
  return typeof cell === 'string' ? cell : typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : '';
}
