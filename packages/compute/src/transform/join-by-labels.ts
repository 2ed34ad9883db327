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
    const labelled = frames.flatMap(({ fields }) => {
      const times = fields.find(({ type }) => type === 'time');
      return fields.flatMap((field) =>
        field.type === 'number' && field.labels !== undefined ? [{ field, labels: field.labels, times }] : [],
      );
    });
    const series = labelled.filter(({ labels }) => Object.hasOwn(labels, valueLabel));
    if (series.length === 0) {
      run.notice('info', `no series has the label "${valueLabel}"`);
      return frames;
    }
    if (series.length < labelled.length) {
      const without = labelled.length - series.length;
      run.notice('warning', `${without} of ${labelled.length} series are left out: they have no label "${valueLabel}"`);
    }
    const chosen = options.texts('join');
    const named = chosen.length > 0 ? chosen : series.flatMap(({ labels }) => Object.keys(labels));
    const join = [...new Set(named)].filter((label) => label !== valueLabel);
    const groups = new Map<string, Group>();
    const columns = new Set<string>();
    let stacked = 0;
    for (const { field, labels, times } of series) {
      const own = join.map((label) => labelOf(labels, label));
      // A label that is missing is not one that is empty.
      const key = JSON.stringify(own.map((value) => value ?? null));
      const group = groups.get(key) ?? { labels: own, columns: new Map<string, Piece[]>(), length: 0 };
      groups.set(key, group);
      const name = labels[valueLabel]!;
      columns.add(name);
      const pieces = group.columns.get(name) ?? [];
      group.columns.set(name, pieces);
      if (pieces.length > 0) stacked++;
      pieces.push({ field, times });
      group.length = Math.max(group.length, lengthOf(pieces));
    }
    if (stacked > 0) {
      const apart = join.length === 0 ? 'no label' : `no label of ${join.map((label) => `"${label}"`).join(', ')}`;
      run.notice(
        'warning',
        `${stacked} of ${series.length} series stand below others: ${apart} tells them apart. Join by more labels`,
      );
    }
    const all = [...groups.values()];
    const length = all.reduce((sum, group) => sum + group.length, 0);
    run.allow(length * (join.length + columns.size), 'joining by labels', join.length + columns.size);
    const apart = all.filter(pairsOtherTimes).length;
    if (apart > 0) {
      const groupsApart = all.length === 1 ? 'the series' : `the series of ${apart} of ${all.length} groups`;
      run.notice(
        'info',
        `the times of ${groupsApart} differ, and values are side by side by their places in the series, not by time`,
      );
    }
    const fields = [
      ...join.map((name, at) => {
        const cells = all.flatMap((group) => Array.from({ length: group.length }, (): Cell => group.labels[at]));
        return columnOf({ name }, cells, 'string');
      }),
      ...Array.from(columns, (name) => {
        const cells = all.flatMap((group) => {
          const own = (group.columns.get(name) ?? []).flatMap(({ field }) => cellsOf(field));
          return [...own, ...Array.from({ length: group.length - own.length }, (): Cell => undefined)];
        });
        return columnOf({ name }, cells, 'number');
      }),
    ];
    return [{ ...tableOf(joinedRefId('joinByLabels', frames), fields), length } satisfies Frame];
  },
};

/** A series, and the times of its frame. */
interface Piece {
  readonly field: Field;
  readonly times: Field | undefined;
}

/** Series whose labels agree. */
interface Group {
  /** The values of the labels that they are joined by. */
  readonly labels: readonly (string | undefined)[];
  /** By the value of the value label; more than one where nothing tells them apart: as in Grafana, the one below the other. */
  readonly columns: Map<string, Piece[]>;
  length: number;
}

function labelOf(labels: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { field }) => sum + field.values.length, 0);
}

function cellsOf(field: Field): Cell[] {
  return Array.from({ length: field.values.length }, (_, row) => cellAt(field, row));
}

/** Whether a row holds values of different times. */
function pairsOtherTimes({ columns, length }: Group): boolean {
  const known = new Float64Array(length).fill(Number.NaN);
  for (const pieces of columns.values()) {
    let row = 0;
    for (const { field, times } of pieces) {
      for (let at = 0; at < field.values.length; at++, row++) {
        const time = times === undefined ? undefined : cellAt(times, at);
        if (typeof time !== 'number') continue;
        if (known[row]! !== time && !Number.isNaN(known[row]!)) return true;
        known[row] = time;
      }
    }
  }
  return false;
}
