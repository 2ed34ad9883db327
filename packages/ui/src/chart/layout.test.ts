import { expect, test } from 'vitest';

import { cellGrid, figureSize } from '../widget/figure-layout.ts';
import { rowsInView } from '../widget/use-row-window.ts';
import { statusOf } from '../theme/status.ts';
import { lyingRows } from './bar-gauge.tsx';
import { placeBeside } from './float.tsx';
import { arcPath, gaugeRing, share } from './gauge-arc.ts';
import { gaugeRange } from './gauge-range.ts';
import { rowLabels } from './heatmap-chart.tsx';
import { chartLayout, LEGEND_HEAD, LEGEND_ROW, legendColumns, legendNeeds } from './legend-layout.ts';
import type { LegendChoice } from './legend-layout.ts';
import { windowAround } from './reading.ts';
import { seriesFromFrames } from './series.ts';
import type { ChartSeries } from './series.ts';
import { sparkPath } from './spark-path.ts';

const NONE = { unit: '' };

const TABLE: LegendChoice = {
  showLegend: true,
  displayMode: 'table',
  placement: 'bottom',
  calcs: [],
  sortBy: '',
  sortDesc: true,
  width: undefined,
  limit: undefined,
};
const NEEDS = { name: 100, number: 64, items: [] };

test.each<[string, 'bottom' | 'right', number, number, number, number]>([
  ['a few lines have all their rows', 'bottom', 600, 272, 6, 6],
  ['many lines leave most of it to the plot', 'bottom', 600, 272, 40, 4],
  ['a low panel keeps it all for the plot', 'bottom', 600, 130, 3, 0],
  ['no series, no legend', 'bottom', 600, 300, 0, 0],
  ['a narrow panel has its legend below', 'right', 330, 300, 3, 3],
])('%s', (_, side, width, height, count, rows) => {
  const layout = chartLayout(width, height, { ...TABLE, placement: side }, count, NEEDS);
  expect(layout.legendHeight).toBe(rows === 0 ? 0 : LEGEND_HEAD + rows * LEGEND_ROW);
  expect(layout.plotHeight + layout.legendHeight).toBe(height);
});

test('a legend beside the plot is as wide as its columns', () => {
  expect(chartLayout(600, 300, { ...TABLE, placement: 'right' }, 3, NEEDS)).toMatchObject({
    legendWidth: 164,
    plotWidth: 436,
    plotHeight: 300,
  });
  expect(chartLayout(1200, 300, { ...TABLE, placement: 'right' }, 3, NEEDS).legendWidth).toBe(100 + 4 * 64);
});

test('a legend that is hidden or unwanted takes nothing, a list as many lines as it needs', () => {
  for (const choice of [{ displayMode: 'hidden' }, { showLegend: false }] as const)
    expect(chartLayout(600, 300, { ...TABLE, ...choice }, 9, NEEDS).legendHeight).toBe(0);
  expect(chartLayout(600, 300, { ...TABLE, displayMode: 'list' }, 9, NEEDS).legendHeight).toBe(2 * LEGEND_ROW);
  expect(chartLayout(900, 300, { ...TABLE, placement: 'right', width: 333 }, 9, NEEDS).legendWidth).toBe(333);
});

test.each<[string, string[], number, number]>([
  ['short names share a row', ['Rx eth0', 'Rx lo', 'Tx eth0', 'Tx lo', 'Rx wlan0', 'Tx wlan0'], 600, 1],
  [
    'one long name does not make the short ones long',
    ['a name that is longer than all the others are', 'up', 'us', 'id'],
    600,
    1,
  ],
  ['what does not fit goes to the next row', ['a name that is longer than all', 'another that is as long as it', 'up'], 400, 2],
  ['a name wider than the panel has a row of its own', ['x'.repeat(200), 'up'], 300, 2],
])('a list takes the rows that it fills: %s', (_, names, width, rows) => {
  const needs = legendNeeds(names.map((name) => line(name, 1, '')[0]!));
  expect(chartLayout(width, 300, { ...TABLE, displayMode: 'list' }, names.length, needs).legendHeight).toBe(rows * LEGEND_ROW);
});

