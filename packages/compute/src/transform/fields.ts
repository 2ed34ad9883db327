/** Finding fields and naming them. */
import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { findReducer, type Reducer } from '../reducers.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';

/** The field that goes by this name, or is called so itself. */
export function findField(name: string, frame: Frame, frames: readonly Frame[]): Field | undefined {
  if (name === '') return undefined;
  return (
    frame.fields.find((field) => fieldName(field, frame, frames) === name) ?? frame.fields.find((field) => field.name === name)
  );
}

/** Gives a field the name that people read. */
export function renamed(field: Field, displayName: string): Field {
  return { ...field, config: { ...field.config, displayName } };
}

/** A frame with a column of times and a column of numbers. */
export function isTimeSeries({ fields }: Frame): boolean {
  return fields.some(({ type }) => type === 'time') && fields.some(({ type }) => type === 'number');
}

/** Throws BadRequest for an id that is none. */
export function requireReducer(key: string, id: string): Reducer {
  const reducer = findReducer(id);
  if (reducer === undefined) throw new BadRequest(key, `"${id}" is no reducer that is known here`);
  return reducer;
}

/** `merge-A-B`: what a frame made of several queries' frames answers. */
export function joinedRefId(prefix: string, frames: readonly Frame[]): string {
  return `${prefix}-${frames.map(({ refId }) => refId).join('-')}`;
}
