import { BadRequest } from '@vitrine/model/bad-request.ts';
import { MOST_COLUMNS, type RefusedRow } from '@vitrine/model/upload.ts';
import { CsvError, parse } from 'csv-parse';
import type { Bytes } from './bytes.ts';
import { readNumber } from './cells.ts';
import { distinctNames, type Rows, type Table } from './rows.ts';

/** A record longer than that is no record: somebody's quote has no end. */
const LONGEST_RECORD = 1_048_576;
const ENCODING_HELP = ', which is expected; is it Latin-1 or Windows-1252? Save the file as UTF-8';
const DELIMITERS = [',', ';', '\t', '|'];
const LINES_LOOKED_AT = 20;

/** The delimiter that stands as often in each of the first lines; "," where none does. */
export function guessDelimiter(head: string): string {
  const lines = head.split(/\r\n|\n|\r/);
  // The last may be cut off.
  if (lines.length > 1) lines.pop();
  const bare = lines
    .slice(0, LINES_LOOKED_AT)
    .filter((line) => line.trim() !== '')
    .map((line) => line.replaceAll(/"(?:[^"]|"")*"/g, ''));
  let best = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const fewest = Math.min(...bare.map((line) => line.split(delimiter).length - 1));
    if (Number.isFinite(fewest) && fewest > most) {
      best = delimiter;
      most = fewest;
    }
  }
  return best;
}

/** The sign in numbers: "," where some cell is such as 1,5 in a file that does not separate cells by it. */
export function guessDecimal(head: string, delimiter: string): '.' | ',' {
  return delimiter === ';' && head.split(/[;\r\n]/).some((cell) => /^\s*"?-?\d+,\d+"?\s*$/.test(cell)) ? ',' : '.';
}

interface Dialect {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
}

/** Reads records as they come. Quotes, line ends of all kinds and a byte order mark are understood. Throws BadRequest where the file cannot be read on. */
export async function readCsv(bytes: Bytes, { delimiter, decimal }: Dialect): Promise<Table> {
  const encoding = new Encoding();
  const blocks = records(encoding.checked(bytes), delimiter);
  const ahead: (readonly string[])[] = [];
  let lastBlock = false;
  while (ahead.length === 0 && !lastBlock) {
    const { value, done } = await blocks.next();
    if (done === true) lastBlock = true;
    else ahead.push(...value);
  }
  const [first] = ahead;
  if (first === undefined) throw new BadRequest('file', 'is empty');
  if (first.length > MOST_COLUMNS) {
    throw new BadRequest('file', `has ${first.length} columns, and at most ${MOST_COLUMNS} can be read; split it`);
  }
  if (first.some((name) => encoding.garbled(name))) {
    throw new BadRequest('file', `has columns’ names that are not UTF-8${ENCODING_HELP}`);
  }
  // Names are no numbers: a first record with a number in it is data.
  const hasHeader = !first.some((cell) => typeof readNumber(cell, decimal) === 'number');
  const given = first.map((name, index) => (hasHeader && name.trim() !== '' ? name.trim() : `column ${index + 1}`));
  const names = distinctNames(given);
  const notices = hasHeader ? [] : ['The first row holds numbers, so it is read as data, and the columns are numbered.'];
  const twice = given.filter((name, index) => names[index] !== name);
  if (twice.length > 0) {
    notices.push(
      `${twice.length === 1 ? 'A column’s name stands' : `Names of ${twice.length} columns stand`} twice: the later are numbered, such as ${twice[0]}_2.`,
    );
  }
  return {
    columns: names.map((name) => ({ name, type: undefined, naive: true })),
    mayHaveMore: false,
    rowCount: undefined,
    notices,
    async *rows(wanted) {
      const at = wanted.map((name) => names.indexOf(name));
      let number = hasHeader ? 2 : 1;
      const block = ahead.splice(0);
      const data = hasHeader ? block.slice(1) : block;
      if (data.length > 0) yield rowsOf(data, number, at, names.length, encoding);
      number += data.length;
      for await (const more of blocks) {
        yield rowsOf(more, number, at, names.length, encoding);
        number += more.length;
      }
    },
  };
}

