import fc from 'fast-check';
import { expect, test } from 'vitest';

import { binEdge, binOf, binsOver, countCells, LINEAR_BINS, logBins, MOST_BINS, symlogBins } from './heat-bins.ts';

const request = (mode: 'auto' | 'size' | 'count', value: number, scale = LINEAR_BINS) => ({ mode, value, scale });

test.each([
  ['a size', 0, 9, request('size', 5), [0, 5, 10]],
  ['a count, at round edges', 0, 9, request('count', 5), [0, 2, 4, 6, 8, 10]],
  ['what suits', 0, 0.9, request('auto', 0), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
  ['one value', 3, 3, request('auto', 0), [3, 4]],
  ['powers of two', 1, 9, request('size', 1, logBins(2)), [1, 2, 4, 8, 16]],
])('bins by %s', (_, low, high, asked, want) => {
  const bins = binsOver(low, high, asked, 10);
  expect(Array.from({ length: bins.count + 1 }, (__, bin) => Number(binEdge(bins, bin).toPrecision(9)))).toEqual(want);
});

test('every point of the range has a bin, and there are never too many', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 }),
      fc.constantFrom(request('auto', 0), request('size', 1e-9), request('count', 7), request('auto', 0, symlogBins(10, 1))),
      (values, asked) => {
        const bins = binsOver(Math.min(...values), Math.max(...values), asked, 20);
        expect(bins.count).toBeLessThanOrEqual(MOST_BINS + 1);
        for (const value of values) expect(binOf(bins, value)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

test('cells count points; a cell without points is missing, not zero', () => {
  const bins = binsOver(0, 1, request('size', 1), 10);
  expect([...countCells(Float64Array.of(0, 0, 1), Float64Array.of(0, 0.5, Number.NaN), bins, bins)]).toEqual([
    2,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});

test('a value hardly below the end of the last bin is in it', () => {
  const value = 999_999_999.999_998_1;
  expect(binOf(binsOver(value, value, request('auto', 0), 20), value)).toBe(0);
});

test('a logarithm has no place for zero', () => {
  expect(binOf(binsOver(1, 100, request('auto', 0, logBins(10)), 10), 0)).toBe(-1);
});
