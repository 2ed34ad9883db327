import type { Field, Frame } from '@vitrine/model/frame.ts';

import { VALUE_FIELD } from '../field-name.ts';
import { takeRows } from './column.ts';
import type { TransformationKind } from './transformation.ts';

export const concatenate: TransformationKind = {
  id: 'concatenate',
  title: 'Concatenate fields',
  description: 'Puts the fields of all frames side by side, row by row; shorter ones end in empty cells.',
  defaults: { frameNameMode: 'field', frameNameLabel: 'frame' },
  apply(frames, options, run) {
    if (frames.length < 2) return frames;
    const mode = options.choice('frameNameMode', ['field', 'label', 'drop'], 'field');
    const label = options.text('frameNameLabel', 'frame') || 'frame';
    const length = Math.max(...frames.map((frame) => frame.length));
    run.allow(length * frames.reduce((sum, { fields }) => sum + fields.length, 0), 'concatenating');
    const fields = frames.flatMap((frame) => {
      const rows = frame.length === length ? undefined : Int32Array.from({ length }, (_, row) => (row < frame.length ? row : -1));
      return frame.fields.map((field) => nameAfter(rows === undefined ? field : takeRows(field, rows), frame, mode, label));
    });
    return [{ refId: frames[0]!.refId, shape: 'table', length, fields }];
  },
};

function nameAfter(field: Field, frame: Frame, mode: 'field' | 'label' | 'drop', label: string): Field {
  const { name = '' } = frame;
  if (mode === 'drop' || name === '') return field;
  if (mode === 'label') return { ...field, labels: { ...field.labels, [label]: name } };
  return { ...field, name: field.name === VALUE_FIELD ? name : `${name} · ${field.name}` };
}
