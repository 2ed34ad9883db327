import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movePlace, resizePlace } from './nudge.ts';
import type { Places } from './nudge.ts';

const two: Places = new Map([
  [1, { x: 0, y: 0, w: 12, h: 8 }],
  [2, { x: 0, y: 8, w: 12, h: 8 }],
]);
const written = (places: Places): string[] =>
  [...places].toSorted(([a], [b]) => a - b).map(([id, { x, y, w, h }]) => `${id}: ${x},${y} ${w}×${h}`);

test.each<[string, Places, string[]]>([
  ['right', movePlace(two, 1, { x: 1, y: 0 }), ['1: 1,0 12×8', '2: 0,8 12×8']],
  ['beside the other, which moves up', movePlace(two, 1, { x: 12, y: 0 }), ['1: 12,0 12×8', '2: 0,0 12×8']],
  ['not out of the grid', movePlace(two, 1, { x: -5, y: -5 }), ['1: 0,0 12×8', '2: 0,8 12×8']],
  ['wider and higher, the other goes down', resizePlace(two, 1, { w: 30, h: 1 }), ['1: 0,0 24×9', '2: 0,9 12×8']],
  ['no smaller than can be grasped', resizePlace(two, 2, { w: -30, h: -30 }), ['1: 0,0 12×8', '2: 0,8 2×2']],
  ['somebody who is not there', movePlace(two, 9, { x: 1, y: 1 }), ['1: 0,0 12×8', '2: 0,8 12×8']],
])('%s', (_, places, want) => expect(written(places)).toEqual(want));

test('wherever panels go, none overlaps another and none leaves the grid', () => {
  const act = fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: -24, max: 24 }),
    fc.integer({ min: -12, max: 12 }),
    fc.boolean(),
  );
  const start: Places = new Map(
    Array.from({ length: 6 }, (_, i) => [i + 1, { x: (i % 3) * 8, y: Math.floor(i / 3) * 6, w: 8, h: 6 }]),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 15 }), (acts) => {
      let places = start;
      for (const [id, a, b, moves] of acts)
        places = moves ? movePlace(places, id, { x: a, y: b }) : resizePlace(places, id, { w: a, h: b });
      const all = [...places.values()];
      for (const [index, one] of all.entries()) {
        expect(one.x).toBeGreaterThanOrEqual(0);
        expect(one.x + one.w).toBeLessThanOrEqual(24);
        for (const other of all.slice(index + 1)) {
          const apart =
            one.x >= other.x + other.w || other.x >= one.x + one.w || one.y >= other.y + other.h || other.y >= one.y + one.h;
          expect(apart).toBe(true);
        }
      }
    }),
  );
});
