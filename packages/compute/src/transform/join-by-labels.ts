import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Frame } from '@vitrine/model/frame.ts';

import { findReducer } from '../reducers.ts';
import { columnOf, tableOf, type Cell } from './column.ts';
import { joinedRefId } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

export const joinByLabels: TransformationKind = {
  id: 'joinByLabels',
  title: 'Join by labels',
  description: 'Makes one table of series: a row for what their labels share, a column for each value of one label.',
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
    const rows = new Map<string, { labels: Readonly<Record<string, string>>; cells: Map<string, Cell> }>();
    const columns = new Set<string>();
    for (const field of series) {
      const key = JSON.stringify(join.map((label) => field.labels![label]));
      const row = rows.get(key) ?? { labels: field.labels!, cells: new Map<string, Cell>() };
      rows.set(key, row);
      const column = field.labels![valueLabel]!;
      columns.add(column);
      row.cells.set(column, findReducer('lastNotNull')!.reduce(field));
    }
    run.allow(rows.size * (join.length + columns.size), 'joining by labels');
    const all = [...rows.values()];
    const fields = [
      ...join.map((label) =>
        columnOf(
          { name: label },
          all.map(({ labels }) => labels[label]),
          'string',
        ),
      ),
      ...Array.from(columns, (name) =>
        columnOf(
          { name },
          all.map(({ cells }) => cells.get(name)),
          'number',
        ),
      ),
    ];
    return [{ ...tableOf(joinedRefId('joinByLabels', frames), fields), length: all.length } satisfies Frame];
  },
};
