import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { renamed } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

export const rename: TransformationKind = {
  id: 'rename',
  title: 'Rename fields',
  description: 'Gives fields other names.',
  defaults: { renameByName: {} },
  apply: (frames, options) => renameFields(frames, options.map('renameByName')),
};

/** New names by old ones; an old name is what people read or what the field is called itself. Empty new names are none. */
export function renameFields(frames: readonly Frame[], names: ReadonlyMap<string, unknown>): readonly Frame[] {
  if (names.size === 0) return frames;
  const renameOne = (field: Field, frame: Frame): Field => {
    const name = names.get(fieldName(field, frame, frames)) ?? names.get(field.name);
    return typeof name === 'string' && name !== '' ? renamed(field, name) : field;
  };
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => renameOne(field, frame)) }));
}
