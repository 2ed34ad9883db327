import { expect, test } from 'vitest';
import { importOne } from './import-one.ts';

const element = (id: number, more: object = {}) => ({
  kind: 'Panel',
  spec: {
    id,
    title: `Panel ${id}`,
    description: '',
    links: [],
    data: {
      kind: 'QueryGroup',
      spec: {
        queries: [
          {
            kind: 'PanelQuery',
            spec: {
              refId: 'A',
              hidden: false,
              query: {
                kind: 'DataQuery',
                group: 'prometheus',
                version: 'v0',
                datasource: { name: 'prom' },
                spec: { expr: 'up' },
              },
            },
          },
        ],
        transformations: [{ kind: 'Transformation', group: 'organize', spec: { options: { renameByName: { a: 'b' } } } }],
        queryOptions: { maxDataPoints: 100, interval: '30s', timeFrom: '1h' },
      },
    },
    vizConfig: {
      kind: 'VizConfig',
      group: 'timeseries',
      version: '13.2.0',
      spec: { options: { legend: { showLegend: true } }, fieldConfig: { defaults: { unit: 's' }, overrides: [] } },
    },
    ...more,
  },
});
const item = (name: string, x: number, y: number, more: object = {}) => ({
  kind: 'GridLayoutItem',
  spec: { x, y, width: 12, height: 8, element: { kind: 'ElementReference', name }, ...more },
});
const grid = (...items: readonly unknown[]) => ({ kind: 'GridLayout', spec: { items } });

function spec(layout: unknown, more: object = {}) {
  return {
    apiVersion: 'dashboard.grafana.app/v2beta1',
    kind: 'Dashboard',
    metadata: { name: 'gpu' },
    spec: {
      title: 'GPU',
      elements: { 'panel-1': element(1), 'panel-2': element(2) },
      layout,
      cursorSync: 'Tooltip',
      timeSettings: { from: 'now-1h', to: 'now', autoRefresh: '10s', timezone: 'utc' },
      ...more,
    },
  };
}

test('a resource of the second form is read with its panels, queries and settings', () => {
  const { dashboard, form } = importOne(
    spec(
      grid(
        item('panel-1', 0, 0),
        item('panel-2', 12, 0, { repeat: { mode: 'variable', value: 'pod', direction: 'h', maxPerRow: 3 } }),
      ),
    ),
  );
  expect(form).toBe('Grafana v2');
  expect(dashboard).toMatchObject({
    uid: 'gpu',
    title: 'GPU',
    cursor: 'tooltip',
    refresh: '10s',
    timezone: 'utc',
    range: { from: 'now-1h', to: 'now' },
    layout: { kind: 'grid', panels: [1, 2] },
    panels: [
      {
        id: 1,
        kind: 'timeseries',
        grid: { x: 0, y: 0, w: 12, h: 8 },
        queries: [{ refId: 'A', source: { type: 'prometheus', uid: 'prom' }, spec: { expr: 'up' } }],
        queryOptions: { maxDataPoints: 100, minInterval: '30s', timeFrom: '1h' },
        transformations: [{ id: 'organize', options: { renameByName: { a: 'b' } } }],
        fieldConfig: { defaults: { unit: 's' } },
      },
      { id: 2, grid: { x: 12, y: 0, w: 12, h: 8 }, repeat: { variable: 'pod', direction: 'horizontal', maxPerRow: 3 } },
    ],
  });
});

test('a bare spec is read too', () => {
  expect(importOne(spec(grid(item('panel-1', 0, 0), item('panel-2', 0, 8))).spec).dashboard).toMatchObject({
    uid: 'gpu',
    panels: [{ id: 1 }, { id: 2 }],
  });
});

test.each([
  [
    'rows',
    {
      kind: 'RowsLayout',
      spec: {
        rows: [
          {
            kind: 'RowsLayoutRow',
            spec: { title: 'A', collapse: true, repeat: { mode: 'variable', value: 'x' }, layout: grid(item('panel-1', 0, 0)) },
          },
          { kind: 'RowsLayoutRow', spec: { title: 'B', hideHeader: true, layout: grid(item('panel-2', 0, 0)) } },
        ],
      },
    },
    {
      kind: 'rows',
      sections: [
        { title: 'A', collapsed: true, repeat: 'x', layout: { panels: [1] } },
        { title: 'B', hideHeader: true, layout: { panels: [2] } },
      ],
    },
  ],
  [
    'tabs with rows in them',
    {
      kind: 'TabsLayout',
      spec: {
        tabs: [
          {
            kind: 'TabsLayoutTab',
            spec: {
              title: 'T',
              layout: {
                kind: 'RowsLayout',
                spec: {
                  rows: [
                    { kind: 'RowsLayoutRow', spec: { title: 'A', layout: grid(item('panel-1', 0, 0), item('panel-2', 0, 8)) } },
                  ],
                },
              },
            },
          },
        ],
      },
    },
    {
      kind: 'tabs',
      sections: [{ title: 'T', layout: { kind: 'rows', sections: [{ title: 'A', layout: { kind: 'grid', panels: [1, 2] } }] } }],
    },
  ],
  [
    'a grid that arranges itself',
    {
      kind: 'AutoGridLayout',
      spec: {
        maxColumnCount: 2,
        rowHeightMode: 'short',
        items: ['panel-1', 'panel-2'].map((name) => ({
          kind: 'AutoGridLayoutItem',
          spec: { element: { kind: 'ElementReference', name } },
        })),
      },
    },
    { kind: 'grid', panels: [1, 2] },
  ],
  ['a grid that leaves one out', grid(item('panel-1', 0, 0), item('nobody', 0, 8)), { kind: 'grid', panels: [1, 2] }],
])('%s stay as they are', (_, layout, want) => {
  expect(importOne(spec(layout)).dashboard.layout).toMatchObject(want);
});

