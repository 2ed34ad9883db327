import { expect, test } from 'vitest';
import { checkExperimentName, checkKey } from './names.ts';

test.each(['loss', 'train/loss', 'a b.c-d:e_f', 'größe/損失', 'x'.repeat(250)])('"%s" is a name', (key) => {
  expect(checkKey('key', key)).toBe(key);
});

test.each([
  ['loss 🎉', /Names may only contain/],
  ['a\nb', /Names may only contain/],
  ['a\\b', /Names may only contain/],
  ['/etc/passwd', /would resolve to '\/etc\/passwd'/],
  ['../x', /would resolve to '..\/x'/],
  ['a/../../b', /would resolve to '..\/b'/],
  ['a//b', /would resolve to 'a\/b'/],
  ['./a', /would resolve to 'a'/],
  ['a/', /would resolve to 'a'/],
  ['.', /would resolve to '.'/],
  ['..', /would resolve/],
  ['..a', /would resolve/],
  ['x'.repeat(251), /'metrics\[3\].key' exceeds the maximum length of 250/],
])('"%s" is none', (key, sentence) => {
  expect(() => checkKey('metrics[3].key', key)).toThrow(sentence);
});

test.each(['', ' ', 'x'.repeat(501)])('"%s" is no name of an experiment', (name) => {
  expect(() => checkExperimentName('name', name)).toThrow(/name/);
});
