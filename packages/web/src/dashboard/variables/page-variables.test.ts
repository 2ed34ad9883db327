import { parseDashboard } from '@vitrine/model/parse/dashboard.ts';
import type { Variable } from '@vitrine/model/variable.ts';
import { expect, test } from 'vitest';
import {
  changedValues,
  dependentsOf,
  fillName,
  fillText,
  namesIn,
  narrowScope,
  pageScope,
  queryTexts,
} from './page-variables.ts';

const base = { label: '', description: '', hide: 'none', skipUrlSync: false, extra: {} } as const;
const query = (name: string, text: string, current: string | string[] = '$__all', allValue = ''): Variable => ({
  ...base,
  kind: 'query',
  name,
  source: { type: 'builtin', uid: 'builtin' },
  spec: { query: text },
  regex: '',
  regexApplyTo: 'value',
  sort: 'none',
  refresh: 'load',
  staticOptions: [],
  multi: true,
  includeAll: true,
  allValue,
  allowCustomValue: true,
  current,
});
const variables: readonly Variable[] = [
  query('cluster', 'label_values(up, cluster)', ['eu']),
  query('pod', 'label_values(up{cluster="$cluster"}, pod)', '$__all', '.*'),
  query('gpu', 'label_values(up{pod=~"$pod"}, gpu)'),
  { ...query('single', 'label_values(up, zone)', ''), multi: false, includeAll: false } as Variable,
  { ...base, kind: 'textbox', name: 'note', current: 'calm' },
  { ...base, kind: 'constant', name: 'fixed', current: 'always' },
];

test.each([
  [{}, {}],
  [{ cluster: ['eu'], note: 'calm' }, {}],
  [{ cluster: ['us'], pod: 'All' }, { cluster: ['us'] }],
  // Nobody changes a constant; what a link names besides is kept.
  [{ fixed: 'never', elsewhere: 'x' }, { elsewhere: 'x' }],
])('%j differs from what is saved by %j', (chosen, want) => expect(changedValues(variables, chosen)).toEqual(want));

test('what a text names, and what that names', () => {
  expect([...namesIn(['rate(x{gpu="$gpu"}[$__interval])', '[[note]]'], variables)].sort()).toEqual(
    ['__interval', 'cluster', 'gpu', 'note', 'pod'].sort(),
  );
  expect(dependentsOf('cluster', variables).map(({ name }) => name)).toEqual(['pod', 'gpu']);
  expect(dependentsOf('note', variables)).toEqual([]);
});

test('a panel that takes another one’s answer depends on what that one asks', () => {
  const panel = (id: number, uid: string, spec: object) => ({
    id,
    kind: 'stat',
    title: '',
    grid: { x: 0, y: id * 8, w: 6, h: 8 },
    queries: [{ refId: 'A', source: { type: '', uid }, spec }],
  });
  const { panels } = parseDashboard({
    version: 2,
    uid: 'd',
    title: 'D',
    panels: [panel(1, 'builtin', { expr: 'x{pod="$pod"}' }), panel(2, '-- Dashboard --', { panelId: 1 })],
  });
  expect([...namesIn(queryTexts(panels[1]!, panels), variables)].sort()).toEqual(['cluster', 'pod']);
});

const scope = pageScope({
  variables,
  values: { cluster: ['eu', 'us'], pod: '$__all', gpu: [], single: '', note: '<b>', fixed: 'always' },
  options: { cluster: [{ value: 'eu', text: 'Europe' }], single: [{ value: '0', text: 'first' }] },
  builtins: { fromMs: 0, toMs: 3_600_000, timeZone: 'UTC', dashboard: { uid: 'd', title: 'D' } },
});
test.each([
  ['$cluster', 'Europe + us', '{eu,us}'],
  ['$pod', 'All', 'All'],
  ['${pod:queryparam}', 'var-pod=%24__all', 'var-pod=%24__all'],
  // Nothing was ever chosen: the first option counts. That several may be, and none is, is a choice.
  ['Of $single', 'Of first', 'Of 0'],
  ['$note and $fixed', '<b> and always', '<b> and always'],
  ['$unknown costs $5', '$unknown costs $5', '$unknown costs $5'],
  ['${__from:date:YYYY} ${__dashboard.uid}', '1970 d', '1970 d'],
])('%s is read as "%s" and linked as "%s"', (text, name, link) => {
  expect(fillName(text, scope)).toBe(name);
  expect(fillText(text, scope)).toBe(link);
});

test('in a repeat the variable stands for its own value, by its own name', () => {
  const local = narrowScope(scope, { cluster: 'eu' }, { cluster: [{ value: 'eu', text: 'Europe' }] });
  expect(fillName('$cluster: $note', local)).toBe('Europe: <b>');
  expect(fillText('$cluster', local)).toBe('eu');
});

test('a value of a row stands where a link names it', () => {
  const frame = {
    refId: 'A',
    shape: 'table',
    length: 1,
    fields: [{ name: 'pod', type: 'string', values: ['p/1'] }],
  } as const;
  const about = narrowScope(scope, {}, {}, { frame, field: 0, row: 0 });
  expect(fillText('/d/x?var-pod=${__value.raw}', about)).toBe('/d/x?var-pod=p/1');
});
