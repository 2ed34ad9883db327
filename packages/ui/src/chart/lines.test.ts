import type { AnnotationEvent, Field, Frame } from '@vitrine/model/frame.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { clusterMarks, interpolate, marksOf } from './annotations.ts';
import { axisKey, axisRange, planAxes } from './axes.ts';
import { exemplarsOf, nearestExemplar, withinEdges } from './exemplars.ts';
import { filledPieces } from './gauge-arc.ts';
import { graphSettings } from './graph-settings.ts';
import { paintLines } from './paint-lines.ts';
import { scaleOf, scaleTicks } from './scale.ts';
import { seriesFromFrames } from './series.ts';
import { strokesOf } from './strokes.ts';
import { inkAt, inkStops } from './value-ink.ts';

type Custom = Record<string, unknown>;

type Column = readonly [name: string, values: readonly number[], custom?: Custom, unit?: string];

function series(...columns: readonly Column[]) {
  const xs = Float64Array.from(columns[0]![1], (_, index) => index);
  const fields: Field[] = columns.map(([name, values, custom = {}, unit = '']) => ({
    name,
    type: 'number',
    config: { custom, unit },
    values: Float64Array.from(values),
  }));
  const frame: Frame = {
    refId: 'A',
    shape: 'series',
    length: xs.length,
    fields: [{ name: 'Time', type: 'time', values: xs }, ...fields],
  };
  return seriesFromFrames([frame], 'dark', 'UTC');
}

const drawnOf = (...columns: readonly Column[]) =>
  strokesOf(series(...columns), () => 0).map(({ ys, base }) => ({
    ys: [...ys],
    base: base === undefined ? undefined : [...base],
  }));

const normal = { stacking: { mode: 'normal', group: 'A' } };
const percent = { stacking: { mode: 'percent' } };

test('lines of one group pile up, others stand on their own, and percent is of what stands at that x', () => {
  expect(drawnOf(['a', [1, 2], normal], ['b', [10, 20]], ['c', [3, 4], normal]).map(({ ys }) => ys)).toEqual([
    [1, 2],
    [10, 20],
    [4, 6],
  ]);
  expect(drawnOf(['a', [1, 0], percent], ['b', [3, 0], percent])).toEqual([
    { ys: [0.25, 0], base: [0, 0] },
    { ys: [1, 0], base: [0.25, 0] },
  ]);
  const other = { stacking: { mode: 'normal', group: 'B' } };
  expect(drawnOf(['a', [1], normal], ['b', [2], other]).map(({ ys }) => ys)).toEqual([[1], [2]]);
});

test('a transform turns what is drawn, not what is read; a band ends at the line it names', () => {
  expect(drawnOf(['a', [1, Number.NaN, 3], { transform: 'negative-Y' }])[0]!.ys).toEqual([-1, Number.NaN, -3]);
  expect(drawnOf(['a', [5, 6], { transform: 'constant' }])[0]!.ys).toEqual([5, 5]);
  expect([...series(['a', [1], { transform: 'negative-Y' }])[0]!.ys]).toEqual([1]);
  expect(drawnOf(['p99', [9, 8], { fillBelowTo: 'p50' }], ['p50', [1, 2]])[0]!.base).toEqual([1, 2]);
  expect(drawnOf(['p99', [9, 8], { fillBelowTo: 'gone' }])[0]!.base).toBeUndefined();
});

test('series share an axis by unit, limits and wishes; the second stands right, a hidden one is not drawn', () => {
  const all = series(
    ['a', [1], {}, 's'],
    ['b', [1], {}, 's'],
    ['c', [1], {}, 'bytes'],
    ['d', [1], { axisPlacement: 'hidden' }, 'watt'],
  );
  const axes = planAxes(all);
  expect(axes.map(({ unit, side, visible, grid }) => [unit, side, visible, grid])).toEqual([
    ['s', 'left', true, true],
    ['bytes', 'right', true, false],
    ['watt', 'right', false, false],
  ]);
  expect(axisKey(all[0]!)).toBe(axisKey(all[1]!));
  expect(planAxes([])).toHaveLength(1);
});

