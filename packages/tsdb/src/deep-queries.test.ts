import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SampleStore } from '@vitrine/model/sample-store.ts';
import { openStore } from './open-store.ts';
import { batchOf, tempFolder } from './store-for-tests.ts';

const NOW = Date.now();
const { folder, remove } = tempFolder();
let store: SampleStore;
beforeAll(async () => {
  store = await openStore({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10 });
  await store.append(batchOf([['x', NOW, 1]]));
});
afterAll(async () => {
  await store.close();
  remove();
});

const kind = async (expr: string): Promise<string> => (await store.evaluate({ expr, startMs: NOW, endMs: NOW, stepMs: 0 })).kind;

const deep = (levels: number): [what: string, expr: string][] => [
  ['parentheses', '('.repeat(levels) + 'x' + ')'.repeat(levels)],
  ['signs', '-'.repeat(levels) + 'x'],
  ['functions', 'abs('.repeat(levels) + 'x' + ')'.repeat(levels)],
  ['aggregations', 'sum('.repeat(levels) + 'x' + ')'.repeat(levels)],
  ['subqueries', 'max_over_time('.repeat(levels) + 'x' + '[5m:5m])'.repeat(levels)],
  ['operators', 'x' + ' + x'.repeat(levels)],
  ['sets', 'x' + ' or x'.repeat(levels)],
  ['durations', `last_over_time(x[${'('.repeat(levels)}5m${')'.repeat(levels)}])`],
];

test.each(deep(10_000))('%s, 10,000 deep, are refused with a sentence, and the store goes on', async (_, expr) => {
  await expect(kind(expr)).rejects.toThrow(
    'expression nests more than 1000 levels deep, chained operators included; split it into several queries',
  );
  expect(await kind('x')).toBe('vector');
});

// The stack of a thread must do for what the parser lets through.
test.each(deep(450))('%s, 450 deep, are answered', async (_, expr) => {
  expect(await kind(expr)).toBe('vector');
});
