import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LabelSearch } from '@vitrine/model/sample-store.ts';
import { LocalStore } from '../local-store.ts';
import { keyOf, tempFolder } from '../store-for-tests.ts';
import { scoring } from './top-texts.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const ALL: LabelSearch = {
  label: '__name__',
  texts: [],
  leastScore: 0,
  caseSensitive: true,
  order: 'score',
  selectors: [],
  fromMs: -8.64e15,
  toMs: 8.64e15,
  limit: 0,
  offset: 0,
};

async function filled(samples: Readonly<Record<string, readonly number[]>>): Promise<LocalStore> {
  const { folder } = tempFolder();
  const store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1_000 }, () => NOW);
  for (const [series, timesMs] of Object.entries(samples)) {
    await store.append({
      seriesKeys: [keyOf(series)],
      seriesIndex: new Uint32Array(timesMs.length),
      timestampsMs: Float64Array.from(timesMs),
      values: new Float64Array(timesMs.length),
    });
  }
  return store;
}

describe('a search for labels', () => {
  const metrics = ['http_requests_total', 'requests', 'grpc_request_count', 'node_load', 'Requests_in', 'prerequests', 'r_e_q'];

  test.each<[string, Partial<LabelSearch>, readonly string[]]>([
    [
      'the same, a beginning, a word, a part',
      { texts: ['requests'], leastScore: 0.6 },
      ['requests', 'http_requests_total', 'prerequests'],
    ],
    ['whatever the case', { texts: ['requests'], leastScore: 0.8, caseSensitive: false }, ['requests', 'Requests_in']],
    [
      'letters in their order',
      { texts: ['req'], leastScore: 0, limit: 5 },
      ['requests', 'grpc_request_count', 'http_requests_total', 'prerequests', 'r_e_q'],
    ],
    ['one of several', { texts: ['load', 'grpc'], order: 'rising' }, ['grpc_request_count', 'node_load']],
    ['nothing', { texts: ['nothing'] }, []],
    ['a page', { order: 'rising', limit: 2, offset: 1 }, ['grpc_request_count', 'http_requests_total']],
    ['the other way', { order: 'falling', limit: 2 }, ['requests', 'r_e_q']],
    ['names', { label: undefined, order: 'rising' }, ['__name__', 'l']],
    [
      'only what is selected',
      { selectors: [[{ label: '__name__', op: '=~', value: '.*_.*' }]], order: 'rising', limit: 2 },
      ['Requests_in', 'grpc_request_count'],
    ],
    ['only what is in range', { fromMs: NOW + 1 }, []],
    ['what is special in expressions', { texts: ['.*'] }, []],
  ])('finds %s', async (_, search, want) => {
    const store = await filled(Object.fromEntries(metrics.map((metric) => [`${metric}{a}`, [NOW]])));
    const { found, hasMore, total } = await store.searchLabels({ ...ALL, ...search });
    expect(found.map(({ text }) => text)).toEqual(want);
    const whole = await store.searchLabels({ ...ALL, ...search, limit: 0, offset: 0 });
    // Over all time, or of what is selected, they are counted.
    expect(total).toBe(search.fromMs === undefined ? whole.found.length : undefined);
    expect(hasMore).toBe(search.limit !== undefined && search.limit < 5);
    await store.close();
  });

  test('property: the quick look never turns away what scores', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '_', '^', '\\', ']', 'é', 'İ'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, fc.boolean(), (needle, hay, caseSensitive) => {
        fc.pre(needle !== '');
        const folded = (it: string): string => (caseSensitive ? it : it.toLowerCase());
        const isPart = folded(hay).includes(folded(needle));
        const score = scoring({ texts: [needle], leastScore: 0.6, caseSensitive })(hay);
        expect(score >= 0.6).toBe(isPart);
        if (isPart) expect(scoring({ texts: [needle], leastScore: 0, caseSensitive })(hay)).toBe(score);
      }),
    );
  });
});

test('series are counted by metric, job, label and pair, with those that came and went within the hour', async () => {
  const store = await filled({
    'old{a}': [NOW - 9 * HOUR, NOW - 1000],
    'old{b}': [NOW - 9 * HOUR, NOW - HOUR / 2],
    'new{a}': [NOW - 1000],
    'new{c}': [NOW - HOUR / 2, NOW - HOUR / 3],
    'past{a}': [NOW - 9 * HOUR],
  });
  const { metrics, labels, pairs, memoryBytes, ...rest } = await store.cardinality({ selector: [], limit: 2, nowMs: NOW });
  expect(rest).toEqual({
    series: 5,
    newSeries: 2,
    goneSeries: 2,
    activeSeries: 2,
    labelPairs: 6,
    headSamples: 8,
    oldestMs: NOW - 9 * HOUR,
    newestMs: NOW - 1000,
    jobs: [],
  });
  expect(metrics).toEqual([
    { name: 'new', series: 2, newSeries: 2, goneSeries: 1 },
    { name: 'old', series: 2, newSeries: 0, goneSeries: 1 },
  ]);
  expect(labels.map(({ name, values, newValues, characters }) => [name, values, newValues, characters])).toEqual([
    ['__name__', 3, 1, 16],
    ['l', 3, 1, 5],
  ]);
  expect(pairs[0]).toEqual({ name: 'l', value: 'a', series: 3, newSeries: 1, goneSeries: 0 });
  expect(memoryBytes).toBeGreaterThan(1000);
  const some = await store.cardinality({ selector: [{ label: 'l', op: '=', value: 'a' }], limit: 9, nowMs: NOW });
  expect([some.series, some.labels.map(({ name, values }) => [name, values])]).toEqual([
    3,
    [
      ['__name__', 3],
      ['l', 1],
    ],
  ]);
  await store.close();
});
