/** Making columns out of columns and of single values. */
import type { Field, Frame } from '@vitrine/model/frame.ts';

/** What a cell holds; undefined where there is nothing. Times are numbers. */
export type Cell = number | string | boolean | object | undefined;
export type FieldType = Field['type'];

/** What of a field stays when its values change. */
export type Header = Pick<Field, 'name' | 'labels' | 'config'>;

export function cellAt(field: Field, row: number): Cell {
  if (row >= field.values.length || (field.present !== undefined && field.present[row] === 0)) return undefined;
  return field.type === 'boolean' ? field.values[row] === 1 : (field.values[row] ?? undefined);
}

/** What a cell reads as a key or a name. */
export function textOf(cell: Cell): string {
  if (cell === undefined) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

/** A column of `type` where all cells are of it, else of the plainest type that holds them. */
export function columnOf(header: Header, cells: readonly Cell[], type: FieldType): Field {
  const { name, labels, config } = header;
  const base = { name, ...(labels !== undefined && { labels }), ...(config !== undefined && { config }) };
  const present = new Uint8Array(cells.length);
  let missing = false;
  for (let row = 0; row < cells.length; row++) {
    if (cells[row] === undefined) missing = true;
    else present[row] = 1;
  }
  const mask = missing ? { present } : {};
  const actual = fit(cells, type);
  switch (actual) {
    case 'number':
    case 'time':
      return {
        ...base,
        ...mask,
        type: actual,
        values: numbersFrom(cells),
      };
    case 'boolean':
      return { ...base, ...mask, type: 'boolean', values: Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0)) };
    case 'string':
      return { ...base, ...mask, type: 'string', values: cells.map(textOf) };
    case 'frame':
      return { ...base, ...mask, type: 'frame', values: cells.map((cell) => (cell ?? []) as readonly Frame[]) };
    case 'json':
      return { ...base, ...mask, type: 'json', values: cells.map((cell) => cell ?? null) };
  }
}

function numbersFrom(cells: readonly Cell[]): Float64Array {
  const values = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) if (cells[row] !== undefined) values[row] = cells[row] as number;
  return values;
}

function fit(cells: readonly Cell[], wanted: FieldType): FieldType {
  let numbers = false;
  let texts = false;
  let flags = false;
  let objects = false;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (typeof cell === 'number') numbers = true;
    else if (typeof cell === 'string') texts = true;
    else if (typeof cell === 'boolean') flags = true;
    else if (cell !== undefined) objects = true;
  }
  if (!numbers && !texts && !flags && !objects) return wanted;
  if (wanted === 'json') return 'json';
  if (objects) return wanted === 'frame' && !numbers && !texts && !flags ? 'frame' : 'json';
  if (numbers && !texts && !flags) return wanted === 'time' ? 'time' : 'number';
  return flags && !texts && !numbers ? 'boolean' : 'string';
}

/** The cells of the given rows, in that order; -1 gives an empty one. */
export function takeRows(field: Field, rows: Int32Array): Field {
  const { present: before, ...rest } = field;
  const { length } = rows;
  let present: Uint8Array | undefined;
  for (let at = 0; at < length; at++) {
    const row = rows[at]!;
    if (row < 0 || (before !== undefined && before[row] === 0)) {
      present ??= new Uint8Array(length).fill(1);
      present[at] = 0;
    }
  }
  const mask = present === undefined ? {} : { present };
  switch (rest.type) {
    case 'number':
    case 'time': {
      const values = new Float64Array(length);
      for (let at = 0; at < length; at++) if (rows[at]! >= 0) values[at] = rest.values[rows[at]!]!;
      return { ...rest, ...mask, values };
    }
    case 'boolean': {
      const values = new Uint8Array(length);
      for (let at = 0; at < length; at++) if (rows[at]! >= 0) values[at] = rest.values[rows[at]!]!;
      return { ...rest, ...mask, values };
    }
    case 'string':
      return { ...rest, ...mask, values: pick(rest.values, rows, '') };
    case 'frame':
      return { ...rest, ...mask, values: pick(rest.values, rows, []) };
    case 'json':
      return { ...rest, ...mask, values: pick(rest.values, rows, null) };
  }
}

function pick<T>(values: readonly T[], rows: Int32Array, nothing: T): T[] {
  const taken: T[] = Array.from({ length: rows.length });
  for (let at = 0; at < rows.length; at++) taken[at] = rows[at]! < 0 ? nothing : values[rows[at]!]!;
  return taken;
}

/** The cells from `from` up to `to`, sharing memory with the field where they can. */
export function sliceRows(field: Field, from: number, to: number): Field {
  const { present, ...rest } = field;
  const mask = present === undefined ? {} : { present: present.subarray(from, to) };
  switch (rest.type) {
    case 'number':
    case 'time':
      return { ...rest, ...mask, values: rest.values.subarray(from, to) };
    case 'boolean':
      return { ...rest, ...mask, values: rest.values.subarray(from, to) };
    case 'string':
      return { ...rest, ...mask, values: rest.values.slice(from, to) };
    case 'frame':
      return { ...rest, ...mask, values: rest.values.slice(from, to) };
    case 'json':
      return { ...rest, ...mask, values: rest.values.slice(from, to) };
  }
}

/** One cell, `length` times. */
export function constantColumn(name: string, value: string, length: number): Field {
  return { type: 'string', name, values: Array.from({ length }, () => value) };
}

export function numberColumn(header: Header, values: Float64Array, present?: Uint8Array): Field {
  const { name, labels, config } = header;
  return {
    type: 'number',
    name,
    ...(labels !== undefined && { labels }),
    ...(config !== undefined && { config }),
    ...(present?.includes(0) && { present }),
    values,
  };
}

/** The frame with the given rows only. */
export function takeFrameRows(frame: Frame, rows: Int32Array): Frame {
  return { ...frame, length: rows.length, fields: frame.fields.map((field) => takeRows(field, rows)) };
}

/** A new frame; its length is that of its columns. */
export function tableOf(refId: string, fields: readonly Field[], name?: string): Frame {
  return {
    refId,
    ...(name !== undefined && name !== '' && { name }),
    shape: 'table',
    length: fields[0]?.values.length ?? 0,
    fields,
  };
}

/** A cell as a number: of text that reads as one too, and of true and false. */
export function numberOf(cell: Cell): number | undefined {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (typeof cell !== 'string') return undefined;
  const text = cell.trim().replaceAll(',', '');
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : number;
}
