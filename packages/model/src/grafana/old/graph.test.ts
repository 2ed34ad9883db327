import { describe, expect, test } from 'vitest';
import { importOne, importPanel } from '../import-one.ts';

const graph = {
  type: 'graph',
  title: 'GPU',
  targets: [{ expr: 'up', refId: 'A' }],
  lines: true,
  linewidth: 1,
  fill: 1,
  nullPointMode: 'null',
};

describe('a graph panel', () => {
  test('becomes a time series with its queries', () => {
    expect(importPanel({ ...graph, datasource: 'Prom' })).toMatchObject({
      kind: 'timeseries',
      title: 'GPU',
      queries: [{ refId: 'A', source: { type: '', uid: 'Prom' }, spec: { expr: 'up' } }],
      extra: {},
    });
  });

  test.each([
    [{}, { drawStyle: 'line', lineWidth: 1, fillOpacity: 10, showPoints: 'never', spanNulls: false }],
    [
      { bars: true, lines: false },
      { drawStyle: 'bars', fillOpacity: 100 },
    ],
    [
      { lines: false, points: true, pointradius: 3 },
      { drawStyle: 'points', pointSize: 8 },
    ],
    [{ points: true }, { drawStyle: 'line', showPoints: 'always' }],
    [{ steppedLine: true }, { lineInterpolation: 'stepAfter' }],
    [{ nullPointMode: 'connected' }, { spanNulls: true }],
    [
      { fill: 0, linewidth: 2 },
      { fillOpacity: 0, lineWidth: 2 },
    ],
    [{ fillGradient: 4 }, { fillOpacity: 40, gradientMode: 'opacity' }],
    [{ stack: true }, { stacking: { mode: 'normal', group: 'A' } }],
    [{ stack: true, percentage: true }, { stacking: { mode: 'percent', group: 'A' } }],
    [{ dashes: true, dashLength: 4, spaceLength: 6 }, { lineStyle: { fill: 'dash', dash: [4, 6] } }],
    [{ yaxes: [{ format: 's', label: 'Pages', show: true }, {}] }, { axisLabel: 'Pages' }],
    [{ yaxes: [{ show: false }, {}] }, { axisPlacement: 'hidden' }],
    [{ yaxes: [{ logBase: 10 }, {}] }, { scaleDistribution: { type: 'log', log: 10 } }],
    [
      { thresholds: [{ op: 'gt', value: 9, colorMode: 'critical', line: true, fill: false }] },
      { thresholdsStyle: { mode: 'line' } },
    ],
    [
      { thresholds: [{ op: 'gt', value: 9, colorMode: 'critical', line: true, fill: true }] },
      { thresholdsStyle: { mode: 'line+area' } },
    ],
  ])('%j draws with %j', (old, custom) => {
    expect(importPanel({ ...graph, ...old }).fieldConfig.defaults.custom).toMatchObject(custom);
  });

  test.each([
    [
      { stack: true, percentage: true },
      { min: 0, max: 1 },
    ],
    [{ stack: true }, { min: 0, max: 100 }],
    [{ percentage: true }, { min: 0, max: 100 }],
  ])('%j with an axis from 0 to 100 goes %j', (old, ends) => {
    expect(importPanel({ ...graph, ...old, yaxes: [{ min: '0', max: '100' }, {}] }).fieldConfig.defaults).toMatchObject(ends);
  });

  test.each([
    [{ yaxes: [{ format: 'bytes', min: '0', max: 100 }, {}] }, { unit: 'bytes', min: 0, max: 100 }],
    [
      { y_formats: ['ms', 'short'], grid: { leftMax: 5 } },
      { unit: 'ms', max: 5 },
    ],
    [{ decimals: 2, yaxes: [{ format: 's', decimals: 1 }, {}] }, { decimals: 2 }],
    [{ options: { dataLinks: [{ title: 'Go', url: '/d/x' }] } }, { links: [{ title: 'Go', url: '/d/x', targetBlank: false }] }],
    [
      {
        thresholds: [
          { op: 'lt', value: 1, colorMode: 'warning' },
          { op: 'gt', value: 9, colorMode: 'custom', fillColor: '#f00' },
        ],
      },
      {
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: Number.NEGATIVE_INFINITY, color: 'orange' },
            { value: 1, color: 'transparent' },
            { value: 9, color: '#f00' },
          ],
        },
      },
    ],
  ])('%j sets %j', (old, settings) => {
    expect(importPanel({ ...graph, ...old }).fieldConfig.defaults).toMatchObject(settings);
  });

  test.each([
    [
      { alias: 'MAX', dashes: true, color: '#1F60C4' },
      'byName',
      [
        ['custom.lineStyle', { fill: 'dash', dash: [10, 10] }],
        ['color', { mode: 'fixed', fixedColor: '#1F60C4' }],
      ],
    ],
    [{ alias: '/.*Out.*/', transform: 'negative-Y' }, 'byRegexp', [['custom.transform', 'negative-Y']]],
    [
      { alias: 'a', stack: false, fill: 0 },
      'byName',
      [
        ['custom.stacking', { mode: 'none', group: 'A' }],
        ['custom.fillOpacity', 0],
      ],
    ],
    [{ alias: 'a', stack: 'B' }, 'byName', [['custom.stacking', { mode: 'normal', group: 'B' }]]],
    [
      { alias: 'a', yaxis: 2 },
      'byName',
      [
        ['unit', 'percent'],
        ['max', 100],
        ['custom.axisPlacement', 'right'],
      ],
    ],
    [{ alias: 'a', hiddenSeries: true }, 'byName', [['custom.hideFrom', { viz: true, legend: false, tooltip: false }]]],
    [
      { alias: 'a', legend: false, lines: false },
      'byName',
      [
        ['custom.lineWidth', 0],
        ['custom.hideFrom', { viz: false, legend: true, tooltip: false }],
      ],
    ],
    [{ alias: 'a', lines: false, points: true }, 'byName', [['custom.drawStyle', 'points']]],
    [
      { alias: 'a', fillBelowTo: 'min', linewidth: 0 },
      'byName',
      [
        ['custom.fillBelowTo', 'min'],
        ['custom.lineWidth', 0],
      ],
    ],
    [
      { alias: 'a', bars: true },
      'byName',
      [
        ['custom.drawStyle', 'bars'],
        ['custom.fillOpacity', 100],
      ],
    ],
  ])('the series override %j finds %s and sets %j', (own, id, properties) => {
    const panel = importPanel({ ...graph, seriesOverrides: [own], yaxes: [{ format: 's' }, { format: 'percent', max: '100' }] });
    expect(panel.fieldConfig.overrides).toEqual([
      { matcher: { id, options: own.alias }, properties: properties.map(([property, value]) => ({ id: property, value })) },
    ]);
  });

  test('keeps colours by alias', () => {
    expect(importPanel({ ...graph, aliasColors: { Cache: '#B7DBAB' } }).fieldConfig.overrides).toEqual([
      {
        matcher: { id: 'byName', options: 'Cache' },
        properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: '#B7DBAB' } }],
      },
    ]);
  });

  test.each([
    [{ show: false }, { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] }],
    [
      { show: true, alignAsTable: true, rightSide: true, values: true, avg: true, current: true, total: true },
      { displayMode: 'table', placement: 'right', calcs: ['mean', 'lastNotNull', 'sum'] },
    ],
    [{ avg: true, values: false }, { calcs: [] }],
    [
      { sort: 'avg', sortDesc: true, sideWidth: 300 },
      { sortBy: 'Mean', sortDesc: true, width: 300 },
    ],
  ])('the legend %j becomes %j', (legend, want) => {
    expect(importPanel({ ...graph, legend }).options['legend']).toMatchObject(want);
  });

  test.each([
    [
      { shared: true, sort: 2 },
      { mode: 'multi', sort: 'desc' },
    ],
    [
      { shared: false, sort: 0 },
      { mode: 'single', sort: 'none' },
    ],
  ])('the tooltip %j becomes %j', (tooltip, want) => {
    expect(importPanel({ ...graph, tooltip }).options['tooltip']).toEqual(want);
  });

  test('over series becomes a bar chart of their totals, and over values a histogram', () => {
    expect(importPanel({ ...graph, bars: true, xaxis: { mode: 'series', values: ['current'] } })).toMatchObject({
      kind: 'barchart',
      transformations: [{ id: 'reduce', options: { reducers: ['lastNotNull'] } }],
    });
    expect(importPanel({ ...graph, xaxis: { mode: 'histogram', buckets: 20 } })).toMatchObject({
      kind: 'histogram',
      options: { bucketCount: 20 },
    });
  });

  test('gives its time regions to an annotation query that only it shows', () => {
    const region = { op: 'time', fromDayOfWeek: 1, from: '09:00', toDayOfWeek: 5, to: '17:00', colorMode: 'red' };
    const { dashboard } = importOne({
      title: 'T',
      panels: [{ ...graph, id: 7, gridPos: { x: 0, y: 0, w: 1, h: 1 }, timeRegions: [region] }],
    });
    expect(dashboard.annotations).toMatchObject([
      {
        color: 'red',
        filter: { exclude: false, ids: [7] },
        spec: { target: { queryType: 'timeRegions', timeRegion: { fromDayOfWeek: 1, to: '17:00' } } },
      },
    ]);
  });

  test.each([
    [{ nullPointMode: 'null as zero' }, 'panels[0].nullPointMode'],
    [{ legend: { hideEmpty: true } }, 'panels[0].legend'],
    [{ stack: true, tooltip: { value_type: 'cumulative' } }, 'panels[0].tooltip.value_type'],
    [{ seriesOverrides: [{ alias: 'a', zindex: -3 }] }, 'panels[0].seriesOverrides[0].zindex'],
    [{ thresholds: [{ value: 1, op: 'gt', yaxis: 'right' }] }, 'panels[0].thresholds[0].yaxis'],
  ])('says what is only near: %j', (old, path) => {
    const { findings } = importOne({ title: 'T', panels: [{ ...graph, id: 1, gridPos: { x: 0, y: 0, w: 1, h: 1 }, ...old }] });
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'approximated', path, panel: { id: 1, title: 'GPU', kind: 'graph' } }),
    );
  });

  test('keeps what it does not know, and its alert rule, for the export', () => {
    const alert = { name: 'High', conditions: [{ evaluator: { params: [1], type: 'gt' } }] };
    expect(importPanel({ ...graph, alert, somethingNew: { a: 1 } }).extra).toEqual({ alert, somethingNew: { a: 1 } });
  });
});
