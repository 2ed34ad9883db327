import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Panel } from '@vitrine/model/dashboard.ts';
import { layOut } from './layout.ts';

function panel(id: number, kind: string, x: number, y: number, w: number, h: number): Panel {
  return { id, kind, grid: { x, y, w, h } } as Panel;
}

const panels = [
  panel(1, 'row', 0, 0, 24, 1),
  panel(2, 'stat', 0, 1, 6, 4),
  panel(3, 'stat', 6, 1, 6, 4),
  panel(4, 'timeseries', 12, 1, 12, 8),
  panel(5, 'row', 0, 9, 24, 1),
  panel(6, 'timeseries', 0, 10, 24, 8),
];
const places = (folded: number[], room: 'wide' | 'medium' | 'narrow'): string[] =>
  layOut(panels, new Set(folded), room).map(({ panel: { id }, grid: { x, y, w, h } }) => `${id}: ${x},${y} ${w}×${h}`);

test.each([
  ['as saved', [], 'wide', ['1: 0,0 24×1', '2: 0,1 6×4', '3: 6,1 6×4', '4: 12,1 12×8', '5: 0,9 24×1', '6: 0,10 24×8']],
  ['what a folded row held is gone and the rest moves up', [1], 'wide', ['1: 0,0 24×1', '5: 0,1 24×1', '6: 0,2 24×8']],
  ['all folded', [1, 5], 'wide', ['1: 0,0 24×1', '5: 0,1 24×1']],
  [
    'a phone stacks, small ones in pairs',
    [],
    'narrow',
    ['1: 0,0 24×1', '2: 0,1 12×4', '3: 12,1 12×4', '4: 0,5 24×8', '5: 0,13 24×1', '6: 0,14 24×8'],
  ],
  ['a tablet pairs', [5], 'medium', ['1: 0,0 24×1', '2: 0,1 12×4', '3: 12,1 12×4', '4: 0,5 24×8', '5: 0,13 24×1']],
] as const)('%s', (_, folded, room, want) => expect(places([...folded], room)).toEqual(want));

test('a figure of one row is not put beside a chart of the next', () => {
  const placed = layOut([panel(1, 'stat', 0, 0, 8, 3), panel(2, 'timeseries', 0, 3, 12, 8)], new Set(), 'medium');
  expect(placed.map(({ grid }) => grid)).toEqual([
    { x: 0, y: 0, w: 24, h: 3 },
    { x: 0, y: 3, w: 24, h: 8 },
  ]);
});

test('with little room panels never overlap, leave no hole in a line, and none is lost', () => {
  const any = fc.record({
    kind: fc.constantFrom('stat', 'gauge', 'timeseries', 'table', 'row'),
    x: fc.integer({ min: 0, max: 23 }),
    y: fc.integer({ min: 0, max: 40 }),
    w: fc.integer({ min: 1, max: 24 }),
    h: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 20 }), fc.constantFrom('medium', 'narrow'), (many, room) => {
      const placed = layOut(
        many.map(({ kind, x, y, w, h }, id) => panel(id, kind, x, y, w, h)),
        new Set(),
        room,
      );
      expect(placed).toHaveLength(many.length);
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
