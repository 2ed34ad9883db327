import { expect, test } from 'vitest';
import { readLabels } from './read-labels.ts';

test.each([
  ['', {}],
  ['tenant=vision', { tenant: 'vision' }],
  [' tenant = vision , site=lab,', { tenant: 'vision', site: 'lab' }],
  ['path=a=b', { path: 'a=b' }],
])('%j is read', (text, labels) => {
  expect(readLabels(text)).toEqual(labels);
});

test.each([
  ['vision', /“vision” is no label such as tenant=vision/],
  ['=vision', /is no label/],
  ['a=1, a=2', /The label a is given twice/],
])('%j is refused with a sentence', (text, sentence) => {
  expect(() => readLabels(text)).toThrow(sentence);
});