test.each([
  [
    {
      kind: 'QueryVariable',
      spec: {
        name: 'v',
        hide: 'hideLabel',
        refresh: 'onTimeRangeChanged',
        sort: 'naturalAsc',
        multi: true,
        query: { kind: 'DataQuery', group: 'prometheus', datasource: { name: 'p' }, spec: { query: 'label_values(pod)' } },
        current: { text: 'a', value: 'a' },
      },
    },
    {
      kind: 'query',
      hide: 'label',
      refresh: 'range',
      sort: 'natural',
      source: { type: 'prometheus', uid: 'p' },
      spec: { query: 'label_values(pod)' },
    },
  ],
  [
    { kind: 'CustomVariable', spec: { name: 'v', query: 'a,b', current: { text: 'b', value: 'b' } } },
    { kind: 'custom', options: [{ value: 'a' }, { value: 'b' }], current: 'b' },
  ],
  [
    { kind: 'DatasourceVariable', spec: { name: 'v', pluginId: 'prometheus', regex: '' } },
    { kind: 'datasource', type: 'prometheus' },
  ],
  [
    { kind: 'IntervalVariable', spec: { name: 'v', query: '1m,5m', auto: true, auto_count: 10, auto_min: '1s' } },
    { kind: 'interval', values: ['1m', '5m'], autoCount: 10, autoMin: '1s' },
  ],
  [
    { kind: 'TextVariable', spec: { name: 'v', query: 'x', current: { text: 'x', value: 'x' } } },
    { kind: 'textbox', current: 'x' },
  ],
  [
    { kind: 'ConstantVariable', spec: { name: 'v', query: 'x' } },
    { kind: 'constant', current: 'x' },
  ],
  [
    { kind: 'SwitchVariable', spec: { name: 'v', current: 'true', enabledValue: 'true', disabledValue: 'false' } },
    { kind: 'switch', current: 'true' },
  ],
  [
    {
      kind: 'AdhocVariable',
      group: 'prometheus',
      datasource: { name: 'p' },
      spec: { name: 'v', filters: [{ key: 'a', operator: '=', value: 'b' }] },
    },
    { kind: 'adhoc', source: { type: 'prometheus', uid: 'p' }, filters: [{ key: 'a' }] },
  ],
])('the variable %j reads as %j', (variable, want) => {
  const { dashboard } = importOne(spec(grid(item('panel-1', 0, 0), item('panel-2', 0, 8)), { variables: [variable] }));
  expect(dashboard.variables[0]).toMatchObject(want);
});

test('what is shown on a condition only is named', () => {
  const { findings } = importOne(
    spec(
      grid(
        item('panel-1', 0, 0, { conditionalRendering: { kind: 'ConditionalRenderingGroup', spec: {} } }),
        item('panel-2', 0, 8),
      ),
    ),
  );
  expect(findings).toMatchObject([{ level: 'unsupported', path: 'spec.layout.spec.items[0].spec.conditionalRendering' }]);
});

test('annotations of the second form are read', () => {
  const annotations = [
    {
      kind: 'AnnotationQuery',
      spec: {
        name: 'Deploys',
        enable: true,
        hide: false,
        iconColor: 'red',
        builtIn: true,
        query: { kind: 'DataQuery', group: 'grafana', spec: { type: 'tags', tags: ['deploy'], limit: 100 } },
      },
    },
    {
      kind: 'AnnotationQuery',
      spec: {
        name: 'Restarts',
        enable: true,
        hide: false,
        iconColor: 'blue',
        query: { kind: 'DataQuery', group: 'prometheus', datasource: { name: 'p' }, spec: { expr: 'changes(x[5m]) > 0' } },
        legacyOptions: { titleFormat: '{{pod}}' },
      },
    },
  ];
  const { dashboard } = importOne(spec(grid(item('panel-1', 0, 0), item('panel-2', 0, 8)), { annotations }));
  expect(dashboard.annotations).toMatchObject([
    { name: 'Deploys', builtIn: true, source: { uid: '-- Grafana --' }, spec: { target: { tags: ['deploy'] } } },
    { name: 'Restarts', source: { type: 'prometheus', uid: 'p' }, spec: { expr: 'changes(x[5m]) > 0', titleFormat: '{{pod}}' } },
  ]);
});

test('what the second form says beyond what is read is kept or named', () => {
  const more = element(1, { newOfPanel: 1 }).spec;
  const query = { ...more.data.spec.queries[0]!.spec, newOfQuery: 2 };
  const data = { kind: 'QueryGroup', spec: { ...more.data.spec, queries: [{ kind: 'PanelQuery', spec: query }] } };
  const vizConfig = { ...more.vizConfig, spec: { ...more.vizConfig.spec, newOfLook: 3 } };
  const elements = { 'panel-1': { kind: 'Panel', spec: { ...more, data, vizConfig } } };
  const { dashboard, findings } = importOne(
    spec(grid(item('panel-1', 0, 0, { newOfPlace: 4 })), { elements, newOfDashboard: 5 }),
  );
  expect(dashboard.extra).toEqual({ newOfDashboard: 5 });
  expect(dashboard.panels[0]?.extra).toEqual({ newOfPanel: 1, pluginVersion: '13.2.0' });
  expect(findings.map(({ path }) => path.replace('spec.elements.panel-1.spec.', '').replace('spec.layout.spec.', ''))).toEqual([
    'items[0].spec.newOfPlace',
    'vizConfig.spec.newOfLook',
    'data.spec.queries[0].spec.newOfQuery',
  ]);
});
