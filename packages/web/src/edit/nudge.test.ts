import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movePlace, readingOrder, resizePlace, stepPlace } from './nudge.ts';
import type { Places } from './nudge.ts';

const two: Places = new Map([
  [1, { x: 0, y: 0, w: 12, h: 8 }],
  [2, { x: 0, y: 8, w: 12, h: 8 }],
]);
/** A line of two over one that is as wide as both. */
const three: Places = new Map([
  [1, { x: 0, y: 0, w: 12, h: 8 }],
  [2, { x: 12, y: 0, w: 12, h: 8 }],
  [3, { x: 0, y: 8, w: 24, h: 4 }],
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

test.each<[string, Places, string[]]>([
  ['changes places with the one above', stepPlace(two, 2, -1), ['1: 0,8 12×8', '2: 0,0 12×8']],
  ['and with the one below', stepPlace(two, 1, 1), ['1: 0,8 12×8', '2: 0,0 12×8']],
  ['changes places in its line', stepPlace(three, 2, -1), ['1: 12,0 12×8', '2: 0,0 12×8', '3: 0,8 24×4']],
  ['as wide as the line above, goes over all of it', stepPlace(three, 3, -1), ['1: 0,4 12×8', '2: 12,4 12×8', '3: 0,0 24×4']],
  ['stays where it is first', stepPlace(three, 1, -1), written(three)],
  ['stays where it is last', stepPlace(three, 3, 1), written(three)],
  ['is nobody', stepPlace(three, 9, 1), written(three)],
])('one step up or down: a panel %s', (_, places, want) => expect(written(places)).toEqual(want));

test('a panel that is not the first always comes further up, and none changes its size', () => {
  const size = fc.record({
    x: fc.integer({ min: 0, max: 22 }),
    w: fc.integer({ min: 2, max: 24 }),
    h: fc.integer({ min: 2, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(size, { minLength: 2, maxLength: 7 }), fc.nat(), (sizes, which) => {
      const wished: Places = new Map(sizes.map(({ x, w, h }, i) => [i + 1, { x: Math.min(x, 24 - w), y: i, w, h }]));
      // As it stands on the page: without gaps and overlaps.
      const places = movePlace(wished, 1, { x: 0, y: 0 });
      const order = readingOrder(places);
      const at = 1 + (which % (order.length - 1));
      const id = order[at]!;
      const moved = stepPlace(places, id, -1);
      expect(readingOrder(moved).indexOf(id)).toBeLessThan(at);
      for (const [one, { w, h }] of places) expect(moved.get(one)).toMatchObject({ w, h });
    }),
  );
});

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
