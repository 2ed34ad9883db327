import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hasRoom, ticksForTwo, withoutCutLabels } from './axis-labels.ts';
import { logTicks, valueTicks } from './ticks.ts';
import { formatInstant, timeTicks, zoneOffsetMs } from './time-axis.ts';
import { valueRange } from './value-range.ts';
import type { RangeLimits } from './value-range.ts';

const HOUR = 3_600_000;

test.each<[number, number, number, string, number[]]>([
  [0, 1, 5, '', [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0, 0.93, 4, 'percentunit', [0, 0.5]],
  [-3, 7, 5, '', [-2, 0, 2, 4, 6]],
  [0, 3 * 1024 ** 3, 4, 'bytes', [0, 1024 ** 3, 2 * 1024 ** 3, 3 * 1024 ** 3]],
  [0, 250, 5, 's', [0, 60, 120, 180, 240]],
  [0, 7_200_000, 4, 'ms', [0, 1_800_000, 3_600_000, 5_400_000, 7_200_000]],
  [5, 5, 4, '', []],
  [0, Infinity, 4, '', []],
])('from %d to %d at most %d lines in "%s"', (min, max, most, unit, want) => {
  expect(valueTicks(min, max, most, unit)).toEqual(want);
});

test.each<[number, number, number, number[]]>([
  [0.001, 10, 5, [0.001, 0.01, 0.1, 1, 10]],
  [1, 10, 6, [1, 2, 5, 10]],
  [1e-12, 1e12, 4, [1e-12, 1e-6, 1, 1e6, 1e12]],
  [0, 10, 5, []],
  [0.5, 3, 4, [0.5, 1, 2]],
  [0.0026, 0.00345, 5, [0.0026, 0.0028, 0.003, 0.0032, 0.0034]],
])('logarithmic from %d to %d at most about %d lines', (min, max, most, want) => {
  expect(logTicks(min, max, most)).toEqual(want);
});

test('ticks lie inside, rise and are few, whatever the range', () => {
  const bound = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(bound, bound, fc.integer({ min: 1, max: 20 }), fc.constantFrom('', 's', 'bytes', 'ms'), (a, b, most, unit) => {
      const [min, max] = a < b ? [a, b] : [b, a];
      const ticks = valueTicks(min, max, most, unit);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      for (let i = 1; i < ticks.length; i++) expect(ticks[i]!).toBeGreaterThan(ticks[i - 1]!);
    }),
  );
});

test.each<[string, number, number, number, string[]]>([
  ['43 steps on a small chart', 0, 42, 220, ['0', '20', '40']],
  ['50 steps', 0, 49, 260, ['0', '20', '40']],
  ['a part of them', 5, 37, 250, ['10', '20', '30']],
  ['as before where two can be read', 0, 95, 260, ['0', '50']],
  ['a label that the edge would cut is no second one', 0, 100_000, 200, ['0', '50000', '']],
  ['no finer than there is room for', 1e11 + 1, 1e11 + 199_999, 100, ['100000100000']],
])('labels of an axis: %s', (_, min, max, widthCss, want) => {
  const place = (x: number) => ((x - min) / (max - min)) * widthCss;
  const found = ticksForTwo(
    Math.max(2, Math.floor(widthCss / 90)),
    (most) => {
      const ticks = valueTicks(min, max, most, '');
      return withoutCutLabels({ at: ticks, labels: ticks.map(String) }, place, widthCss + 8);
    },
    (ticks) => hasRoom(ticks, place),
  );
  expect(found.labels).toEqual(want);
});

const at = (text: string) => Date.parse(text);

