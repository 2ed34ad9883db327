import { expect, test } from 'vitest';
import { importOne } from './import-one.ts';

function importVariables(...list: readonly unknown[]) {
  const { dashboard, findings } = importOne({ title: 'T', uid: 't', panels: [], templating: { list } });
  return { variables: dashboard.variables, findings, extra: dashboard.extra };
}

const query = { type: 'query', name: 'pod', datasource: { type: 'prometheus', uid: 'p' }, query: 'label_values(up, pod)' };

test.each([
  [
    query,
    {
      kind: 'query',
      source: { type: 'prometheus', uid: 'p' },
      spec: { query: 'label_values(up, pod)' },
      refresh: 'load',
      sort: 'none',
      current: '',
    },
  ],
  [
    { ...query, query: { query: 'label_values(pod)', refId: 'X', qryType: 1 } },
    { spec: { query: 'label_values(pod)', refId: 'X', qryType: 1 } },
  ],
  [{ ...query, query: undefined, definition: 'label_values(pod)' }, { spec: { query: 'label_values(pod)' } }],
  [
    { ...query, refresh: 2, sort: 7, hide: 2, skipUrlSync: true, label: 'Pod' },
    { refresh: 'range', sort: 'natural', hide: 'variable', skipUrlSync: true, label: 'Pod' },
  ],
  [
    { ...query, refresh: true, hide: true },
    { refresh: 'load', hide: 'variable' },
  ],
  [{ ...query, hide: 3 }, { hide: 'menu' }],
  [
    { ...query, multi: true, includeAll: true, allValue: '.*', current: { text: ['All'], value: ['$__all'] } },
    { multi: true, includeAll: true, allValue: '.*', current: ['$__all'] },
  ],
  [{ ...query, includeAll: true, current: {} }, { current: '$__all' }],
  [{ ...query, includeAll: true, current: { text: 'All', value: 'All' } }, { current: '$__all' }],
  [
    { ...query, current: { text: 'a', value: 'a' }, regex: '/(?<text>x)/', regexApplyTo: 'text' },
    { current: 'a', regex: '/(?<text>x)/', regexApplyTo: 'text' },
  ],
  [{ ...query, datasource: null }, { source: { type: '', uid: '' } }],
  [{ ...query, datasource: '$ds' }, { source: { type: '', uid: '$ds' } }],
  [
    { ...query, allFormat: 'glob', multiFormat: 'regex values', useTags: false, tagsQuery: '' },
    { extra: { allFormat: 'glob', multiFormat: 'regex values', useTags: false } },
  ],
  [
    { ...query, staticOptions: [{ text: 'none', value: '-' }], staticOptionsOrder: 'after' },
    { staticOptions: [{ text: 'none', value: '-' }], extra: { staticOptionsOrder: 'after' } },
  ],
  [{ ...query, type: undefined }, { kind: 'query' }],
  [
    { type: 'custom', name: 'n', query: 'a, b : c, d\\,e' },
    {
      kind: 'custom',
      options: [
        { text: 'a', value: 'a' },
        { text: 'b', value: 'c' },
        { text: 'd,e', value: 'd,e' },
      ],
      current: 'a',
    },
  ],
  [
    {
      type: 'custom',
      name: 'n',
      query: '',
      options: [
        { text: 'All', value: '$__all' },
        { text: 'A', value: '1', selected: true },
      ],
      current: {},
    },
    { options: [{ text: 'A', value: '1' }], current: '1' },
  ],
  [
    { type: 'custom', name: 'n', valuesFormat: 'json', query: '[{"text":"A : x","value":"1"}]', allowCustomValue: false },
    { options: [{ text: 'A : x', value: '1' }], allowCustomValue: false },
  ],
  [
    {
      type: 'interval',
      name: 'i',
      query: '1m,10m,1h',
      auto: true,
      auto_count: 50,
      auto_min: '30s',
      current: { text: 'auto', value: '$__auto_interval_i' },
    },
    { kind: 'interval', values: ['1m', '10m', '1h'], auto: true, autoCount: 50, autoMin: '30s', current: '$__auto' },
  ],
  [
    { type: 'interval', name: 'i', query: '1m,10m' },
    { current: '1m', auto: false },
  ],
  [
    { type: 'datasource', name: 'ds', query: 'prometheus', regex: '/main/', current: { text: 'Main', value: 'uid-1' } },
    { kind: 'datasource', type: 'prometheus', regex: '/main/', current: 'uid-1' },
  ],
  [
    { type: 'constant', name: 'c', query: '2.5' },
    { kind: 'constant', current: '2.5' },
  ],
  [
    { type: 'textbox', name: 't', query: 'x', current: { text: 'y', value: 'y' } },
    { kind: 'textbox', current: 'y' },
  ],
  [
    {
      type: 'switch',
      name: 's',
      current: { text: 'on', value: 'on' },
      options: [
        { text: 'on', value: 'on' },
        { text: 'off', value: 'off' },
      ],
    },
    { kind: 'switch', enabledValue: 'on', disabledValue: 'off', current: 'on' },
  ],
  [
    {
      type: 'adhoc',
      name: 'a',
      datasource: { type: 'prometheus', uid: '$ds' },
      filters: [{ key: 'job', operator: '=~', value: 'x.*' }],
    },
    { kind: 'adhoc', source: { type: 'prometheus', uid: '$ds' }, filters: [{ key: 'job', operator: '=~', value: 'x.*' }] },
  ],
  [
    { type: 'groupby', name: 'g', datasource: { type: 'prometheus', uid: 'p' }, multi: true, current: { value: ['job'] } },
    { kind: 'groupby', multi: true, current: ['job'] },
  ],
])('%j reads as %j', (json, want) => {
  expect(importVariables(json).variables[0]).toMatchObject(want);
});

test('what cannot be a variable is kept for the export, and named', () => {
  const { variables, findings, extra } = importVariables(
    query,
    { ...query },
    { type: 'system', name: 's' },
    { ...query, name: 'my-var' },
  );
  expect(variables.map(({ name }) => name)).toEqual(['pod', 'my_var']);
  expect(findings.map(({ level, path }) => [level, path])).toEqual([
    ['unsupported', 'templating.list[1]'],
    ['unsupported', 'templating.list[2].type'],
    ['repaired', 'templating.list[3].name'],
  ]);
  expect(extra).toMatchObject({ templating: { list: [{ name: 'pod' }, { name: 's' }] } });
});
