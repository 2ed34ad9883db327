import type { Frame } from '@vitrine/model/frame.ts';

import { fieldName, VALUE_FIELD } from '../field-name.ts';
import { cellAt, columnOf, tableOf, textOf } from './column.ts';
import type { TransformationKind } from './transformation.ts';

export const transpose: TransformationKind = {
  id: 'transpose',
  title: 'Transpose',
  description: 'Turns columns into rows and rows into columns.',
  defaults: {},
  apply(frames, options, run) {
    const first = options.text('firstFieldName') || 'Field';
    const rest = options.text('restFieldsName') || VALUE_FIELD;
    return frames.map((frame) => {
      run.allow((frame.length + 1) * frame.fields.length, 'transposing', frame.length);
      return transposeFrame(frame, frames, first, rest);
    });
  },
};

/** The first column's texts or times become the labels of the new columns; where it holds numbers, rows are counted. */
function transposeFrame(frame: Frame, frames: readonly Frame[], first: string, rest: string): Frame {
  const [head] = frame.fields;
  if (head === undefined) return frame;
  const labelled = head.type === 'string' || head.type === 'time' || head.type === 'boolean';
  const fields = labelled ? frame.fields.slice(1) : frame.fields;
  const names = columnOf(
    { name: first },
    fields.map((field) => fieldName(field, frame, frames)),
    'string',
  );
  const columns = Array.from({ length: frame.length }, (_, row) => {
    const labels = labelled ? { [head.name]: textOf(cellAt(head, row)) } : { row: String(row + 1) };
    return columnOf(
      { name: rest, labels },
      fields.map((field) => cellAt(field, row)),
      fields[0]?.type ?? 'number',
    );
  });
  return tableOf(`transpose-${frame.refId}`, [names, ...columns], frame.name);
}