test.each<[string, string, string, number, string, string[]]>([
  ['six hours', '2026-11-22T09:30Z', '2026-11-22T15:30Z', 6, 'UTC', ['10:00', '11:00', '12:00', '13:00', '14:00', '15:00']],
  ['over midnight', '2026-11-22T21:00Z', '2026-11-23T03:00Z', 3, 'UTC', ['22:00', 'Nov 23', '02:00']],
  [
    'five minutes',
    '2026-11-22T10:00Z',
    '2026-11-22T10:01Z',
    4,
    'UTC',
    ['10:00:00', '10:00:15', '10:00:30', '10:00:45', '10:01:00'],
  ],
  ['half-hour zone', '2026-11-22T00:00Z', '2026-11-22T03:00Z', 3, 'Asia/Kolkata', ['06:00', '07:00', '08:00']],
  ['days', '2026-11-20T00:00Z', '2026-11-23T00:00Z', 4, 'UTC', ['Nov 20', 'Nov 21', 'Nov 22', 'Nov 23']],
  ['a year', '2026-01-01T00:00Z', '2027-01-01T00:00Z', 5, 'UTC', ['2026', 'Apr', 'Jul', 'Oct', '2027']],
  [
    'milliseconds',
    '2026-11-22T10:00:00.000Z',
    '2026-11-22T10:00:00.020Z',
    2,
    'UTC',
    ['10:00:00.000', '10:00:00.010', '10:00:00.020'],
  ],
])('time axis: %s', (_, from, to, most, zone, want) => {
  expect(timeTicks(at(from), at(to), most, zone).labels).toEqual(want);
});

test('where clocks go back, ticks stay at their clock times and no instant is named twice', () => {
  const ticks = timeTicks(at('2026-10-24T12:00Z'), at('2026-10-26T12:00Z'), 9, 'Europe/Berlin');
  expect(ticks.labels).toContain('Oct 25');
  expect(new Set(ticks.at).size).toBe(ticks.at.length);
  for (const tick of ticks.at) expect((tick + zoneOffsetMs(tick, 'Europe/Berlin')) % (6 * HOUR)).toBe(0);
});

test('bad ranges and zones give nothing, or UTC, and never hang', () => {
  expect(timeTicks(5, 5, 4, 'UTC').at).toEqual([]);
  expect(timeTicks(Number.NaN, 5, 4, 'UTC').at).toEqual([]);
  expect(timeTicks(-1e300, 1e300, 4, 'UTC').at).toEqual([]);
  expect(zoneOffsetMs(0, 'Nowhere/Land')).toBe(0);
});

test('an instant is written in its zone', () => {
  expect(formatInstant(at('2026-11-22T14:05:30Z'), 'Asia/Tokyo')).toBe('2026-11-22 23:05:30');
  expect(formatInstant(at('2026-11-22T14:05:30.250Z'), 'UTC')).toBe('2026-11-22 14:05:30.250');
});

test.each<[string, number, number, RangeLimits, (range: readonly [number, number]) => boolean]>([
  ['positive data that nearly reaches zero starts there', 0.1, 1, {}, ([min]) => min === 0],
  ['positive data never gets a negative axis', 9, 10, {}, ([min, max]) => min > 8 && max < 11],
  ['one value stands in the middle', 5, 5, {}, ([min, max]) => min < 5 && max > 5],
  [
    'so does what rounding moved',
    0.003,
    0.003 + 1e-17,
    {},
    ([min, max]) => min < 0.0025 && max > 0.0035 && valueTicks(min, max, 4, '').length > 1,
  ],
  ['zero alone has room above', 0, 0, {}, ([min, max]) => min === 0 && max === 1],
  ['nothing shows 0 to 1', Number.NaN, Number.NaN, {}, ([min, max]) => min === 0 && max > 0],
  ['hard limits win', 0, 100, { min: 20, max: 50 }, ([min, max]) => min === 20 && max === 50],
  ['soft limits widen', 4, 5, { softMin: 0, softMax: 10 }, ([min, max]) => min === 0 && max === 10],
  ['contradicting limits still make an axis', 0, 1, { min: 5, max: 2 }, ([min, max]) => max > min],
  [
    'from one end of all numbers to the other',
    -Number.MAX_VALUE,
    1e308,
    {},
    ([min, max]) => Number.isFinite(max - min) && max > 0 && min < 0,
  ],
  ['at the very end of all numbers', 0, Number.MAX_VALUE, {}, ([min, max]) => min === 0 && Number.isFinite(max)],
  ['and by logarithms', 1, Number.MAX_VALUE, { log: true }, ([min, max]) => min > 0 && Number.isFinite(max)],
  ['logarithms stay above zero', 0.01, 10, { log: true }, ([min, max]) => min > 0 && min < 0.01 && max > 10],
  [
    'a logarithm of nothing positive is an axis too',
    Number.NaN,
    Number.NaN,
    { log: true, min: -1 },
    ([min, max]) => min > 0 && max > min,
  ],
])('%s', (_, low, high, limits, holds) => {
  expect(holds(valueRange(low, high, limits)), String(valueRange(low, high, limits))).toBe(true);
});
