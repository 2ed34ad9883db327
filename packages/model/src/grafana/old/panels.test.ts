import { describe, expect, test } from 'vitest';
import { importOne, importPanel } from '../import-one.ts';

const low = Number.NEGATIVE_INFINITY;

describe('a singlestat panel', () => {
  const stat = {
    type: 'singlestat',
    valueName: 'current',
    format: 'percent',
    colors: ['green', 'orange', 'red'],
    thresholds: '70,90',
  };

  test.each([
    [
      { colorValue: true },
      { colorMode: 'value', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } },
    ],
    [{ colorBackground: true }, { colorMode: 'background' }],
    [{ sparkline: { show: true } }, { colorMode: 'none', graphMode: 'area' }],
    [{ valueName: 'avg' }, { reduceOptions: { calcs: ['mean'] } }],
    [{ valueName: 'name' }, { textMode: 'name' }],
    [{ tableColumn: 'a.b' }, { reduceOptions: { fields: '/^a\\.b$/' } }],
  ])('%j becomes a stat with %j', (old, options) => {
    expect(importPanel({ ...stat, ...old })).toMatchObject({ kind: 'stat', options });
  });

  test.each([
    [
      {},
      {
        unit: 'percent',
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: low, color: 'green' },
            { value: 70, color: 'orange' },
            { value: 90, color: 'red' },
          ],
        },
      },
    ],
    [{ thresholds: '' }, { thresholds: { mode: 'absolute', steps: [{ value: low, color: 'green' }] } }],
    [
      { valueMaps: [{ op: '=', value: 'null', text: 'N/A' }] },
      { mappings: [{ kind: 'special', match: 'null', result: { text: 'N/A' } }] },
    ],
    [{ valueMaps: [{ op: '=', value: '1', text: 'up' }] }, { mappings: [{ kind: 'value', value: '1', result: { text: 'up' } }] }],
    [
      { mappingType: 2, rangeMaps: [{ from: '1', to: '3', text: 'few' }] },
      { mappings: [{ kind: 'range', from: 1, to: 3, result: { text: 'few' } }] },
    ],
    [{ format: 'none', postfix: ' GPUs' }, { unit: 'suffix: GPUs' }],
    [
      { decimals: 1, nullText: 'no data' },
      { decimals: 1, noValue: 'no data' },
    ],
  ])('%j sets %j', (old, settings) => {
    expect(importPanel({ ...stat, ...old }).fieldConfig.defaults).toMatchObject(settings);
  });

  test('that drew a gauge becomes one', () => {
    const gauge = { show: true, minValue: 0, maxValue: 1, thresholdLabels: true, thresholdMarkers: false };
    expect(importPanel({ ...stat, gauge })).toMatchObject({
      kind: 'gauge',
      options: { showThresholdLabels: true, showThresholdMarkers: false },
      fieldConfig: { defaults: { min: 0, max: 1 } },
    });
  });

  test('that Grafana took for a stat already is read again from its own words', () => {
    const panel = importPanel({
      ...stat,
      type: 'stat',
      autoMigrateFrom: 'singlestat',
      fieldConfig: { defaults: { thresholds: { mode: 'absolute', steps: [{ color: 'red', value: null }] } } },
    });
    expect(panel.fieldConfig.defaults.thresholds?.steps).toHaveLength(3);
  });
});

