import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SHARES, sharesOf, ticksOf } from './x-ticks.tsx';
import type { XScale } from './x-ticks.tsx';

const LOG: XScale = { settings: { kind: 'log', base: 10 }, min: 10, max: 100_000, unit: 'short', label: '' };
const SYMLOG: XScale = { settings: { kind: 'symlog', base: 10, linear: 1 }, min: -1000, max: 1000, unit: '', label: '' };

test.each<[string, XScale, readonly number[]]>([
  ['logarithm', LOG, [10, 100, 1000, 10_000, 100_000]],
  ['symmetric logarithm', SYMLOG, [-1000, -100, -10, -1, 0, 1, 10, 100, 1000]],
])('%s: lines stand at its powers, evenly along it', (_, scale, want) => {
  expect(ticksOf(scale, 650).map(([x]) => x)).toEqual(want);
  const { forward } = sharesOf(scale);
  expect(forward(scale.min)).toBeCloseTo(SHARES.min);
  expect(forward(scale.max)).toBeCloseTo(SHARES.max);
});

test.each([LOG, SYMLOG])('what a drag chooses on $settings.kind is what it says', (scale) => {
  const { forward, backward } = sharesOf(scale);
  fc.assert(
    fc.property(fc.double({ min: scale.min, max: scale.max, noNaN: true }), (x) => {
      expect(backward(forward(x))).toBeCloseTo(x, 5);
    }),
  );
});

test('what a logarithm has no place for lies left of all', () => {
  expect(sharesOf(LOG).forward(0)).toBeLessThan(0);
});
