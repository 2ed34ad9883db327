import { expect, test } from 'vitest';
import { readTags } from './read-tags.ts';

test.each([
  ['team=vision', { team: 'vision' }],
  ['team = vision , baseline', { team: 'vision', baseline: '' }],
  ['-old', { old: null }],
  ['url=a=b', { url: 'a=b' }],
  [' , ', {}],
])('"%s"', (text, tags) => {
  expect(readTags(text)).toEqual({ tags, problem: undefined });
});

test.each([
  ['=x', 'no name'],
  ['-', 'no name'],
  ['-old=1', 'removes'],
])('"%s" is told apart', (text, words) => {
  expect(readTags(text).problem).toContain(words);
});
