import type { Frame, NumberField } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

import { nearestReading, readAll } from './reading.ts';
import { identitiesOf, seriesFromFrames, summaryOf } from './series.ts';

const field = (labels: Record<string, string>, name = ''): NumberField => ({
  name,
  type: 'number',
  labels,
  values: new Float64Array(),
});

test.each<[string, NumberField[], string[]]>([
  [
    'the splits of a run share its colour',
    [field({ run: 'a', split: 'train' }), field({ run: 'a', split: 'test' }), field({ run: 'b', split: 'train' })],
    ['run=a', 'run=a', 'run=b'],
  ],
  ['a run alone keeps the colour it has among others', [field({ run: 'a', split: 'train' })], ['run=a']],
  ['layers of one run differ', [field({ run: 'a', layer: '1' }), field({ run: 'a', layer: '2' })], ['layer=1', 'layer=2']],
  [
    'layers of several runs are shades of their run',
    [
      field({ run: 'a', layer: '1' }),
      field({ run: 'b', layer: '1' }),
      field({ run: 'a', layer: '2' }),
      field({ run: 'b', layer: '2' }),
    ],
    ['run=a', 'run=b', 'run=a 1', 'run=b 1'],
  ],
  [
    'a label that only one has tells it from the other',
    [field({ host: 'a' }, 'used'), field({ host: 'a', kind: 'all' }, 'all')],
    ['used', 'kind=all'],
  ],
  ['equal labels leave it to the names', [field({ host: 'a' }, 'used'), field({ host: 'a' }, 'in all')], ['used', 'in all']],
  [
    'two expressions over runs are shades',
    [field({ run: 'a' }, 'p50'), field({ run: 'b' }, 'p50'), field({ run: 'a' }, 'p95')],
    ['run=a', 'run=b', 'run=a 1'],
  ],
  ['without labels the name decides', [field({}, 'p50'), field({}, 'p99')], ['p50', 'p99']],
])('%s', (_, fields, want) => {
  expect(identitiesOf(fields).map(({ identity, shade }) => (shade === 0 ? identity : `${identity} ${shade}`))).toEqual(want);
});

const frame: Frame = {
  refId: 'A',
  shape: 'series',
  length: 4,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(0, 10, 20, 30) },
    { name: 'a', type: 'number', values: Float64Array.of(1, 0, Number.NaN, 4), present: Uint8Array.of(1, 0, 1, 1) },
    { name: 'a', type: 'number', values: Float64Array.of(5, 6, 7, 8) },
  ],
};

test('missing is a gap, NaN is a gap with a mark, and whole columns are not copied', () => {
  const [a, b] = seriesFromFrames([frame], 'dark', 'UTC');
  expect([...a!.ys]).toEqual([1, Number.NaN, Number.NaN, 4]);
  expect(a!.nanAt).toEqual([2]);
  expect(summaryOf(a!).count).toBe(2);
  expect(b!.ys).toBe(frame.fields[2]!.values);
  expect(a!.id).not.toBe(b!.id);
});

test('at the cursor: the highest first, gaps left out, NaN last, nearest by height', () => {
  const series = seriesFromFrames([frame], 'dark', 'UTC');
  const hover = { x: 19, y: 0, clientX: 0, clientY: 0, source: 'pointer', pinned: false } as const;
  const readings = readAll(series, hover, 1);
  expect(readings.map(({ value, isNaN }) => (isNaN ? 'NaN' : value))).toEqual([7, 'NaN']);
  expect(readAll(series, { ...hover, x: 11 }, 1).map(({ value }) => value)).toEqual([6]);
  expect(readAll(series, { ...hover, x: 99 }, 1)).toEqual([]);
  const all = readAll(series, { ...hover, x: 30 }, 1);
  expect(nearestReading(all, 90, ({ value }) => value * 10)?.value).toBe(8);
  expect(nearestReading(all, undefined, () => 0)).toBeUndefined();
});
