import type { Field } from '@vitrine/model/frame.ts';

import { cellAt, columnOf, textOf, type Cell } from './column.ts';
import { findField } from './fields.ts';
import type { Options } from './options.ts';
import type { TransformationKind } from './transformation.ts';

const FORMATS = [
  'Upper Case',
  'Lower Case',
  'Sentence Case',
  'Title Case',
  'Pascal Case',
  'Camel Case',
  'Snake Case',
  'Kebab Case',
  'Trim',
  'Substring',
] as const;

export const formatString: TransformationKind = {
  id: 'formatString',
  title: 'Format string',
  description: 'Writes the texts of a field in another case, trims or cuts them.',
  defaults: { stringField: '', outputFormat: 'Upper Case' },
  apply(frames, options) {
    const write = formatter(options);
    return frames.map((frame) => {
      const found = findField(options.text('stringField'), frame, frames);
      if (found?.type !== 'string') return frame;
      return { ...frame, fields: frame.fields.map((field) => (field === found ? rewrite(field, write) : field)) };
    });
  },
};

function rewrite(field: Field, write: (text: string) => string): Field {
  const cells = Array.from({ length: field.values.length }, (_, row): Cell => {
    const cell = cellAt(field, row);
    return cell === undefined ? undefined : write(textOf(cell));
  });
  return columnOf(field, cells, 'string');
}

function formatter(options: Options): (text: string) => string {
  switch (options.choice('outputFormat', FORMATS, 'Upper Case')) {
    case 'Upper Case':
      return (text) => text.toUpperCase();
    case 'Lower Case':
      return (text) => text.toLowerCase();
    case 'Sentence Case':
      return upperFirst;
    case 'Title Case':
      return (text) => text.split(' ').map(capitalized).join(' ');
    case 'Pascal Case':
      return (text) => text.split(' ').map(capitalized).join('');
    case 'Camel Case':
      return (text) => lowerFirst(text.split(' ').map(capitalized).join(''));
    case 'Snake Case':
      return (text) => text.toLowerCase().replaceAll(' ', '_');
    case 'Kebab Case':
      return (text) => text.toLowerCase().replaceAll(' ', '-');
    case 'Trim':
      return (text) => text.trim();
    case 'Substring': {
      const from = options.number('substringStart', 0);
      const to = options.number('substringEnd', undefined);
      return (text) => text.substring(from, to);
    }
  }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function capitalized(word: string): string {
  return upperFirst(word.toLowerCase());
}
