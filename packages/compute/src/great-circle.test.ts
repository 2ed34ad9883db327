import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { areaM2, distanceM, headingDegrees, lengthM, type Position } from './great-circle.ts';

const POLE: Position = [0, 90];
const [JFK, LHR]: Position[] = [
  [-73.779, 40.639],
  [-0.462, 51.471],
];
const SPHERE_M2 = 4 * Math.PI * 6_371_008.8 ** 2;
const parallel = (lat: number): Position[] => Array.from({ length: 3600 }, (_, tenth) => [tenth / 10 - 180, lat]);

describe('distances', () => {
  test.each<[string, Position, Position, number]>([
    ['New York to London', JFK!, LHR!, 5_539_700],
    ['a degree of the equator', [10, 0], [11, 0], 111_195],
    ['over the date line', [179.5, 0], [-179.5, 0], 111_195],
    ['half way round', [0, 0], [180, 0], 20_015_115],
    ['pole to equator', POLE, [77, 0], 10_007_557],
    ['nowhere', JFK!, JFK!, 0],
  ])('%s', (_, from, to, want) => {
    expect(Math.abs(distanceM(from, to) - want)).toBeLessThan(50);
    expect(distanceM(to, from)).toBeCloseTo(distanceM(from, to), 6);
  });

  test('no way is shorter than the straight one', () => {
    const position = fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true }));
    // Half way round the haversine keeps half of a number's digits: 1e-8 of 20,000 km.
    const roundingM = 1;
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        expect(distanceM(a, c)).toBeLessThanOrEqual(lengthM([a, b, c]) + roundingM);
        expect(distanceM(a, c)).toBeLessThanOrEqual(Math.PI * 6_371_008.8 + roundingM);
      }),
      {
        examples: [
          [
            [-179.9999569542263, 0],
            [-1.4210854715202004e-14, 0],
            [0, 0],
          ],
        ],
      },
    );
  });
});

test.each<[string, Position, Position, number | undefined]>([
  ['north', [5, 5], [5, 6], 0],
  ['east on the equator', [5, 0], [6, 0], 90],
  ['south', [5, 5], [5, -6], 180],
  ['west over the date line', [-179, 0], [179, 0], 270],
  ['New York to London', JFK!, LHR!, 51.35],
  ['nowhere', JFK!, JFK!, undefined],
])('heading %s', (_, from, to, want) => {
  const heading = headingDegrees(from, to);
  if (want === undefined) expect(heading).toBeUndefined();
  else expect(heading).toBeCloseTo(want, 2);
});

describe('areas', () => {
  test.each<[string, Position[], number]>([
    ['an eighth of the globe', [[0, 0], [90, 0], POLE], SPHERE_M2 / 8],
    ['the other way round', [POLE, [90, 0], [0, 0]], SPHERE_M2 / 8],
    [
      'a hectare on the date line',
      [
        [179.9995503, 0],
        [-179.9995503, 0],
        [-179.9995503, 0.0008993],
        [179.9995503, 0.0008993],
      ],
      10_000,
    ],
    ['north of 60°', parallel(60), (SPHERE_M2 / 2) * (1 - Math.sin(Math.PI / 3))],
    ['south of -60°', parallel(-60), (SPHERE_M2 / 2) * (1 - Math.sin(Math.PI / 3))],
    [
      'a line there and back',
      [
        [0, 0],
        [10, 10],
      ],
      0,
    ],
    ['a point', [[3, 4]], 0],
    ['nothing', [], 0],
  ])('of %s', (_, ring, want) => {
    expect(Math.abs(areaM2(ring) - want)).toBeLessThanOrEqual(1e-4 * want + 1e-6);
  });

  test('two halves make the whole', () => {
    const cut = fc.double({ min: -9, max: 9, noNaN: true });
    fc.assert(
      fc.property(cut, (lng) => {
        const box = (from: number, to: number): number =>
          areaM2([
            [from, 0],
            [to, 0],
            [to, 20],
            [lng, 20],
            [from, 20],
          ]);
        expect(box(-10, lng) + box(lng, 10)).toBeCloseTo(box(-10, 10), -3);
      }),
    );
  });
});
