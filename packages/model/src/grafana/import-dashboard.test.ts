import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadRequest } from '../bad-request.ts';
import { parseDashboard } from '../parse/dashboard.ts';
import { exportDashboard } from './export-dashboard.ts';
import { importDashboards } from './import-dashboard.ts';
import { importOne } from './import-one.ts';

const panel = {
  id: 1,
  type: 'timeseries',
  title: 'Loss',
  gridPos: { x: 0, y: 0, w: 12, h: 8 },
  targets: [{ refId: 'A', expr: 'loss' }],
};
const plain = { title: 'Training', uid: 'training', schemaVersion: 39, panels: [panel] };

const indented = (text: string, by: number): string => text.replaceAll(/^/gm, ' '.repeat(by));
const configMap = (name: string, entries: Readonly<Record<string, unknown>>): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${Object.entries(entries)
    .map(([key, value]) => `  ${key}: |-\n${indented(JSON.stringify(value, null, 2), 4)}`)
    .join('\n')}\n`;

describe('a file', () => {
  test.each([
    ['bare', JSON.stringify(plain), 'Grafana v1, schema 39'],
    ['with a byte order mark', `\uFEFF${JSON.stringify(plain)}`, 'Grafana v1, schema 39'],
    ['in the API’s wrapper', JSON.stringify({ dashboard: plain, overwrite: true }), 'Grafana v1, schema 39'],
    ['with its meta', JSON.stringify({ meta: { slug: 'x' }, dashboard: plain }), 'Grafana v1, schema 39'],
    [
      'as a resource of the first form',
      JSON.stringify({
        apiVersion: 'dashboard.grafana.app/v1beta1',
        kind: 'Dashboard',
        metadata: { name: 'training' },
        spec: { ...plain, uid: undefined },
      }),
      'Grafana v1, schema 39',
    ],
    ['in a list', JSON.stringify([plain]), 'Grafana v1, schema 39'],
    ['without a schemaVersion', JSON.stringify({ ...plain, schemaVersion: undefined }), 'Grafana v1'],
    ['in a ConfigMap', configMap('x', { 'a.json': plain }), 'Grafana v1, schema 39'],
    [
      'in a list of ConfigMaps',
      JSON.stringify({ kind: 'List', items: [{ kind: 'ConfigMap', data: { a: JSON.stringify(plain) } }] }),
      'Grafana v1, schema 39',
    ],
    [
      'as the operator’s resource',
      JSON.stringify({ kind: 'GrafanaDashboard', spec: { json: JSON.stringify(plain) } }),
      'Grafana v1, schema 39',
    ],
  ])('%s is read', (_, text, form) => {
    const [imported, ...more] = importDashboards(text);
    expect(more).toEqual([]);
    expect(imported).toMatchObject({
      report: { form },
      dashboard: { uid: 'training', title: 'Training', panels: [{ title: 'Loss' }] },
    });
  });

  test('with several dashboards in several documents gives them all', () => {
    const text = `${configMap('x', { 'a.json': plain, 'b.json': { ...plain, uid: 'b' } })}---\n${configMap('y', { 'c.json': { ...plain, uid: 'c' }, 'README.md': 1 })}`;
    expect(importDashboards(text).map(({ dashboard }) => dashboard.uid)).toEqual(['training', 'b', 'c']);
  });

  test('of Vitrine is read as it is', () => {
    const own = parseDashboard({
      version: 2,
      uid: 'mine',
      title: 'Mine',
      x: 'step',
      panels: [{ id: 1, kind: 'curve', grid: { x: 0, y: 0, w: 6, h: 6 } }],
    });
    expect(importDashboards(JSON.stringify(own))).toEqual([
      { dashboard: own, report: { form: 'Vitrine 2', inputs: [], findings: [] } },
    ]);
  });

  test.each([
    ['', /^text: is empty/],
    ['{"panels": [', /^text: is not JSON/],
    ['{}', /^text: holds no dashboard/],
    ['[1, 2]', /^text: holds no dashboard/],
    ['hello: [', /^text: is not YAML/],
    ['a: 1', /^text: holds no dashboard/],
    ['kind: ConfigMap\ndata:\n  a.json: "{nonsense"\n', /^data\.a\.json: is not JSON/],
    [`${'['.repeat(5_000)}${']'.repeat(5_000)}`, /^text: is nested more than 100 deep/],
    [`{"panels":${'[{"panels":'.repeat(200)}[]${'}]'.repeat(200)}}`, /^text: is nested more than 100 deep/],
    [
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(10)}]`)
        .join('\n')}\n`,
      /^text: /,
    ],
    [
      JSON.stringify({
        ...plain,
        panels: Array.from({ length: 1_001 }, (_, id) => ({ ...panel, id, gridPos: { x: 0, y: id, w: 1, h: 1 } })),
      }),
      /^panels: .*1000/,
    ],
    [' '.repeat(21 * 1024 * 1024), /^text: is 21\.0 MiB long/],
  ])('that cannot be read gets a sentence (%#)', (text, sentence) => {
    expect(() => importDashboards(text)).toThrow(BadRequest);
    expect(() => importDashboards(text)).toThrow(sentence);
  });

  test('does not reach into prototypes', () => {
    const text = `{"title":"T","uid":"t","panels":[{"type":"text","id":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"options":{"__proto__":{"polluted":1}}}],"__proto__":{"polluted":1}}`;
    const { dashboard } = importOne(text);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(JSON.stringify(dashboard)).not.toContain('polluted');
  });

  test('whatever it says is read, or refused with a sentence', () => {
    const key = fc.constantFrom(
      'panels',
      'rows',
      'type',
      'targets',
      'gridPos',
      'fieldConfig',
      'defaults',
      'overrides',
      'options',
      'templating',
      'list',
      'annotations',
      'links',
      'time',
      'id',
      'styles',
      'yaxes',
      'seriesOverrides',
      'thresholds',
      'mappings',
      'elements',
      'layout',
      'spec',
      'kind',
      'datasource',
      'transformations',
      'title',
    );
    const leaf = fc.oneof(
      fc.constantFrom(
        'row',
        'graph',
        'singlestat',
        'table',
        'table-old',
        'heatmap',
        'query',
        'custom',
        'Panel',
        'GridLayout',
        'RowsLayout',
        '',
        '$x',
      ),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value, { minKeys: 1 }), (json) => {
        try {
          for (const { dashboard } of importDashboards(JSON.stringify({ panels: [], ...json }))) {
            expect(importDashboards(JSON.stringify(exportDashboard(dashboard)))[0]?.dashboard).toEqual(dashboard);
          }
        } catch (error) {
          if (!(error instanceof BadRequest)) throw error;
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('inputs', () => {
  const asking = {
    ...plain,
    __inputs: [
      { name: 'DS_PROM', label: 'Prometheus', type: 'datasource', pluginId: 'prometheus' },
      { name: 'VAR_RATE', type: 'constant', label: 'Rate', value: '2.5' },
    ],
    panels: [
      {
        ...panel,
        datasource: { type: 'prometheus', uid: '${DS_PROM}' },
        targets: [{ refId: 'A', expr: 'x * ${VAR_RATE} + ${other}' }],
      },
    ],
  };

  test('are asked, and answered in place', () => {
    const [imported] = importDashboards(JSON.stringify(asking), { DS_PROM: 'main' });
    expect(imported?.report.inputs).toEqual([
      { name: 'DS_PROM', label: 'Prometheus', description: '', kind: 'datasource', type: 'prometheus', value: '' },
      { name: 'VAR_RATE', label: 'Rate', description: '', kind: 'constant', type: '', value: '2.5' },
    ]);
    expect(imported?.dashboard.panels[0]?.queries).toEqual([
      { refId: 'A', source: { type: 'prometheus', uid: 'main' }, hidden: false, spec: { expr: 'x * 2.5 + ${other}' } },
    ]);
  });

  test('that nobody answered are asked again by an export', () => {
    const { dashboard, findings } = importOne(asking);
    expect(findings).toMatchObject([{ level: 'approximated', path: '__inputs' }]);
    expect(exportDashboard(dashboard)).toMatchObject({ __inputs: [{ name: 'DS_PROM' }] });
  });

  test('cannot put keys into prototypes', () => {
    importOne({ ...asking, __inputs: [{ name: '__proto__', type: 'constant', value: 'x' }] }, { __proto__: 'y' });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('a dashboard', () => {
  test.each([
    [{ refresh: '30s' }, { refresh: '30s' }],
    [{ refresh: false }, { refresh: 'off' }],
    [{ refresh: 'auto' }, { refresh: 'live' }],
    [{ timezone: 'UTC' }, { timezone: 'utc' }],
    [{ timezone: '' }, { timezone: 'browser' }],
    [{ timezone: 'Europe/Berlin' }, { timezone: 'Europe/Berlin' }],
    [{ graphTooltip: 2 }, { cursor: 'tooltip' }],
    [{ sharedCrosshair: true }, { cursor: 'crosshair' }],
    [{ time: { from: 'now-1h', to: 'now-1m' } }, { range: { from: 'now-1h', to: 'now-1m' } }],
    [
      { weekStart: 'Monday', fiscalYearStartMonth: 3 },
      { weekStart: 'monday', fiscalYearStartMonth: 3 },
    ],
    [
      {
        timepicker: {
          hidden: true,
          refresh_intervals: ['5s'],
          quick_ranges: [{ from: 'now-2h', to: 'now', display: '2 h' }],
          nowDelay: '1m',
          time_options: ['5m'],
        },
      },
      {
        timePicker: {
          hidden: true,
          refreshIntervals: ['5s'],
          quickRanges: [{ from: 'now-2h', to: 'now', display: '2 h' }],
          nowDelay: '1m',
        },
        extra: { timepicker: { time_options: ['5m'] } },
      },
    ],
    [
      { editable: false, gnetId: 12239, liveNow: true, id: 7, version: 3, iteration: 1 },
      { editable: false, extra: { gnetId: 12239, liveNow: true } },
    ],
    [
      { links: [{ type: 'dashboards', tags: ['gpu'], title: 'GPUs', asDropdown: true, keepTime: true }] },
      { links: [{ type: 'dashboards', tags: ['gpu'], title: 'GPUs', asDropdown: true, keepTime: true, includeVars: false }] },
    ],
    [{ uid: 'has space/slash' }, { uid: 'has-space-slash' }],
    [{ uid: undefined, title: 'My GPUs!' }, { uid: 'my-gpus' }],
    [
      { annotations: { list: [{ builtIn: 1, name: 'A', datasource: '-- Grafana --', type: 'dashboard' }] } },
      {
        annotations: [
          {
            builtIn: true,
            source: { type: 'grafana', uid: '-- Grafana --' },
            enable: true,
            spec: {},
            extra: { type: 'dashboard' },
          },
        ],
      },
    ],
    [
      {
        annotations: { list: [{ name: 'deploys', datasource: '-- Grafana --', type: 'tags', tags: ['deploy'], enable: false }] },
      },
      { annotations: [{ enable: false, spec: { target: { type: 'tags', tags: ['deploy'], matchAny: false, limit: 100 } } }] },
    ],
    [
      {
        annotations: {
          list: [
            {
              name: 'p',
              datasource: { type: 'prometheus', uid: 'u' },
              expr: 'up == 0',
              titleFormat: '{{job}}',
              filter: { exclude: true, ids: [1] },
            },
          ],
        },
      },
      {
        annotations: [
          {
            source: { type: 'prometheus', uid: 'u' },
            filter: { exclude: true, ids: [1] },
            spec: { expr: 'up == 0', titleFormat: '{{job}}' },
          },
        ],
      },
    ],
    [{ schemaVersion: undefined, schemaversion: 14, graphtooltip: 1 }, { cursor: 'crosshair' }],
  ])('%j reads as %j', (json, want) => {
    expect(importOne({ ...plain, ...json }).dashboard).toMatchObject(want);
  });

  test.each([
    ['the panel’s source', { type: 'prometheus', uid: 'a' }, undefined, { type: 'prometheus', uid: 'a' }],
    [
      'the query’s own of a mixed panel',
      { type: 'datasource', uid: '-- Mixed --' },
      { type: 'loki', uid: 'b' },
      { type: 'loki', uid: 'b' },
    ],
    [
      'the panel’s where both say one',
      { type: 'prometheus', uid: 'a' },
      { type: 'prometheus', uid: 'b' },
      { type: 'prometheus', uid: 'a' },
    ],
    ['the query’s where the panel has none', null, { type: 'prometheus', uid: 'b' }, { type: 'prometheus', uid: 'b' }],
    [
      'expressions',
      { type: 'prometheus', uid: 'a' },
      { type: '__expr__', uid: '__expr__' },
      { type: '__expr__', uid: '__expr__' },
    ],
    ['the default', 'default', undefined, { type: '', uid: '' }],
    ['a name', 'Prom main', undefined, { type: '', uid: 'Prom main' }],
    ['a variable', '$datasource', { uid: '${datasource}', type: 'prometheus' }, { type: 'prometheus', uid: '${datasource}' }],
    ['another panel', { type: 'datasource', uid: '-- Dashboard --' }, undefined, { type: 'datasource', uid: '-- Dashboard --' }],
  ])('a query runs on %s', (_, ofPanel, own, want) => {
    const targets = [{ refId: 'A', expr: 'x', ...(own === undefined ? {} : { datasource: own }) }];
    const { dashboard } = importOne({ ...plain, panels: [{ ...panel, datasource: ofPanel, targets }] });
    expect(dashboard.panels[0]?.queries[0]?.source).toEqual(want);
  });

  test('names queries that have no refId or another one’s', () => {
    const { dashboard, findings } = importOne({
      ...plain,
      panels: [{ ...panel, targets: [{ expr: 'a' }, { refId: 'A', expr: 'b' }, { refId: 'A', expr: 'c' }] }],
    });
    expect(dashboard.panels[0]?.queries.map(({ refId }) => refId)).toEqual(['B', 'A', 'C']);
    expect(findings.map(({ path }) => path)).toEqual(['panels[0].targets[0].refId', 'panels[0].targets[2].refId']);
  });

  test.each([
    [{}, 1],
    [{ templating: { list: [{ type: 'datasource', name: 'ds', query: 'prometheus' }] } }, 0],
  ])('says where sources are named by a variable that is not there: %j', (more, count) => {
    const { findings } = importOne({
      ...plain,
      ...more,
      panels: [{ ...panel, datasource: { type: 'prometheus', uid: '${ds}' } }],
    });
    expect(findings.filter(({ path }) => path === 'templating.list')).toHaveLength(count);
  });

  test('fills library panels from what the export brought along', () => {
    const { dashboard } = importOne({
      ...plain,
      panels: [{ id: 1, gridPos: panel.gridPos, libraryPanel: { uid: 'lib', name: 'CPU' } }],
      __elements: {
        lib: { uid: 'lib', name: 'CPU', kind: 1, model: { type: 'stat', title: 'CPU', targets: [{ refId: 'A', expr: 'cpu' }] } },
      },
    });
    expect(dashboard.panels[0]).toMatchObject({
      kind: 'stat',
      title: 'CPU',
      libraryPanel: { uid: 'lib', name: 'CPU' },
      queries: [{ spec: { expr: 'cpu' } }],
    });
  });
});

describe('an export', () => {
  test('keeps an x domain, own kinds, tabs and nested rows under a name that Grafana passes over', () => {
    const grid = { x: 0, y: 0, w: 12, h: 8 };
    const dashboard = parseDashboard({
      version: 2,
      uid: 'mine',
      title: 'Mine',
      x: 'step',
      panels: [
        { id: 3, kind: 'boxplot', grid, x: 'epoch' },
        { id: 1, kind: 'curve', grid },
        { id: 2, kind: 'stat', grid },
      ],
      layout: {
        kind: 'tabs',
        sections: [
          {
            id: 10,
            title: 'One',
            layout: {
              kind: 'rows',
              sections: [{ id: 11, title: 'Deep', collapsed: true, layout: { kind: 'grid', panels: [1] } }],
            },
          },
          { id: 12, title: 'Two', layout: { kind: 'grid', panels: [2, 3] } },
        ],
      },
    });
    const exported = exportDashboard(dashboard);
    expect(exported).toMatchObject({
      schemaVersion: 42,
      panels: [
        { type: 'row', title: 'One' },
        { type: 'row', title: 'Deep', collapsed: true, panels: [{ type: 'curve' }] },
        { type: 'row', title: 'Two' },
        { type: 'stat' },
        { type: 'boxplot', vitrine: { x: 'epoch' } },
      ],
      vitrine: { x: 'step' },
    });
    expect(importDashboards(JSON.stringify(exported))[0]?.dashboard).toEqual(dashboard);
  });
});
