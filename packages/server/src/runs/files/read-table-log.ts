import { BadRequest } from '@vitrine/model/bad-request.ts';
import { guessDecimal, guessDelimiter, readCsv } from '../../ingest/upload/read-csv.ts';
import { readJsonl } from '../../ingest/upload/read-jsonl.ts';
import type { Table } from '../../ingest/upload/rows.ts';
import { EPOCH_NAMES, isStep, type LogRow, readInstant, readWord, type RunFile, STEP_NAMES, TIME_NAMES } from './log-rows.ts';

const HEAD_CHARS = 64 * 1024;
const MOST_ROWS = 20_000_000;

/**
 * Reads a table of metrics as Lightning's and Keras's CSVLogger, Ray Tune and many scripts write them: a row a moment, a column a metric, empty
 * where it was not measured. Steps, epochs and times are found by their columns' names; columns of words are left out. Throws BadRequest.
 */
export async function readTableLog(bytes: Uint8Array, format: 'csv' | 'jsonl'): Promise<RunFile> {
  return rowsOf(await tableOf(bytes, format));
}

async function tableOf(bytes: Uint8Array, format: 'csv' | 'jsonl'): Promise<Table> {
  if (format === 'jsonl') return readJsonl(pieces(bytes));
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_CHARS));
  const delimiter = guessDelimiter(head);
  return readCsv(pieces(bytes), { delimiter, decimal: guessDecimal(head, delimiter) });
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = 64 * 1024;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function rowsOf(table: Table): Promise<RunFile> {
  const names = table.columns.map(({ name }) => name);
  const found = (wanted: readonly string[]): number => {
    const lower = names.map((name) => name.toLowerCase());
    return wanted.map((name) => lower.indexOf(name)).find((at) => at >= 0) ?? -1;
  };
  const [stepAt, epochAt, timeAt] = [found(STEP_NAMES), found(EPOCH_NAMES), found(TIME_NAMES)];
  const rows: LogRow[] = [];
  const words = new Set<number>();
  const numbers = new Set<number>();
  let refused = 0;
  for await (const block of table.rows(names)) {
    refused += block.refused.length;
    for (let row = 0; row < block.count; row++) {
      const at = (column: number): unknown => (column < 0 ? undefined : block.cell(row, column));
      const step = numberOf(at(stepAt));
      if (step !== undefined && !isStep(step))
        throw new BadRequest(`row ${block.numberOf(row)}: ${names[stepAt]}`, `${step} is no whole number within ±2^51`);
      const values: [string, number][] = [];
      for (const [column, name] of names.entries()) {
        if (column === stepAt || column === epochAt || column === timeAt) continue;
        const cell = at(column);
        const value = numberOf(cell);
        if (value === undefined) {
          if (cell !== undefined && cell !== null && cell !== '') words.add(column);
          continue;
        }
        numbers.add(column);
        values.push([name, value]);
      }
      if (values.length > 0) rows.push({ step, epoch: numberOf(at(epochAt)), timeMs: readInstant(at(timeAt)), values });
      if (rows.length > MOST_ROWS) throw new BadRequest('file', `has more than ${MOST_ROWS} rows; split it`);
    }
  }
  if (rows.length === 0) throw new BadRequest('file', 'has no row with a number in it');
  const left = [...words].filter((column) => !numbers.has(column)).map((column) => names[column]);
  const notices = [...table.notices];
  if (left.length > 0)
    notices.push(`Columns that hold no numbers were left out: ${left.slice(0, 10).join(', ')}${left.length > 10 ? ', …' : ''}.`);
  if (refused > 0) notices.push(`${refused} rows could not be read and were left out.`);
  if (stepAt < 0)
    notices.push(
      epochAt < 0
        ? 'No column is called step or epoch: rows are numbered from 0.'
        : 'No column is called step: steps are epochs.',
    );
  return { rows, params: {}, tags: {}, notices };
}

function numberOf(cell: unknown): number | undefined {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string' || cell.trim() === '') return undefined;
  const number = Number(cell);
  return Number.isNaN(number) ? readWord(cell) : number;
}
