import { expect, test } from 'vitest';
import { interpolate } from './interpolate.ts';

const context = { stepMs: 30_000, rangeMs: 3_600_000, scrapeIntervalMs: 15_000 };

test.each<[string, string]>([
  ['rate(a[$__rate_interval])', 'rate(a[1m])'],
  ['rate(a[${__rate_interval}])', 'rate(a[1m])'],
  ['avg_over_time(a[$__interval])', 'avg_over_time(a[30s])'],
  ['increase(a[$__range])', 'increase(a[1h])'],
  ['a * $__interval_ms / $__range_s', 'a * 30000 / 3600'],
  ['a{b="$c"}', 'a{b="$c"}'],
  ['label_replace(a, "b", "$1", "c", "(.*)")', 'label_replace(a, "b", "$1", "c", "(.*)")'],
])('%s', (text, want) => {
  expect(interpolate(text, context)).toBe(want);
});

test('the rate interval is a step and a scrape where that is longer', () => {
  expect(interpolate('$__rate_interval', { ...context, stepMs: 300_000 })).toBe('5m15s');
});
