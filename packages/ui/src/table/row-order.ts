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
    return key === undefined ? [] : [{ key, down }];
  });
  // A stable sort by the last key, then by the one before it, leaves equals of the first in the order of the others.
  for (const { key, down } of keys.toReversed()) sortBy(rows, key, down);
  return rows;
}

/** What rows are sorted by: unsigned numbers of 64 bits. The greatest of all stands for what is missing. */
interface SortKey {
  readonly low: Uint32Array;
  /** Absent where all are zero but those that are missing. */
  readonly high: Uint32Array | undefined;
}

const MISSING = 0xffff_ffff;
const DIGIT = 0xffff;
const DIGITS = 0x1_0000;

/** Least digit first, 16 bits at a time: as many steps as there are rows, and no comparing. */
function sortBy(rows: Uint32Array, { low, high }: SortKey, down: boolean): void {
  const flip = down ? MISSING : 0;
  const isMissing = (row: number) => (high ?? low)[row] === MISSING;
  let from: Uint32Array = rows;
  let to: Uint32Array = new Uint32Array(rows.length);
  for (const [word, shift] of [
    [low, 0] as const,
    [low, 16] as const,
    ...(high
      ? ([
          [high, 0],
          [high, 16],
        ] as const)
      : []),
  ]) {
    const ends = new Uint32Array(DIGITS + 1);
    const digits = new Uint16Array(from.length);
    for (let at = 0; at < from.length; at++) {
      const row = from[at]!;
      const digit = isMissing(row) ? DIGIT : ((word[row]! ^ flip) >>> shift) & DIGIT;
      digits[at] = digit;
      ends[digit + 1]!++;
    }
    // All have it: they stay as they are.
    if (from.length === 0 || ends[digits[0]! + 1] === from.length) continue;
    for (let digit = 0; digit < DIGITS; digit++) ends[digit + 1]! += ends[digit]!;
    for (let at = 0; at < from.length; at++) to[ends[digits[at]!]!++] = from[at]!;
    [from, to] = [to, from];
  }
  if (from !== rows) rows.set(from);
}

/** Turning a column round costs no second reading of it. */
const known = new WeakMap<Field, SortKey>();

/** Undefined where the column has no order. */
function sortKey(field: Field): SortKey | undefined {
  let key = known.get(field);
  if (key === undefined) known.set(field, (key = readKey(field)));
  return key;
}

function readKey(field: Field): SortKey {
  switch (field.type) {
    case 'string':
      return textKey(field.values, field.present);
    case 'json':
      return textKey(
        field.values.map((value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))),
        field.present,
      );
    case 'frame':
      return numberKey(Float64Array.from(field.values, lastOf), undefined);
    case 'boolean':
      return numberKey(Float64Array.from(field.values), field.present);
    default:
      return numberKey(field.values, field.present);
  }
}

/**
 * The bits of a number sort like the number itself once the sign is turned round, and of negative ones all other bits too (IEEE 754
 * keeps exponent before fraction).
 */
function numberKey(values: Float64Array, present: Uint8Array | undefined): SortKey {
  // Adding zero makes zero of minus zero.
  const bits = new Uint32Array(values.map((value) => value + 0).buffer);
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const [lower, upper] = [bits[2 * row]!, bits[2 * row + 1]!];
    if (present?.[row] === 0 || Number.isNaN(values[row]!)) low[row] = high[row] = MISSING;
    else {
      low[row] = upper >>> 31 === 1 ? ~lower : lower;
      high[row] = upper >>> 31 === 1 ? ~upper : upper | 0x8000_0000;
    }
  }
  return { low, high };
}

/** Ids are written in letters of seven bits, so many of them. */
const ID = { bits: 7, letters: 4 };

/**
 * Texts are compared by natural keys, which a hundred thousand of them need: a collator takes seconds for what takes keys a tenth
 * of one. Each different text is read and compared once, however many rows have it; its id stands behind its key, so that nothing
 * has to be looked up after the sorting.
 */
function textKey(values: readonly string[], present: Uint8Array | undefined): SortKey {
  const ids = new Map<string, number>();
  const idOf = new Uint32Array(values.length);
  const keys: string[] = [];
  for (let row = 0; row < values.length; row++) {
    const text = values[row]!;
    let id = ids.get(text);
    if (id === undefined) {
      ids.set(text, (id = ids.size));
      keys.push(`${naturalKey(text)}\0${lettersOf(id)}`);
    }
    idOf[row] = id;
  }
  const rankOf = new Uint32Array(keys.length);
  let rank = 0;
  let last = '';
  for (const sorted of keys.sort()) {
    const key = sorted.slice(0, -ID.letters);
    if (key !== last) rank++;
    last = key;
    rankOf[idOfLetters(sorted)] = rank;
  }
  const empty = ids.get('');
  if (empty !== undefined) rankOf[empty] = MISSING;
  return { low: idOf.map((id, row) => (present?.[row] === 0 ? MISSING : rankOf[id]!)), high: undefined };
}

function lettersOf(id: number): string {
  const letter = (place: number) => (id >>> (place * ID.bits)) & 0x7f;
  return String.fromCharCode(letter(3), letter(2), letter(1), letter(0));
}

function idOfLetters(text: string): number {
  let id = 0;
  for (let at = text.length - ID.letters; at < text.length; at++) id = (id << ID.bits) | text.charCodeAt(at);
  return id;
}

/** Keys of one byte a letter are compared and kept at half the price. */
const MOST_DIGITS = 0xff;

/** Sorted by code units as people sort the text: without case and accents, numbers in it by number. */
function naturalKey(text: string): string {
  const plain = /[^ -~]/.test(text) ? text.normalize('NFKD').replaceAll(/\p{M}/gu, '') : text;
  return plain.toLowerCase().replaceAll(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, '');
    // A longer number is a greater one. The zero before keeps numbers where digits stand.
    return `0${String.fromCharCode(Math.min(MOST_DIGITS, number.length))}${number}`;
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
