import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, tableOf, type Cell } from './column.ts';
import { joinedRefId } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

export const joinByLabels: TransformationKind = {
  id: 'joinByLabels',
  title: 'Join by labels',
  description:
    'Makes one table of series: a column for each value of one label; those whose other labels agree stand side by side, point by point.',
  defaults: { value: '' },
  apply(frames, options, run) {
    const valueLabel = options.text('value');
    if (valueLabel === '') throw new BadRequest('value', 'choose the label whose values become columns');
    const series = frames.flatMap(({ fields }) =>
      fields.filter(({ type, labels }) => type === 'number' && labels !== undefined && Object.hasOwn(labels, valueLabel)),
    );
    if (series.length === 0) {
      run.notice('info', `no series has the label "${valueLabel}"`);
      return frames;
    }
    const chosen = options.texts('join');
    const join =
      chosen.length > 0
        ? chosen
        : [...new Set(series.flatMap(({ labels }) => Object.keys(labels!)))].filter((label) => label !== valueLabel);
    const groups = new Map<string, { labels: Readonly<Record<string, string>>; series: Map<string, Field>; length: number }>();
    const columns = new Set<string>();
    for (const field of series) {
      const labels = field.labels!;
      const key = JSON.stringify(join.map((label) => labels[label]));
      const group = groups.get(key) ?? { labels, series: new Map<string, Field>(), length: 0 };
      groups.set(key, group);
      columns.add(labels[valueLabel]!);
      group.series.set(labels[valueLabel]!, field);
      group.length = Math.max(group.length, field.values.length);
    }
    const all = [...groups.values()];
    const length = all.reduce((sum, group) => sum + group.length, 0);
    run.allow(length * (join.length + columns.size), 'joining by labels', join.length + columns.size);
    const column = (name: string, type: 'string' | 'number', cellOf: (group: (typeof all)[number], row: number) => Cell): Field =>
      columnOf(
        { name },
        all.flatMap((group) => Array.from({ length: group.length }, (_, row) => cellOf(group, row))),
        type,
      );
    const fields = [
      ...join.map((label) => column(label, 'string', ({ labels }) => labels[label])),
      ...Array.from(columns, (name) =>
        column(name, 'number', (group, row) => {
          const field = group.series.get(name);
          return field && cellAt(field, row);
        }),
      ),
    ];
    return [{ ...tableOf(joinedRefId('joinByLabels', frames), fields), length } satisfies Frame];
  },
};
