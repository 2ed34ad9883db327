import { expect, test } from 'vitest';

import { stack } from './stack.ts';

const xs = Float64Array.of(1, 2, 3);

test('each line stands on the ones before it; missing adds nothing and stays missing', () => {
  const [a, b, c] = stack([
    { xs, ys: Float64Array.of(1, 1, 1) },
    { xs, ys: Float64Array.of(2, Number.NaN, 2) },
    { xs, ys: Float64Array.of(4, 4, 4) },
  ]);
  expect([...a!.tops]).toEqual([1, 1, 1]);
  expect([...b!.tops]).toEqual([3, Number.NaN, 3]);
  expect([...c!.bases]).toEqual([3, 1, 3]);
});

test('lines meet by x, not by position', () => {
  const [, b] = stack([
    { xs, ys: Float64Array.of(1, 2, 3) },
    { xs: Float64Array.of(2, 3), ys: Float64Array.of(10, 10) },
  ]);
  expect([...b!.tops]).toEqual([12, 13]);
});

test('what is negative hangs below zero', () => {
  const [, b] = stack([
    { xs, ys: Float64Array.of(5, 5, 5) },
    { xs, ys: Float64Array.of(-1, -1, -1) },
  ]);
  expect([...b!.tops]).toEqual([-1, -1, -1]);
});
