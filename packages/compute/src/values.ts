import { isNumbers } from '@vitrine/model/frame.ts';
import type { Frame, NumberField } from '@vitrine/model/frame.ts';

import { reduce } from './reduce.ts';
import type { Reduction } from './reduce.ts';

/** One number with its name, for a stat, a gauge or a bar. */
export interface NamedValue {
  /** Unique in its list and the same from one answer to the next. */
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** undefined where there is none; NaN is a value. */
  readonly value: number | undefined;
  /** The field's own unit, where it has one. */
  readonly unit: string | undefined;
  /** Where the number was reduced from: the x column and the series. */
  readonly history: { readonly xs: Float64Array; readonly field: NumberField } | undefined;
}

/**
 * One number of each series, reduced over x; and of each number of each row of a table, where the words of the row are
 * its name. At most `most` of them.
 */
export function valuesOf(frames: readonly Frame[], reduction: Reduction, most: number): NamedValue[] {
  const values: NamedValue[] = [];
  for (const frame of frames) {
    if (frame.shape === 'table') addRows(values, frame, most);
    else addSeries(values, frame, reduction, most);
  }
  return values;
}

function addSeries(values: NamedValue[], frame: Frame, reduction: Reduction, most: number): void {
  const [x, ...fields] = frame.fields;
  for (const [index, field] of fields.entries()) {
    if (!isNumbers(field) || !isNumbers(x) || values.length >= most) continue;
    values.push({
      id: `${frame.refId}:${index}:${field.name}`,
      name: field.name,
      labels: field.labels ?? {},
      value: reduce(field, reduction),
      unit: field.config?.unit,
      history: { xs: x.values, field },
    });
  }
}

function addRows(values: NamedValue[], frame: Frame, most: number): void {
  const words = frame.fields.filter((field) => field.type === 'string');
  const numbers = frame.fields.filter((field): field is NumberField => field.type === 'number');
  for (let row = 0; row < frame.length && values.length < most; row++) {
    const labels = Object.fromEntries(words.map((field) => [field.name, field.values[row] ?? '']));
    const named = Object.entries(labels)
      .filter(([name, text]) => name !== '__name__' && text !== '')
      .map(([, text]) => text)
      .join(', ');
    for (const field of numbers) {
      if (values.length >= most) return;
      const own = numbers.length > 1 || named === '' ? field.name : '';
      values.push({
        id: `${frame.refId}:${row}:${field.name}`,
        name: [named, own].filter((part) => part !== '').join(' '),
        labels,
        value: field.present?.[row] === 0 ? undefined : field.values[row],
        unit: field.config?.unit,
        history: undefined,
      });
    }
  }
}
