import type { Frame } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, tableOf, type Cell } from './column.ts';
import { joinedRefId } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

export const append: TransformationKind = {
  id: 'append',
  title: 'Append rows',
  description: 'Puts the rows of all frames under each other; fields of one name share a column.',
  defaults: {},
  apply(frames, _options, run) {
    if (frames.length < 2) return frames;
    const length = frames.reduce((sum, frame) => sum + frame.length, 0);
    const names = new Set(frames.flatMap(({ fields }) => fields.map(({ name }) => name)));
    run.allow(length * names.size, 'appending');
    const fields = Array.from(names, (name) => appendField(name, frames));
    return [tableOf(joinedRefId('append', frames), fields)];
  },
};

function appendField(name: string, frames: readonly Frame[]) {
  const found = frames.map(({ fields }) => fields.find((field) => field.name === name));
  const header = found.find((field) => field !== undefined)!;
  const cells: Cell[] = [];
  for (const [index, { length }] of frames.entries()) {
    const field = found[index];
    for (let row = 0; row < length; row++) cells.push(field === undefined ? undefined : cellAt(field, row));
  }
  return columnOf({ name, ...(header.config !== undefined && { config: header.config }) }, cells, header.type);
}