test('no line leads to an infinity: marks stand at the edges', () => {
  const calls: string[] = [];
  const ctx = new Proxy({} as CanvasRenderingContext2D, {
    get: (_, name) => (x?: number) => calls.push(x === undefined ? String(name) : `${String(name)} ${x}`),
    set: () => true,
  });
  const even = (value: number) => value;
  const surface = { ctx, left: 0, top: 0, width: 80, height: 60, ratio: 1, xToPx: even, yToPx: even, yOf: () => even };
  const all = series(['a', [1, 2, Infinity, -Infinity, 3, 4]]);
  paintLines(
    surface,
    strokesOf(all, () => 0),
    () => ({ dimmed: false, raised: false }),
    0,
    5,
  );
  expect(calls.slice(0, calls.indexOf('stroke')).filter((call) => /To /.test(call))).toEqual([
    'moveTo 0',
    'lineTo 1',
    'moveTo 4',
    'lineTo 5',
  ]);
  // Triangles begin half their width left of where they stand.
  expect(calls).toEqual(expect.arrayContaining(['moveTo -1.5', 'moveTo -0.5']));
});

test.each<[string, Custom, number[], readonly [number, number]]>([
  ['centred on zero', { axisCenteredZero: true, axisSoftMax: 8 }, [2, 5], [-8, 8]],
  ['bars stand on zero', { drawStyle: 'bars', axisSoftMax: 12 }, [9, 10], [0, 12]],
  ['soft limits widen', { axisSoftMin: -4, axisSoftMax: 12 }, [1, 2], [-4, 12]],
  ['percent ends at all of it', { ...percent, fillOpacity: 50 }, [1, 1], [0, 1.06]],
])('an axis %s', (_, custom, values, want) => {
  const all = series(['a', values, custom]);
  const [axis] = planAxes(all);
  const [min, max] = axisRange(
    axis!,
    strokesOf(all, () => 0),
    0,
    10,
  );
  expect(min).toBeCloseTo(want[0]);
  expect(max).toBeCloseTo(want[1]);
});

test.each<[Custom, Partial<ReturnType<typeof graphSettings>>]>([
  [{}, { drawStyle: 'line', interpolation: 'linear', fillOpacity: 0, spanNulls: 0, stacking: 'none', points: 'auto' }],
  [
    { drawStyle: 'bar', lineWidth: 'x', fillOpacity: 250, pointSize: -3 },
    { drawStyle: 'bars', lineWidth: 1.5, fillOpacity: 1, pointSize: 5 },
  ],
  [{ spanNulls: true }, { spanNulls: Infinity }],
  [
    { spanNulls: 3_600_000, insertNulls: 60_000 },
    { spanNulls: 3_600_000, insertNulls: 60_000 },
  ],
  [{ lineStyle: { fill: 'dash' } }, { dash: [10, 10] }],
  [{ lineStyle: { fill: 'solid' } }, { dash: [] }],
  [{ lineStyle: { fill: 'dash', dash: [4, 2] } }, { dash: [4, 2] }],
  [{ fillBelowTo: 'x' }, { fillOpacity: 0.35 }],
  [{ stacking: { mode: 'value' } }, { stacking: 'none' }],
  [{ thresholdsStyle: { mode: 'dashed+area' } }, { thresholdStyle: { line: 'dashed', area: true } }],
])('%j is read as %j', (custom, want) => {
  expect(graphSettings(custom)).toMatchObject(want);
});

