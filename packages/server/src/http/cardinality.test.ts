import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { LocalStore } from '@vitrine/tsdb/local-store.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';

let store: LocalStore;
let folder: string;
let served: TestApp;
let end: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-cardinality-'));
  store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 100 });
  served = await testApp({ samples: store, until: (close) => (end = close) });
  const series = [
    { __name__: 'requests', team: 'red', job: 'a' },
    { __name__: 'requests', team: 'blue', job: 'b' },
    { __name__: 'errors', team: 'blue', job: 'b' },
  ];
  await store.append({
    seriesKeys: series.map((labels) => Labels.from(labels).key),
    seriesIndex: Uint32Array.of(0, 1, 2),
    timestampsMs: new Float64Array(3).fill(Date.now()),
    values: new Float64Array(3),
  });
});

afterAll(async () => {
  await end();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function count(query: string, labels: Readonly<Record<string, string>> = {}) {
  const token = await served.needs.tokens.create({
    name: 'x',
    scopes: ['admin'],
    labels: Labels.from(labels),
    expiresMs: undefined,
  });
  return served.app.inject({ url: `/api/cardinality${query}`, headers: { authorization: `Bearer ${token.token}` } });
}

const names = (list: readonly { readonly name: string; readonly series: number }[]): unknown =>
  list.map(({ name, series }) => [name, series]);

test('series are counted by what they are made of', async () => {
  const answer = (await count('')).json();
  expect([answer.series, answer.newSeries, answer.activeSeries]).toEqual([3, 3, 3]);
  expect(names(answer.metrics)).toEqual([
    ['requests', 2],
    ['errors', 1],
  ]);
  expect(names(answer.jobs)).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});

test.each([
  ['?match=%7Bjob%3D%22b%22%7D&limit=1', {}, [2, [['errors', 1]]]],
  ['?match=requests', {}, [2, [['requests', 2]]]],
  ['', { team: 'red' }, [1, [['requests', 1]]]],
])('%s with labels %j counts those', async (query, labels, want) => {
  const answer = (await count(query, labels)).json();
  expect([answer.series, names(answer.metrics)]).toEqual(want);
});

test.each([
  ['?match=%7Bjob%3D', /^match: .*; write one selector, such as \{job="api"\}$/],
  ['?match=%7Bjob%3D~%22(%22%7D', /not a regular expression|missing/i],
  ['?limit=0', /limit/],
])('%s is refused with a sentence', async (query, sentence) => {
  const answer = await count(query);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.message).toMatch(sentence);
});
