import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

export const order: TransformationKind = {
  id: 'order',
  title: 'Order fields',
  description: 'Puts the fields of one frame in an order: by hand, or by their names or labels.',
  defaults: { indexByName: {} },
  apply: orderFields,
};

const naturally = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Only a lone frame has an order of fields that one list can say. */
export function orderFields(frames: readonly Frame[], options: Options): readonly Frame[] {
  const [frame] = frames;
  if (frames.length !== 1 || frame === undefined) return frames;
  const auto = options.choice('orderByMode', ['manual', 'auto'], 'manual') === 'auto';
  const fields = auto ? orderByNamesAndLabels(frame, frames, options.list('orderBy')) : orderByHand(frame, frames, options);
  return [{ ...frame, fields }];
}

/** Fields that are not in the list come behind, as they stood. */
function orderByHand(frame: Frame, frames: readonly Frame[], options: Options): Field[] {
  const places = options.map('indexByName');
  const placeOf = (field: Field): number => {
    const place = places.get(fieldName(field, frame, frames));
    return typeof place === 'number' ? place : Number.POSITIVE_INFINITY;
  };
  const placed = frame.fields.map((field) => ({ field, place: placeOf(field) }));
  return placed.sort((a, b) => (a.place === b.place ? 0 : a.place - b.place)).map(({ field }) => field);
}

/** The first time column stays in front. */
function orderByNamesAndLabels(frame: Frame, frames: readonly Frame[], orderBy: readonly Options[]): Field[] {
  const time = frame.fields.find(({ type }) => type === 'time');
  const rest = frame.fields.filter((field) => field !== time);
  rest.sort((a, b) => {
    for (const by of orderBy) {
      const label = by.text('type', 'name') === 'label' ? by.text('name') : undefined;
      const read = (field: Field): string =>
        label === undefined ? fieldName(field, frame, frames) : (field.labels?.[label] ?? '');
      const found = naturally.compare(read(a), read(b));
      if (found !== 0) return by.flag('desc', false) ? -found : found;
    }
    return 0;
  });
  return time === undefined ? rest : [time, ...rest];
}
