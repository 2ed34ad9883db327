import type { Field, Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

import { heatOf } from './heat.ts';
import { heatmap } from './spec.ts';

const xs = Float64Array.of(1000, 2000);
const time: Field = { name: 'Time', type: 'time', values: xs };
const column = (name: string, le?: string): Field => ({
  name,
  type: 'number',
  values: Float64Array.of(1, 2),
  ...(le === undefined ? {} : { labels: { le } }),
});
const frame = (shape: Frame['shape'], fields: readonly Field[], length = 2): Frame => ({ refId: 'A', shape, length, fields });

function heat(frames: readonly Frame[], options: unknown = {}) {
  const request = { isTime: true, timeZone: 'UTC', stepMs: 1000, mostColumns: 400, mostRows: 200 };
  return heatOf(frames, { ...request, options: heatmap.parseOptions(options) });
}

const named = (found: ReturnType<typeof heat>) =>
  found?.kind === 'plot' ? found.rows.map(({ from, name }) => (from === '' ? name : `${from} – ${name}`)) : found?.rows;

const buckets = [time, column('+Inf', '+Inf'), column('0.1', '0.1'), column('0.01', '0.01')];

test.each<[string, readonly Frame[], unknown, readonly string[] | undefined]>([
  [
    'buckets by their bounds',
    [frame('buckets', buckets)],
    { yAxis: { unit: 's' } },
    ['10 ms', '10 ms – 100 ms', '100 ms – +Inf'],
  ],
  ['only those the axis shows', [frame('buckets', buckets)], { yAxis: { max: 0.05 } }, ['0.01', '0.01 – 0.1']],
  ['series named by bounds', [frame('series', [time, column('+Inf'), column('1')])], {}, ['1', '1 – +Inf']],
  ['lower bounds', [frame('series', [time, column('1'), column('5')])], { rowsFrame: { layout: 'ge' } }, ['1 – 5', '5 – +Inf']],
  ['series named by numbers of CPUs', [frame('series', [time, column('0'), column('1')])], {}, ['1', '0']],
  ['series from the top down', [frame('series', [time, column('a'), column('b')])], {}, ['b', 'a']],
  ['nothing', [], {}, undefined],
  ['no row', [frame('series', [time], 0)], {}, undefined],
  ['no column of numbers', [frame('series', [time])], {}, undefined],
])('rows: %s', (_, frames, options, want) => {
  expect(named(heat(frames, options))).toEqual(want);
});

test('a table of two names and a number is categories over categories; what nobody counted is missing', () => {
  const found = heat([
    frame(
      'table',
      [
        { name: 'model', type: 'string', values: ['v1', 'v1', 'v2'] },
        { name: 'region', type: 'string', values: ['eu', 'us', 'eu'] },
        { name: 'errors', type: 'number', values: Float64Array.of(1, 2, 3) },
      ],
      3,
    ),
  ]);
  expect(found).toMatchObject({ kind: 'matrix', columns: ['v1', 'v2'], rows: ['eu', 'us'] });
  expect([...(found?.kind === 'matrix' ? found.values : [])]).toEqual([1, 3, 2, Number.NaN]);
});

test('numbers as categories stand in their order', () => {
  const found = heat([
    frame('table', [
      { name: 'batch', type: 'number', values: Float64Array.of(64, 8) },
      { name: 'lr', type: 'string', values: ['a', 'a'] },
      { name: 'loss', type: 'number', values: Float64Array.of(1, 2) },
    ]),
  ]);
  expect(found).toMatchObject({ kind: 'matrix', columns: ['8', '64'] });
});

test('points are counted into cells over the page’s time', () => {
  const found = heat([frame('series', [time, column('a'), column('b')])], {
    calculate: true,
    calculation: { xBuckets: { mode: 'size', value: '1s' }, yBuckets: { mode: 'size', value: '1' } },
  });
  expect(found).toMatchObject({ kind: 'plot', place: 'edges', counts: true });
  expect([...(found?.kind === 'plot' ? found.grid.values : [])]).toEqual([2, Number.NaN, Number.NaN, 2]);
});

test('a million points, NaN and missing among them, are counted without harm', () => {
  const length = 1_000_000;
  const values = Float64Array.from({ length }, (_, n) => (n % 10 === 0 ? Number.NaN : n % 97));
  const at = Float64Array.from({ length }, (_, n) => n);
  const found = heat(
    [
      frame(
        'series',
        [
          { name: 'Time', type: 'time', values: at },
          { name: 'v', type: 'number', values },
        ],
        length,
      ),
    ],
    {
      calculate: true,
      calculation: { yBuckets: { mode: 'size', value: '0.000001' } },
    },
  );
  expect(found?.kind === 'plot' && found.grid.rows).toBeLessThanOrEqual(2001);
});