describe('an old table', () => {
  const table = {
    type: 'table',
    columns: [],
    styles: [],
    transform: 'table',
    targets: [{ refId: 'A', expr: 'up', format: 'table' }],
  };

  test.each([
    [{ pattern: 'Time', type: 'hidden' }, 'byName', [['custom.hidden', true]]],
    [
      { pattern: 'Time', type: 'date', alias: 'When', dateFormat: 'HH:mm' },
      'byName',
      [
        ['displayName', 'When'],
        ['unit', 'time: HH:mm'],
      ],
    ],
    [
      { pattern: '/Value.*/', type: 'number', unit: 'bytes', decimals: 1 },
      'byRegexp',
      [
        ['unit', 'bytes'],
        ['decimals', 1],
      ],
    ],
    [
      { pattern: 'Value', type: 'number', colorMode: 'row', colors: ['red', 'green'], thresholds: ['0.9'] },
      'byName',
      [
        ['custom.cellOptions', { type: 'color-background', applyToRow: true }],
        [
          'thresholds',
          {
            mode: 'absolute',
            steps: [
              { value: low, color: 'red' },
              { value: 0.9, color: 'green' },
            ],
          },
        ],
      ],
    ],
    [
      { pattern: 'v', colorMode: 'value', colors: ['red'], thresholds: [] },
      'byName',
      [
        ['custom.cellOptions', { type: 'color-text' }],
        ['thresholds', { mode: 'absolute', steps: [{ value: low, color: 'red' }] }],
      ],
    ],
    [
      { pattern: 'v', type: 'string', mappingType: 1, valueMaps: [{ value: '1', text: 'on' }] },
      'byName',
      [['mappings', [{ kind: 'value', value: '1', result: { text: 'on' } }]]],
    ],
    [
      { pattern: 'Node', link: true, linkUrl: '/d/n?var-n=$__cell&x=$__cell_2', linkTooltip: 'Open', align: 'center' },
      'byName',
      [
        ['links', [{ title: 'Open', url: '/d/n?var-n=${__value.text}&x=${__data.fields[2]}', targetBlank: false }]],
        ['custom.align', 'center'],
      ],
    ],
  ])('the style %j finds %s and sets %j', (style, id, properties) => {
    expect(importPanel({ ...table, styles: [style] }).fieldConfig.overrides).toEqual([
      { matcher: { id, options: style.pattern }, properties: properties.map(([property, value]) => ({ id: property, value })) },
    ]);
  });

  test('lets the first style win', () => {
    const styles = [
      { pattern: 'Time', type: 'hidden' },
      { pattern: '/.*/', unit: 's', type: 'number' },
    ];
    expect(importPanel({ ...table, styles }).fieldConfig.overrides.map(({ matcher }) => matcher.options)).toEqual([
      '/.*/',
      'Time',
    ]);
  });

  test.each([
    ['timeseries_to_rows', [{ id: 'seriesToRows' }]],
    ['timeseries_to_columns', [{ id: 'joinByField', options: { byField: 'Time' } }]],
    ['timeseries_aggregations', [{ id: 'reduce', options: { reducers: ['mean', 'lastNotNull'] } }]],
    ['table', []],
  ])('%s becomes %j', (transform, want) => {
    const columns = [
      { text: 'Avg', value: 'avg' },
      { text: 'Current', value: 'current' },
    ];
    expect(importPanel({ ...table, transform, columns }).transformations).toMatchObject(want);
  });

  test('merges several answers, sorts and pages', () => {
    const panel = importPanel({
      ...table,
      type: 'table-old',
      transform: 'timeseries_to_rows',
      sort: { col: 2, desc: true },
      pageSize: 20,
      showHeader: true,
    });
    expect(panel.options).toMatchObject({
      showHeader: true,
      enablePagination: true,
      pageSize: 20,
      sortBy: [{ displayName: 'Value', desc: true }],
    });
    expect(importPanel({ ...table, targets: [{ refId: 'A' }, { refId: 'B' }] }).transformations).toMatchObject([{ id: 'merge' }]);
  });

  test('of now stays as it is', () => {
    const options = { showHeader: true, sortBy: [{ displayName: 'pod', desc: true }] };
    expect(importPanel({ type: 'table', options, styles: [{ pattern: 'x' }] })).toMatchObject({
      options,
      extra: { styles: [{ pattern: 'x' }] },
    });
  });
});

describe('an old heatmap', () => {
  const yAxis = { format: 'ms', logBase: 2, show: true, min: '1', max: null, decimals: 0 };
  test.each([
    [{ dataFormat: 'tsbuckets' }, { calculate: false, rowsFrame: { layout: 'auto' } }],
    [
      { dataFormat: 'tsbuckets', yBucketBound: 'upper', reverseYBuckets: true },
      { rowsFrame: { layout: 'le' }, yAxis: { reverse: true } },
    ],
    [
      { dataFormat: 'timeseries', xBucketSize: '1m', yBucketNumber: 10 },
      {
        calculate: true,
        calculation: {
          xBuckets: { mode: 'size', value: '1m' },
          yBuckets: { mode: 'count', value: '10', scale: { type: 'log', log: 2 } },
        },
      },
    ],
    [
      { dataFormat: 'tsbuckets', color: { mode: 'spectrum', colorScheme: 'interpolateSpectral', min: 0 } },
      { color: { mode: 'scheme', scheme: 'Spectral', min: 0 } },
    ],
    [
      { dataFormat: 'tsbuckets', color: { mode: 'opacity', cardColor: '#b4ff00', exponent: 0.4 } },
      { color: { mode: 'opacity', fill: '#b4ff00', scale: 'exponential', exponent: 0.4 } },
    ],
    [
      { dataFormat: 'tsbuckets', hideZeroBuckets: true, cards: { cardPadding: 1, cardRound: 3 } },
      { filterValues: { le: 1e-9 }, cellGap: 1, cellRadius: 3 },
    ],
    [
      { dataFormat: 'tsbuckets', legend: { show: true }, tooltip: { show: true, showHistogram: true } },
      { legend: { show: true }, tooltip: { mode: 'single', yHistogram: true } },
    ],
  ])('%j becomes %j', (old, options) => {
    expect(importPanel({ type: 'heatmap', yAxis, ...old })).toMatchObject({ kind: 'heatmap', options, extra: {} });
  });
});

