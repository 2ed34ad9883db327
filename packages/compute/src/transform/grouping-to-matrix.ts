import type { Frame } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, tableOf, textOf, type Cell } from './column.ts';
import { findField } from './fields.ts';
import { Dictionary } from './groups.ts';
import type { TransformationKind } from './transformation.ts';

const EMPTY: Readonly<Record<string, Cell>> = { null: undefined, zero: 0, true: true, false: false, empty: '' };

export const groupingToMatrix: TransformationKind = {
  id: 'groupingToMatrix',
  title: 'Grouping to matrix',
  description: 'Makes a matrix of three fields: one gives the columns, one the rows, one the cells.',
  defaults: { columnField: 'Time', rowField: 'Time', valueField: 'Value' },
  apply(frames, options, run) {
    const [frame] = frames;
    if (frame === undefined || frames.length !== 1) return frames;
    const across = findField(options.text('columnField', 'Time'), frame, frames);
    const down = findField(options.text('rowField', 'Time'), frame, frames);
    const value = findField(options.text('valueField', 'Value'), frame, frames);
    if (across === undefined || down === undefined || value === undefined) return frames;
    const columns = new Dictionary();
    const rows = new Dictionary();
    const columnOfRow = columns.encode(across, frame.length);
    const rowOfRow = rows.encode(down, frame.length);
    run.allow(rows.cells.length * (columns.cells.length + 1), 'the matrix', columns.cells.length);
    // Empty cells of numbers stay empty unless something is asked for: "" is no number.
    const wanted = options.text('emptyValue') || (value.type === 'string' ? 'empty' : 'null');
    const empty = Object.hasOwn(EMPTY, wanted) ? EMPTY[wanted] : undefined;
    const cells = columns.cells.map(() => Array.from({ length: rows.cells.length }, () => empty));
    for (let row = 0; row < frame.length; row++) cells[columnOfRow[row]!]![rowOfRow[row]!] = cellAt(value, row);
    const head = columnOf({ name: `${down.name}\\${across.name}` }, rows.cells, down.type);
    const { config } = value;
    const made = columns.cells.map((cell, index) =>
      columnOf({ name: textOf(cell), ...(config && { config }) }, cells[index]!, value.type),
    );
    return [{ ...tableOf(frame.refId, [head, ...made]), length: rows.cells.length } satisfies Frame];
  },
};
