import { describe, expect, test } from 'vitest';
import { parseDashboard } from './dashboard.ts';

const minimal = { version: 2, uid: 'training', title: 'Training', panels: [] };
const panel = { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 } };

const constant = { kind: 'constant', name: 'rate', current: '1' };
const rows = (sections: readonly unknown[]) => ({ kind: 'rows', sections });
const nested = (depth: number): object =>
  depth === 0 ? { kind: 'grid', panels: [] } : rows([{ id: depth, title: '', layout: nested(depth - 1) }]);

const v1 = { version: 1, uid: 'training', title: 'Training', panels: [] };

describe('a dashboard document', () => {
  test('gets its defaults', () => {
    expect(parseDashboard(minimal)).toMatchObject({
      ...minimal,
      description: '',
      tags: [],
      x: 'time',
      range: { from: 'now-1h', to: 'now' },
      refresh: 'live',
      variables: [],
      layout: { kind: 'grid', panels: [] },
    });
  });

  test('fills in a panel', () => {
    const [parsed] = parseDashboard({
      ...minimal,
      panels: [{ ...panel, queries: [{ refId: 'A', spec: { expr: 'up' } }] }],
    }).panels;
    expect(parsed).toMatchObject({
      title: '',
      options: {},
      queries: [{ refId: 'A', source: { type: 'builtin', uid: 'builtin' }, hidden: false, spec: { expr: 'up' } }],
    });
  });

  test('comes back the same after it was saved', () => {
    const steps = [{ color: 'healthy' }, { value: 0.8, color: 'critical' }];
    const panels = [{ ...panel, fieldConfig: { defaults: { thresholds: { mode: 'absolute', steps } } } }];
    const parsed = parseDashboard({ ...minimal, panels });
    expect(parsed.panels[0]?.fieldConfig.defaults.thresholds?.steps).toEqual([
      { value: Number.NEGATIVE_INFINITY, color: 'healthy' },
      { value: 0.8, color: 'critical' },
    ]);
    expect(parseDashboard(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  test('of version 1 keeps its rows, looks, thresholds and queries', () => {
    const parsed = parseDashboard({
      ...v1,
      panels: [
        {
          ...panel,
          field: { thresholds: [{ status: 'healthy' }, { value: 2, status: 'critical' }] },
          queries: [{ refId: 'A', source: 'builtin', spec: { expr: 'up', legend: '{{job}}', minStep: '5s', format: 'buckets' } }],
          options: { legend: 'right', fillOpacity: 0.2, scale: 'log' },
        },
        { id: 2, kind: 'row', title: 'More', grid: { x: 0, y: 8, w: 24, h: 1 } },
        { id: 3, kind: 'stat', grid: { x: 0, y: 9, w: 4, h: 4 }, options: { reduce: 'last', graph: 'none' } },
      ],
    });
    expect(parsed.layout).toMatchObject({
      kind: 'rows',
      sections: [
        { hideHeader: true, layout: { panels: [1] } },
        { id: 2, title: 'More', hideHeader: false, layout: { panels: [3] } },
      ],
    });
    expect(parsed.panels).toMatchObject([
      {
        fieldConfig: {
          defaults: {
            thresholds: { steps: [{ color: 'healthy' }, { value: 2, color: 'critical' }] },
            custom: { fillOpacity: 20, scaleDistribution: { type: 'log' } },
          },
        },
        options: { legend: { placement: 'right' } },
        queries: [{ spec: { expr: 'up', legendFormat: '{{job}}', interval: '5s', format: 'heatmap' } }],
      },
      { grid: { y: 0 }, options: { reduceOptions: { calcs: ['lastNotNull'] }, graphMode: 'none' } },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['no object', [], 'document: expected an object'],
    ['an unknown version', { ...minimal, version: 7 }, 'version: expected 1 to 2'],
    ['a uid with spaces', { ...minimal, uid: 'a b' }, 'uid: expected 1 to 64'],
    ['a title that is no text', { ...minimal, title: 3 }, 'title: expected text, found 3'],
    ['a key with a typing error', { ...minimal, titel: '' }, 'titel: is not known here'],
    ['a refresh of five', { ...minimal, refresh: 'five' }, 'refresh: expected "off"'],
    ['panels that are no list', { ...minimal, panels: {} }, 'panels: expected a list'],
    [
      'a panel wider than the grid',
      { ...minimal, panels: [{ ...panel, grid: { x: 20, y: 0, w: 8, h: 1 } }] },
      'panels[0].grid.w: expected a whole number from 1 to 4',
    ],
    ['two panels of one id', { ...minimal, panels: [panel, panel] }, 'panels[1].id: 1 stands on another panel'],
    [
      'thresholds that fall',
      {
        ...minimal,
        panels: [
          {
            ...panel,
            fieldConfig: {
              defaults: {
                thresholds: {
                  steps: [
                    { value: 2, color: 'green' },
                    { value: 1, color: 'red' },
                  ],
                },
              },
            },
          },
        ],
      },
      'panels[0].fieldConfig.defaults.thresholds.steps[1].value: 1 is not above',
    ],
    [
      'a panel without a place',
      { ...minimal, panels: [panel], layout: { kind: 'grid', panels: [] } },
      'layout: has no place for panel 1',
    ],
    [
      'a panel with two places',
      { ...minimal, panels: [panel], layout: { kind: 'grid', panels: [1, 1] } },
      'layout.panels[1]: panel 1 has a place already',
    ],
    [
      'a place for a panel that is not there',
      { ...minimal, layout: { kind: 'grid', panels: [9] } },
      'layout.panels[0]: there is no panel 9',
    ],
    [
      'a row with the id of a panel',
      { ...minimal, panels: [panel], layout: rows([{ id: 1, layout: { kind: 'grid', panels: [1] } }]) },
      'layout.sections[0].id: 1 stands on another',
    ],
    ['rows in rows without end', { ...minimal, layout: nested(9) }, 'is nested more than 8 deep'],
    [
      '1,001 panels',
      { ...minimal, panels: Array.from({ length: 1_001 }, (_, id) => ({ ...panel, id })) },
      'panels: holds 1001 panels',
    ],
    [
      '501 variables',
      { ...minimal, variables: Array.from({ length: 501 }, (_, i) => ({ kind: 'constant', name: `v${i}` })) },
      'variables: holds 501 variables',
    ],
    ['two variables of one name', { ...minimal, variables: [constant, constant] }, 'variables[1].name: "rate" is another'],
    [
      'a variable of a name with a blank',
      { ...minimal, variables: [{ ...constant, name: 'a b' }] },
      'variables[0].name: expected',
    ],
    ['a text of two million letters', { ...minimal, description: 'x'.repeat(2_000_000) }, 'description: has 2000000 letters'],
    ['201 links', { ...minimal, links: Array.from({ length: 201 }, () => ({ type: 'link' })) }, 'links: holds 201 links'],
    [
      'options nested without end',
      { ...minimal, panels: [{ ...panel, options: JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) }] },
      'panels[0].options: is nested more than 100 deep',
    ],
    [
      'a query that reaches into prototypes',
      { ...minimal, panels: [{ ...panel, queries: [{ refId: 'A', spec: JSON.parse('{"a":{"__proto__":{"b":1}}}') }] }] },
      'panels[0].queries[0].spec: has a member "__proto__"',
    ],
    [
      'a title nested a million deep',
      { ...minimal, title: JSON.parse(`${'['.repeat(1e6)}${']'.repeat(1e6)}`) },
      'title: expected text, found a list',
    ],
    ['a variable without a kind', { ...minimal, variables: [{ name: 'a' }] }, 'variables[0].kind: expected one of query'],
  ])('refuses %s and names the field', (_, input, message) => {
    expect(() => parseDashboard(input)).toThrow(message);
  });
});
