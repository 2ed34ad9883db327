import type { Field, Frame } from '@vitrine/model/frame.ts';
import { parseArray } from './parse-array.ts';

/** What a column of a type is read as. Types that are not here are text: names, uuid, enums, intervals, addresses. */
type Reading =
  | 'number'
  | 'time'
  | 'boolean'
  | 'json'
  | 'text'
  | { readonly listOf: 'number' | 'time' | 'boolean' | 'json' | 'text' };

/** By the type's number in PostgreSQL's catalog (pg_type.dat). */
const READINGS: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [16, 'boolean'],
  // int2, int4, int8, oid, float4, float8, numeric
  ...[21, 23, 20, 26, 700, 701, 1700].map((oid) => [oid, 'number'] as const),
  // date, timestamp, timestamptz
  ...[1082, 1114, 1184].map((oid) => [oid, 'time'] as const),
  [114, 'json'],
  [3802, 'json'],
  [1000, { listOf: 'boolean' }],
  ...[1005, 1007, 1016, 1028, 1021, 1022, 1231].map((oid) => [oid, { listOf: 'number' }] as const),
  ...[1182, 1115, 1185].map((oid) => [oid, { listOf: 'time' }] as const),
  [199, { listOf: 'json' }],
  [3807, { listOf: 'json' }],
  // text, varchar, char, name, uuid, inet
  ...[1009, 1015, 1002, 1003, 2951, 1041].map((oid) => [oid, { listOf: 'text' }] as const),
]);

/** Longer text than this in one cell is cut: nobody reads it in a panel. */
const MAX_LETTERS = 65_536;

interface Column {
  readonly name: string;
  readonly reading: Reading;
  readonly values: unknown[];
  isUnsafe: boolean;
}

/** An answer as columns, read from text as it comes in. */
export class Columns {
  readonly #columns: readonly Column[];
  #length = 0;
  /** Cells whose text was cut. */
  cutCells = 0;

  constructor(fields: readonly { readonly name: string; readonly dataTypeID: number }[]) {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      reading: READINGS.get(dataTypeID) ?? 'text',
      values: [],
      isUnsafe: false,
    }));
  }

  get length(): number {
    return this.#length;
  }

  get width(): number {
    return this.#columns.length;
  }

  add(row: readonly (string | null)[]): void {
    for (const [index, column] of this.#columns.entries()) {
      const text = row[index] ?? null;
      if (column.reading === 'number' && text !== null) {
        const value = Number(text);
        // A whole number past 2^53 would come out as another: such a column is text where it is shown as such.
        if (!column.isUnsafe && Math.abs(value) > Number.MAX_SAFE_INTEGER && /^-?\d+$/.test(text)) column.isUnsafe = true;
        column.values.push(column.isUnsafe ? text : value);
      } else column.values.push(text === null ? undefined : this.#read(text, column.reading));
    }
    this.#length++;
  }

  #read(text: string, reading: Reading): unknown {
    if (text.length > MAX_LETTERS) {
      this.cutCells++;
      const cut = `${text.slice(0, MAX_LETTERS)}…`;
      return typeof reading === 'object' ? [cut] : cut;
    }
    return readCell(text, reading);
  }

  /** Whether a column of whole numbers holds some that a double does not tell apart. */
  get unsafeNames(): readonly string[] {
    return this.#columns.filter(({ isUnsafe }) => isUnsafe).map(({ name }) => name);
  }

  /** `exact` keeps whole numbers past 2^53 as text; otherwise they are rounded. Columns called in `times` are times also where they are numbers. */
  fields({ exact, times }: { readonly exact: boolean; readonly times: readonly string[] }): Field[] {
    return this.#columns.map((column) => {
      const { name, reading, values } = column;
      if (times.includes(name) && (reading === 'number' || reading === 'text')) {
        const read = values.map(timeOf);
        // Text that is no time stays what it is: a time of day, say.
        if (read.every((value, row) => value !== undefined || values[row] === undefined))
          return { name, type: 'time', ...numbers(read) };
      }
      switch (reading) {
        case 'number':
          if (column.isUnsafe && exact) return { name, type: 'string', ...texts(values) };
          return { name, type: 'number', ...numbers(values.map((value) => (value === undefined ? undefined : Number(value)))) };
        case 'time':
          return { name, type: 'time', ...numbers(values as (number | undefined)[]) };
        case 'boolean':
          return {
            name,
            type: 'boolean',
            values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)),
            ...presence(values),
          };
        case 'text':
          return { name, type: 'string', ...texts(values) };
        default:
          return { name, type: 'json', values: values.map((value) => value ?? null), ...presence(values) };
      }
    });
  }

  /** Rows as a frame. */
  frame(refId: string, shape: Frame['shape'], how: { readonly exact: boolean; readonly times: readonly string[] }): Frame {
    return { refId, shape, length: this.#length, fields: this.fields(how) };
  }
}

function numbers(values: readonly (number | undefined)[]): { readonly values: Float64Array; readonly present?: Uint8Array } {
  return { values: Float64Array.from(values, (value) => value ?? 0), ...presence(values) };
}

function texts(values: readonly unknown[]): { readonly values: readonly string[]; readonly present?: Uint8Array } {
  return { values: (values as (string | number | undefined)[]).map((value) => String(value ?? '')), ...presence(values) };
}

function presence(values: readonly unknown[]): { readonly present?: Uint8Array } {
  return values.includes(undefined) ? { present: Uint8Array.from(values, (value) => (value === undefined ? 0 : 1)) } : {};
}

function readCell(text: string, reading: Reading): unknown {
  if (typeof reading === 'object') return parseArray(text, (element) => readCell(element, reading.listOf) ?? null);
  switch (reading) {
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 't';
    case 'time':
      return readTime(text);
    case 'json':
      return JSON.parse(text);
    case 'text':
      return text;
  }
}

/** Years may have more than four digits, and be before Christ; a time without a zone is UTC. */
const TIME = /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/;

/** Unix milliseconds; undefined for infinity, which is no time. */
export function readTime(text: string): number | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', sign, zh = '0', zm = '0', zs = '0', bc] =
    TIME.exec(text) ?? [];
  if (year === undefined) return undefined;
  const at = new Date(0);
  at.setUTCFullYear(bc === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day));
  at.setUTCHours(Number(hour), Number(minute), Number(second), 0);
  const offsetMs = (Number(zh) * 3_600 + Number(zm) * 60 + Number(zs)) * 1_000;
  const ms = at.getTime() + Number(`0.${fraction}`) * 1_000 - (sign === '-' ? -offsetMs : offsetMs);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A number of the epoch in seconds, milliseconds, microseconds or nanoseconds, told by its size; undefined is no time. */
function timeOf(value: unknown): number | undefined {
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) return typeof value === 'string' ? readTime(value.replace('T', ' ').replace(/Z$/, '+00')) : undefined;
  const size = Math.abs(number);
  if (size < 1e11) return number * 1_000;
  if (size < 1e14) return number;
  return size < 1e17 ? number / 1_000 : number / 1_000_000;
}
