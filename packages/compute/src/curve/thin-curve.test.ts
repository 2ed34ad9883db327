import fc from 'fast-check';
import { expect, test } from 'vitest';

import { columnEdges, thinCrowd, thinCurve, thinCurveCapacity } from './thin-curve.ts';

function thinned(xs: Float64Array, ys: Float64Array, edges: Float64Array): number[] {
  const out = new Uint32Array(thinCurveCapacity(edges.length - 1));
  return [...out.subarray(0, thinCurve(xs, ys, 0, xs.length, edges, out, 0))];
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
);
const curve = fc
  .array(fc.record({ x: fc.double({ min: 0.01, max: 1_000, noNaN: true }), y: value }), { maxLength: 300 })
  .map((points) => {
    const sorted = points.toSorted((a, b) => a.x - b.x);
    return { xs: Float64Array.from(sorted, ({ x }) => x), ys: Float64Array.from(sorted, ({ y }) => y) };
  });

test('no extreme and no kind of what is not finite is lost from any column, whatever the axis', () => {
  fc.assert(
    fc.property(curve, fc.boolean(), fc.integer({ min: 1, max: 20 }), ({ xs, ys }, log, columns) => {
      const edges = columnEdges(1, 500, columns, log);
      const rows = thinned(xs, ys, edges);
      expect(rows).toEqual([...new Set(rows)].toSorted((a, b) => a - b));
      for (let column = 0; column < columns; column++) {
        const isIn = (row: number) =>
          xs[row]! >= edges[column]! && (column === columns - 1 ? xs[row]! <= edges[column + 1]! : xs[row]! < edges[column + 1]!);
        const all = [...xs.keys()].filter(isIn);
        const kept = rows.filter(isIn);
        const finite = (from: number[]) => from.map((row) => ys[row]!).filter(Number.isFinite);
        expect(Math.min(...finite(kept))).toBe(Math.min(...finite(all)));
        expect(Math.max(...finite(kept))).toBe(Math.max(...finite(all)));
        expect(finite(kept)[0]).toBe(finite(all)[0]);
        expect(finite(kept).at(-1)).toBe(finite(all).at(-1));
        for (const kind of [Number.NaN, Infinity, -Infinity])
          expect(kept.some((row) => Object.is(ys[row], kind))).toBe(all.some((row) => Object.is(ys[row], kind)));
      }
    }),
  );
});

test('the points just outside stay, so that the line reaches the ends of the plot', () => {
  const xs = Float64Array.from({ length: 100 }, (_, x) => x);
  expect(thinned(xs, xs, columnEdges(40, 42, 10, false))).toEqual([39, 40, 41, 42, 43]);
});

test('a logarithmic axis has its columns where its pixels are', () => {
  expect([...columnEdges(1, 1_000, 3, true)].map(Math.round)).toEqual([1, 10, 100, 1_000]);
  expect([...columnEdges(0, 300, 3, true)]).toEqual([0, 100, 200, 300]);
});

test('of a crowd of stretches the lowest and the highest of each column stay', () => {
  const xs = Float64Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2);
  const ys = Float64Array.of(5, 6, 7, 1, Number.NaN, 9, 3, 2, 8);
  expect([...thinCrowd(xs, ys, columnEdges(0, 2, 2, false))]).toEqual(
    [0, 3, 4, 5, 7].toSorted((a, b) => xs[a]! - xs[b]! || a - b),
  );
});
