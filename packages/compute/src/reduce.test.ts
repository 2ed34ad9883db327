import { expect, test } from 'vitest';

import { reduce, summarize } from './reduce.ts';
import type { Reduction } from './reduce.ts';

const holed = { values: Float64Array.of(4, 0, 1, 3, 0), present: Uint8Array.of(1, 0, 1, 1, 0) };

test.each<[Reduction, number]>([
  ['last', 3],
  ['first', 4],
  ['min', 1],
  ['max', 4],
  ['mean', 8 / 3],
  ['sum', 8],
  ['count', 3],
  ['range', 3],
  ['diff', -1],
])('%s of 4 _ 1 3 _ is %d: missing is not zero', (reduction, want) => {
  expect(reduce(holed, reduction)).toBe(want);
});

test('a loss that became NaN shows NaN as its last, and its other numbers stay', () => {
  const column = { values: Float64Array.of(2, 1, Number.NaN) };
  expect(reduce(column, 'last')).toBeNaN();
  expect(reduce(column, 'min')).toBe(1);
  expect(summarize(column).count).toBe(2);
});

test('nothing reduces to nothing, and only NaN to NaN', () => {
  expect(reduce({ values: Float64Array.of(7), present: Uint8Array.of(0) }, 'last')).toBeUndefined();
  expect(reduce({ values: new Float64Array() }, 'mean')).toBeUndefined();
  expect(reduce({ values: Float64Array.of(Number.NaN) }, 'max')).toBeNaN();
});
