import type { Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

import { valuesOf } from './values.ts';

const series: Frame = {
  refId: 'A',
  shape: 'series',
  length: 2,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(1, 2) },
    { name: 'train', type: 'number', labels: { split: 'train' }, values: Float64Array.of(3, 4) },
    { name: 'test', type: 'number', values: Float64Array.of(5, 0), present: Uint8Array.of(1, 0) },
    { name: 'gone', type: 'number', values: Float64Array.of(0, 0), present: Uint8Array.of(0, 0) },
  ],
};

const table: Frame = {
  refId: 'B',
  shape: 'table',
  length: 2,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.of(1, 1) },
    { name: '__name__', type: 'string', values: ['up', 'up'] },
    { name: 'job', type: 'string', values: ['demo', 'host'] },
    { name: 'Value', type: 'number', values: Float64Array.of(1, 0), present: Uint8Array.of(1, 0) },
  ],
};

test('a series gives what it reduces to, a row of a table its number under the name of its words', () => {
  expect(valuesOf([series, table], 'last', 10).map(({ name, value }) => [name, value])).toEqual([
    ['train', 4],
    ['test', 5],
    ['gone', undefined],
    ['demo', 1],
    ['host', undefined],
  ]);
});

test('no more than asked for', () => {
  expect(valuesOf([series, table], 'last', 2)).toHaveLength(2);
});
