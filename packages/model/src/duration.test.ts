import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDurationMs, parseDurationMs, readDurationMs, secondsToMs } from './duration.ts';

test.each([
  ['0', 0],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['1y2w3d', (365 + 14 + 3) * 86_400_000],
  ['5ms', 5],
])('%s is %d ms', (text, want) => {
  expect(parseDurationMs(text)).toBe(want);
});

test.each([
  ['', 'empty duration string'],
  ['5', 'not a valid duration string: "5"'],
  ['-5m', 'not a valid duration string: "-5m"'],
  ['1m1h', 'not a valid duration string: "1m1h"'],
  ['1m1m', 'not a valid duration string: "1m1m"'],
  ['1.5h', 'not a valid duration string: "1.5h"'],
  ['5x', 'unknown unit "x" in duration "5x"'],
  ['400y', 'duration out of range'],
])('"%s" is refused', (text, message) => {
  expect(() => parseDurationMs(text)).toThrow(message);
});

test.each([
  [0, '0s'],
  [90_000, '1m30s'],
  [604_800_000, '1w'],
  [691_200_000, '8d'],
  [31_536_000_000, '1y'],
  [-1, '-1ms'],
])('%d ms is written %s', (ms, want) => {
  expect(formatDurationMs(ms)).toBe(want);
});

test('seconds become whole milliseconds without noise from the binary fraction', () => {
  expect([4.18, 0.0015, 1.0019999999999].map(secondsToMs)).toEqual([4180, 1, 1002]);
});

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
  fc.assert(fc.property(fc.integer({ min: 0, max: 9e12 }), (ms) => readDurationMs(formatDurationMs(ms)) === ms));
});
