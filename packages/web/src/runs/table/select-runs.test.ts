import { expect, test } from 'vitest';
import { pressAll, pressRun } from './select-runs.ts';

const ORDER = ['a', 'b', undefined, 'd', 'e'];

test.each<[string, string, string | undefined, string, boolean, string]>([
  ['one', '', undefined, 'b', false, 'b'],
  ['one more', 'a', 'a', 'd', false, 'a d'],
  ['no longer', 'a d', 'd', 'a', false, 'd'],
  ['all between, as far as they are known', 'a', 'a', 'e', true, 'a b d e'],
  ['backwards', 'd', 'd', 'a', true, 'd a b'],
  ['none of those between any more', 'a b d e', 'a', 'd', true, 'e'],
  ['with no anchor, one', '', undefined, 'd', true, 'd'],
  ['with an anchor that has gone, one', 'x', 'x', 'd', true, 'x d'],
])('%s', (_, before, anchor, id, reach, want) => {
  const ids = before.split(' ').filter(Boolean);
  expect(pressRun({ ids, anchor }, ORDER, id, reach)).toEqual({ ids: want.split(' ').filter(Boolean), anchor: id });
});

test('all, and none of them again; others stay', () => {
  expect(pressAll(['x'], ['a', 'b'])).toEqual(['x', 'a', 'b']);
  expect(pressAll(['x', 'a', 'b'], ['a', 'b'])).toEqual(['x']);
});
