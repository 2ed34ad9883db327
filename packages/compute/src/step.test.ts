import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignToStep, gridFor, stepFor } from './step.ts';

const HOUR = 3_600_000;

test.each<[string, number, number, number]>([
  ['5 minutes on 800 px', 300_000, 800, 1_000],
  ['1 hour on 800 px', HOUR, 800, 5_000],
  ['6 hours on 800 px', 6 * HOUR, 800, 30_000],
  ['1 day on 400 px', 24 * HOUR, 400, 300_000],
  ['30 days on 1000 px', 720 * HOUR, 1_000, HOUR],
  ['1 hour on one pixel', HOUR, 1, HOUR],
  ['a century on one pixel', 876_600 * HOUR, 1, 101 * 365 * 24 * HOUR],
  ['1 day on a wall of screens', 24 * HOUR, 1_000_000, 10_000],
])('%s', (_, rangeMs, widthPx, stepMs) => {
  expect(stepFor({ fromMs: 0, toMs: rangeMs, widthPx })).toBe(stepMs);
});

test('is no finer than asked', () => {
  expect(stepFor({ fromMs: 0, toMs: 60_000, widthPx: 800, minStepMs: 15_000 })).toBe(15_000);
});

test('the grid covers the range, lies on the step, and has about a point a pixel at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 2e12 }),
      fc.integer({ min: 1, max: 1e11 }),
      fc.integer({ min: 1, max: 5_000 }),
      (fromMs, rangeMs, widthPx) => {
        const grid = gridFor({ fromMs, toMs: fromMs + rangeMs, widthPx });
        expect(grid.fromMs).toBeLessThanOrEqual(fromMs);
        expect(grid.toMs).toBeGreaterThanOrEqual(fromMs + rangeMs);
        expect(Math.abs(grid.fromMs % grid.stepMs)).toBe(0);
        expect(Math.abs(grid.toMs % grid.stepMs)).toBe(0);
        expect((grid.toMs - grid.fromMs) / grid.stepMs).toBeLessThanOrEqual(widthPx + 2);
      },
    ),
  );
});

test('what is on the step stays', () => {
  expect(alignToStep(10_000, 20_000, 5_000)).toEqual({ fromMs: 10_000, toMs: 20_000, stepMs: 5_000 });
});
