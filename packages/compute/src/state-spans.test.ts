import { expect, test } from 'vitest';

import { spanAt, stateCells, stateSpans } from './state-spans.ts';

const xs = Float64Array.of(0, 10, 20, 30);

test.each<[string, number[], boolean, number[][]]>([
  [
    'each holds until the next, the last until the end',
    [1, 2, 1, 2],
    true,
    [
      [0, 10],
      [10, 20],
      [20, 30],
      [30, 40],
    ],
  ],
  [
    'equal neighbours are one',
    [1, 1, 2, 2],
    true,
    [
      [0, 20],
      [20, 40],
    ],
  ],
  [
    'unless they are kept apart',
    [1, 1, 2, 2],
    false,
    [
      [0, 10],
      [10, 20],
      [20, 30],
      [30, 40],
    ],
  ],
  [
    'over what is missing there is none',
    [1, -1, 1, 1],
    true,
    [
      [0, 10],
      [20, 40],
    ],
  ],
  ['all missing', [-1, -1, -1, -1], true, []],
])('%s', (_, states, merge, want) => {
  const spans = stateSpans(xs, Int32Array.from(states), 40, merge);
  expect(Array.from(spans.from, (from, at) => [from, spans.to[at]])).toEqual(want);
});

test('a point is a cell around its x', () => {
  const cells = stateCells(xs, Int32Array.of(1, -1, 1, 1), 10, 0.8);
  expect([...cells.from]).toEqual([-4, 16, 26]);
  expect([...cells.row]).toEqual([0, 2, 3]);
  expect([spanAt(cells, 0), spanAt(cells, 10), spanAt(cells, 31), spanAt(cells, 99)]).toEqual([0, -1, 2, -1]);
});
