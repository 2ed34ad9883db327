import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantileOf } from './quantile.ts';

test.each([
  [0.5, [], NaN],
  [NaN, [1], NaN],
  [-0.1, [1], -Infinity],
  [1.1, [1], Infinity],
  [0.5, [3, 1], 2],
  [1, [3, 1, 2], 3],
  [0, [NaN, 1, 2], NaN],
  [1, [NaN, 1, 2], 2],
])('the %d-quantile of %j', (q, values, want) => {
  expect(quantileOf(q, Float64Array.from(values), values.length)).toBe(want);
});

test('agrees with sorting, however the values lie', () => {
  const numbers = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 })), {
    minLength: 1,
    maxLength: 120,
    size: 'max',
  });
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const sorted = Float64Array.from(values).sort();
      const rank = q * (values.length - 1);
      const low = sorted[Math.floor(rank)]!;
      const high = sorted[Math.min(values.length - 1, Math.floor(rank) + 1)]!;
      const want = low * (1 - (rank - Math.floor(rank))) + high * (rank - Math.floor(rank));
      expect(quantileOf(q, Float64Array.from(values), values.length)).toBeCloseTo(want, 6);
    }),
  );
});
