import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field } from '@vitrine/model/frame.ts';

export interface TableSort {
  readonly column: number;
  readonly down: boolean;
}

/**
 * The rows in the order of the first sort, where that has equals in that of the second, and so on. What is missing comes last,
 * whichever way; equal rows stay as they were. `rows` is sorted in place and answered.
 */
export function orderRows(fields: readonly Field[], rows: Uint32Array, sorts: readonly TableSort[]): Uint32Array {
  const keys = sorts.flatMap(({ column, down }) => {
    const field = fields[column];
    const key = field === undefined ? undefined : sortKey(field);
    return key === undefined ? [] : [{ key, sign: down ? -1 : 1 }];
  });
  const [first, ...rest] = keys;
  if (first === undefined) return rows;
  return rows.sort((a, b) => {
    let order = compare(first.key, first.sign, a, b);
    for (let next = 0; order === 0 && next < rest.length; next++) order = compare(rest[next]!.key, rest[next]!.sign, a, b);
    return order || a - b;
  });
}

/** NaN stands for what is missing. Infinities have no difference. */
function compare(key: Float64Array | Uint32Array, sign: number, a: number, b: number): number {
  const x = key[a]!;
  const y = key[b]!;
  if (x < y) return -sign;
  if (x > y) return sign;
  if (x === y) return 0;
  return (Number.isNaN(x) ? 1 : 0) - (Number.isNaN(y) ? 1 : 0);
}

/** A number for each row by which it is sorted; undefined where the column has no order. */
function sortKey(field: Field): Float64Array | undefined {
  switch (field.type) {
    case 'string':
      return ranks(field.values, (row) => field.present?.[row] === 0 || field.values[row] === '');
    case 'json': {
      const texts = field.values.map((value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')));
      return ranks(texts, (row) => field.present?.[row] === 0 || texts[row] === '');
    }
    case 'frame':
      return Float64Array.from(field.values, lastOf);
    case 'boolean':
      return keyed(Float64Array.from(field.values), field.present);
    default:
      return keyed(field.values, field.present);
  }
}

function keyed(values: Float64Array, present: Uint8Array | undefined): Float64Array {
  return present === undefined ? values : values.map((value, row) => (present[row] === 0 ? Number.NaN : value));
}

/**
 * Texts are compared by keys, which a hundred thousand of them need: a collator takes seconds for what takes keys a tenth of one.
 * Each different key is compared once, however many rows have it.
 */
function ranks(values: readonly string[], isMissing: (row: number) => boolean): Float64Array {
  const keys = values.map(naturalKey);
  const rankOf = new Map([...new Set(keys)].sort().map((key, rank) => [key, rank]));
  return Float64Array.from(keys, (key, row) => (isMissing(row) ? Number.NaN : rankOf.get(key)!));
}

const MOST_DIGITS = 0xff00;

/** Sorted by code units as people sort the text: without case and accents, numbers in it by number. */
function naturalKey(text: string): string {
  const plain = /[^ -~]/.test(text) ? text.normalize('NFKD').replaceAll(/\p{M}/gu, '') : text;
  return plain.toLowerCase().replaceAll(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, '');
    // A longer number is a greater one. The zero before keeps numbers where digits stand.
    return `0${String.fromCharCode(0x100 + Math.min(MOST_DIGITS, number.length))}${number}`;
  });
}

/** The newest number of a history. */
function lastOf(frames: Extract<Field, { type: 'frame' }>['values'][number]): number {
  const field = frames[0]?.fields.findLast((one) => one.type === 'number');
  if (!isNumbers(field)) return Number.NaN;
  for (let row = field.values.length - 1; row >= 0; row--) {
    if (field.present?.[row] !== 0 && !Number.isNaN(field.values[row]!)) return field.values[row]!;
  }
  return Number.NaN;
}
