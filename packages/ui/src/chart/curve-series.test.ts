import type { Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';

import { aboutPoint } from './about-point.ts';
import { createCrosshair } from './crosshair.ts';
import { curveSeries } from './curve-series.ts';
import { mappedCursor, stepMapOfCurves, timeMapOfCurves } from './step-map.ts';

interface Curve {
  readonly run?: string;
  readonly group?: string;
  readonly metric?: string;
  readonly part?: string;
  readonly xs?: readonly number[];
  readonly ys?: readonly number[];
  readonly name?: string;
}

/** The time of each point is 1,000 times its place, whatever its x. */
function frame({ run = 'r1', group, metric = 'loss', part = 'raw', xs = [0, 1, 2], ys = xs, name = run }: Curve): Frame {
  const numbers = (values: readonly number[]) => Float64Array.from(values);
  return {
    refId: 'A',
    shape: 'series',
    length: xs.length,
    fields: [
      { name: 'step', type: 'number', values: numbers(xs) },
      {
        name: metric,
        type: 'number',
        labels: { run, metric, part, ...(group === undefined ? {} : { group }) },
        config: { displayNameFromSource: name },
        values: numbers(ys),
      },
      { name: 'time', type: 'time', values: numbers(xs.map((_, index) => 1_000 * index)) },
      { name: 'step', type: 'number', values: numbers(xs) },
    ],
  };
}

const drawn = (...curves: readonly Curve[]) => curveSeries(curves.map(frame), { theme: 'dark', logY: false });

describe('lines of curves', () => {
  test('a smoothed line is told of, the raw one lies faintly behind it and goes with it', () => {
    const [raw, smooth] = drawn({ part: 'raw' }, { part: 'smooth' });
    expect(raw).toMatchObject({ owner: smooth!.id, look: { hide: { legend: true, tooltip: true } } });
    expect(raw!.color).not.toBe(smooth!.color);
    expect(smooth).not.toHaveProperty('owner');
    expect(smooth!.look.hide).toEqual({ viz: false, legend: false, tooltip: false });
  });

  test('a smoothed line tells what was logged, and after a restart what was logged since', () => {
    const [, , , smooth] = drawn(
      { part: 'raw', xs: [0, 1, 2, 1, 2], ys: [5, 4, 3, 40, Number.NaN] },
      { part: 'smooth', xs: [0, 1, 2, 1, 2], ys: [5, 4.5, 4, 40, 40] },
    );
    expect([1, 2].map((x) => smooth!.also!(x))).toEqual(['raw 40', 'raw NaN']);
    expect(drawn({ part: 'raw' })[0]).not.toHaveProperty('also');
  });

  test('a mean tells the edges of its band where it has one', () => {
    const group = { group: 'lr=1', run: '' };
    const series = drawn(
      { ...group, part: 'smooth', ys: [1, 2, 3] },
      { ...group, part: 'low', ys: [0.5, Number.NaN, 2] },
      { ...group, part: 'high', ys: [1.5, Number.NaN, 4] },
    );
    expect([0, 1, 2].map((x) => series.at(-1)!.also!(x))).toEqual(['0.5 to 1.5', '', '2 to 4']);
  });

  test('a point tells the step and the time of its row, also after a restart', () => {
    const series = drawn({ xs: [0, 1, 2, 1, 2] }).at(-1)!;
    const reading = { series, index: 1, x: 2, value: 2, isNaN: false };
    expect(aboutPoint(reading, 'step', 'UTC')).toEqual([['time', '1970-01-01 00:00:04']]);
    expect(aboutPoint(reading, 'time', 'UTC')).toEqual([['step', '2']]);
    expect(aboutPoint(reading, 'epoch', 'UTC')).toEqual([
      ['step', '2'],
      ['time', '1970-01-01 00:00:04'],
    ]);
  });

  test('a point of a mean tells of how many runs, and that each has its own time', () => {
    const { fields, ...rest } = frame({ group: 'lr=1', run: '', part: 'smooth' });
    const runs = { name: 'runs', type: 'number' as const, values: Float64Array.of(3, 3, 2) };
    const [series] = curveSeries([{ ...rest, fields: [...fields.slice(0, 2), runs] }], { theme: 'dark', logY: false });
    const reading = { series: series!, index: 2, x: 2, value: 2, isNaN: false };
    expect(aboutPoint(reading, 'step', 'UTC').map(([name]) => name)).toEqual(['runs', 'time']);
    expect(aboutPoint(reading, 'time', 'UTC')).toEqual([['runs', '2']]);
  });

  test('what was not smoothed is a line like others', () => {
    expect(drawn({ part: 'raw' })).toMatchObject([{ name: 'r1', look: { hide: { legend: false } } }]);
  });

  test('a restart begins a stretch of its own, and no line leads back', () => {
    const series = drawn({ xs: [0, 1, 2, 1, 2, 3], ys: [5, Number.NaN, 3, 4, 3, Number.NaN] });
    expect(series.map(({ name, xs, nanAt }) => [name, [...xs], nanAt])).toEqual([
      ['r1, before its restart', [0, 1, 2], [1]],
      ['r1', [1, 2, 3], [2]],
    ]);
    expect(series[0]!.owner).toBe(series[1]!.id);
    expect(series.map(({ look }) => look.hide.legend)).toEqual([true, false]);
  });

  test('runs and groups have the colours that the page gives them', () => {
    const frames = [frame({ run: 'r1' }), frame({ run: '', group: 'lr=1', part: 'smooth' })];
    const colors = new Map([
      ['r1', '#112233'],
      ['lr=1', '#445566'],
    ]);
    const series = curveSeries(frames, { theme: 'dark', logY: false, colorOf: (name) => colors.get(name) });
    expect(series.map(({ color }) => color)).toEqual(['#112233', '#445566']);
  });

  test('one run does not draw two lines alike, whatever its names for one split', () => {
    const metrics = ['loss', 'train/loss', 'val/loss', 'eval/loss'];
    const series = curveSeries(
      metrics.map((metric) => frame({ metric, name: metric })),
      { theme: 'dark', logY: false, colorOf: () => '#336699' },
    );
    expect(new Set(series.map(({ color, style }) => `${color} ${style}`)).size).toBe(metrics.length);
  });

  test('a band is the area between its edges', () => {
    const series = drawn(
      { group: 'lr=1', part: 'smooth', name: 'lr=1' },
      { group: 'lr=1', part: 'low', name: 'lr=1' },
      { group: 'lr=1', part: 'high', name: 'lr=1' },
    );
    expect(series.map(({ name }) => name)).toEqual(['lr=1 (low)', 'lr=1 (high)', 'lr=1']);
    expect(series[1]!.look).toMatchObject({ fillBelowTo: 'lr=1 (low)', lineWidth: 0 });
  });

  test('hue is the run’s, style the split’s, shade the metric’s', () => {
    const [train, val, acc, other] = drawn(
      { metric: 'train/loss' },
      { metric: 'val/loss' },
      { metric: 'train/accuracy' },
      { run: 'r2', metric: 'train/loss' },
    );
    expect([train!.style, val!.style]).toEqual(['solid', 'dashed']);
    expect(val!.color).toBe(train!.color);
    expect(acc!.color).not.toBe(train!.color);
    expect(other!.color).not.toBe(train!.color);
  });

  test('the page may say a run’s colour', () => {
    const [one] = curveSeries([frame({})], { theme: 'dark', logY: true, colorOf: () => '#123456' });
    expect(one).toMatchObject({ color: '#123456', look: { axis: { scale: { kind: 'log' } } } });
  });
});

describe('between steps and time', () => {
  const frames = [frame({ run: 'r1' }), frame({ run: 'r2', xs: [0, 10, 20, 10, 15, 30] })];

  test.each([
    [undefined, [0, 10, 15, 30], [0, 3_000, 4_000, 5_000]],
    ['r1', [0, 1, 2], [0, 1_000, 2_000]],
  ])('the way of %s, without what a restart took back', (run, xs, times) => {
    const map = timeMapOfCurves(frames, run)!;
    expect([...map.xs]).toEqual(xs);
    expect([...map.times]).toEqual(times);
  });

  test('no way where nobody knows when', () => {
    expect(timeMapOfCurves([], undefined)).toBeUndefined();
    expect(stepMapOfCurves(frames, 'r3')).toBeUndefined();
    expect(timeMapOfCurves([frame({ xs: [1] })])).toBeUndefined();
  });

  test('a cursor over steps and one over time move together', () => {
    const time = createCrosshair();
    const steps = mappedCursor(time, timeMapOfCurves(frames, 'r1')!);
    const heard: (number | undefined)[] = [];
    steps.subscribe((x) => heard.push(x));
    steps.set(1.5, {});
    expect(time.x).toBe(1_500);
    time.set(2_000, {});
    time.set(99_000, {});
    expect(heard).toEqual([1.5, 2, undefined]);
  });
});
