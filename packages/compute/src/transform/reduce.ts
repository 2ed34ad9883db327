import type { Field, Frame } from '@vitrine/model/frame.ts';

import { fieldName } from '../field-name.ts';
import { fieldMatcher, type FieldMatcher } from '../matcher.ts';
import type { Reducer } from '../reducers.ts';
import { columnOf, tableOf } from './column.ts';
import { joinedRefId, requireReducer } from './fields.ts';
import { reducedType } from './group-by.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

export const reduce: TransformationKind = {
  id: 'reduce',
  title: 'Reduce',
  description: 'Makes one row of each field, or one cell, by calculations such as last, mean or max.',
  defaults: { reducers: ['max'] },
  apply(frames, options) {
    const reducers = options.texts('reducers').map((id) => requireReducer('reducers', id));
    if (reducers.length === 0 || frames.length === 0) return frames;
    const matches = reads(options);
    if (options.choice('mode', ['seriesToRows', 'reduceFields'], 'seriesToRows') === 'reduceFields') {
      return frames.map((frame) => reduceFields(frame, frames, matches, reducers)).filter(({ fields }) => fields.length > 0);
    }
    return [seriesToRows(frames, matches, reducers, options.flag('labelsToFields', false))];
  },
};

/** All fields but times, where nothing else is asked for. */
function reads(options: Options): FieldMatcher {
  const fields = options.inner('fields');
  const wanted = options.has('fields') ? fieldMatcher(fields.text('id'), fields.get('options')) : () => true;
  if (options.flag('includeTimeField', false)) return wanted;
  return (field, frame, frames) => field.type !== 'time' && wanted(field, frame, frames);
}

/** A row for each field, a column for each reducer. */
function seriesToRows(frames: readonly Frame[], matches: FieldMatcher, reducers: readonly Reducer[], labels: boolean): Frame {
  const found = frames.flatMap((frame) =>
    frame.fields
      .filter((field) => matches(field, frame, frames))
      .map((field) => ({ field, name: fieldName(field, frame, frames) })),
  );
  const names = columnOf(
    { name: 'Field' },
    found.map(({ field, name }) => (labels ? field.name : name)),
    'string',
  );
  const labelNames = labels ? [...new Set(found.flatMap(({ field }) => Object.keys(field.labels ?? {})))] : [];
  const labelColumns = labelNames.map((name) =>
    columnOf(
      { name },
      found.map(({ field }) => field.labels?.[name]),
      'string',
    ),
  );
  const values = reducers.map((reducer) => {
    const cells = found.map(({ field }) => reducer.reduce(field));
    const [first] = found;
    const type = first === undefined ? 'number' : reducedType(reducer, first.field);
    return columnOf({ name: reducer.title }, cells, type);
  });
  return tableOf(joinedRefId('reduce', frames), [names, ...labelColumns, ...values]);
}

/** A frame of one row; several reducers of a field are told apart by a label. */
function reduceFields(frame: Frame, frames: readonly Frame[], matches: FieldMatcher, reducers: readonly Reducer[]): Frame {
  const fields = frame.fields
    .filter((field) => matches(field, frame, frames))
    .flatMap((field) =>
      reducers.map((reducer): Field => {
        const labels = reducers.length === 1 ? field.labels : { ...field.labels, reducer: reducer.title };
        const header = { name: field.name, ...(labels && { labels }), ...(field.config && { config: field.config }) };
        return columnOf(header, [reducer.reduce(field)], reducedType(reducer, field));
      }),
    );
  return { ...frame, shape: 'table', length: 1, fields };
}
