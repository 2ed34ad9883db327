import { expect, test } from 'vitest';
import { readIntervalMs } from './interval.ts';

test.each<[string, number | undefined]>([
  ['30s', 30_000],
  ['>30s', 30_000],
  ['>= 2m', 120_000],
  ['1h30m', 5_400_000],
  ['.5m', 30_000],
  ['250ms', 250],
  ['1M', 2_592_000_000],
  ['15', 15_000],
  [' ', 0],
  ['0', 0],
  ['soon', undefined],
  ['-5m', undefined],
  ['5x', undefined],
  ['0.0001ms', undefined],
  [`${'9'.repeat(40)}y`, undefined],
])('%j is %j ms', (text, want) => {
  expect(readIntervalMs(text)).toBe(want);
});
