import { expect, test } from 'vitest';

import { PIXELS, SIDE } from './digits.ts';
import { seededRandom } from './random.ts';
import { degraded, noisy, rotated } from './transform.ts';

function picture(...inked: [x: number, y: number][]): Float32Array {
  const pixels = new Float32Array(PIXELS);
  for (const [x, y] of inked) pixels[y * SIDE + x] = 1;
  return pixels;
}

test.each([
  ['a whole turn changes nothing', 2 * Math.PI, [20, 5], [20, 5]],
  ['a quarter turn takes the right to the top', Math.PI / 2, [27, 13], [13, 0]],
  ['a quarter turn back takes the right to the bottom', -Math.PI / 2, [27, 13], [14, 27]],
  ['half a turn mirrors at the centre', Math.PI, [20, 5], [7, 22]],
] as const)('%s', (_, radians, [x, y], [wantX, wantY]) => {
  const turned = rotated(picture([x, y]), radians);
  expect(turned[wantY * SIDE + wantX]).toBeCloseTo(1, 5);
  expect(turned.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
});

test('any turn keeps the ink of a blot in the middle', () => {
  const blot = picture([13, 13], [14, 13], [13, 14], [14, 14]);
  for (const radians of [0.3, 1, 2.2]) {
    expect(rotated(blot, radians).reduce((sum, value) => sum + value, 0)).toBeCloseTo(4, 0);
  }
});

test('noise has the deviation asked for and stays within 0 and 1', () => {
  const grey = new Float32Array(PIXELS).fill(0.5);
  const values = noisy(grey, 0.1, seededRandom(1));
  const mean = values.reduce((sum, value) => sum + value, 0) / PIXELS;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / PIXELS);
  expect(mean).toBeCloseTo(0.5, 1);
  expect(deviation).toBeGreaterThan(0.09);
  expect(deviation).toBeLessThan(0.11);
  expect(noisy(grey, 5, seededRandom(1)).every((value) => value >= 0 && value <= 1)).toBe(true);
});

test('severity 0 leaves the picture as it is, and the same seed degrades the same way', () => {
  const blot = picture([13, 13]);
  expect(degraded(blot, 0, seededRandom(1))).toEqual(blot);
  expect(degraded(blot, 0.5, seededRandom(7))).toEqual(degraded(blot, 0.5, seededRandom(7)));
  expect(degraded(blot, 0.5, seededRandom(7))).not.toEqual(blot);
});
