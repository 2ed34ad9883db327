import { expect, test } from 'vitest';
import { readTags, tagChanges, writeTags } from './tag-text.ts';

const tags = { best: '', 'mlflow.user': 'ada', stage: 'a = b', emoji: '🦊' };

test('tags are lines, those of clients excepted, and read back the same', () => {
  expect(writeTags(tags)).toBe('best\nstage = a = b\nemoji = 🦊');
  expect(readTags(writeTags(tags))).toEqual({ best: '', stage: 'a = b', emoji: '🦊' });
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
