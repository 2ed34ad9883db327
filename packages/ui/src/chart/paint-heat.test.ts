import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';
import { expect, test } from 'vitest';

import { heatColoring } from '../heat/heat-colors.ts';
import { hasRoundCells, paintCells, paintRoundCells } from './paint-heat.ts';
import type { Surface } from './plot.ts';

const grid: HeatGrid = {
  columns: 2,
  rows: 2,
  values: Float64Array.of(1, Number.NaN, 3, 0),
  x0: 0,
  step: 1,
  fieldsPerRow: 1,
  min: 0,
  max: 3,
};
const request = { mode: 'scheme', scheme: '', fill: '', reverse: false, steps: 64, exponent: 1 } as const;
const coloring = heatColoring(request, 0, 3, 'dark');
const isBlank = (value: number) => value === 0;

/** What was called, with its numbers. */
function recorded(): { readonly surface: Surface; readonly calls: (readonly [name: string, ...numbers: unknown[]])[] } {
  const calls: (readonly [string, ...unknown[]])[] = [];
  const ctx = new Proxy({} as CanvasRenderingContext2D, {
    get:
      (_, name) =>
      (...numbers: unknown[]) =>
        calls.push([String(name), ...numbers]),
    set: () => true,
  });
  const even = (value: number) => value;
  const surface = { ctx, left: 0, top: 0, width: 80, height: 60, ratio: 1, xToPx: even, yToPx: even, yOf: () => even };
  return { surface, calls };
}
const placeOf = (...edges: readonly number[]) => ({
  grid,
  reversed: false,
  isBlank,
  left: 0,
  width: 40,
  edges: Float64Array.from(edges),
});
const image = {} as HTMLCanvasElement;

test('round cells have corners of at most half a cell; what is missing or blank is left out', () => {
  const { surface, calls } = recorded();
  const place = placeOf(60, 40, 0);
  expect(hasRoundCells(surface, place, 30)).toBe(true);
  paintRoundCells(surface, place, 0, 30, coloring);
  expect(calls.filter(([name]) => name === 'roundRect')).toEqual([
    ['roundRect', 0, 40, 40, 20, 10],
    ['roundRect', 0, 0, 40, 40, 20],
  ]);
});

test.each([
  ['no radius', placeOf(60, 40, 0), 0],
  ['cells of a few pixels', placeOf(6, 3, 0), 5],
])('%s leaves cells square', (_, place, radius) => {
  expect(hasRoundCells(recorded().surface, place, radius)).toBe(false);
});

test('rows of one height are drawn at once, others each where its edges are', () => {
  const even = recorded();
  paintCells(even.surface, image, placeOf(60, 30, 0), 0, 'black');
  expect(even.calls).toEqual([['drawImage', image, 0, 0, 80, 60]]);
  const uneven = recorded();
  paintCells(uneven.surface, image, placeOf(60, 50, 0), 0, 'black');
  expect(uneven.calls).toEqual([
    ['drawImage', image, 0, 1, 2, 1, 0, 50, 80, 10],
    ['drawImage', image, 0, 0, 2, 1, 0, 0, 80, 50],
  ]);
});
