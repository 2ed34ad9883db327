import type { Field, Frame } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, tableOf, takeRows, textOf, type Cell } from './column.ts';
import { isTimeSeries, joinedRefId } from './fields.ts';
import { groupRows } from './groups.ts';
import { joinByTime } from './join.ts';
import { sortRows } from './sort-by.ts';
import type { Run, TransformationKind } from './transformation.ts';

export const prepareTimeSeries: TransformationKind = {
  id: 'prepareTimeSeries',
  title: 'Prepare time series',
  description: 'Gives time series one form: a frame each, one wide frame, or one long table.',
  defaults: { format: 'wide' },
  apply(frames, options, run) {
    const format = options.choice('format', ['wide', 'multi', 'many', 'long'], 'wide');
    const series = frames.filter(isTimeSeries);
    if (series.length === 0) return frames;
    if (format === 'long') return [toLong(series, run)];
    const multi = series.flatMap((frame) => toMulti(frame, run));
    if (format !== 'wide') return multi;
    return multi.length === 1 ? multi : [{ ...joinByTime(multi, run), refId: series[0]!.refId }];
  },
};

/** A frame of a time and a value for each column of numbers; texts beside them become labels. */
function toMulti(frame: Frame, run: Pick<Run, 'allow'>): Frame[] {
  const time = frame.fields.find(({ type }) => type === 'time')!;
  const numbers = frame.fields.filter(({ type }) => type === 'number');
  const texts = frame.fields.filter(({ type }) => type === 'string');
  if (texts.length === 0) return numbers.map((field) => ({ ...frame, fields: [time, field] }));
  const groups = groupRows(texts, frame.length);
  run.allow(0, 'a frame for each series', 2 * groups.count * numbers.length);
  return Array.from({ length: groups.count }).flatMap((_, group) => {
    const taken = groups.order.slice(groups.start[group], groups.start[group + 1]);
    const rows = sortRows(takeRows(time, taken), taken.length, false).map((row) => taken[row]!);
    const labels = Object.fromEntries(texts.map((field) => [field.name, textOf(cellAt(field, groups.first[group]!))]));
    const own = takeRows(time, rows);
    return numbers.map((field): Frame => {
      const value: Field = { ...takeRows(field, rows), labels: { ...field.labels, ...labels } };
      return { ...frame, length: rows.length, fields: [own, value] };
    });
  });
}

/** Rows of time, labels and values, oldest first; fields of one name share a column. */
function toLong(frames: readonly Frame[], run: Run): Frame {
  const multi = frames.flatMap((frame) => toMulti(frame, run));
  const labels = [...new Set(multi.flatMap(({ fields }) => Object.keys(fields[1]?.labels ?? {})))].sort();
  const names = [...new Set(multi.map(({ fields }) => fields[1]!.name))];
  const length = multi.reduce((sum, frame) => sum + frame.length, 0);
  run.allow(length * (1 + labels.length + names.length), 'the long table');
  const times: Cell[] = [];
  const columns = new Map<string, Cell[]>(
    [...labels, ...names.map((name) => `\u0000${name}`)].map((key) => [key, Array.from({ length })]),
  );
  for (const frame of multi) {
    const [time, value] = frame.fields as [Field, Field];
    for (let row = 0; row < frame.length; row++) {
      const at = times.push(cellAt(time, row)) - 1;
      for (const [label, text] of Object.entries(value.labels ?? {})) columns.get(label)![at] = text;
      columns.get(`\u0000${value.name}`)![at] = cellAt(value, row);
    }
  }
  const time = columnOf({ name: multi[0]!.fields[0]!.name }, times, 'time');
  const values = names.map((name) => columnOf({ name }, columns.get(`\u0000${name}`)!, 'number'));
  const table = tableOf(joinedRefId('long', frames), [
    time,
    ...values,
    ...labels.map((name) => columnOf({ name }, columns.get(name)!, 'string')),
  ]);
  const rows = sortRows(time, length, false);
  return { ...table, fields: table.fields.map((field) => takeRows(field, rows)) };
}