test.each<[number, typeof NEEDS, string[], string[]]>([
  [900, NEEDS, [], ['lastNotNull', 'min', 'max', 'mean']],
  [300, NEEDS, [], ['lastNotNull', 'max', 'mean']],
  [300, { ...NEEDS, number: 90 }, [], ['lastNotNull', 'max']],
  [190, NEEDS, [], ['lastNotNull']],
  [900, NEEDS, ['mean', 'max'], ['lastNotNull', 'mean', 'max']],
  [900, NEEDS, ['mean', 'last'], ['mean', 'lastNotNull']],
  [240, NEEDS, ['mean', 'max'], ['mean', 'max']],
  [190, NEEDS, ['mean', 'max'], ['mean']],
])('a legend %d wide with columns of %j that was asked for %j shows %j', (width, needs, calcs, want) => {
  expect(legendColumns(width, needs, calcs)).toEqual(want);
});

function line(name: string, value: number, unit: string): ChartSeries[] {
  return seriesFromFrames(
    [
      {
        refId: 'A',
        shape: 'series',
        length: 1,
        fields: [
          { name: 'Time', type: 'time', values: Float64Array.of(0) },
          { name, type: 'number', config: { unit }, values: Float64Array.of(value) },
        ],
      },
    ],
    'dark',
    'UTC',
  );
}

test('numbers and names are given the room that they need', () => {
  const short = legendNeeds(line('a', 1, ''));
  const long = legendNeeds(line('healthy validation', 0.3555, 'reqps'));
  expect(long.name).toBeGreaterThan(short.name);
  expect(long.number).toBeGreaterThan('0.3555 req/s'.length * 7);
  expect(legendNeeds(line('x'.repeat(500), 1e-19, 'suffix:very long units'))).toMatchObject({ name: 200, number: 132 });
});

test.each([
  ['right of the pointer', { x: 100, y: 300 }, { left: 114, top: 250 }],
  ['left of it at the right edge', { x: 980, y: 300 }, { left: 766, top: 250 }],
  ['inside at the bottom', { x: 100, y: 795 }, { left: 114, top: 642 }],
  ['inside at the top', { x: 100, y: 0 }, { left: 114, top: 8 }],
])('a tooltip stands %s', (_, point, want) => {
  expect(placeBeside(point, { width: 200, height: 150 }, { width: 1000, height: 800 })).toEqual(want);
});

test('of a crowd the tooltip shows the stretch around the nearest', () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  expect(windowAround(items, 50, 5).shown).toEqual([48, 49, 50, 51, 52]);
  expect(windowAround(items, 99, 5).shown).toEqual([95, 96, 97, 98, 99]);
  expect(windowAround(items, -1, 5).start).toBe(0);
});

test.each([
  [1, 300, 120, 1],
  [4, 800, 120, 4],
  [4, 120, 400, 1],
  [200, 300, 120, 3],
])('%d values in %d × %d stand in %d columns', (count, width, height, columns) => {
  expect(cellGrid(count, width, height, 2.2, { width: 90, height: 44 }).columns).toBe(columns);
});

test.each([
  ['one value is as high as its panel, however low that is', 1, 130, 30],
  ['two values in a narrow panel stay in sight', 2, 196, 60],
  ['four values in a line rather than three and one', 4, 316, 90],
  ['four values in a column that is too low for them', 4, 80, 150],
])('%s', (_, count, width, height) => {
  const { columns, rows, cellHeight } = cellGrid(count, width, height, 2.2, { width: 96, height: 44 });
  expect(columns * rows).toBeGreaterThanOrEqual(count);
  expect(rows * (cellHeight + 8) - 8).toBeLessThanOrEqual(height);
});

