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

/** Columns of numbers whose labels are the same, and so stand in the same rows. */
interface Block {
  readonly frame: Frame;
  readonly labels: Readonly<Record<string, string>>;
  readonly numbers: readonly Field[];
}

function blocksOf(frame: Frame): Block[] {
  const blocks = Map.groupBy(
    frame.fields.filter(({ type }) => type === 'number'),
    ({ labels = {} }) => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  return Array.from(blocks.values(), (numbers) => ({ frame, labels: numbers[0]?.labels ?? {}, numbers }));
}

/** Rows of time, values and labels, oldest first; fields of one name share a column. */
function toLong(frames: readonly Frame[], run: Run): Frame {
  const blocks = frames.flatMap(blocksOf);
  const textsOf = ({ fields }: Frame): Field[] => fields.filter(({ type }) => type === 'string');
  const labels = blocks.flatMap((block) => [...Object.keys(block.labels), ...textsOf(block.frame).map(({ name }) => name)]);
  const texts = [...new Set(labels)].sort();
  const names = [...new Set(blocks.flatMap(({ numbers }) => numbers.map(({ name }) => name)))];
  const length = blocks.reduce((sum, { frame }) => sum + frame.length, 0);
  run.allow(length * (1 + texts.length + names.length), 'the long table', 1 + texts.length + names.length);
  const column = (name: string, type: 'time' | 'number' | 'string', reader: (block: Block) => (row: number) => Cell): Field =>
    columnOf(
      { name },
      blocks.flatMap((block) => Array.from({ length: block.frame.length }, (_, row) => row).map(reader(block))),
      type,
    );
  const cellsOf = (field: Field | undefined) => (row: number) => field && cellAt(field, row);
  const timeOf = ({ fields }: Frame): Field => fields.find(({ type }) => type === 'time')!;
  const time = column(timeOf(frames[0]!).name, 'time', ({ frame }) => cellsOf(timeOf(frame)));
  const table = tableOf(joinedRefId('long', frames), [
    time,
    ...names.map((name) => column(name, 'number', ({ numbers }) => cellsOf(numbers.find((field) => field.name === name)))),
    ...texts.map((name) =>
      column(name, 'string', ({ frame, labels: own }) => {
        const field = textsOf(frame).find((one) => one.name === name);
        return field === undefined ? () => own[name] : cellsOf(field);
      }),
    ),
  ]);
  const rows = sortRows(time, length, false);
  return { ...table, fields: table.fields.map((field) => takeRows(field, rows)) };
}
