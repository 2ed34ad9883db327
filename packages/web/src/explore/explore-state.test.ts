import { expect, test } from 'vitest';
import { EMPTY_PANE, isAsking, readPane, writePane } from './explore-state.ts';

const asking = { queries: [{ ...EMPTY_PANE.queries[0]!, spec: { expr: 'up' } }], view: 'table' as const };

test('a pane comes back from the URL as it was', () => {
  expect(readPane(writePane(asking))).toEqual(asking);
  expect(readPane(JSON.stringify({ queries: [{ refId: 'A', spec: { expr: 'up' } }] }))).toMatchObject({ view: 'both' });
});

test.each([undefined, '', '{', '[]', '{"queries":[]}', '{"queries":[{"refId":1}]}', '{"queries":"up"}', 'x'.repeat(30_000)])(
  'what is no pane is left: %s',
  (text) => expect(readPane(text)).toBeUndefined(),
);

test('an empty query asks nothing, and a hidden one neither', () => {
  expect(isAsking(EMPTY_PANE)).toBe(false);
  expect(isAsking(asking)).toBe(true);
  expect(isAsking({ ...asking, queries: asking.queries.map((query) => ({ ...query, hidden: true })) })).toBe(false);
});
