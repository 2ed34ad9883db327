import { expect, test } from 'vitest';

import { formatExact, formatText, formatTicks, formatValue } from './unit.ts';

test.each<[number, string, string]>([
  [0, 'short', '0'],
  [1234, 'short', '1234'],
  [9999, '', '9999'],
  [12_345, 'short', '12.35 K'],
  [-1_234_567, 'short', '−1.235 M'],
  [999_999, 'short', '1 M'],
  [0.000_012_34, '', '0.00001234'],
  [0.1 + 0.2, 'none', '0.3'],
  [1_234_567, 'none', '1,234,567'],
  [87.4, 'percent', '87.4 %'],
  [0.874, 'percentunit', '87.4 %'],
  [0.28999999999999998, 'percentunit', '29 %'],
  [0, 'bytes', '0 B'],
  [1536, 'bytes', '1.5 KiB'],
  [3_400_000_000, 'decbytes', '3.4 GB'],
  [3.5, 'gbytes', '3.5 GiB'],
  [0.5, 'Bps', '0.5 B/s'],
  [12_500_000, 'Bps', '12.5 MB/s'],
  [2048, 'binBps', '2 KiB/s'],
  [0.0123, 's', '12.3 ms'],
  [0.000_000_4, 's', '400 ns'],
  [59.9, 's', '59.9 s'],
  [90, 's', '1.5 min'],
  [1500, 'ms', '1.5 s'],
  [0.9999999, 's', '1 s'],
  [0, 's', '0 s'],
  [36, 'h', '1.5 d'],
  [93_784, 'dthms', '26:03:04'],
  [93_784, 'dtdhms', '1 d 02:03:04'],
  [65, 'clocks', '01m:05s:000ms'],
  [1_200_000_000, 'hertz', '1.2 GHz'],
  [12_000, 'reqps', '12 K req/s'],
  [3.2, 'reqps', '3.2 req/s'],
  [64.25, 'celsius', '64.25 °C'],
  [250_000, 'watt', '250 kW'],
  [0.02, 'watt', '20 mW'],
  [7200, 'rotrpm', '7200 rpm'],
  [0, 'dateTimeAsIso', '1970-01-01 00:00:00'],
  [1, 'bool', 'True'],
  [0, 'bool_yes_no', 'No'],
  [123_456, 'sci', '1.235e5'],
  [255, 'hex0x', '0xFF'],
  [3, 'tokens', '3 tokens'],
  [3, 'suffix:tokens', '3 tokens'],
  [Number.NaN, 'bytes', 'NaN'],
  [Infinity, 's', '+Inf'],
  [-Infinity, 's', '−Inf'],
  [-0.0000001, 'none', '−0.0000001'],
  [8.64e15 + 1, 'dateTimeAsIso', '8640000000000001'],
])('%d in "%s" reads %s', (value, unit, want) => {
  expect(formatText(value, unit)).toBe(want);
});

test.each<[number, string, number, string]>([
  [1.5, 's', 3, '1.500 s'],
  [1234.5678, 'none', 1, '1234.6'],
  [0.87456, 'percentunit', 0, '87 %'],
])('%d in "%s" with %d decimals reads %s', (value, unit, decimals, want) => {
  expect(formatText(value, unit, decimals)).toBe(want);
});

test('text and suffix come apart, so that a figure can set the suffix smaller', () => {
  expect(formatValue(1536, 'bytes')).toEqual({ prefix: '', text: '1.5', suffix: 'KiB' });
});

test('hovering shows every digit', () => {
  expect(formatExact(0.012_345_678_9, 's')).toBe('12.3456789 ms');
  expect(formatExact(1_234_567, 'none')).toBe('1,234,567');
});

test.each<[string, readonly number[], readonly string[]]>([
  ['s', [0, 0.5, 1, 1.5], ['0.0 s', '0.5 s', '1.0 s', '1.5 s']],
  ['s', [0, 0.05, 0.1], ['0 ms', '50 ms', '100 ms']],
  ['short', [0, 5000, 10_000], ['0 K', '5 K', '10 K']],
  ['', [0, 0.25, 0.5], ['0.00', '0.25', '0.50']],
  ['percentunit', [0, 0.2, 0.4], ['0 %', '20 %', '40 %']],
  ['bytes', [0, 536_870_912, 1_073_741_824], ['0.0 GiB', '0.5 GiB', '1.0 GiB']],
])('ticks in "%s" share prefix and decimals', (unit, values, want) => {
  expect(formatTicks(values, unit)).toEqual(want);
});

test('no unit ever writes an exponent unless it was asked for', () => {
  for (const value of [1e-12, 1e-7, 1e21, 1e300, 123_456_789_012]) {
    for (const unit of ['', 'none', 'short', 's', 'bytes', 'percent', 'watt']) {
      expect(formatText(value, unit)).not.toMatch(/\de/);
      expect(formatExact(value, unit)).not.toMatch(/\de/);
    }
  }
});
