import { expect, test } from 'vitest';
import { narrowed, readCardinalitySearch } from './cardinality-search.ts';

test.each([
  ['', 'job', 'api', '{job="api"}'],
  ['{job="api"}', 'job', 'web', '{job="web"}'],
  ['{job="a,b\\"c"}', 'path', '/x"y', '{job="a,b\\"c",path="/x\\"y"}'],
  ['up', 'job', 'api', '{__name__="up",job="api"}'],
  ['{job=~"a.*"}', 'job', 'ab', '{job=~"a.*",job="ab"}'],
  ['', 'odd name', 'x', '{"odd name"="x"}'],
])('%s narrowed by %s is %s', (match, label, value, want) => {
  expect(narrowed(match, label, value)).toBe(want);
});

test('a URL that says nothing useful counts everything', () => {
  expect([readCardinalitySearch({}), readCardinalitySearch({ match: '  ' }), readCardinalitySearch({ match: 7 })]).toEqual([
    {},
    {},
    {},
  ]);
  expect(readCardinalitySearch({ match: '{a="b"}' })).toEqual({ match: '{a="b"}' });
});
