import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { columnOf, constantColumn, tableOf } from './column.ts';
import type { TransformationKind } from './transformation.ts';

export const labelsToFields: TransformationKind = {
  id: 'labelsToFields',
  title: 'Labels to fields',
  description: 'Makes columns, or rows, of the labels of series.',
  defaults: { mode: 'columns' },
  apply(frames, options, run) {
    const keep = options.texts('keepLabels');
    const kept = keep.length === 0 ? undefined : new Set(keep);
    if (options.choice('mode', ['columns', 'rows'], 'columns') === 'rows')
      return frames.flatMap((frame) => labelRows(frame, frames, kept));
    const valueLabel = options.text('valueLabel');
    return frames.map((frame) => {
      const labels = frame.fields.reduce((sum, field) => sum + Object.keys(field.labels ?? {}).length, 0);
      run.allow((frame.fields.length + labels) * frame.length, 'labels to fields');
      return labelColumns(frame, kept, valueLabel);
    });
  },
};

/** Behind the frame's own fields, a column for each label of each of them. */
function labelColumns(frame: Frame, kept: ReadonlySet<string> | undefined, valueLabel: string): Frame {
  const own: Field[] = [];
  const added = new Map<string, Field>();
  for (const field of frame.fields) {
    const { labels, ...rest } = field;
    if (labels === undefined) {
      own.push(field);
      continue;
    }
    const named = valueLabel !== '' && Object.hasOwn(labels, valueLabel) ? labels[valueLabel]! : undefined;
    own.push(unnamed(named === undefined ? rest : { ...rest, name: named }));
    for (const [name, value] of Object.entries(labels)) {
      if (name === valueLabel || kept?.has(name) === false) continue;
      // Two series of one frame with the same label value need one column only.
      added.set(`${name}\u0000${value}`, constantColumn(name, value, frame.length));
    }
  }
  return { ...frame, shape: 'table', fields: [...own, ...added.values()] };
}

/** Names told series apart by what now are columns. */
function unnamed(field: Field): Field {
  if (field.config?.displayName === undefined && field.config?.displayNameFromSource === undefined) return field;
  const { displayName: _, displayNameFromSource: __, ...config } = field.config;
  return { ...field, config };
}

/** A frame of names and values for each series. */
function labelRows(frame: Frame, frames: readonly Frame[], kept: ReadonlySet<string> | undefined): Frame[] {
  return frame.fields
    .filter(({ labels }) => labels !== undefined)
    .map((field) => {
      const pairs = Object.entries(field.labels!).filter(([name]) => kept?.has(name) !== false);
      const names = pairs.map(([name]) => name);
      const values = pairs.map(([, value]) => value);
      const fields = [columnOf({ name: 'label' }, names, 'string'), columnOf({ name: 'value' }, values, 'string')];
      return tableOf(frame.refId, fields, fieldName(field, frame, frames));
    });
}
