import { parse } from '@vitrine/promql/parse.ts';
import { expect, test } from 'vitest';
import { maskVariables } from './mask-variables.ts';

test.each([
  ['up', 'up'],
  ['rate(a[$__rate_interval])', 'rate(a[5m])'],
  ['rate(a[${window}])', 'rate(a[5m])'],
  ['rate(a[[[window]]])', 'rate(a[5m])'],
  ['a{job=~"$job", x="]$y["} offset $shift', 'a{job=~"$job", x="]$y["} offset 5m'],
  ['a # $note', 'a # $note'],
  [String.raw`a{x="\"$y"}[$z]`, String.raw`a{x="\"$y"}[5m]`],
])('%s parses as %s', (query, want) => {
  expect(maskVariables(query)?.text).toBe(want);
  expect(() => parse(want)).not.toThrow();
});

test.each(['sum($metric)', '$op(a)', 'a > $limit', '${prefix}gpu', '[[metric]]'])('%s is left to the server', (query) => {
  expect(maskVariables(query)).toBeUndefined();
});

test('a position behind a variable is found again', () => {
  const query = 'rate(a[$__rate_interval]) + rate(b[$__range]) !';
  const masked = maskVariables(query)!;
  expect(query[masked.positionOf(masked.text.indexOf('!'))]).toBe('!');
  expect(query[masked.positionOf(masked.text.indexOf('b'))]).toBe('b');
});
