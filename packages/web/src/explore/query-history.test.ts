import { expect, test } from 'vitest';
import type { Query } from '@vitrine/model/dashboard.ts';
import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import { addAsked, readHistory } from './query-history.ts';
import type { AskedBefore } from './query-history.ts';

const query = (expr: string): Query => ({ refId: 'A', source: BUILTIN_SOURCE, hidden: false, spec: { expr } });
const exprs = (history: readonly AskedBefore[]) => history.map(({ queries }) => queries[0]?.spec['expr']);

test('what is asked again comes to the top, with its star', () => {
  let history: AskedBefore[] = [];
  for (const [at, expr] of ['a', 'b', 'c'].entries()) history = addAsked(history, [query(expr)], at);
  history = history.map((one) => (one.queries[0]?.spec['expr'] === 'a' ? { ...one, starred: true } : one));
  history = addAsked(history, [query('a')], 9);
  expect(exprs(history)).toEqual(['a', 'c', 'b']);
  expect(history[0]).toMatchObject({ starred: true, askedMs: 9 });
});

test('a star outlives the many', () => {
  let history: AskedBefore[] = [{ queries: [query('kept')], askedMs: 0, starred: true }];
  for (let at = 1; at <= 300; at++) history = addAsked(history, [query(`q${at}`)], at);
  expect(history).toHaveLength(201);
  expect(exprs(history).at(-1)).toBe('kept');
});

test.each([null, '', 'x', '{}', '[1]', '[{"queries":1,"askedMs":2}]'])('nothing is read from %s', (text) => {
  expect(readHistory(text)).toEqual([]);
});
