import { describe, expect, test } from 'vitest';
import { formatPlain } from './format-plain.ts';
import { labelName, metricName, type NameKind, unitName } from './translate-name.ts';

describe('a metric’s name', () => {
  test.each<[name: string, unit: string, kind: NameKind, wanted: string | undefined]>([
    ['simple_metric', '', 'gauge', 'simple_metric'],
    ['http.server.duration', 's', 'other', 'http_server_duration_seconds'],
    ['requests', '', 'counter', 'requests_total'],
    ['requests_total', '', 'counter', 'requests_total'],
    ['total.requests', '', 'counter', 'requests_total'],
    ['cpu_usage', '1', 'gauge', 'cpu_usage_ratio'],
    ['cpu_usage_ratio', '1', 'gauge', 'cpu_usage_ratio'],
    ['items', '1', 'counter', 'items_total'],
    ['response_time_seconds', 's', 'gauge', 'response_time_seconds'],
    ['cpu_seconds_total', 's', 'counter', 'cpu_seconds_total'],
    ['requests', '1/s', 'gauge', 'requests_per_second'],
    ['throughput', 'By/s', 'gauge', 'throughput_bytes_per_second'],
    ['throughput', 'By/s', 'counter', 'throughput_bytes_per_second_total'],
    ['custom_metric', 'custom_unit', 'gauge', 'custom_metric_custom_unit'],
    ['custom_metric', '{custom}', 'gauge', 'custom_metric'],
    ['custom_metric', 'By/{custom}', 'gauge', 'custom_metric_bytes'],
    [
      'metric__with__multiple__underscores',
      'unit__multiple__underscores',
      'gauge',
      'metric_with_multiple_underscores_unit_multiple_underscores',
    ],
    ['custom_metric', 'unit@with#special/chars', 'gauge', 'custom_metric_unit_with_special_per_chars'],
    ['metric@with#special$chars', '', 'gauge', 'metric_with_special_chars'],
    ['123metric', '', 'gauge', '_123metric'],
    ['a:rule', '', 'gauge', 'a:rule'],
    ['uptime', 'd', 'gauge', 'uptime_days'],
    ['a', 'constructor', 'gauge', 'a_constructor'],
    ['@#$%', '', 'gauge', undefined],
    ['', '', 'gauge', undefined],
  ])('%j in %j as a %s is %j', (name, unit, kind, wanted) => {
    expect(metricName(name, unit, kind)).toBe(wanted);
  });
});

test.each([
  ['By/s', 'bytes_per_second'],
  ['1', ''],
  ['{packets}', ''],
  ['ms', 'milliseconds'],
])('the unit %j is %j in words', (unit, words) => {
  expect(unitName(unit)).toBe(words);
});

test.each([
  ['label:with:colons', 'label_with_colons'],
  ['label!with&special$chars)', 'label_with_special_chars_'],
  ['label_with_foreign_characters_字符', 'label_with_foreign_characters___'],
  ['123label', 'key_123label'],
  ['_label', 'key_label'],
  ['__label', '__label'],
  ['a🙂b', 'a_b'],
  ['ようこそ', undefined],
  ['', undefined],
])('the attribute %j is the label %j', (key, label) => {
  expect(labelName(key)).toBe(label);
});

test.each([
  [1, '1'],
  [0.005, '0.005'],
  [1e-7, '0.0000001'],
  [-1.25e-9, '-0.00000000125'],
  [1.5e21, '1500000000000000000000'],
  [Number.POSITIVE_INFINITY, '+Inf'],
])('%d is written %s', (number, text) => {
  expect(formatPlain(number)).toBe(text);
});
