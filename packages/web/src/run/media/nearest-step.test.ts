import { expect, test } from 'vitest';
import { nearestStep } from './nearest-step.ts';

const items = [0, 10, 10, 30, 20].map((step) => ({ step }));

test.each([
  ['the one of that step', 30, 3],
  ['the last before', 29, 4],
  ['the last logged of equal ones', 15, 2],
  ['the first where nothing was yet', -5, 0],
  ['the newest after the end', 99, 3],
])('%s', (_, step, want) => {
  expect(nearestStep(items, step)).toBe(want);
});

test('nothing of nothing', () => {
  expect(nearestStep([], 3)).toBe(-1);
});
