import { expect, test } from 'vitest';
import { usedBySentence } from './used-by.ts';

const all = ['a', 'b', 'c', 'd', 'e'].map((uid) => ({ uid, title: uid.toUpperCase() }));

test.each<[string, string, number, string | undefined]>([
  ['No saved dashboard shows it.', 'none', 0, undefined],
  ['Only this dashboard shows it.', 'itself', 1, 'a'],
  ['1 dashboard shows it: “A”.', 'another', 1, undefined],
  ['2 dashboards show it: this one and “B”.', 'itself and another', 2, 'a'],
  ['3 dashboards show it: “A”, “B” and “C”.', 'others', 3, undefined],
  ['5 dashboards show it: this one, “B”, “C” and 2 more.', 'many', 5, 'a'],
])('%s', (sentence, _, count, here) => {
  expect(usedBySentence(all.slice(0, count), here)).toBe(sentence);
});
