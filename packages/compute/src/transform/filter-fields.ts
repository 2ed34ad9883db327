import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Frame } from '@vitrine/model/frame.ts';

import { fieldMatcher, frameMatcher, type FieldMatcher } from '../matcher.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

export const filterFields: TransformationKind = {
  id: 'filterFields',
  title: 'Filter fields',
  description: 'Keeps or drops the fields that a matcher finds.',
  defaults: {},
  apply: (frames, options) => keepFields(frames, matcherOf(options, 'include'), matcherOf(options, 'exclude')),
};

export const filterFieldsByName: TransformationKind = {
  id: 'filterFieldsByName',
  title: 'Filter fields by name',
  description: 'Keeps or drops fields by their names, or by a regular expression.',
  defaults: {},
  apply: (frames, options) => keepFields(frames, byNames(options, 'include'), byNames(options, 'exclude')),
};

export const filterFrames: TransformationKind = {
  id: 'filterFrames',
  title: 'Filter frames',
  description: 'Keeps or drops the frames that a matcher finds.',
  defaults: {},
  apply(frames, options) {
    const include = options.has('include') ? options.inner('include') : undefined;
    const exclude = options.has('exclude') ? options.inner('exclude') : undefined;
    const wanted = include === undefined ? () => true : frameMatcher(include.text('id'), include.get('options'));
    const unwanted = exclude === undefined ? () => false : frameMatcher(exclude.text('id'), exclude.get('options'));
    return frames.filter((frame, index) => wanted(frame, index) && !unwanted(frame, index));
  },
};

export const filterByRefId: TransformationKind = {
  id: 'filterByRefId',
  title: 'Filter data by query',
  description: 'Keeps or drops the answers of some of the queries.',
  defaults: {},
  apply(frames, options) {
    const include = options.text('include');
    const exclude = options.text('exclude');
    const wanted = include === '' ? () => true : frameMatcher('byRefId', include);
    const unwanted = exclude === '' ? () => false : frameMatcher('byRefId', exclude);
    return frames.filter((frame, index) => wanted(frame, index) && !unwanted(frame, index));
  },
};

function matcherOf(options: Options, key: string): FieldMatcher | undefined {
  if (!options.has(key)) return undefined;
  const matcher = options.inner(key);
  return fieldMatcher(matcher.text('id'), matcher.get('options'));
}

function byNames(options: Options, key: string): FieldMatcher | undefined {
  const named = options.inner(key);
  if (options.flag('byVariable', false) && named.text('variable') !== '') {
    // The variable stands filled in here already: {a,b} or a,b or a|b or a lone name.
    const names = named
      .text('variable')
      .replaceAll(/^\{|\}$/g, '')
      .split(/[,|]/);
    return fieldMatcher('byNames', { names });
  }
  const pattern = named.text('pattern');
  const names = named.texts('names');
  if (pattern === '' && names.length === 0) return undefined;
  try {
    return fieldMatcher('byRegexpOrNames', { pattern, names });
  } catch (error) {
    if (error instanceof BadRequest)
      throw new BadRequest(`${key}.pattern`, error.message.replace(/^[^:]*: /, ''), { cause: error });
    throw error;
  }
}

/** Frames that lose all their fields go too. */
function keepFields(
  frames: readonly Frame[],
  include: FieldMatcher | undefined,
  exclude: FieldMatcher | undefined,
): readonly Frame[] {
  if (include === undefined && exclude === undefined) return frames;
  const kept = frames.map((frame) => {
    const fields = frame.fields.filter(
      (field) => (include === undefined || include(field, frame, frames)) && exclude?.(field, frame, frames) !== true,
    );
    return fields.length === frame.fields.length ? frame : { ...frame, fields };
  });
  return kept.filter(({ fields }) => fields.length > 0);
}
