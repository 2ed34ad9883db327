import fc from 'fast-check';
import { expect, test } from 'vitest';

import { UNIT_IDS } from './unit/unit-table.ts';
import { formatExact, formatText, formatTick, formatTicks, formatValue } from './unit.ts';

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
  [1e-10, 'none', '1×10⁻¹⁰'],
  [-1.23456e-10, 'percent', '−1.235×10⁻¹⁰ %'],
  [1e300, 'none', '1×10³⁰⁰'],
  [5e-324, '', '4.941×10⁻³²⁴'],
  [1_234_567, 'currencyUSD', '$1.235 M'],
  [-5, 'currencyEUR', '−€5'],
  [12_345, 'currencySEK', '12.35 K kr'],
  [1_234.5, 'currency:financial:$', '$1,234.50'],
  [1_234.5, 'currency:financial:kr:suffix', '1,234.50 kr'],
  [-7, 'prefix:#', '#−7'],
  [1500, 'si:mF', '1.5 F'],
  [1500, 'si:m', '1.5 km'],
  [12_345, 'count:jobs', '12.35 K jobs'],
  [0, 'bool:up/down', 'down'],
  [3, 'TFLOP/s', '3 TFLOP/s'],
  [3, 'suffix:', '3'],
  [-93_784, 'dtdhms', '−1 d 02:03:04'],
  [93_784, 'dtdurations', '1 day'],
  [40 * 86_400, 's', '40 d'],
  [800, 'd', '2.19 y'],
  [1_234_567.891, 'locale', '1,234,567.891'],
  [2.5e-13, 'watt', '250 fW'],
  [3e25, 'watt', '30 YW'],
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
  expect(formatExact(1_234_567_890_123_456, 'none')).toBe('1,234,567,890,123,456');
  expect(formatExact(1.234_567e-10, 'none')).toBe('1.234567×10⁻¹⁰');
  expect(formatExact(-12_345.67, 'currencyUSD')).toBe('−$12.34567 K');
  expect(formatExact(93_784.5, 'dtdurations')).toBe('1 day, 2 hours, 3 minutes, 4 seconds, 500 milliseconds');
});

test.each<[string, readonly number[], readonly string[]]>([
  ['s', [0, 0.5, 1, 1.5], ['0.0 s', '0.5 s', '1.0 s', '1.5 s']],
  ['s', [0, 0.05, 0.1], ['0 ms', '50 ms', '100 ms']],
  ['short', [0, 5000, 10_000], ['0 K', '5 K', '10 K']],
  ['none', [0, 5000, 10_000], ['0', '5,000', '10,000']],
  ['none', [0, 2500, 5000], ['0', '2500', '5000']],
  ['none', [0, 5e-11, 1e-10], ['0', '0.5×10⁻¹⁰', '1.0×10⁻¹⁰']],
  ['none', [-2e-7, 0, 2e-7], ['−2×10⁻⁷', '0', '2×10⁻⁷']],
  ['percent', [0, 1e15], ['0 %', '1×10¹⁵ %']],
  ['none', [1_000_000.1, 1_000_000.2], ['1,000,000.1', '1,000,000.2']],
  ['currencyUSD', [-5000, 0, 15_000], ['−$5 K', '$0 K', '$15 K']],
  ['dthms', [0, 3600, 7200], ['00:00:00', '01:00:00', '02:00:00']],
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

test('any number in any unit reads as something short, whole or not', () => {
  fc.assert(
    fc.property(
      fc.double(),
      fc.constantFrom(...UNIT_IDS, 'a word', 'si:x', 'time:HH'),
      fc.option(fc.nat(20)),
      (value, unit, decimals) => {
        const text = formatText(value, unit, decimals ?? undefined);
        expect(text).not.toBe('');
        expect(text).not.toContain('undefined');
        if (decimals === null) expect(text.length).toBeLessThan(42);
        expect(formatTick(value, unit).length).toBeLessThan(42);
        expect(formatExact(value, unit)).not.toBe('');
      },
    ),
    { numRuns: 2000 },
  );
});

test('the labels of one axis differ where its values do', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.constantFrom('none', 'short', 's', 'bytes', 'percentunit', 'currencyUSD'),
      (start, step, unit) => {
        const values = [0, 1, 2, 3, 4].map((index) => start + index * step);
        fc.pre(step > Math.abs(start) * 1e-9);
        expect(new Set(formatTicks(values, unit)).size).toBe(5);
      },
    ),
  );
});
