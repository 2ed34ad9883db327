import fc from 'fast-check';
import { expect, test } from 'vitest';

import { binCounts, normalised, sharedBins } from './bins.ts';

test.each([
  ['a round width', [0, 29], { size: 0, count: 30, offset: 0 }, { from: 0, size: 1, count: 30 }],
  ['a given width', [0, 29], { size: 10, count: 30, offset: 0 }, { from: 0, size: 10, count: 3 }],
  ['moved edges', [0, 29], { size: 10, count: 30, offset: 5 }, { from: -5, size: 10, count: 4 }],
  ['one value', [50], { size: 0, count: 30, offset: 0 }, { from: 50, size: 5, count: 1 }],
  ['zeros', [0, 0], { size: 0, count: 30, offset: 0 }, { from: 0, size: 1, count: 1 }],
  ['the smallest number there is', [3e-323], { size: 0, count: 30, offset: 0 }, { from: 0, size: 1, count: 1 }],
  ['NaN and infinity aside', [Number.NaN, 1, Infinity, 2], { size: 1, count: 1, offset: 0 }, { from: 1, size: 1, count: 2 }],
  ['nothing', [], { size: 1, count: 1, offset: 0 }, undefined],
])('bins: %s', (_, values, asked, want) => {
  expect(sharedBins([Float64Array.from(values)], asked)).toEqual(want);
});

test('every finite value is in one bin, and shares and densities add up to one', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          { arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }), weight: 8 },
          fc.constantFrom(Number.NaN, Infinity, -Number.MAX_VALUE, Number.MAX_VALUE, 5e-324),
        ),
        { maxLength: 60 },
      ),
      fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 100, noNaN: true })),
      (values, size) => {
        const column = Float64Array.from(values);
        const bins = sharedBins([column], { size, count: 30, offset: 0 });
        const finite = column.filter(Number.isFinite).length;
        if (bins === undefined) {
          expect(finite).toBe(0);
          return;
        }
        const counts = binCounts(column, bins);
        const sum = (all: Float64Array) => all.reduce((total, one) => total + one, 0);
        expect(sum(counts)).toBe(finite);
        expect(sum(normalised(counts, bins.size, 'share'))).toBeCloseTo(1);
        expect(sum(normalised(counts, bins.size, 'density')) * bins.size).toBeCloseTo(1);
      },
    ),
  );
});

test('a column without values has no shares', () => {
  expect([...normalised(Float64Array.of(0), 1, 'share')]).toEqual([Number.NaN]);
});