test.each([
  ['three bars fill the panel that they have to themselves', 3, 320, 180, 60, false],
  ['in a narrow panel names stand above their bars', 3, 140, 180, 60, true],
  ['but not where that would push the last bar out of sight', 4, 140, 108, 27, false],
  ['thirty bars are as thin as can be read, and scroll', 30, 320, 180, 22, false],
])('%s', (_, length, width, height, row, above) => {
  const asked = { bars: { length }, namePlacement: 'auto', thickness: { min: 4, max: Infinity }, nameSize: 12 } as const;
  const found = lyingRows({ ...asked, width, height });
  expect([found.row, found.nameHeight > 0]).toEqual([row, above]);
});

test('a figure is as large as fits and never unreadable', () => {
  expect(figureSize('99.62', '%', 120, 200)).toBeGreaterThan(figureSize('99.62', '%', 60, 200));
  expect(figureSize('1', '', 1000, 1000)).toBe(64);
  expect(figureSize('123456789', 'requests/s', 20, 20)).toBe(13);
});

test('only rows in view are made, with a few beyond', () => {
  const { start, end } = rowsInView(10_000, 20, 1000, 200);
  expect(start).toBeLessThanOrEqual(50);
  expect(end).toBeGreaterThanOrEqual(60);
  expect(end - start).toBeLessThan(30);
  expect(rowsInView(0, 20, 500, 200)).toEqual({ start: 0, end: 0 });
});

test.each([
  [undefined, 'unknown'],
  [Number.NaN, 'unknown'],
  [0, 'healthy'],
  [0.8, 'warning'],
  [5, 'critical'],
])('%s is %s', (value, want) => {
  const steps = [
    { value: -Infinity, color: 'healthy' },
    { value: 0.8, color: 'yellow' },
    { value: 0.9, color: 'dark-red' },
  ];
  expect(statusOf(value, steps)).toBe(want);
  expect(statusOf(value, [])).toBe('neutral');
});

test.each([
  [{ ...NONE, unit: 'percentunit' }, [0.2, 0.4], { min: 0, max: 1 }],
  [NONE, [-5, 10], { min: -5, max: 10 }],
  [{ ...NONE, min: 2, max: 3 }, [10], { min: 2, max: 3 }],
  [NONE, [], { min: 0, max: 1 }],
  [NONE, [undefined, Number.NaN], { min: 0, max: 1 }],
])('a gauge reaches as far as it must', (field, values, want) => {
  expect(gaugeRange(field, values)).toEqual(want);
});

test('a gauge stays in its box and its ends at its ends', () => {
  expect(share(-5, { min: 0, max: 10 })).toBe(0);
  expect(share(50, { min: 0, max: 10 })).toBe(1);
  expect(share(Number.NaN, { min: 0, max: 10 })).toBe(0);
  expect(arcPath(0, 1, 10)).toMatch(/^M-?[\d.]+ [\d.]+A10 10 0 1 1 [\d.]+ [\d.]+$/);
  const { radius, centerX, centerY } = gaugeRing(200, 100);
  expect(centerX - radius).toBeGreaterThanOrEqual(0);
  expect(centerY - radius).toBeGreaterThanOrEqual(-0.001);
});

test('a heatmap names as many rows as it has room for', () => {
  const names = Array.from({ length: 100 }, (_, index) => `row ${index}`);
  expect(rowLabels(names, 100, 1, 320, 'rows').length).toBeLessThanOrEqual(20);
  expect(rowLabels(['0.1', '+Inf'], 2, 1, 100, 'edges')).toEqual([
    { at: 1, text: '0.1' },
    { at: 2, text: '+Inf' },
  ]);
});

test('a sparkline breaks at gaps, shows a lone point as a dot, and a flat line in the middle', () => {
  const xs = Float64Array.of(0, 1, 2, 3, 4);
  const broken = sparkPath(xs, Float64Array.of(1, 2, Number.NaN, 3, Number.NaN), 0, 4, 40, 20);
  expect(broken.line.match(/M/g)).toHaveLength(1);
  expect(broken.dots).toHaveLength(1);
  expect(sparkPath(xs, new Float64Array(5).fill(7), 0, 4, 40, 20).line).toContain('M0 10L');
  expect(sparkPath(new Float64Array(), new Float64Array(), 0, 1, 40, 20).line).toBe('');
});
