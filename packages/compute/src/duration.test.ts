import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDurationMs, readDurationMs } from './duration.ts';

test.each<[string, number]>([
  ['0', 0],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['15d', 1_296_000_000],
  ['1y', 31_536_000_000],
  ['1m500ms', 60_500],
])('"%s" is %i ms', (text, ms) => {
  expect(readDurationMs(text)).toBe(ms);
});

test.each(['', '5', '-5m', '1.5h', '5 m', '1m1h', '1h1h', 'm', '5M'])('"%s" is no duration', (text) => {
  expect(readDurationMs(text)).toBeUndefined();
});

test('what is written reads back', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e13 }), (ms) => readDurationMs(formatDurationMs(ms)) === ms));
});
