import { cellValue, displayOf } from '@vitrine/compute/field/display.ts';
import type { DisplayValue } from '@vitrine/compute/field/display.ts';
import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { compilePattern, isSlashed } from '@vitrine/compute/pattern.ts';
import { findReducer } from '@vitrine/compute/reducers.ts';
import { isNumbers } from '@vitrine/model/frame.ts';
import type { Field, Frame, NumberField } from '@vitrine/model/frame.ts';

import type { ReduceOptions } from './options-shared.ts';

/** One value with all that a stat, a gauge or a bar shows of it. */
export interface SingleValue {
  /** Unique in its list and the same from one answer to the next. */
  readonly id: string;
  readonly name: string;
  /** undefined where there is none; NaN is a value. */
  readonly value: unknown;
  readonly shown: DisplayValue;
  readonly field: Field;
  readonly frame: Frame;
  /** Index into the frame's fields. */
  readonly column: number;
  /** The row, where the value is a cell; undefined where it is reduced. */
  readonly row: number | undefined;
  readonly calc: string;
  /** Its place among the values, for colours. */
  readonly index: number;
  /** Where the number was reduced from. */
  readonly history: { readonly xs: Float64Array; readonly field: NumberField } | undefined;
}

/** More than this nobody reads one by one. */
const MOST_VALUES = 200;
/** What is no number is shown where people ask for it by name. */
const VALUE_TYPES: ReadonlySet<Field['type']> = new Set(['number', 'boolean']);

/**
 * The values that the options ask for: of each field one a calculation; or of each row one a field, named after the row's words.
 * Fields hidden from the picture are left out. Pure.
 */
export function singleValues(frames: readonly Frame[], options: ReduceOptions, timeZone: string): SingleValue[] {
  const most = options.values ? Math.max(0, Math.min(MOST_VALUES, options.limit ?? 25)) : MOST_VALUES;
  const names = fieldNames(frames);
  const wanted = fieldFilter(options.fields);
  const values: SingleValue[] = [];
  for (const [at, frame] of frames.entries()) {
    if (frame.shape === 'exemplars') continue;
    const columns = frame.fields.flatMap((field, column) =>
      wanted(field, names[at]![column]!) && !isHidden(field) ? [column] : [],
    );
    const add = options.values ? addRows : addReduced;
    add(values, frame, columns, names[at]!, options, most, timeZone);
  }
  return values;
}

function addReduced(
  values: SingleValue[],
  frame: Frame,
  columns: readonly number[],
  names: readonly string[],
  { calcs }: ReduceOptions,
  most: number,
  timeZone: string,
): void {
  const x = frame.fields.find((field) => field.type === 'time') ?? (frame.shape === 'series' ? frame.fields[0] : undefined);
  for (const column of columns) {
    const field = frame.fields[column]!;
    const display = displayOf(field, { timeZone });
    for (const calc of calcs) {
      if (values.length >= most) return;
      const reducer = findReducer(calc);
      const reduced = newestWins(field, calc) ?? reducer?.reduce(field);
      const shown = reducer?.keepsUnit === false ? displayOf(withoutUnit(field), { timeZone })(reduced) : display(reduced);
      values.push({
        id: `${frame.refId}:${column}:${names[column]}:${calc}`,
        name: calcs.length > 1 ? `${names[column]} ${reducer?.title ?? calc}` : names[column]!,
        value: reduced,
        shown,
        field,
        frame,
        column,
        row: undefined,
        calc,
        index: values.length,
        history: isNumbers(x) && isNumbers(field) && frame.length > 1 ? { xs: x.values, field } : undefined,
      });
    }
  }
}

/** A loss that has become NaN must show as NaN, not as the last number before. */
function newestWins(field: Field, calc: string): number | undefined {
  if (calc !== 'lastNotNull' || field.type !== 'number') return undefined;
  for (let row = field.values.length - 1; row >= 0; row--) {
    if (field.present === undefined || field.present[row] === 1) return Number.isNaN(field.values[row]!) ? Number.NaN : undefined;
  }
  return undefined;
}

function addRows(
  values: SingleValue[],
  frame: Frame,
  columns: readonly number[],
  names: readonly string[],
  _: ReduceOptions,
  most: number,
  timeZone: string,
): void {
  const words = frame.fields.filter(
    (field, index) => field.type === 'string' && !columns.includes(index) && field.name !== '__name__',
  );
  const displays = columns.map((column) => displayOf(frame.fields[column]!, { timeZone }));
  for (let row = 0; row < frame.length; row++) {
    const named = words
      .map((field) => cellValue(field, row))
      .filter((word) => typeof word === 'string' && word !== '')
      .join(', ');
    for (const [n, column] of columns.entries()) {
      if (values.length >= most) return;
      const field = frame.fields[column]!;
      const value = cellValue(field, row);
      const own = columns.length > 1 || named === '' ? names[column]! : '';
      values.push({
        id: `${frame.refId}:${row}:${column}`,
        name: [named, own].filter((part) => part !== '').join(' '),
        value,
        shown: displays[n]!(value),
        field,
        frame,
        column,
        row,
        calc: '',
        index: values.length,
        history: undefined,
      });
    }
  }
}

type FieldFilter = (field: Field, name: string) => boolean;

/** "" is what has values; "/…/" what is called like that, of any type; else the field of that name. */
function fieldFilter(fields: string): FieldFilter {
  if (fields === '') return (field) => VALUE_TYPES.has(field.type);
  if (!isSlashed(fields)) return (field, name) => name === fields || field.name === fields;
  const pattern = compilePattern('options.reduceOptions.fields', fields, 'part');
  return (_, name) => pattern.test(name);
}

function withoutUnit(field: Field): Field {
  const { unit: _, decimals: __, ...config } = field.config ?? {};
  return { ...field, config };
}

function isHidden({ config }: Field): boolean {
  const hide = config?.custom?.['hideFrom'];
  return typeof hide === 'object' && hide !== null && 'viz' in hide && hide.viz === true;
}
