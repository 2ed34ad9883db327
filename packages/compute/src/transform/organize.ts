import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { orderFields } from './order.ts';
import { renameFields } from './rename.ts';
import type { TransformationKind } from './transformation.ts';

export const organize: TransformationKind = {
  id: 'organize',
  title: 'Organize fields',
  description: 'Hides, orders and renames fields.',
  defaults: { excludeByName: {}, indexByName: {}, renameByName: {}, includeByName: {} },
  apply(frames, options) {
    const ordered = orderFields(frames, options);
    const kept = keepFields(ordered, options.map('includeByName'), options.map('excludeByName'));
    return renameFields(kept, options.map('renameByName'));
  },
};

/** Frames that lose all their fields go too. */
function keepFields(
  frames: readonly Frame[],
  include: ReadonlyMap<string, unknown>,
  exclude: ReadonlyMap<string, unknown>,
): readonly Frame[] {
  const included = [...include.values()].includes(true);
  if (!included && ![...exclude.values()].includes(true)) return frames;
  const stays = (field: Field, frame: Frame): boolean => {
    const names = [field.name, fieldName(field, frame, frames)];
    if (names.some((name) => exclude.get(name) === true)) return false;
    return !included || names.some((name) => include.get(name) === true);
  };
  const kept = frames.map((frame) => ({ ...frame, fields: frame.fields.filter((field) => stays(field, frame)) }));
  return kept.filter(({ fields }) => fields.length > 0);
}
