import { expect, test } from 'vitest';
import { listOptions } from './list-options.ts';

const options = ['a', 'b', 'c'].map((value) => ({ value, text: value }));
test.each([
  ['as they come', { pickedFirst: '' }, ['a', 'b', 'c']],
  ['All first, then what is chosen', { pickedFirst: ['c', 'z'], includeAll: true }, ['$__all', 'c', 'z', 'a', 'b']],
  ['All is chosen', { pickedFirst: '$__all', includeAll: true }, ['$__all', 'a', 'b', 'c']],
  ['a search keeps what the server found, then what was typed', { search: 'x', allowCustom: true }, ['a', 'b', 'c', 'x']],
  ['what is typed is an option already', { search: 'b', allowCustom: true }, ['a', 'b', 'c']],
  ['All can be searched for', { search: 'al', includeAll: true }, ['$__all', 'a', 'b', 'c']],
  ['no values of one’s own', { search: 'x' }, ['a', 'b', 'c']],
])('%s', (_, given, want) => {
  const all = { options, search: '', pickedFirst: '', includeAll: false, allowCustom: false, ...given };
  expect(listOptions(all).map(({ value }) => value)).toEqual(want);
});
