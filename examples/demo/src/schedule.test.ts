import { expect, test } from 'vitest';

import { constantRate, warmupCosine } from './schedule.ts';

const plan = { steps: 101, warmupSteps: 10, peak: 0.1, floor: 0.01 };

test.each([
  [0, 0.01],
  [4, 0.05],
  [9, 0.1],
  [10, 0.1],
  [55, 0.055],
  [100, 0.01],
  [500, 0.01],
])('warm-up and cosine: step %i has rate %d', (step, rate) => {
  expect(warmupCosine(plan)(step)).toBeCloseTo(rate, 12);
});

test('rises while warming up and never rises after', () => {
  const rates = Array.from({ length: 101 }, (_, step) => warmupCosine(plan)(step));
  rates.forEach((rate, step) => {
    if (step === 0) return;
    if (step < 10) expect(rate).toBeGreaterThan(rates[step - 1]!);
    else expect(rate).toBeLessThanOrEqual(rates[step - 1]!);
  });
});

test('a plan of one step has a finite rate', () => {
  expect(warmupCosine({ steps: 1, warmupSteps: 0, peak: 0.1, floor: 0.01 })(0)).toBeCloseTo(0.1, 12);
});

test('a constant rate is the same at every step', () => {
  expect([0, 1, 10_000].map(constantRate(0.3))).toEqual([0.3, 0.3, 0.3]);
});
