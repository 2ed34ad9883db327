import type { QueryTraceNode } from '@vitrine/model/query-trace.ts';
import { expect, test } from 'vitest';
import { stepRows } from './step-rows.ts';

function node(expr: string, selfMs: number, readMs: number, children: readonly QueryTraceNode[] = []): QueryTraceNode {
  const totalMs = children.reduce((sum, child) => sum + child.totalMs, selfMs + readMs);
  return { expr, from: 0, to: 1, totalMs, selfMs, readMs, series: 1, samplesRead: 2, children };
}

test('each node stands behind the one that it is a part of, with its share of the whole', () => {
  const root = node('a / b', 1, 0, [node('rate(a[5m])', 2, 5, []), node('sum(b)', 1, 0, [node('b', 0, 1)])]);
  const rows = stepRows({ root, waitedMs: 0, heldValues: 0, read: undefined });
  expect(rows.map(({ expr, depth, share }) => [expr, depth, share])).toEqual([
    ['a / b', 0, 0.1],
    ['rate(a[5m])', 1, 0.7],
    ['sum(b)', 1, 0.1],
    ['b', 2, 0.1],
  ]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(4);
});

test('a query that took no time has no shares', () => {
  const rows = stepRows({ root: node('1', 0, 0), waitedMs: 0, heldValues: 0, read: undefined });
  expect(rows.map(({ share }) => share)).toEqual([0]);
});
