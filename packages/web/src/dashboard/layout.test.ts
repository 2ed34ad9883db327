import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Panel, Repeat } from '@vitrine/model/dashboard.ts';
import type { ShownPanel } from './arrange.ts';
import { layOut } from './layout.ts';

function panel(id: number, kind: string, x: number, y: number, w: number, h: number, repeat?: Repeat): Panel {
  return { id, kind, grid: { x, y, w, h }, repeat } as Panel;
}

function shown(...panels: readonly Panel[]): ShownPanel[] {
  return panels.map((each) => ({ key: String(each.id), panel: each, local: {}, repeat: undefined, isPending: false }));
}

function copies(of: Panel, count: number): ShownPanel[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `${of.id}-${index}`,
    panel: of,
    local: {},
    repeat: { index, count },
    isPending: false,
  }));
}

const panels = shown(
  panel(2, 'stat', 0, 0, 6, 4),
  panel(3, 'stat', 6, 0, 6, 4),
  panel(4, 'timeseries', 12, 0, 12, 8),
  panel(6, 'timeseries', 0, 8, 24, 8),
);
const places = (list: readonly ShownPanel[], room: 'wide' | 'medium' | 'narrow'): string[] =>
  layOut(list, room).map(({ shown: { key }, grid: { x, y, w, h } }) => `${key}: ${x},${y} ${w}×${h}`);
const wide: Repeat = { variable: 'v', direction: 'horizontal', maxPerRow: 2 };
const tall: Repeat = { variable: 'v', direction: 'vertical', maxPerRow: 4 };

test.each([
  ['as saved', panels, 'wide', ['2: 0,0 6×4', '3: 6,0 6×4', '4: 12,0 12×8', '6: 0,8 24×8']],
  ['a phone stacks, small ones in pairs', panels, 'narrow', ['2: 0,0 12×4', '3: 12,0 12×4', '4: 0,4 24×8', '6: 0,12 24×8']],
  ['a tablet pairs', panels, 'medium', ['2: 0,0 12×4', '3: 12,0 12×4', '4: 0,4 24×8', '6: 0,12 24×8']],
  [
    'copies beside each other, no more than a line holds, push down what was below',
    [...copies(panel(1, 'stat', 0, 0, 6, 4, wide), 3), ...shown(panel(2, 'table', 0, 4, 24, 5))],
    'wide',
    ['1-0: 0,0 12×4', '1-1: 12,0 12×4', '1-2: 0,4 12×4', '2: 0,8 24×5'],
  ],
  [
    'copies one below the other leave alone what stands beside them',
    [...copies(panel(1, 'stat', 0, 0, 6, 4, tall), 2), ...shown(panel(2, 'table', 6, 0, 18, 5), panel(3, 'table', 0, 4, 24, 5))],
    'wide',
    ['1-0: 0,0 6×4', '1-1: 0,4 6×4', '2: 6,0 18×5', '3: 0,8 24×5'],
  ],
  ['what is too wide is cut at the edge', shown(panel(1, 'stat', 20, 0, 12, 4)), 'wide', ['1: 20,0 4×4']],
] as const)('%s', (_, list, room, want) => expect(places(list, room)).toEqual(want));

test('a figure of one row is not put beside a chart of the next', () => {
  const placed = layOut(shown(panel(1, 'stat', 0, 0, 8, 3), panel(2, 'timeseries', 0, 3, 12, 8)), 'medium');
  expect(placed.map(({ grid }) => grid)).toEqual([
    { x: 0, y: 0, w: 24, h: 3 },
    { x: 0, y: 3, w: 24, h: 8 },
  ]);
});

const any = fc.record({
  kind: fc.constantFrom('stat', 'gauge', 'timeseries', 'table'),
  x: fc.integer({ min: 0, max: 23 }),
  y: fc.integer({ min: 0, max: 40 }),
  w: fc.integer({ min: 1, max: 24 }),
  h: fc.integer({ min: 1, max: 12 }),
});
const many = fc
  .array(any, { maxLength: 20 })
  .map((list) => shown(...list.map(({ kind, x, y, w, h }, id) => panel(id, kind, x, y, w, h))));

test('with little room panels never overlap, leave no hole in a line, and none is lost', () => {
  fc.assert(
    fc.property(many, fc.constantFrom('medium', 'narrow'), (list, room) => {
      const placed = layOut(list, room);
      expect(placed).toHaveLength(list.length);
      const lines = Map.groupBy(placed, ({ grid }) => grid.y);
      for (const line of lines.values()) {
        let x = 0;
        for (const { grid } of line) {
          expect(grid.x).toBe(x);
          x += grid.w;
        }
        expect(x).toBe(24);
      }
    }),
  );
});

test('however careless the places, nothing lies over anything and none is lost', () => {
  fc.assert(
    fc.property(many, (list) => {
      const placed = layOut(list, 'wide');
      expect(placed).toHaveLength(list.length);
      for (const [at, { grid: a }] of placed.entries()) {
        for (const { grid: b } of placed.slice(at + 1)) {
          expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
        }
      }
    }),
  );
});
