import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { findReducer } from '@vitrine/compute/reducers.ts';
import type { Field } from '@vitrine/model/frame.ts';

import type { TableColumn } from './table-column.ts';

export interface FooterValue {
  readonly title: string;
  readonly text: string;
}

/** What the reducers of a column say of the rows that are shown. Reducers that nobody knows are left out. */
export function columnFooter(column: TableColumn, reducers: readonly string[], rows: Uint32Array): readonly FooterValue[] {
  const field = rows.length === column.field.values.length ? column.field : only(column.field, rows);
  return reducers.flatMap((id) => {
    const reducer = findReducer(id);
    if (reducer === undefined) return [];
    const value = reducer.reduce(field);
    if (value === undefined) return [{ title: reducer.title, text: '–' }];
    if (typeof value === 'object') {
      return [{ title: reducer.title, text: Array.isArray(value) ? `${value.length} values` : JSON.stringify(value) }];
    }
    if (typeof value === 'number' && reducer.keepsUnit)
      return [{ title: reducer.title, text: displayText(displayOf(column.field)(value)) }];
    return [{ title: reducer.title, text: typeof value === 'number' ? value.toLocaleString('en') : String(value) }];
  });
}

/** The field with these rows alone. */
function only(field: Field, rows: Uint32Array): Field {
  const present =
    field.present === undefined
      ? {}
      : { present: Uint8Array.from({ length: rows.length }, (_, at) => field.present![rows[at]!]!) };
  const pick = <Value>(values: ArrayLike<Value>) => Array.from({ length: rows.length }, (_, at) => values[rows[at]!]!);
  switch (field.type) {
    case 'number':
    case 'time':
      return { ...field, ...present, values: Float64Array.from({ length: rows.length }, (_, at) => field.values[rows[at]!]!) };
    case 'boolean':
      return { ...field, ...present, values: Uint8Array.from({ length: rows.length }, (_, at) => field.values[rows[at]!]!) };
    case 'string':
      return { ...field, ...present, values: pick(field.values) };
    case 'frame':
      return { ...field, ...present, values: pick(field.values) };
    default:
      return { ...field, ...present, values: pick(field.values) };
  }
}
