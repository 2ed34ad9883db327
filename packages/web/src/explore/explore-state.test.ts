import { expect, test } from 'vitest';
import { emptyPane, isAsking, readPane, writePane } from './explore-state.ts';

const empty = emptyPane([]);
const asking = { queries: [{ ...empty.queries[0]!, spec: { expr: 'up' } }], view: 'table' as const };

test('a pane comes back from the URL as it was', () => {
  expect(readPane(writePane(asking))).toEqual(asking);
  expect(readPane(JSON.stringify({ queries: [{ refId: 'A', spec: { expr: 'up' } }] }))).toMatchObject({ view: 'auto' });
});

test.each([undefined, '', '{', '[]', '{"queries":[]}', '{"queries":[{"refId":1}]}', '{"queries":"up"}', 'x'.repeat(30_000)])(
  'what is no pane is left: %s',
  (text) => expect(readPane(text)).toBeUndefined(),
);

test('an empty query asks nothing, and a hidden one neither', () => {
  expect(isAsking(empty)).toBe(false);
  expect(isAsking(asking)).toBe(true);
  expect(isAsking({ ...asking, queries: asking.queries.map((query) => ({ ...query, hidden: true })) })).toBe(false);
});

test.each([
  ['the default one', [{ uid: 'p', type: 'prometheus', isDefault: true, supported: true }], 'p'],
  ['its own store, where that cannot be asked', [{ uid: 'l', type: 'loki', isDefault: true, supported: false }], 'builtin'],
  ['its own store, where there is none', [{ uid: 'p', type: 'prometheus', isDefault: false, supported: true }], 'builtin'],
])('opens on %s', (_, sources, uid) => expect(emptyPane(sources).queries[0]?.source.uid).toBe(uid));
