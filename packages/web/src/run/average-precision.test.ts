import { expect, test } from 'vitest';
import { averagePrecision } from './average-precision.ts';

test.each([
  // sklearn.metrics.average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), its own example.
  ["scikit-learn's example", [0.5, 2 / 3, 0.5, 1, 1], [1, 1, 0.5, 0.5, 0], 0.8333333333333333],
  ['a perfect one', [1, 1], [1, 0], 1],
  ['what is no number is left out', [1, Number.NaN, 0.5], [0.5, 0.7, 1], 0.75],
])('%s', (_, precision, recall, want) => {
  expect(averagePrecision(precision, recall)).toBeCloseTo(want, 12);
});

test('nothing has none', () => {
  expect(averagePrecision([], [])).toBeNaN();
});
