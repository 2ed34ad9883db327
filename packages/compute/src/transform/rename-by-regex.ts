import { fieldName } from '../field-name.ts';
import { compilePattern } from '../pattern.ts';
import { renamed } from './fields.ts';
import type { TransformationKind } from './transformation.ts';

export const renameByRegex: TransformationKind = {
  id: 'renameByRegex',
  title: 'Rename fields by regex',
  description: 'Rewrites the names of fields by a regular expression and a replacement with $1, $2, ….',
  defaults: { regex: '(.*)', renamePattern: '$1' },
  apply(frames, options) {
    const regex = options.text('regex');
    if (regex === '') return frames;
    const pattern = compilePattern('regex', regex, 'whole');
    const replacement = options.text('renamePattern');
    return frames.map((frame) => ({
      ...frame,
      fields: frame.fields.map((field) => {
        const name = fieldName(field, frame, frames);
        const next = pattern.replace(name, replacement);
        return next === name ? field : renamed(field, next);
      }),
    }));
  },
};