function rowsOf(
  data: readonly (readonly string[])[],
  number: number,
  at: readonly number[],
  width: number,
  encoding: Encoding,
): Rows {
  const refused: RefusedRow[] = [];
  const kept: (readonly string[])[] = [];
  const numbers: number[] = [];
  for (const [index, record] of data.entries()) {
    // An empty line.
    if (record.length === 1 && record[0] === '') continue;
    if (record.length > width) {
      const sentence = `has ${record.length} cells, and the file ${width} columns; is a cell with the delimiter in it not in quotes?`;
      refused.push({ row: number + index, column: '', reason: 'too many cells', sentence });
      continue;
    }
    if (record.some((cell) => encoding.garbled(cell))) {
      refused.push({ row: number + index, column: '', reason: 'not UTF-8', sentence: `is not UTF-8${ENCODING_HELP}` });
      continue;
    }
    kept.push(record);
    numbers.push(number + index);
  }
  return {
    count: kept.length,
    numberOf: (index) => numbers[index] as number,
    cell: (index, column) => (kept[index] as readonly string[])[at[column] as number],
    refused,
  };
}

/** Whether a file is UTF-8: the parser puts U+FFFD for what is not, and says nothing. */
class Encoding {
  #isUtf8 = true;

  /** The same bytes, looked at before they are handed on. */
  async *checked(bytes: Bytes): AsyncGenerator<Uint8Array> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const chunk of bytes) {
      this.#look(() => decoder.decode(chunk, { stream: true }));
      yield chunk;
    }
    this.#look(() => decoder.decode());
  }

  /** A file that is UTF-8 may hold U+FFFD of its own. */
  garbled(cell: string): boolean {
    return !this.#isUtf8 && cell.includes('\u{fffd}');
  }

  #look(decode: () => unknown): void {
    if (!this.#isUtf8) return;
    try {
      decode();
    } catch {
      this.#isUtf8 = false;
    }
  }
}

/** The records that each piece of the file ends. */
async function* records(bytes: Bytes, delimiter: string): AsyncGenerator<readonly (readonly string[])[]> {
  let found: (readonly string[])[] = [];
  const parser = parse({
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: LONGEST_RECORD,
    on_record: (record: string[]) => {
      found.push(record);
      // It is taken here: what the parser kept for a reader of its stream would have to be read out of it again.
      return null;
    },
  });
  let failed: unknown;
  parser.on('error', (error) => (failed ??= error));
  const feed = async (write: (done: (error?: Error | null) => void) => void): Promise<readonly (readonly string[])[]> => {
    await new Promise<void>((resolve) => {
      parser.once('error', () => resolve());
      write(() => resolve());
    });
    parser.removeAllListeners('error');
    parser.on('error', (error) => (failed ??= error));
    return found.splice(0);
  };
  try {
    for await (const chunk of bytes) {
      const block = await feed((done) => parser.write(chunk, done));
      if (block.length > 0) yield block;
      if (failed !== undefined) throw problemOf(failed);
    }
    parser.resume();
    const block = await feed((done) => parser.end(done));
    if (block.length > 0) yield block;
    if (failed !== undefined) throw problemOf(failed);
  } finally {
    found = [];
    parser.destroy();
  }
}

function problemOf(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = Number(error['lines']);
  const where = Number.isFinite(line) ? ` near line ${line}` : '';
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new BadRequest('file', `has a row of more than 1 MiB${where}; is it CSV, and does every quote have an end?`, {
        cause: error,
      });
    case 'CSV_QUOTE_NOT_CLOSED':
      return new BadRequest('file', `ends within a quote that was opened${where}`, { cause: error });
    default:
      return new BadRequest('file', `cannot be read as CSV${where}: ${error.message.slice(0, 200)}`, { cause: error });
  }
}
