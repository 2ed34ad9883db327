/** Rows that are alike. */
import type { Field } from '@vitrine/model/frame.ts';

import { cellAt, textOf, type Cell } from './column.ts';

export interface Groups {
  readonly count: number;
  /** Which group each row belongs to; groups are numbered in the order of their first rows. */
  readonly ofRow: Int32Array;
  /** The first row of each group. */
  readonly first: Int32Array;
  /** The rows, group after group. */
  readonly order: Int32Array;
  /** Where each group starts in `order`; one more for the end. */
  readonly start: Int32Array;
}

/** Numbers values by first sight. Values of different types differ; "nothing" is a value of its own. */
export class Dictionary {
  readonly cells: Cell[] = [];
  readonly #codes = new Map<unknown, number>();

  /** `byIdentity`: objects are alike only where they are the same. */
  code(cell: Cell, byIdentity = false): number {
    // Other objects are alike when they read alike; the tag keeps them apart from texts.
    const key = typeof cell === 'object' && !byIdentity ? `\u0000${textOf(cell)}` : cell;
    let code = this.#codes.get(key);
    if (code === undefined) {
      code = this.cells.length;
      this.#codes.set(key, code);
      this.cells.push(cell);
    }
    return code;
  }

  /** The code of each of a column's cells. */
  encode(field: Field, length: number): Int32Array {
    const codes = new Int32Array(length);
    if ((field.type === 'number' || field.type === 'time') && field.present === undefined) {
      const known = this.#codes;
      for (let row = 0; row < length; row++) {
        const value = field.values[row]!;
        let code = known.get(value);
        if (code === undefined) {
          known.set(value, (code = this.cells.length));
          this.cells.push(value);
        }
        codes[row] = code;
      }
      return codes;
    }
    for (let row = 0; row < length; row++) codes[row] = this.code(cellAt(field, row), field.type === 'frame');
    return codes;
  }
}

/** No column has more distinct values than cells are allowed. */
const PAIR = 2 ** 26;

/** Numbers rows by the codes of several columns, the same rows alike, over many frames. */
export class KeyDictionary {
  readonly #levels: Map<number, number>[] = [];
  count = 0;

  /** `columns` are the codes of each column of the key, always of as many columns. */
  encode(columns: readonly Int32Array[], length: number): Int32Array {
    let keys = columns[0] ?? new Int32Array(length);
    for (let level = 1; level < columns.length; level++) {
      const pairs = (this.#levels[level] ??= new Map<number, number>());
      const codes = columns[level]!;
      const next = new Int32Array(length);
      for (let row = 0; row < length; row++) {
        const pair = keys[row]! * PAIR + codes[row]!;
        let key = pairs.get(pair);
        if (key === undefined) pairs.set(pair, (key = pairs.size));
        next[row] = key;
      }
      keys = next;
    }
    for (let row = 0; row < length; row++) if (keys[row]! >= this.count) this.count = keys[row]! + 1;
    return keys;
  }
}

/** Groups rows by the values of these columns; all rows are one group where there is no column. */
export function groupRows(fields: readonly Field[], length: number): Groups {
  const keys = new KeyDictionary();
  const ofRow = keys.encode(
    fields.map((field) => new Dictionary().encode(field, length)),
    length,
  );
  const { count } = keys;
  return index(ofRow, count);
}

function index(ofRow: Int32Array, count: number): Groups {
  const start = new Int32Array(count + 1);
  const first = new Int32Array(count).fill(-1);
  for (let row = 0; row < ofRow.length; row++) {
    const group = ofRow[row]!;
    start[group + 1]!++;
    if (first[group] === -1) first[group] = row;
  }
  for (let group = 0; group < count; group++) start[group + 1]! += start[group]!;
  const next = start.slice(0, count);
  const order = new Int32Array(ofRow.length);
  for (let row = 0; row < ofRow.length; row++) order[next[ofRow[row]!]!++] = row;
  return { count, ofRow, first, order, start };
}
