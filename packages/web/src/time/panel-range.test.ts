import { expect, test } from 'vitest';
import { describeOverride, panelRange } from './panel-range.ts';

const noon = Date.parse('2026-03-18T12:00:00Z');
const page = { fromMs: noon - 3_600_000, toMs: noon };
const HOUR = 3_600_000;

test.each([
  ['', '', -HOUR, 0, ''],
  ['2h', '', -2 * HOUR, 0, 'Last 2 h'],
  ['', '1d', -25 * HOUR, -24 * HOUR, '1 d earlier'],
  ['30m', '1w', -0.5 * HOUR - 168 * HOUR, -168 * HOUR, 'Last 30 m, 7 d earlier'],
  ['now/d', '', -12 * HOUR, 0, 'Since now/d'],
  ['nonsense', 'soon', -HOUR, 0, 'Last nonsense, soon earlier'],
])('from "%s", shifted by "%s"', (timeFrom, timeShift, from, to, words) => {
  expect(panelRange(page, { timeFrom, timeShift }, { timeZone: 'UTC' })).toEqual({ fromMs: noon + from, toMs: noon + to });
  expect(describeOverride({ timeFrom, timeShift })).toBe(words);
});