test('a scale turns values into distances and back', () => {
  for (const settings of [{ kind: 'linear' }, { kind: 'log', base: 10 }, { kind: 'symlog', base: 10, linear: 1 }] as const) {
    const { forward, backward } = scaleOf(settings);
    const least = settings.kind === 'log' ? 1e-6 : -1e6;
    fc.assert(
      fc.property(fc.double({ min: least, max: 1e6, noNaN: true }), (value) => {
        expect(Math.abs(backward(forward(value)) - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
      }),
    );
  }
});

test.each<[Parameters<typeof scaleTicks>[0], number, number, number, number[]]>([
  [{ kind: 'log', base: 2 }, 1, 20, 6, [1, 2, 4, 8, 16]],
  [{ kind: 'log', base: 2 }, 0, 20, 6, []],
  [{ kind: 'symlog', base: 10, linear: 1 }, -1000, 1000, 5, [-1000, -10, 0, 10, 1000]],
  [{ kind: 'symlog', base: 10, linear: 100 }, -5, 5, 5, [-4, -2, 0, 2, 4]],
])('lines of %j from %d to %d', (settings, min, max, most, want) => {
  expect(scaleTicks(settings, min, max, most, '')).toEqual(want);
});

const event = (timeMs: number, endMs = timeMs): AnnotationEvent => ({
  query: 'q',
  timeMs,
  endMs,
  title: '',
  text: '',
  tags: [],
  color: 'blue',
});

test('marks near each other share a flag; those out of view have none; a time without an x has no mark', () => {
  const marks = marksOf([event(0), event(1), event(50, 60), event(500)], (ms) => ms);
  expect(clusterMarks(marks, 0, 100, 100).map(({ left, right, marks: { length } }) => [left, right, length])).toEqual([
    [0, 0.01, 2],
    [0.5, 0.6, 1],
  ]);
  expect(marksOf([event(1)], () => undefined)).toEqual([]);
});

test('a time between two rows stands between their steps', () => {
  const times = Float64Array.of(0, 10, 20);
  const steps = Float64Array.of(0, 100, 400);
  expect([5, 10, 15, 20].map((time) => interpolate(times, steps, time))).toEqual([50, 100, 250, 400]);
  expect([-1, 21, Number.NaN].map((time) => interpolate(times, steps, time))).toEqual([undefined, undefined, undefined]);
});

test('exemplars are read with their labels, and found near the pointer only', () => {
  const frame: Frame = {
    refId: 'A',
    shape: 'exemplars',
    length: 2,
    fields: [
      { name: 'Time', type: 'time', values: Float64Array.of(1, 2) },
      { name: 'Value', type: 'number', values: Float64Array.of(5, Number.NaN) },
      { name: 'traceID', type: 'string', values: ['abc', 'def'] },
    ],
  };
  const found = exemplarsOf([frame]);
  expect(found.map(({ x, y, labels }) => [x, y, labels])).toEqual([[1, 5, [['traceID', 'abc']]]]);
  const place = () => ({ left: 10, top: 10 });
  expect(nearestExemplar(found, { left: 14, top: 13 }, place, 6)?.y).toBe(5);
  expect(nearestExemplar(found, { left: 30, top: 13 }, place, 6)).toBeUndefined();
  // Far above or below the lines they stand at the edge, where they are seen and found.
  expect([-500, 3, 60, 197, 900].map((top) => withinEdges(top, 200, 4))).toEqual([4, 4, 60, 196, 196]);
});

test('a colour follows its value by thresholds with edges, by schemes evenly', () => {
  const steps = [
    { value: -Infinity, color: '#00ff00' },
    { value: 50, color: '#ff0000' },
  ];
  const byThresholds = (mode: 'absolute' | 'percentage') =>
    inkStops({ config: { color: { mode: 'thresholds' }, thresholds: { mode, steps }, min: 0, max: 10 } }, 'dark');
  expect([49, 50].map((value) => inkAt(byThresholds('absolute'), value))).toEqual(['#00ff00', '#ff0000']);
  expect([4, 5].map((value) => inkAt(byThresholds('percentage'), value))).toEqual(['#00ff00', '#ff0000']);
  expect(inkStops({ config: { color: { mode: 'palette-classic' } } }, 'dark')).toEqual([]);
});

test('a ring in pieces is filled piece by piece, from where it begins', () => {
  expect(filledPieces(0, 0.5, 1)).toEqual([[0, 0.5]]);
  expect(filledPieces(0.5, 0.2, 1)).toEqual([[0.2, 0.5]]);
  expect(filledPieces(0, 0.5, 4)).toHaveLength(2);
  expect(filledPieces(0.3, 0.3, 4)).toEqual([]);
});

test('the range of the series that are not shown is a band that no stack counts', () => {
  const column = (name: string, value: number, envelope?: string): Field => ({
    name,
    type: 'number',
    config: { custom: normal },
    values: Float64Array.of(value),
    ...(envelope === undefined ? {} : { labels: { envelope } }),
  });
  const at = (...fields: Field[]): Frame => ({
    refId: 'A',
    shape: 'series',
    length: 1,
    fields: [{ name: 'Time', type: 'time', values: Float64Array.of(0) }, ...fields],
  });
  const all = seriesFromFrames(
    [at(column('a', 5)), at(column('Lowest of 9 others', 1, 'lowest'), column('Highest of 9 others', 4, 'highest'))],
    'dark',
    'UTC',
  );
  const drawn = strokesOf(all, () => 0).map(({ series: { name }, ys, base }) => [name, ys[0], base?.[0]]);
  expect(drawn.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ['Highest of 9 others', 4, 1],
    ['Lowest of 9 others', 1, undefined],
    ['a', 5, 0],
  ]);
});
