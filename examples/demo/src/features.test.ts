import { expect, test } from 'vitest';

import { PIXELS, SIDE } from './digits.ts';
import { FeatureWindow, featuresOf } from './features.ts';

function bar(left: number, width: number): Float32Array {
  return Float32Array.from({ length: PIXELS }, (_, i) => Number(i % SIDE >= left && i % SIDE < left + width));
}

test('a bar three pixels wide has its intensity, ink, centre and stroke', () => {
  const { mean_intensity, ink_fraction, centroid_x, centroid_y, stroke_width } = featuresOf(bar(10, 3));
  expect(mean_intensity).toBeCloseTo(3 / SIDE, 6);
  expect(ink_fraction).toBeCloseTo(3 / SIDE, 6);
  expect(centroid_x).toBeCloseTo(11, 6);
  expect(centroid_y).toBeCloseTo(13.5, 6);
  // Its two short ends are edges too.
  expect(stroke_width).toBeCloseTo((2 * 3 * SIDE) / (2 * SIDE + 6), 6);
});

test('an empty picture has no centre and no stroke', () => {
  const { centroid_x, stroke_width, ink_fraction } = featuresOf(new Float32Array(PIXELS));
  expect([centroid_x, stroke_width, ink_fraction]).toEqual([Number.NaN, Number.NaN, 0]);
});

test('the window keeps the latest pictures and leaves out what they do not have', () => {
  const window = new FeatureWindow(2);
  expect(window.of('centroid_x')).toBeUndefined();
  window.add(featuresOf(bar(0, 1)));
  window.add(featuresOf(bar(10, 1)));
  window.add(featuresOf(bar(20, 1)));
  expect(window.of('centroid_x')).toEqual({ mean: 15, standardDeviation: 5 });
  window.add(featuresOf(new Float32Array(PIXELS)));
  expect(window.of('centroid_x')).toEqual({ mean: 20, standardDeviation: 0 });
});