test.each([
  [
    {
      type: 'xychart',
      options: { seriesMapping: 'manual', series: [{ x: 'loss', y: 'acc', pointColor: { field: 'run' }, name: 'Runs' }] },
    },
    {
      options: {
        mapping: 'manual',
        series: [
          {
            x: { matcher: { id: 'byName', options: 'loss' } },
            y: { matcher: { id: 'byName', options: 'acc' } },
            color: { matcher: { id: 'byName', options: 'run' } },
            name: { fixed: 'Runs' },
          },
        ],
      },
    },
  ],
  [
    { type: 'xychart', options: { seriesMapping: 'auto', dims: { frame: 0, x: 'step' } } },
    {
      options: {
        mapping: 'auto',
        series: [{ frame: { matcher: { id: 'byIndex', options: 0 } }, x: { matcher: { id: 'byName', options: 'step' } } }],
      },
    },
  ],
  [
    {
      type: 'grafana-piechart-panel',
      pieType: 'donut',
      legendType: 'Right side',
      legend: { show: true, values: true },
      format: 'bytes',
      valueName: 'current',
    },
    {
      kind: 'piechart',
      options: { pieType: 'donut', legend: { placement: 'right', values: ['value'] }, reduceOptions: { calcs: ['lastNotNull'] } },
      fieldConfig: { defaults: { unit: 'bytes' } },
    },
  ],
  [
    { type: 'text', mode: 'html', content: '<b>x</b>' },
    { kind: 'text', options: { mode: 'html', content: '<b>x</b>' } },
  ],
  [
    { type: 'dashlist', headings: true, search: true, tags: ['gpu'], limit: 5 },
    { kind: 'dashlist', options: { showHeadings: true, showSearch: true, tags: ['gpu'], maxItems: 5 } },
  ],
  [
    {
      type: 'gauge',
      options: { fieldOptions: { calcs: ['mean'], values: false, defaults: { unit: 's', min: 0 }, overrides: [] } },
    },
    { options: { reduceOptions: { calcs: ['mean'] } }, fieldConfig: { defaults: { unit: 's', min: 0 } } },
  ],
  [
    {
      type: 'gauge',
      options: {
        valueOptions: { stat: 'avg', unit: 'percent' },
        minValue: 0,
        maxValue: 100,
        thresholds: [
          { color: 'green', value: null },
          { color: 'red', value: 80 },
        ],
      },
    },
    {
      options: { reduceOptions: { calcs: ['mean'] } },
      fieldConfig: { defaults: { unit: 'percent', max: 100, thresholds: { steps: [{ value: low }, { value: 80 }] } } },
    },
  ],
  [
    { type: 'timeseries', options: { legend: { displayMode: 'hidden', placement: 'bottom' } } },
    { options: { legend: { displayMode: 'list', showLegend: false } } },
  ],
  [{ type: 'timeseries', options: { tooltipOptions: { mode: 'multi' } } }, { options: { tooltip: { mode: 'multi' } } }],
  [
    {
      type: 'table',
      fieldConfig: {
        defaults: { custom: { displayMode: 'lcd-gauge' } },
        overrides: [
          {
            matcher: { id: 'byName', options: 'x' },
            properties: [{ id: 'custom.displayMode', value: 'color-background-solid' }],
          },
        ],
      },
    },
    {
      fieldConfig: {
        defaults: { custom: { cellOptions: { type: 'gauge', mode: 'lcd' } } },
        overrides: [{ properties: [{ id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } }] }],
      },
    },
  ],
  [
    { type: 'table', transformations: [{ id: 'seriesToColumns', options: { byField: 'pod' } }] },
    { transformations: [{ id: 'joinByField', options: { byField: 'pod', mode: 'outer' }, disabled: false, topic: '' }] },
  ],
  [
    { type: 'table', transformations: [{ id: 'timeSeriesTable', options: { refIdToStat: { A: 'max' } } }] },
    { transformations: [{ id: 'timeSeriesTable', options: { A: { stat: 'max' } } }] },
  ],
  [
    { type: 'stat', links: [{ type: 'dashboard', dashboard: 'Job Level', params: 'var-job=$job', keepTime: true }] },
    { links: [{ title: 'Job Level', url: '/dashboard/db/job-level?var-job=$job&$__url_time_range', targetBlank: false }] },
  ],
  [
    { type: 'grafana-polystat-panel', polystat: { shape: 'hexagon' } },
    { kind: 'grafana-polystat-panel', extra: { polystat: { shape: 'hexagon' } } },
  ],
])('%j becomes %j', (old, want) => {
  expect(importPanel(old)).toMatchObject(want);
});

test('a panel of a kind that is not drawn says so', () => {
  const { findings } = importOne({
    title: 'T',
    uid: 't',
    panels: [{ id: 3, type: 'geomap', title: 'Map', gridPos: { x: 0, y: 0, w: 6, h: 6 } }],
  });
  expect(findings).toMatchObject([
    { level: 'unsupported', panel: { id: 3, title: 'Map', kind: 'geomap' }, path: 'panels[0].type' },
  ]);
});
