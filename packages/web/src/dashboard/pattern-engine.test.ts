import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import { expect, test } from 'vitest';
import { mentionsPattern } from './pattern-engine.ts';

const grid = { x: 0, y: 0, w: 6, h: 8 };

test.each<[string, object, boolean]>([
  ['nothing', {}, false],
  ['names', { fieldConfig: { overrides: [{ matcher: { id: 'byName', options: 'a/b' }, properties: [] }] } }, false],
  [
    'fields by a pattern',
    { fieldConfig: { overrides: [{ matcher: { id: 'byRegexp', options: 'a.*' }, properties: [] }] } },
    true,
  ],
  ['values by a pattern', { fieldConfig: { defaults: { mappings: [{ kind: 'regex', pattern: 'a', result: {} }] } } }, true],
  ['an option in slashes', { options: { reduceOptions: { fields: '/^a.*b$/' } } }, true],
])('%s', (_, more, want) => {
  const panels = [{ id: 1, kind: 'stat', title: '', grid, ...more }];
  expect(mentionsPattern(parseDashboard({ version: 2, uid: 'd', title: 'D', panels }))).toBe(want);
});
