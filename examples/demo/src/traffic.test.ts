import { expect, test } from 'vitest';

import { requestsPerSecond, severityAt } from './traffic.ts';

const dayMs = 600_000;
const hourMs = dayMs / 24;

test.each([
  ['in the night at 4', 20, 2],
  ['in the morning at 10', 2, 11],
  ['at the busiest, 16', 8, 20],
  ['a day later', 32, 20],
])('%s', (_, hoursOn, want) => {
  expect(requestsPerSecond(hoursOn * hourMs, dayMs)).toBeCloseTo(want, 6);
});

test.each([
  [0, 0],
  [0.39, 0],
  [0.475, 0.5],
  [0.6, 1],
  [0.775, 0.5],
  [0.9, 0],
  [1.6, 1],
])('%d of a cycle has severity %d', (share, want) => {
  expect(severityAt(share * 300_000, 300_000)).toBeCloseTo(want, 6);
});
