import { expect, test } from 'vitest';
import { isWithin, nearestLine } from './nearest-line.ts';

const lines = [Float64Array.of(0, 1), Float64Array.of(1, 0), Float64Array.of(0.5, Number.NaN)];

test.each([
  ['on the first axis', 0, 0.95, 1],
  ['between two axes', 0.25, 0.24, 0],
  ['past the last axis', 1.4, 0.98, 0],
  ['where a value is missing, below the axis', 1, -0.1, 2],
  ['nowhere near', 0, 0.25, -1],
])('finds the line %s', (_, axis, place, want) => {
  expect(nearestLine(lines, axis, place, 0.1)).toBe(want);
});

test.each([
  ['no brush', [undefined, undefined], [true, true, true]],
  ['one brush', [[0.4, 1], undefined], [false, true, true]],
  ['a brush on the axis that a line has no value on', [undefined, [0, 1]], [true, true, false]],
  [
    'two brushes',
    [
      [0, 0.5],
      [0.5, 1],
    ],
    [true, false, false],
  ],
] as const)('%s lets through', (_, brushes, want) => {
  expect(lines.map((places) => isWithin(places, brushes))).toEqual(want);
});
