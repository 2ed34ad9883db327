import type { Frame } from '@vitrine/model/frame.ts';

import { cellAt, takeRows, textOf } from './column.ts';
import { findField } from './fields.ts';
import { groupRows } from './groups.ts';
import type { TransformationKind } from './transformation.ts';

export const partitionByValues: TransformationKind = {
  id: 'partitionByValues',
  title: 'Partition by values',
  description: 'Makes one frame of all rows with the same values in some fields.',
  defaults: { fields: [], keepFields: false, naming: { asLabels: false } },
  apply(frames, options, run) {
    const names = options.texts('fields');
    const naming = options.inner('naming');
    const asLabels = naming.flag('asLabels', false);
    const withNames = naming.flag('withNames', false);
    const between = naming.text('separator1', '=') || '=';
    const separator = naming.text('separator2', ' ') || ' ';
    return frames.flatMap((frame): Frame[] => {
      const keys = names.flatMap((name) => findField(name, frame, frames) ?? []);
      if (keys.length === 0) return [frame];
      const groups = groupRows(keys, frame.length);
      const kept = options.flag('keepFields', false) ? frame.fields : frame.fields.filter((field) => !keys.includes(field));
      run.allow(0, 'partitioning', groups.count * kept.length);
      return Array.from({ length: groups.count }, (_, group) => {
        const rows = groups.order.subarray(groups.start[group], groups.start[group + 1]);
        const values = keys.map((key) => [key.name, textOf(cellAt(key, groups.first[group]!))] as const);
        const fields = kept.map((field) => takeRows(field, rows));
        if (asLabels) {
          const labels = Object.fromEntries(values);
          return {
            ...frame,
            length: rows.length,
            fields: fields.map((field) => ({ ...field, labels: { ...field.labels, ...labels } })),
          };
        }
        const name = values.map(([key, value]) => (withNames ? `${key}${between}${value}` : value)).join(separator);
        return {
          ...frame,
          name: frame.name === undefined || frame.name === '' ? name : `${frame.name} ${name}`,
          length: rows.length,
          fields,
        };
      });
    });
  },
};
