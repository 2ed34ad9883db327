import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTags, tagChanges, writeTags } from './tag-text.ts';

const tags = { best: '', 'mlflow.user': 'ada', stage: 'a = b', emoji: '🦊' };

test('tags are lines, those of clients excepted, and read back the same', () => {
  expect(writeTags(tags)).toBe('best\nstage = a = b\nemoji = 🦊');
  expect(readTags(writeTags(tags))).toEqual({ best: '', stage: 'a = b', emoji: '🦊' });
});

test.each([
  ['line breaks', { note: 'a\nb\r\n' }, 'note = "a\\nb\\r\\n"'],
  ['a "=" in a name', { 'a = b': '1' }, '"a = b" = 1'],
  ['blanks at an end', { ' a': ' ' }, '" a" = " "'],
  ['quotes', { '"a"': '"b" c', json: '{"d": 1}' }, '"\\"a\\"" = "\\"b\\" c"\njson = {"d": 1}'],
])('%s stand in quotes and read back the same', (_, some, text) => {
  expect(writeTags(some)).toBe(text);
  expect(readTags(text)).toEqual(some);
});

test.each([
  ['a = "b" c', { a: '"b" c' }],
  ['"a b', { '"a b': '' }],
  ['"a" b = 1', { '"a" b': '1' }],
  ['a = "', { a: '"' }],
])('%j is no text in quotes', (text, want) => {
  expect(readTags(text)).toEqual(want);
});

test('tags of whatever name and value that nobody touched are not changed', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', '\\', '=', ' ', '\n', '\r', 'a') }),
  );
  fc.assert(
    fc.property(fc.dictionary(text, text), (some) => {
      expect(tagChanges(some, readTags(writeTags(some)))).toEqual({});
    }),
  );
});

test.each([
  ['= x', /line 1 has no name/],
  ['a\n\na = 2', /"a" stands on two lines/],
])('refuses %j', (text, sentence) => {
  expect(() => readTags(text)).toThrow(sentence);
});

test.each([
  ['nothing', { best: '', stage: 'a = b', emoji: '🦊' }, {}],
  ['a removal', { best: '', emoji: '🦊' }, { stage: null }],
  ['a change and a new one', { best: '1', stage: 'a = b', emoji: '🦊', new: '' }, { best: '1', new: '' }],
])('changes %s and leaves those of clients alone', (_, wished, want) => {
  expect(tagChanges(tags, wished)).toEqual(want);
});
