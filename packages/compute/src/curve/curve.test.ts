import { expect, test } from 'vitest';

import { rangeWithoutOutliers } from './outliers.ts';
import { lastingRows, stretchStarts } from './restarts.ts';
import { splitOf } from './split.ts';
import { valuesAtSteps, withX } from './x.ts';

test.each([
  [[], [0]],
  [[1, 2, 2, 3], [0]],
  [
    [1, 2, 3, 2, 3, 4, 0],
    [0, 3, 6],
  ],
])('%j begins at %j', (xs, starts) => expect([...stretchStarts(Float64Array.from(xs))]).toEqual(starts));

test.each([
  [[1, 2, 3], undefined],
  [
    [1, 2, 2, 3],
    [0, 2, 3],
  ],
  [
    [1, 2, 3, 2, 3, 4],
    [0, 3, 4, 5],
  ],
  [[5, 6, 0], [2]],
])('of %j there lasts %j', (xs, rows) => {
  const found = lastingRows(Float64Array.from(xs));
  expect(found === undefined ? undefined : [...found]).toEqual(rows);
});

const other = { steps: Float64Array.of(0, 10, 10, 30), values: Float64Array.of(100, 200, 250, 300) };

test.each([
  [[0, 5, 10, 30, 40], false, [100, Number.NaN, 250, 300, Number.NaN]],
  [[-1, 0, 5, 10, 30, 40], true, [Number.NaN, 100, 100, 250, 300, 300]],
  [[10, 30, 0, 10], false, [250, 300, 100, 250]],
])('at the steps %j (carrying on: %s) the other metric has %j', (steps, carries, wanted) => {
  expect([...valuesAtSteps(Float64Array.from(steps), other, carries)]).toEqual(wanted);
});

test('where two ranks log by turns each look goes back, and costs a search, not a pass over all', () => {
  const length = 4_000;
  const steps = Float64Array.from({ length }, (_, index) => (index % 2 === 0 ? index : length - index));
  let looks = 0;
  const counted = new Proxy(
    Float64Array.from({ length }, (_, index) => index),
    {
      get: (all, name) => {
        looks++;
        const value: unknown = Reflect.get(all, name, all);
        return value;
      },
    },
  );
  expect(valuesAtSteps(steps, { steps: counted, values: counted }, false)).toEqual(steps);
  expect(looks).toBeLessThan(40 * length);
});

test('points without an x are left out', () => {
  const { xs, rows } = withX(Float64Array.of(1, Number.NaN, 3, Infinity));
  expect([...xs]).toEqual([1, 3]);
  expect([...(rows ?? [])]).toEqual([0, 2]);
  expect(withX(Float64Array.of(1, 2)).rows).toBeUndefined();
});

// numpy: the sorted values at ceil(0.05 (n - 1)) and floor(0.95 (n - 1)).
test('TensorBoard’s range without outliers', () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => {
    const value = Math.sin(index * 12.9898) * 43758.5453;
    return value - Math.floor(value);
  });
  const [low, high] = rangeWithoutOutliers(values) ?? [];
  expect(low).toBeCloseTo(0.05577286295738304, 10);
  expect(high).toBeCloseTo(0.9280259612622785, 10);
  expect(rangeWithoutOutliers(Float64Array.of(7, Number.NaN, 1))).toEqual([1, 7]);
  expect(rangeWithoutOutliers(Float64Array.of(Number.NaN))).toBeUndefined();
});

test.each([
  ['train/loss', 'train', 'loss'],
  ['val_loss', 'validation', 'loss'],
  ['loss/val', 'validation', 'loss'],
  ['eval_accuracy', 'validation', 'accuracy'],
  ['metrics.test.f1', 'test', 'metrics.f1'],
  ['loss', undefined, 'loss'],
  ['interval', undefined, 'interval'],
  ['train', 'train', 'train'],
])('%s is of the split %s and shows %s', (metric, split, base) => expect(splitOf(metric)).toEqual({ split, base }));
