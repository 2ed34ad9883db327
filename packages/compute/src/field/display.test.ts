import type { FieldSettings } from '@vitrine/model/field-config.ts';
import type { Field } from '@vitrine/model/frame.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { cellValue, displayOf, displayText, thresholdsOf } from './display.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

function display(config: FieldSettings, type: Field['type'] = 'number', range?: Field['range']) {
  return displayOf({ type, config, ...(range === undefined ? {} : { range }) }, { timeZone: 'Europe/Berlin', nowMs: () => NOW });
}

test.each<[FieldSettings, Field['type'], unknown, string]>([
  [{ unit: 'ms' }, 'number', 12.3, '12.3 ms'],
  [{ unit: 'percentunit', decimals: 1 }, 'number', 0.5, '50.0 %'],
  [{ unit: 'currencyEUR' }, 'number', -12_345, '−€12.35 K'],
  [{ unit: 'prefix:#' }, 'number', 3, '#3'],
  [{}, 'number', undefined, '–'],
  [{ noValue: 'no run' }, 'number', null, 'no run'],
  [{ unit: 'bytes' }, 'number', Number.NaN, 'NaN'],
  [{ unit: 'bytes' }, 'string', '2048', '2 KiB'],
  [{ unit: 'bytes' }, 'string', 'pod-1', 'pod-1'],
  [{}, 'string', '2048', '2048'],
  [{ unit: 'string' }, 'string', '0012', '0012'],
  [{ unit: 'bool_on_off' }, 'boolean', true, 'On'],
  [{}, 'boolean', false, 'false'],
  [{ unit: 'bytes' }, 'time', 0, '1970-01-01 01:00:00'],
  [{ unit: 'time:HH:mm' }, 'time', NOW, '13:00'],
  [{ unit: 'dateTimeAsIsoNoDateIfToday' }, 'number', NOW - 60_000, '12:59:00'],
  [{ unit: 'dateTimeFromNow' }, 'number', NOW - 300_000, '5 minutes ago'],
  [{ unit: 'dateTimeAsIso' }, 'number', 1e300, '1×10³⁰⁰'],
  [{}, 'json', { a: [1] }, '{"a":[1]}'],
  [
    {},
    'frame',
    [
      { fields: [], length: 3 },
      { fields: [], length: 4 },
    ],
    '7 rows',
  ],
])('%j: a %s of %j reads %4$s', (config, type, value, want) => {
  expect(displayText(display(config, type)(value))).toBe(want);
});

describe('mappings', () => {
  const show = display({
    unit: 's',
    mappings: [
      { kind: 'value', value: '0', result: { text: 'idle', color: 'blue', icon: 'pause' } },
      { kind: 'range', from: 1, to: 5, result: { color: 'green' } },
      { kind: 'special', match: 'null+nan', result: { text: 'n/a' } },
      { kind: 'regex', pattern: '([', result: { text: 'never' } },
      { kind: 'value', value: '9', result: { text: 'nine' } },
    ],
  });

  test.each<[unknown, string, string | undefined, string | undefined]>([
    [0, 'idle', 'blue', 'pause'],
    [3, '3 s', 'green', undefined],
    [6, '6 s', undefined, undefined],
    [null, 'n/a', undefined, undefined],
    [Number.NaN, 'n/a', undefined, undefined],
    [9, 'nine', undefined, undefined],
  ])('%s reads %s', (value, text, color, icon) => {
    expect(show(value)).toMatchObject({ color, icon });
    expect(displayText(show(value))).toBe(text);
  });

  test('a pattern that backtracks forever elsewhere does not here', () => {
    const slow = display({ mappings: [{ kind: 'regex', pattern: '(a+)+$', result: { text: 'found' } }] }, 'string');
    expect(slow(`${'a'.repeat(40_000)}!`).text).toHaveLength(40_001);
  });
});

describe('colours', () => {
  const steps = [
    { value: -Infinity, color: 'green' },
    { value: 80, color: 'red' },
  ];
  const range = { min: 0, max: 200 };
  test.each<[string, FieldSettings, unknown, string | undefined]>([
    ['fixed', { color: { mode: 'fixed', fixedColor: 'blue' } }, 1, 'blue'],
    ['a threshold', { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } }, 80, 'red'],
    ['thresholds where no mode is said', { thresholds: { mode: 'absolute', steps } }, 79, 'green'],
    ['thresholds in percent', { color: { mode: 'thresholds' }, thresholds: { mode: 'percentage', steps } }, 159, 'green'],
    ['thresholds in percent, reached', { color: { mode: 'thresholds' }, thresholds: { mode: 'percentage', steps } }, 160, 'red'],
    ['missing is never good', { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } }, undefined, 'unknown'],
    ['a scheme', { color: { mode: 'continuous-GrYlRd' } }, 50, 'continuous-GrYlRd@0.250'],
    ['a scheme past its end', { color: { mode: 'continuous-GrYlRd' } }, 500, 'continuous-GrYlRd@1.000'],
    ['a palette is the series’', { color: { mode: 'palette-classic' } }, 50, undefined],
  ])('%s', (_, config, value, want) => {
    expect(display(config, 'number', range)(value).color).toBe(want);
  });

  test('thresholds in percent as values of the axis', () => {
    const field = { config: { min: 100, thresholds: { mode: 'percentage', steps } }, range } as const;
    expect(thresholdsOf(field)).toEqual([
      { value: -Infinity, color: 'green' },
      { value: 180, color: 'red' },
    ]);
  });
});

test('missing cells of any column have no value', () => {
  const present = Uint8Array.of(1, 0);
  expect(cellValue({ name: 'n', type: 'number', values: Float64Array.of(1, 2), present }, 1)).toBeUndefined();
  expect(cellValue({ name: 'b', type: 'boolean', values: Uint8Array.of(1, 0) }, 0)).toBe(true);
  expect(cellValue({ name: 's', type: 'string', values: ['a'] }, 3)).toBeUndefined();
});

test('any value in any unit reads as something short, and a share stays between 0 and 1', () => {
  const units = fc.constantFrom(
    '',
    'none',
    's',
    'bytes',
    'percent',
    'currencyUSD',
    'dtdurations',
    'dthms',
    'dateTimeAsIso',
    'locale',
    'sci',
    'si:W',
  );
  const value = fc.oneof(fc.double(), fc.boolean(), fc.string(), fc.constant(null), fc.jsonValue());
  fc.assert(
    fc.property(units, value, fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }), (unit, value, decimals) => {
      const show = display({ unit, min: 0, max: 10, ...(decimals === undefined ? {} : { decimals }) });
      const { text, percent } = show(value);
      if (typeof value === 'number') expect(text.length).toBeLessThan(40);
      if (percent !== undefined) expect(percent).toBeGreaterThanOrEqual(0);
      if (percent !== undefined) expect(percent).toBeLessThanOrEqual(1);
    }),
  );
});
