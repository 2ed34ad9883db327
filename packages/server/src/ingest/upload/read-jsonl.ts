import { BadRequest } from '@vitrine/model/bad-request.ts';
import { MOST_COLUMNS, type RefusedRow } from '@vitrine/model/upload.ts';
import type { Bytes } from './bytes.ts';
import type { Rows, Table } from './rows.ts';

const LONGEST_LINE = 1_048_576;
const LINES_LOOKED_AT = 1_000;
/** {"metrics": {"train": {"loss": 1}}} has the column metrics.train.loss; what is deeper is not looked for. */
const DEEPEST = 5;
const NEWLINE = 10;
const utf8 = new TextDecoder('utf-8', { fatal: true });

interface Line {
  readonly number: number;
  readonly object: Readonly<Record<string, unknown>>;
}

interface Block {
  readonly lines: readonly Line[];
  readonly refused: readonly RefusedRow[];
}

/** Reads one JSON object a line, with NaN and Infinity as Python writes them. Throws BadRequest where a line is too long. */
export async function readJsonl(bytes: Bytes): Promise<Table> {
  const blocks = blocksOf(bytes);
  const ahead: Block[] = [];
  const names = new Set<string>();
  for (let looked = 0; looked < LINES_LOOKED_AT;) {
    const { value, done } = await blocks.next();
    if (done === true) break;
    ahead.push(value);
    looked += value.lines.length + value.refused.length;
    for (const { object } of value.lines) nameKeys(object, '', 1, names);
  }
  if (ahead.length === 0) throw new BadRequest('file', 'is empty');
  return {
    columns: [...names].map((name) => ({ name, type: undefined, naive: true })),
    mayHaveMore: true,
    rowCount: undefined,
    notices: names.size >= MOST_COLUMNS ? [`Only the first ${MOST_COLUMNS} keys are listed.`] : [],
    async *rows(wanted) {
      const paths = wanted.map((name) => name.split('.'));
      for (let block = ahead.shift(); block !== undefined; block = ahead.shift()) yield rowsOf(block, wanted, paths);
      for await (const block of blocks) yield rowsOf(block, wanted, paths);
    },
  };
}

function rowsOf({ lines, refused }: Block, wanted: readonly string[], paths: readonly (readonly string[])[]): Rows {
  return {
    count: lines.length,
    numberOf: (index) => (lines[index] as Line).number,
    cell: (index, column) => member((lines[index] as Line).object, wanted[column] as string, paths[column] as readonly string[]),
    refused,
  };
}

/** A key may have dots of its own. */
function member(object: Readonly<Record<string, unknown>>, name: string, path: readonly string[]): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  if (path.length === 1) return undefined;
  let at: unknown = object;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

function nameKeys(object: Readonly<Record<string, unknown>>, before: string, depth: number, names: Set<string>): void {
  for (const [key, value] of Object.entries(object)) {
    if (names.size >= MOST_COLUMNS) return;
    const name = before + key;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < DEEPEST) {
      nameKeys(value as Record<string, unknown>, `${name}.`, depth + 1, names);
    } else {
      names.add(name);
    }
  }
}

/** The lines that each piece of the file ends. */
async function* blocksOf(bytes: Bytes): AsyncGenerator<Block> {
  let rest: Uint8Array[] = [];
  let restLength = 0;
  let number = 0;
  let lines: Line[] = [];
  let refused: RefusedRow[] = [];
  const take = (line: Uint8Array): void => {
    number++;
    const reading = readLine(line);
    if (typeof reading === 'string') refused.push({ row: number, column: '', reason: 'not an object', sentence: reading });
    else if (reading !== undefined) lines.push({ number, object: reading });
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const end = chunk.subarray(from, at);
      take(restLength === 0 ? end : Buffer.concat([...rest, end]));
      rest = [];
      restLength = 0;
      from = at + 1;
    }
    if (from < chunk.length) {
      rest.push(chunk.subarray(from));
      restLength += chunk.length - from;
    }
    if (restLength > LONGEST_LINE) {
      throw new BadRequest('file', `has a line of more than 1 MiB: line ${number + 1}; JSONL has one object a line`);
    }
    if (lines.length + refused.length > 0) yield { lines, refused };
    lines = [];
    refused = [];
  }
  if (restLength > 0) take(Buffer.concat(rest));
  if (lines.length + refused.length > 0) yield { lines, refused };
}

/** The object of a line, undefined where it is empty, or a sentence on what is wrong with it. */
function readLine(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined | string {
  if (bytes.length > LONGEST_LINE) return 'is longer than 1 MiB';
  let text: string;
  try {
    text = utf8.decode(bytes).trim();
  } catch {
    return 'is not UTF-8';
  }
  if (text === '') return undefined;
  const value = parseJson(text);
  if (value === undefined) return `is not JSON: ${text.slice(0, 60)}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'is no object such as {"time": …, "loss": 0.3}; a list is written one object a line by jq -c ".[]"';
  }
  return value as Record<string, unknown>;
}

/** undefined where it is none. NaN, Infinity and -Infinity outside of strings become texts. Takes time in proportion to the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined;
  }
  try {
    return JSON.parse(quoteWords(text)) as unknown;
  } catch {
    return undefined;
  }
}

/** Outside of strings Python writes NaN, Infinity and -Infinity, which JSON has no words for. */
function quoteWords(text: string): string {
  const stop = /"|-?\bInfinity\b|\bNaN\b/g;
  const parts: string[] = [];
  let from = 0;
  for (let found = stop.exec(text); found !== null; found = stop.exec(text)) {
    const [word] = found;
    if (word === '"') {
      stop.lastIndex = endOfString(text, stop.lastIndex);
      continue;
    }
    parts.push(text.slice(from, found.index), `"${word}"`);
    from = stop.lastIndex;
  }
  return parts.join('') + text.slice(from);
}

/** Behind the quote that ends the string; the text's end where none does. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = at;
    while (escapes > from && text[escapes - 1] === '\\') escapes--;
    if ((at - escapes) % 2 === 0) return at + 1;
  }
  return text.length;
}
