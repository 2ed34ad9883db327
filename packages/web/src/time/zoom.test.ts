import { expect, test } from 'vitest';
import { scaleRange, shiftRange, widenRelative, writeRange } from './zoom.ts';

const nowMs = 1_000_000;

test.each([
  ['out about the middle', { fromMs: 100_000, toMs: 200_000 }, 2, 0.5, { fromMs: 50_000, toMs: 250_000 }],
  ['in about the start', { fromMs: 100_000, toMs: 200_000 }, 0.5, 0, { fromMs: 100_000, toMs: 150_000 }],
  ['in about the end', { fromMs: 100_000, toMs: 200_000 }, 0.5, 1, { fromMs: 150_000, toMs: 200_000 }],
  ['out at now: the end stays there', { fromMs: 900_000, toMs: 1_000_000 }, 2, 0.5, { fromMs: 800_000, toMs: 1_000_000 }],
  ['no closer than a second', { fromMs: 100_000, toMs: 101_000 }, 0.1, 0, { fromMs: 100_000, toMs: 101_000 }],
  ['not before 1970', { fromMs: 0, toMs: 1_000_000 }, 4, 0.5, { fromMs: 0, toMs: 1_000_000 }],
])('zooms %s', (_, range, factor, anchor, want) => expect(scaleRange(range, factor, anchor, nowMs)).toEqual(want));

test.each([
  [-1, { fromMs: 50_000, toMs: 150_000 }],
  [1, { fromMs: 150_000, toMs: 250_000 }],
] as const)('shifts by half: %i', (direction, want) => {
  expect(shiftRange({ fromMs: 100_000, toMs: 200_000 }, direction, nowMs)).toEqual(want);
});

test('a range is written as instants that mean the same everywhere', () => {
  expect(writeRange({ fromMs: 0.4, toMs: 1_000 })).toEqual({ from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:00:01.000Z' });
});

test.each([
  ['now-5m', 'now', 'now-10m'],
  ['now-12h', 'now', 'now-24h'],
  ['now/d', 'now', undefined],
  ['now-2d', 'now-1d', undefined],
  ['2026-01-02', '2026-01-03', undefined],
])('%s to %s widens to %s', (from, to, want) => expect(widenRelative({ from, to })?.from).toBe(want));
