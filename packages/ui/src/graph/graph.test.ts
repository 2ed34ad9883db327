import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bendsOf, COLUMN_GAP, layOut, ROW_GAP } from './graph-layout.ts';
import type { GraphShape } from './graph-layout.ts';
import type { GraphModel } from './graph-model.ts';
import { fit, neighbourTowards, pickAt, reveal, zoomAbout } from './graph-view-port.ts';
import { shorten } from './paint-graph.ts';

const shapeOf = (count: number, edges: readonly (readonly [number, number])[]): GraphShape => ({
  count,
  sources: Int32Array.from(edges, ([from]) => from),
  targets: Int32Array.from(edges, ([, to]) => to),
});

test('layers go from left to right, and a cycle stops nothing', () => {
  const { x } = layOut(
    shapeOf(4, [
      [0, 1],
      [1, 2],
      [0, 2],
      [2, 0],
      [3, 3],
    ]),
    'layered',
  );
  expect([x[0], x[1], x[2]]).toEqual([0, COLUMN_GAP, 2 * COLUMN_GAP]);
});

test('a tree is drawn without crossings', () => {
  const { y } = layOut(
    shapeOf(7, [
      [0, 1],
      [0, 2],
      [2, 3],
      [1, 4],
      [2, 5],
      [1, 6],
    ]),
    'layered',
  );
  const upper = Math.sign(y[1]! - y[2]!);
  expect([Math.sign(y[4]! - y[3]!), Math.sign(y[6]! - y[5]!)]).toEqual([upper, upper]);
});

test('a chain of thousands does not run out of stack', () => {
  const { x } = layOut(
    shapeOf(
      3000,
      Array.from({ length: 2999 }, (_, n) => [n, n + 1] as const),
    ),
    'layered',
  );
  expect(x[2999]).toBe(2999 * COLUMN_GAP);
});

const anyShape = fc
  .integer({ min: 1, max: 40 })
  .chain((count) =>
    fc
      .array(fc.tuple(fc.integer({ min: -1, max: count }), fc.integer({ min: -1, max: count })), { maxLength: 80 })
      .map((edges) => shapeOf(count, edges)),
  );

test.each(['layered', 'grid', 'force'] as const)('%s: every node has a place of its own, and the same each time', (layout) => {
  fc.assert(
    fc.property(anyShape, (shape) => {
      const places = layOut(shape, layout);
      expect(layOut(shape, layout)).toEqual(places);
      for (let a = 0; a < shape.count; a++) {
        expect(Number.isFinite(places.x[a]! + places.y[a]!)).toBe(true);
        for (let b = 0; b < a; b++) {
          const apart = Math.hypot(places.x[a]! - places.x[b]!, places.y[a]! - places.y[b]!);
          if (layout === 'force') expect(apart).toBeGreaterThan(0);
          else expect(apart).toBeGreaterThanOrEqual(ROW_GAP - 1e-6);
        }
      }
    }),
    { numRuns: layout === 'force' ? 10 : 100 },
  );
});

const node = { subTitle: '', mainStat: '', secondaryStat: '', radius: 20, color: '', arcs: [], highlighted: false, details: [] };
const edge = { mainStat: '', secondaryStat: '', thickness: 1, color: undefined, dash: [], highlighted: false, details: [] };
const model: GraphModel = {
  nodes: ['a', 'b', 'c'].map((id) => ({ ...node, id, title: id })),
  edges: [
    { ...edge, id: '1', source: 0, target: 1 },
    { ...edge, id: '2', source: 2, target: 0 },
  ],
  legend: [],
};
const places = { x: Float64Array.of(0, 200, 0), y: Float64Array.of(0, 0, 100) };
const bends = new Float64Array(2);
const still = { x: 0, y: 0, scale: 1 };

test.each([
  [5, 5, { kind: 'node', index: 0 }],
  [100, 3, { kind: 'edge', index: 0 }],
  [1, 50, { kind: 'edge', index: 1 }],
  [100, 50, undefined],
])('at (%i, %i) lies %j', (x, y, want) => expect(pickAt(model, places, bends, still, x, y)).toEqual(want));

test.each([
  [0, 1, 0, 1],
  [0, 0, 1, 2],
  [0, -1, 0, undefined],
  [2, 0, -1, 0],
  [1, 0, 1, undefined],
])('from %i towards (%i, %i) lies %s', (from, dx, dy, want) => expect(neighbourTowards(model, places, from, dx, dy)).toBe(want));

test('the view holds the whole graph, zooms about a point, and follows the focus', () => {
  const view = fit(places, 400, 300);
  for (let at = 0; at < 3; at++) {
    const [x, y] = [places.x[at]! * view.scale + view.x, places.y[at]! * view.scale + view.y];
    expect(x > 0 && x < 400 && y > 0 && y < 300).toBe(true);
  }
  const near = zoomAbout(still, 2, 50, 60);
  expect([(50 - near.x) / near.scale, (60 - near.y) / near.scale]).toEqual([50, 60]);
  expect(reveal(still, 1000, 50, 400, 300)).toEqual({ x: -660, y: 10, scale: 1 });
});

test('lines over columns and lines there and back swing out', () => {
  const shape = shapeOf(3, [
    [0, 1],
    [1, 2],
    [0, 2],
    [2, 1],
  ]);
  const bends = bendsOf(shape, { x: Float64Array.of(0, 150, 300), y: new Float64Array(3) }, 'layered');
  expect([...bends].map((bend) => bend > 0)).toEqual([false, true, true, true]);
  const bent = Float64Array.of(40, 0);
  expect(pickAt(model, places, bent, still, 100, 40)).toEqual({ kind: 'edge', index: 0 });
  expect(pickAt(model, places, bent, still, 100, 0)).toBeUndefined();
});

test.each([
  ['short', 'short'],
  ['a-service-with-a-long-name-7', 'a-service-wit…name-7'],
])('%s is written %s', (name, want) => expect(shorten(name)).toBe(want));
