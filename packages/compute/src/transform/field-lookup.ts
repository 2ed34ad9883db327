import type { Field, Frame } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, textOf } from './column.ts';
import { findField } from './fields.ts';
import { requireGazetteer, type Gazetteer } from './gazetteer.ts';
import type { TransformationKind } from './transformation.ts';

export const fieldLookup: TransformationKind = {
  id: 'fieldLookup',
  title: 'Lookup fields from resource',
  description: 'Finds the country, state of the USA or airport that a field names by its code or name, and where it is.',
  defaults: { lookupField: '', gazetteer: 'public/gazetteer/countries.json' },
  apply(frames, options, run) {
    const gazetteer = requireGazetteer('gazetteer', options.text('gazetteer'), run);
    const named = options.text('lookupField');
    return frames.map((frame) => {
      const field = findField(named, frame, frames);
      if (field !== undefined) return withPlaces(frame, field, gazetteer);
      const missing = named === '' ? 'choose the field that names places' : `there is no field "${named}" in ${frame.refId}`;
      run.notice('warning', `lookupField: ${missing}`);
      return frame;
    });
  },
};

function withPlaces(frame: Frame, field: Field, gazetteer: Gazetteer): Frame {
  const places = Array.from({ length: frame.length }, (_, row) => gazetteer.find(textOf(cellAt(field, row))));
  const found = [
    columnOf(
      { name: 'ID' },
      places.map((place) => place?.id),
      'string',
    ),
    columnOf(
      { name: 'Name' },
      places.map((place) => place?.name),
      'string',
    ),
    columnOf(
      { name: 'Lng' },
      places.map((place) => place?.lng),
      'number',
    ),
    columnOf(
      { name: 'Lat' },
      places.map((place) => place?.lat),
      'number',
    ),
  ];
  return { ...frame, fields: frame.fields.flatMap((one) => (one === field ? [one, ...found] : [one])) };
}
