import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chosenRange,
  parseRefresh,
  parseSearch,
  readDashboardSearch,
  readForeignSearch,
  readKeys,
  writeKeys,
  writeSearch,
} from './dashboard-search.ts';

test.each([
  ['?from=now-6h&to=now', { from: 'now-6h', to: 'now' }],
  ['?from=now-1d/d&to=now/d', { from: 'now-1d/d', to: 'now/d' }],
  ['?from=2026-01-02T03:04:05.000Z&to=1773848527250', { from: '2026-01-02T03:04:05.000Z', to: '1773848527250' }],
  ['?tz=Europe/Berlin&refresh=10s', { tz: 'Europe/Berlin', refresh: '10s' }],
  ['?refresh=live', { refresh: 'live' }],
  ['?panel=3&fold=1.17', { panel: '3', fold: '1.17' }],
  ['?panel=3-1&fold=3-1.17&tab=20', { panel: '3-1', fold: '3-1.17', tab: '20' }],
  ['?marks=deploys&marks=a+b', { marks: ['deploys', 'a b'] }],
  ['?kiosk=true', { kiosk: true }],
  ['?var-job=api&var-pod=a&var-pod=b&var-none=', { 'var-job': 'api', 'var-pod': ['a', 'b'], 'var-none': '' }],
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
  ['?var-__proto__[x]=1', {}],
  ['?kiosk=false', {}],
  ['?orgId=1', {}],
  ['?fold=<script>', {}],
  ['?from=', {}],
  ['?theme=pink', {}],
  // A range that can't be read stays, so that its reader is told.
  ['?from=banana', { from: 'banana' }],
])('%s opens as %j', (url, want) => expect(readDashboardSearch(parseSearch(url))).toEqual(want));

test('whatever is in a URL, reading it twice gives the same, and writing it back too', () => {
  const value = fc.oneof(fc.string(), fc.constantFrom('now', 'now-6h', 'live', 'UTC', '3', '1.2.3', '2026-01-02'));
  const name = fc.constantFrom('from', 'to', 'tz', 'refresh', 'panel', 'fold', 'tab', 'marks', 'kiosk', 'var-a', 'other');
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

test('keys survive the URL', () => {
  expect(writeKeys(new Set(['17', '1', '3-1']))).toBe('1.3-1.17');
  expect(readKeys('1.17-2')).toEqual(new Set(['1', '17-2']));
  expect(writeKeys(new Set())).toBeUndefined();
});

test.each([
  [
    '?orgId=1&viewPanel=panel-13&from=now-3h&to=now&timezone=utc&var-job=a',
    { panel: '13', from: 'now-3h', to: 'now', tz: 'UTC', 'var-job': 'a' },
  ],
  ['?viewPanel=4&timezone=browser&kiosk', { panel: '4', kiosk: true }],
  ['?panelId=7&timezone=Europe/Berlin&refresh=5s', { panel: '7', tz: 'Europe/Berlin', refresh: '5s' }],
  ['?viewPanel=<b>&timezone=Mars', {}],
])("Grafana's %s opens %j", (url, want) => expect(readForeignSearch(parseSearch(url))).toEqual(want));
