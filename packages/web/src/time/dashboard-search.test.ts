import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chosenRange,
  parseRefresh,
  parseSearch,
  readDashboardSearch,
  readFolded,
  writeFolded,
  writeSearch,
} from './dashboard-search.ts';

test.each([
  ['?from=now-6h&to=now', { from: 'now-6h', to: 'now' }],
  ['?from=now-1d/d&to=now/d', { from: 'now-1d/d', to: 'now/d' }],
  ['?from=2026-01-02T03:04:05.000Z&to=1773848527250', { from: '2026-01-02T03:04:05.000Z', to: '1773848527250' }],
  ['?tz=Europe/Berlin&refresh=10s', { tz: 'Europe/Berlin', refresh: '10s' }],
  ['?refresh=live', { refresh: 'live' }],
  ['?panel=3&fold=1.17', { panel: 3, fold: '1.17' }],
  ['', {}],
])('%s opens %j', (url, want) => {
  expect(readDashboardSearch(parseSearch(url))).toEqual(want);
  expect(writeSearch(want)).toBe(url);
});

test.each([
  ['?tz=Mars/Base', {}],
  ['?refresh=soon', {}],
  ['?refresh=0s', {}],
  ['?panel=-1', {}],
  ['?panel=3.5', {}],
  ['?panel=__proto__', {}],
  ['?fold=1,2', {}],
  ['?fold=<script>', {}],
  ['?from=', {}],
  ['?theme=pink', {}],
  // A range that can't be read stays, so that its reader is told.
  ['?from=banana', { from: 'banana' }],
])('%s opens as %j', (url, want) => expect(readDashboardSearch(parseSearch(url))).toEqual(want));

test('whatever is in a URL, reading it twice gives the same, and writing it back too', () => {
  const value = fc.oneof(fc.string(), fc.constantFrom('now', 'now-6h', 'live', 'UTC', '3', '1.2.3', '2026-01-02'));
  const name = fc.constantFrom('from', 'to', 'tz', 'refresh', 'panel', 'fold', 'other');
  fc.assert(
    fc.property(fc.dictionary(name, value), (raw) => {
      const search = readDashboardSearch(raw);
      expect(readDashboardSearch(parseSearch(writeSearch({ ...search })))).toEqual(search);
    }),
  );
});

const saved = { from: 'now-1h', to: 'now' };
test.each([
  [{}, saved, undefined],
  [{ from: 'now-5m' }, { from: 'now-5m', to: 'now' }, undefined],
  [{ from: 'banana' }, saved, /^from: "banana" is not a time/],
  [{ from: 'now', to: 'now-1h' }, saved, /^to: .*is not after/],
  [{ from: '2026-01-02', to: '2026-01-01' }, saved, /^to: .*is not after/],
])('%j shows %j', (search, range, problem) => {
  const chosen = chosenRange(search, saved, 'UTC', Date.parse('2026-03-18T00:00:00Z'));
  expect(chosen.range).toEqual(range);
  if (problem === undefined) expect(chosen.problem).toBeUndefined();
  else expect(chosen.problem).toMatch(problem);
});

test.each([
  ['live', { kind: 'live' }],
  ['off', { kind: 'off' }],
  ['10s', { kind: 'every', everyMs: 10_000 }],
  // No faster than once a second, whatever a link says.
  ['1ms', { kind: 'every', everyMs: 1_000 }],
  ['nonsense', { kind: 'off' }],
])('refresh=%s is %j', (text, want) => expect(parseRefresh(text)).toEqual(want));

test('folded rows survive the URL', () => {
  expect(writeFolded(new Set([17, 1]))).toBe('1.17');
  expect(readFolded('1.17')).toEqual(new Set([1, 17]));
  expect(writeFolded(new Set())).toBeUndefined();
});
