import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { TraceSpan } from './trace-model.ts';
import { findSpans } from './trace-search.ts';
import { criticalPath, treeOf, visibleSpans } from './trace-tree.ts';

const span = (id: string, parentId: string, startMs: number, endMs: number, more: Partial<TraceSpan> = {}): TraceSpan => ({
  id,
  parentId,
  name: id,
  service: 's',
  startMs,
  durationMs: endMs - startMs,
  kind: '',
  isError: false,
  statusText: '',
  tags: [],
  serviceTags: [],
  logs: [],
  ...more,
});

const spans = [
  span('late', 'root', 60, 90),
  span('root', '', 0, 100),
  span('early', 'root', 10, 50),
  span('deep', 'early', 20, 30),
];

test('parents stand before children, siblings by their start', () => {
  const tree = treeOf(spans);
  expect([...tree.order].map((at) => spans[at]!.id)).toEqual(['root', 'early', 'deep', 'late']);
  expect([...tree.depth]).toEqual([1, 0, 1, 2]);
  expect([...tree.below]).toEqual([0, 3, 1, 0]);
  expect([tree.fromMs, tree.toMs]).toEqual([0, 100]);
});

test('missing parents and rings are counted, and nothing is lost', () => {
  const tree = treeOf([
    span('a', 'b', 1, 2),
    span('b', 'a', 0, 2),
    span('c', 'gone', 0, 1),
    span('d', 'd', 0, 1),
    span('a', '', 3, 4),
  ]);
  expect([tree.orphans, tree.rings]).toEqual([1, 1]);
  expect([...tree.order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
});

test('any parents make a tree that holds each span once, below what is its parent', () => {
  const any = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -1, max: 12 }), fc.nat(50), fc.nat(50)), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(any, (made) => {
      const list = made.map(([id, parent, start, length]) => span(`${id}`, parent < 0 ? '' : `${parent}`, start, start + length));
      const tree = treeOf(list);
      expect(new Set(tree.order).size).toBe(list.length);
      const places = new Map([...tree.order].map((at, place) => [at, place]));
      tree.parent.forEach((above, at) => {
        if (above < 0) return;
        expect(places.get(above)!).toBeLessThan(places.get(at)!);
        expect(tree.depth[at]).toBe(tree.depth[above]! + 1);
      });
      expect([...tree.order].filter((at) => tree.parent[at]! < 0).reduce((sum, at) => sum + 1 + tree.below[at]!, 0)).toBe(
        list.length,
      );
      for (const stretches of criticalPath(list, tree).values())
        for (const { fromMs, toMs } of stretches) expect(toMs).toBeGreaterThan(fromMs);
    }),
  );
});

test('a chain of thousands does not run out of stack', () => {
  const chain = Array.from({ length: 10_000 }, (_, n) => span(`${n}`, n === 0 ? '' : `${n - 1}`, n, 20_000 - n));
  const tree = treeOf(chain);
  expect(tree.depth[9_999]).toBe(9_999);
  expect(criticalPath(chain, tree).size).toBe(10_000);
});

test('collapsing hides what is below, a filter keeps the ways to what it keeps', () => {
  const tree = treeOf(spans);
  const ids = (rows: Int32Array) => [...rows].map((at) => spans[at]!.id);
  expect(ids(visibleSpans(tree, new Set([2])))).toEqual(['root', 'early', 'late']);
  expect(ids(visibleSpans(tree, new Set(), new Set([3])))).toEqual(['root', 'early', 'deep']);
});

test('the critical path waits for the child that ended last', () => {
  const path = criticalPath(spans, treeOf(spans));
  const stretches = (id: string) => path.get(spans.findIndex((one) => one.id === id))?.map(({ fromMs, toMs }) => [fromMs, toMs]);
  expect(stretches('root')).toEqual([
    [90, 100],
    [50, 60],
    [0, 10],
  ]);
  expect(stretches('late')).toEqual([[60, 90]]);
  expect(stretches('early')).toEqual([
    [30, 50],
    [10, 20],
  ]);
});

test('the critical path of a child that outlives its parent ends with the parent', () => {
  const list = [span('root', '', 0, 10), span('async', 'root', 5, 50)];
  const path = criticalPath(list, treeOf(list));
  expect(path.get(1) ?? path.get(0)).toEqual([{ fromMs: 5, toMs: 10 }]);
});

test.each([
  ['', undefined],
  ['  ', undefined],
  ['http.status=504', [1]],
  ['error', [1]],
  ['get s', [0]],
  ['nothing', []],
])('the search %j finds %j', (search, want) => {
  const list = [span('GET', '', 0, 1), span('b', '', 0, 1, { isError: true, tags: [['http.status', '504']] })];
  const found = findSpans(list, search);
  expect(found === undefined ? undefined : [...found]).toEqual(want);
});
