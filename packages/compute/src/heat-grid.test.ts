import type { NumberField } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

import { heatGrid } from './heat-grid.ts';

const field = (values: readonly number[], present?: readonly number[]): NumberField => ({
  name: '',
  type: 'number',
  values: Float64Array.from(values),
  ...(present === undefined ? {} : { present: Uint8Array.from(present) }),
});

test('a cell a point where there is room; what is missing is no zero', () => {
  const grid = heatGrid(Float64Array.of(0, 10, 30), [field([1, 2, 3]), field([4, 5, 6], [1, 0, 1])], 10, 100, 100);
  expect([grid.columns, grid.rows, grid.min, grid.max]).toEqual([4, 2, 1, 6]);
  expect([...grid.values]).toEqual([1, 2, Number.NaN, 3, 4, Number.NaN, Number.NaN, 6]);
});

test('a spike survives in fewer cells than points, in both directions', () => {
  const xs = Float64Array.from({ length: 1000 }, (_, n) => n);
  const fields = Array.from({ length: 50 }, (_, row) =>
    field(Array.from({ length: 1000 }, (_, n) => (row === 33 && n === 777 ? 99 : 1))),
  );
  const grid = heatGrid(xs, fields, 0, 40, 10);
  expect(grid.columns).toBeLessThanOrEqual(40);
  expect(grid.rows).toBe(10);
  expect(grid.fieldsPerRow).toBe(5);
  expect(grid.values.indexOf(99)).toBe(6 * grid.columns + Math.round(777 / grid.step));
});

test('one point is one cell, and none is none', () => {
  expect(heatGrid(Float64Array.of(5), [field([2])], 0, 10, 10)).toMatchObject({ columns: 1, rows: 1, min: 2, max: 2 });
  expect(heatGrid(new Float64Array(), [field([])], 0, 10, 10)).toMatchObject({ columns: 0, min: Number.NaN });
});
