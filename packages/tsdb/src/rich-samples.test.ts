import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { Exemplar, LabelRequest, SampleBatch, Selector } from '@vitrine/model/sample-store.ts';
import { Exemplars } from './exemplars/exemplars.ts';
import { anyHistogram, histogramOf } from './histograms-for-tests.ts';
import { LocalStore } from './local-store.ts';
import { openStore } from './open-store.ts';
import { batchOf, keyOf, readAll, tempFolder } from './store-for-tests.ts';
import type { StoreOptions } from './store-options.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function open(folder?: string, changes: Partial<StoreOptions> = {}, nowMs = NOW) {
  let at = folder;
  if (at === undefined) {
    const temp = tempFolder();
    cleanups.push(temp.remove);
    at = temp.folder;
  }
  const logged: string[] = [];
  const store = LocalStore.open(
    {
      folder: at,
      retention: { timeMs: 30 * 24 * HOUR, sizeBytes: 0 },
      maxSeries: 1000,
      log: (level, sentence) => logged.push(`${level}: ${sentence}`),
      ...changes,
    },
    () => nowMs,
  );
  cleanups.push(() => store.close());
  return { store, folder: at, logged };
}

/** A number or a histogram, and since when it has counted (NaN: not told). */
type Rich = readonly [series: string, timestampMs: number, value: number | NativeHistogram, startMs?: number];

function richBatch(samples: readonly Rich[], exemplars?: SampleBatch['exemplars']): SampleBatch {
  const histograms = new Map<number, NativeHistogram>();
  samples.forEach(([, , value], i) => {
    if (typeof value !== 'number') histograms.set(i, value);
  });
  return {
    ...batchOf(samples.map(([series, timestampMs, value]) => [series, timestampMs, typeof value === 'number' ? value : 0])),
    histograms: histograms.size > 0 ? histograms : undefined,
    startsMs: samples.some(([, , , startMs]) => startMs !== undefined)
      ? Float64Array.from(samples, ([, , , startMs = Number.NaN]) => startMs)
      : undefined,
    exemplars,
  };
}

const named = (name: string): Selector => [{ label: '__name__', op: '=', value: name }];

/** A series' samples as they are read: time, number or histogram, start time. */
function read(store: LocalStore, name: string, fromMs = -Infinity, toMs = Infinity) {
  for (const series of store.source.select({ matchers: named(name), fromMs, toMs })) {
    return Array.from({ length: series.length }, (_, i) => [
      series.timestampsMs[i],
      series.histograms?.[i] ?? series.values[i],
      series.startsMs?.[i] ?? Number.NaN,
    ]);
  }
  return [];
}

describe('histograms and start times', () => {
  test('property: any mix in any order, with flushes, restarts and deletions anywhere', async () => {
    const value = fc.oneof(anyHistogram, fc.integer());
    const sample = fc.tuple(fc.nat(300), value, fc.option(fc.integer({ min: 1, max: 1000 }), { nil: Number.NaN }));
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.array(sample, { minLength: 1, maxLength: 80 }) },
      { weight: 2, arbitrary: fc.constantFrom('flush' as const, 'restart' as const) },
      { weight: 1, arbitrary: fc.record({ from: fc.nat(300), length: fc.nat(150) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const { folder, remove } = tempFolder();
        let { store } = open(folder);
        const wanted = new Map<number, readonly [number | NativeHistogram, number]>();
        try {
          for (const step of steps) {
            if (step === 'flush') await store.flush();
            else if (step === 'restart') {
              await store.close();
              ({ store } = open(folder));
            } else if ('from' in step) {
              const fromMs = NOW - HOUR + step.from;
              const toMs = fromMs + step.length;
              const inRange = [...wanted.keys()].filter((timestampMs) => timestampMs >= fromMs && timestampMs <= toMs);
              const deleted = await store.deleteSeries({ selectors: [named('m')], fromMs, toMs });
              expect(deleted.samples).toBe(inRange.length);
              for (const timestampMs of inRange) wanted.delete(timestampMs);
            } else {
              const batch: Rich[] = [];
              for (const [offset, value, startMs] of step) {
                const timestampMs = NOW - HOUR + offset;
                // Another value at the newest timestamp is a duplicate, which has its own test.
                if (timestampMs === Math.max(...wanted.keys())) continue;
                wanted.set(timestampMs, [value, startMs]);
                batch.push(['m', timestampMs, value, startMs]);
              }
              const result = await store.append(richBatch(batch));
              expect([result.rejectedCount, result.histograms ?? 0]).toEqual([
                0,
                batch.filter(([, , value]) => typeof value !== 'number').length,
              ]);
            }
            expect(read(store, 'm')).toEqual(
              [...wanted].sort(([a], [b]) => a - b).map(([timestampMs, [value, startMs]]) => [timestampMs, value, startMs]),
            );
          }
        } finally {
          await store.close();
          remove();
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a range is cut out of what is read', async () => {
    const { store } = open();
    await store.append(
      richBatch(Array.from({ length: 100 }, (_, i) => ['m', NOW + i, histogramOf({ buckets: [i] }), NOW] as const)),
    );
    expect(read(store, 'm', NOW + 50, NOW + 51)).toEqual([
      [NOW + 50, histogramOf({ buckets: [50] }), NOW],
      [NOW + 51, histogramOf({ buckets: [51] }), NOW],
    ]);
  });

  const three = histogramOf({ buckets: [1, 2] });
  test.each<[name: string, first: number | NativeHistogram, again: number | NativeHistogram, isRefused: boolean]>([
    ['the same histogram', three, histogramOf({ buckets: [1, 2] }), false],
    ['the same but for what it says of resets', three, { ...three, reset: 'gauge' }, false],
    ['another histogram', three, histogramOf({ buckets: [1, 3] }), true],
    ['another layout', three, histogramOf({ buckets: [1, 2], offset: 1 }), true],
    ['a number', three, 3, true],
    ['a histogram after a number', 3, three, true],
  ])('at the newest timestamp: %s', async (_, first, again, isRefused) => {
    const { store, folder } = open();
    const want = isRefused ? [0, ['duplicate']] : [1, []];
    const outcome = ({ accepted, rejected }: Awaited<ReturnType<LocalStore['append']>>) => [
      accepted,
      rejected.map(({ reason }) => reason),
    ];
    // In one commit, in head, in chunks, and after a restart.
    const one = await store.append(
      richBatch([
        ['m', NOW, first],
        ['m', NOW, again],
      ]),
    );
    expect(outcome(one)).toEqual([isRefused ? 1 : 2, want[1]]);
    expect(outcome(await store.append(richBatch([['m', NOW, again]])))).toEqual(want);
    await store.flush();
    expect(outcome(await store.append(richBatch([['m', NOW, again]])))).toEqual(want);
    await store.close();
    const { store: reopened } = open(folder);
    expect(outcome(await reopened.append(richBatch([['m', NOW, again]])))).toEqual(want);
    expect(read(reopened, 'm')).toEqual([[NOW, first, Number.NaN]]);
  });

  test('a start time behind its sample is kept, in whole milliseconds, and one without end is not', async () => {
    const { store } = open();
    await store.append(
      richBatch([
        ['m', NOW, 1, NOW + 1],
        ['m', NOW + 1, 1, Infinity],
        ['m', NOW + 2, 1, NOW + 2.5],
        ['m', NOW + 3, 1, NOW + 3],
      ]),
    );
    expect(read(store, 'm').map(([, , startMs]) => startMs)).toEqual([NOW + 1, Number.NaN, NOW + 2, NOW + 3]);
  });

  test.each<[problem: string, change: Partial<NativeHistogram>, sentence: RegExp]>([
    ['a schema that nobody knows', { schema: 9 }, /^histograms: sample 0 has schema 9, and only -4 to 8 and -53 are known/],
    ['spans that do not fit', { positiveBuckets: Float64Array.of(1) }, /has 1 positive buckets, and its spans have room for 2/],
    [
      'spans that go back',
      {
        negativeSpans: [
          { offset: 0, length: 0 },
          { offset: -1, length: 0 },
        ],
      },
      /has a negative span at offset -1/,
    ],
    ['a span of half a bucket', { positiveSpans: [{ offset: 0, length: 0.5 }] }, /has a positive span of length 0\.5/],
    ['a million buckets', { positiveBuckets: new Float64Array(1_000_000) }, /has more than 65536 positive buckets/],
  ])('%s', (_, change, sentence) => {
    const { store } = open();
    expect(() => store.append(richBatch([['m', NOW, { ...histogramOf({ buckets: [1, 2] }), ...change }]]))).toThrow(sentence);
  });
});

describe('exemplars', () => {
  const exemplar = (timestampMs: number, value = 1, trace = 'a'): Exemplar => ({
    labels: Labels.from({ trace_id: trace }),
    value,
    timestampMs,
  });
  const ALL: LabelRequest = { selectors: [], fromMs: 0, toMs: NOW * 2, limit: 0 };
  const found = async (store: LocalStore, request: Partial<LabelRequest> = {}) =>
    (await store.exemplars({ ...ALL, ...request })).map(({ labels, exemplars }): [string, number[]] => [
      labels.key,
      exemplars.map(({ timestampMs }) => timestampMs),
    ]);
  const append = (store: LocalStore, series: string, exemplars: readonly Exemplar[], timestampMs = NOW) =>
    store.append(
      richBatch(
        [[series, timestampMs, 1]],
        exemplars.map((one) => ({ seriesIndex: 0, exemplar: one })),
      ),
    );

  test('are found by selector and range, the newest where there are more than the limit, also after a restart', async () => {
    const first = open();
    await append(first.store, 'a', [exemplar(NOW - 3), exemplar(NOW - 2), exemplar(NOW)]);
    await append(first.store, 'b', [exemplar(NOW - 1, Number.NaN)]);
    await first.store.close();
    const { store } = open(first.folder);
    expect(await found(store)).toEqual([
      [keyOf('a'), [NOW - 3, NOW - 2, NOW]],
      [keyOf('b'), [NOW - 1]],
    ]);
    expect(await found(store, { selectors: [named('a')], toMs: NOW - 2 })).toEqual([[keyOf('a'), [NOW - 3, NOW - 2]]]);
    expect(await found(store, { limit: 2 })).toEqual([
      [keyOf('a'), [NOW]],
      [keyOf('b'), [NOW - 1]],
    ]);
    expect(await found(store, { selectors: [named('none')] })).toEqual([]);
    expect((await store.exemplars({ ...ALL, selectors: [named('b')] }))[0]?.exemplars).toEqual([exemplar(NOW - 1, Number.NaN)]);
  });

  test.each<[name: string, sent: Exemplar, accepted: number, reason: string | undefined]>([
    ['the latest again', exemplar(NOW, 5, 'm'), 1, undefined],
    ['the latest time with a greater value', exemplar(NOW, 6, 'a'), 1, undefined],
    ['the latest time with a smaller value', exemplar(NOW, 4, 'z'), 0, 'out of order'],
    ['the latest time and value with later labels', exemplar(NOW, 5, 'z'), 1, undefined],
    ['the latest time and value with earlier labels', exemplar(NOW, 5, 'a'), 0, 'out of order'],
    ['an earlier time', exemplar(NOW - 1), 0, 'out of order'],
    ['a later time', exemplar(NOW + 1), 1, undefined],
    ['128 characters of labels', exemplar(NOW + 1, 1, '😀'.repeat(120)), 1, undefined],
    ['129 characters of labels', exemplar(NOW + 1, 1, 'x'.repeat(121)), 0, 'labels over 128 characters'],
    ['a time beyond the clock', exemplar(NOW + HOUR), 0, 'too far in the future'],
    ['a time before retention', exemplar(0), 0, 'too old'],
    ['no time', exemplar(Number.NaN), 0, 'too old'],
  ])('after one of %s', async (_, sent, accepted, reason) => {
    const { store } = open();
    await append(store, 'a', [exemplar(NOW, 5, 'm')]);
    const { exemplars } = await append(store, 'a', [sent], NOW + 1);
    expect([exemplars?.accepted, exemplars?.rejected.map((rejected) => rejected.reason)]).toEqual([
      accepted,
      reason === undefined ? [] : [reason],
    ]);
  });

  test('without a sample of their series are refused, and come alone to a series that has some', async () => {
    const { store } = open();
    const alone = (series: string): SampleBatch => ({
      ...richBatch([]),
      seriesKeys: [keyOf(series)],
      exemplars: [{ seriesIndex: 0, exemplar: exemplar(NOW) }],
    });
    expect((await store.append(alone('a'))).exemplars?.rejected[0]?.reason).toBe('unknown series');
    await store.append(batchOf([['a', NOW, 1]]));
    expect((await store.append(alone('a'))).exemplars?.accepted).toBe(1);
    expect(await found(store)).toEqual([[keyOf('a'), [NOW]]]);
    expect(() => store.append({ ...alone('a'), exemplars: [{ seriesIndex: 1, exemplar: exemplar(NOW) }] })).toThrow(
      /^exemplars: one names series 1, and the batch has 1/,
    );
  });

  test('are kept up to a bound, in all and a series, in memory and on disk', async () => {
    const first = open(undefined, { maxExemplars: 30 });
    for (let i = 0; i < 50; i++) await append(first.store, `s${i % 10}`, [exemplar(NOW + i)], NOW + i);
    for (let i = 0; i < 50; i++) await append(first.store, 'one', [exemplar(NOW + 50 + i)], NOW + 50 + i);
    const left = await found(first.store);
    expect(left.find(([key]) => key === keyOf('one'))?.[1]).toEqual(Array.from({ length: 10 }, (_, i) => NOW + 90 + i));
    expect(left.flatMap(([, times]) => times)).toHaveLength(30);
    await first.store.close();
    const { store } = open(first.folder, { maxExemplars: 30 });
    expect(await found(store)).toEqual(left);
    const { store: none } = open(undefined, { maxExemplars: 0 });
    await append(none, 'a', [exemplar(NOW)]);
    expect(await found(none)).toEqual([]);
  });

  test('of busy series leave memory and disk also where one of a quiet series is older', async () => {
    const { store, folder } = open(undefined, { maxExemplars: 30 });
    await append(store, 'quiet', [exemplar(NOW)]);
    for (let i = 0; i < 100; i++) await append(store, 'busy', [exemplar(NOW + i)], NOW + i);
    expect((await found(store)).map(([, times]) => times.length)).toEqual([10, 1]);
    const file = new DatabaseSync(join(folder, 'samples.db'));
    const rows = Number(file.prepare('SELECT count(*) AS rows FROM exemplar').get()?.['rows']);
    file.close();
    expect(rows).toBeLessThan(15);
    const exemplars = new Exemplars(1000);
    exemplars.add(0, exemplar(NOW), 1);
    for (let i = 0; i < 10_000; i++) exemplars.add(1, exemplar(NOW + i), 2 + i);
    expect(exemplars.held).toBeLessThan(2_000);
    expect(exemplars.between(0, NOW, NOW)).toHaveLength(1);
  });

  test('of a series that retention drops do not come back with a new series of its name', async () => {
    let nowMs = NOW;
    const { folder, remove } = tempFolder();
    cleanups.push(remove);
    const openAt = () => LocalStore.open({ folder, retention: { timeMs: HOUR, sizeBytes: 0 }, maxSeries: 10 }, () => nowMs);
    const first = openAt();
    await append(first, 'a', [exemplar(NOW)]);
    await first.flush();
    nowMs += 3 * HOUR;
    await append(first, 'b', [exemplar(nowMs)], nowMs);
    await first.runUpkeep();
    await append(first, 'a', [], nowMs);
    await first.close();
    const again = openAt();
    expect(await found(again)).toEqual([[keyOf('b'), [nowMs]]]);
    await again.close();
  });

  test.each([false, true])(
    'that SQLite cannot read are left out and told of, and new ones are kept (many: %s)',
    async (isMany) => {
      const first = open();
      const count = isMany ? 300 : 1;
      for (let i = 0; i < count; i++) await append(first.store, 'a', [exemplar(NOW - 300 + i)], NOW - 300 + i);
      await first.store.close();
      const file = join(first.folder, 'samples.db');
      const db = new DatabaseSync(file);
      const root = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'exemplar'").get()?.['rootpage']);
      db.close();
      const bytes = readFileSync(file);
      // Where there are many, the last of the pages that the root names.
      const page = isMany ? bytes.readUInt32BE((root - 1) * 8192 + 8) : root;
      writeFileSync(file, bytes.fill(0xff, (page - 1) * 8192, page * 8192));
      const { store, logged } = open(first.folder);
      expect(logged).toEqual([expect.stringMatching(/samples\.db is damaged: some or all exemplars cannot be read/)]);
      const left = (await found(store))[0]?.[1] ?? [];
      expect(left.length > 0).toBe(isMany);
      await append(store, 'a', [exemplar(NOW)]);
      await store.deleteSeries({ selectors: [named('a')], fromMs: NOW - 300, toMs: NOW - 300 });
      await store.close();
      const again = open(first.folder);
      expect(await found(again.store)).toEqual([[keyOf('a'), [...left.filter((timeMs) => timeMs > NOW - 300), NOW]]]);
      expect(read(again.store, 'a')).toHaveLength(count);
      expect(again.logged).toEqual([]);
    },
  );

  test('go with the samples that are deleted, for good', async () => {
    const first = open();
    await append(first.store, 'a', [], NOW - 1);
    await append(first.store, 'a', [exemplar(NOW - 1), exemplar(NOW)]);
    await append(first.store, 'b', [exemplar(NOW)]);
    await append(first.store, 'b', [exemplar(NOW + 1)]);
    await first.store.deleteSeries({ selectors: [named('a')], fromMs: NOW, toMs: NOW });
    await first.store.deleteSeries({ selectors: [named('b')], fromMs: 0, toMs: NOW });
    await first.store.append(batchOf([['b', NOW, 1]]));
    expect(await found(first.store)).toEqual([[keyOf('a'), [NOW - 1]]]);
    await first.store.close();
    expect(await found(open(first.folder).store)).toEqual([[keyOf('a'), [NOW - 1]]]);
  });
});

describe('deletion', () => {
  const line = (series: string, count: number): Rich[] =>
    Array.from({ length: count }, (_, i) => [series, NOW - HOUR + i * 100, i] as const);

  test('takes whole series out of the index, and leaves others as they are', async () => {
    const first = open();
    await first.store.append(richBatch([...line('a{x}', 3000), ...line('a{y}', 10), ...line('b', 10)]));
    await first.store.flush();
    await first.store.append(
      richBatch([
        ['a{x}', NOW, 1],
        ['b', NOW, 1],
      ]),
    );
    const { store } = first;
    expect(await store.deleteSeries({ selectors: [named('a'), named('none')], fromMs: -Infinity, toMs: Infinity })).toEqual({
      series: 2,
      samples: 3011,
    });
    const labels = async (of: LocalStore) => of.labelValues('__name__', { selectors: [], fromMs: 0, toMs: NOW, limit: 0 });
    expect(await labels(store)).toEqual(['b']);
    expect(await store.stats()).toMatchObject({ seriesCount: 1, headSamples: 1, storedSamples: 10 });
    // The place of a deleted series may go to another, which has none of its samples, however the store goes down.
    await store.append(
      richBatch([
        ['c', NOW, 7],
        ['a{x}', NOW - 1, 8],
      ]),
    );
    await store.close();
    const reopened = open(first.folder).store;
    const counts = new Map([...readAll(reopened.source, [])].map(([key, samples]) => [key, samples.length]));
    expect(counts).toEqual(
      new Map(
        [
          ['a{x}', 1],
          ['b', 11],
          ['c', 1],
        ].map(([name, count]) => [keyOf(String(name)), count]),
      ),
    );
  });

  test('a deleted newest sample may be written again', async () => {
    const { store } = open();
    await store.append(
      richBatch([
        ['a', NOW - 1, 1],
        ['a', NOW, 1],
      ]),
    );
    await store.deleteSeries({ selectors: [named('a')], fromMs: NOW, toMs: NOW });
    expect((await store.append(richBatch([['a', NOW, 2]]))).accepted).toBe(1);
    expect(read(store, 'a')).toEqual([
      [NOW - 1, 1, Number.NaN],
      [NOW, 2, Number.NaN],
    ]);
  });

  test('that fails half-way leaves all as it was, and what comes after is kept', async () => {
    const first = open();
    const exemplars = [{ seriesIndex: 0, exemplar: { labels: Labels.from({ trace_id: 'a' }), value: 1, timestampMs: NOW - 2 } }];
    await first.store.append(richBatch([['a', NOW - 2, 1]], exemplars));
    const file = new DatabaseSync(join(first.folder, 'samples.db'));
    file.exec("CREATE TRIGGER full BEFORE DELETE ON exemplar BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    const deleted = first.store.deleteSeries({ selectors: [named('a')], fromMs: -Infinity, toMs: Infinity });
    await expect(deleted).rejects.toThrow('disk is full');
    file.exec('DROP TRIGGER full');
    file.close();
    expect((await first.store.append(richBatch([['a', NOW, 2]]))).accepted).toBe(1);
    await first.store.close();
    const { store } = open(first.folder);
    expect(read(store, 'a').map(([timeMs]) => timeMs)).toEqual([NOW - 2, NOW]);
    expect(await store.exemplars({ selectors: [], fromMs: 0, toMs: NOW, limit: 0 })).toHaveLength(1);
  });

  test('goes on while samples are appended and flushed', async () => {
    const { store } = open();
    await store.append(richBatch(Array.from({ length: 500 }, (_, i) => line(`a{${i}}`, 20)).flat()));
    const deleting = store.deleteSeries({ selectors: [named('a')], fromMs: NOW - HOUR, toMs: NOW - HOUR + 950 });
    const flushing = store.flush();
    const appending = store.append(richBatch(Array.from({ length: 500 }, (_, i) => [`a{${i}}`, NOW, i] as const)));
    expect((await deleting).samples).toBe(5000);
    await flushing;
    await appending;
    const counts = new Set([...readAll(store.source, []).values()].map(({ length }) => length));
    expect(counts).toEqual(new Set([11]));
  });
});

test('all of it comes through the store’s threads: from head, late or not, and from chunks', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const options = { folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10 };
  const rich = (from: number, count: number): Rich[] =>
    Array.from(
      { length: count },
      (_, i) => ['h', NOW + (from + i) * 1000, histogramOf({ buckets: [from + i, 7] }), NOW - from] as const,
    );
  const exemplar: Exemplar = { labels: Labels.from({ trace_id: 'a' }), value: 1, timestampMs: NOW };
  let store = await openStore({ ...options, maxFutureMs: HOUR * 24 * 365 * 10 });
  cleanups.push(() => store.close());
  const first = await store.append(richBatch(rich(0, 100), [{ seriesIndex: 0, exemplar }]));
  expect([first.histograms, first.exemplars?.accepted]).toEqual([100, 1]);
  await store.append(richBatch(rich(200, 50)));
  await store.append(richBatch([['h', NOW + 250_000, 5]]));
  await store.append(richBatch(rich(150, 10)));
  const wanted = [...rich(0, 100), ...rich(150, 10), ...rich(200, 50), ['h', NOW + 250_000, 5, Number.NaN]];
  const check = async (): Promise<void> => {
    const endMs = NOW + 300_000;
    const result = await store.evaluate({ expr: 'h[1h]', startMs: endMs, endMs, stepMs: 0 });
    const [series] = result.kind === 'samples' ? result.series : [];
    const length = series?.length ?? 0;
    expect(
      Array.from({ length }, (_, i) => ['h', series?.timestampsMs[i], series?.histograms?.[i] ?? series?.values[i]]),
    ).toEqual(wanted.map((sample) => sample.slice(0, 3)));
    expect(await store.exemplars({ selectors: [named('h')], fromMs: 0, toMs: NOW, limit: 0 })).toMatchObject([
      { exemplars: [{ value: 1, timestampMs: NOW }] },
    ]);
  };
  await check();
  await store.close();
  const local = open(folder).store;
  await local.flush();
  await local.close();
  store = await openStore(options);
  await check();
  expect(await store.deleteSeries({ selectors: [named('h')], fromMs: NOW, toMs: Infinity })).toEqual({ series: 1, samples: 161 });
  expect(await store.exemplars({ selectors: [], fromMs: 0, toMs: NOW, limit: 0 })).toEqual([]);
});

test('a folder that format 1 wrote is read, and written on', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  mkdirSync(folder, { recursive: true });
  // Made by the last program of format 1: 2,000, 100 and 300 samples in chunks, and 93 more in the log.
  const old = gunzipSync(readFileSync(new URL('../testdata/format-1.db.gz', import.meta.url)));
  writeFileSync(join(folder, 'samples.db'), old);
  const T = 1_700_000_000_000;
  const check = (store: LocalStore): void => {
    expect(read(store, 'requests_total').map(([, value]) => value)).toEqual([
      ...Array.from({ length: 2000 }, (_, i) => i * 3),
      ...Array.from({ length: 50 }, (_, i) => 6000 + i),
    ]);
    const loss = read(store, 'loss').map(([timestampMs, value]) => [(timestampMs as number) - T, value]);
    expect([loss.length, loss[0], loss[1], loss[4], loss.at(-1)]).toEqual([
      102,
      [-5000, 0.25],
      [0, 1],
      [3000, 9],
      [100_000, Number.NaN],
    ]);
    expect(read(store, 'temperature')).toHaveLength(300);
    expect(read(store, 'up').slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, i) => [T + i * 1000, 1, Number.NaN]));
  };
  const unlimited = { retention: { timeMs: 0, sizeBytes: 0 } };
  const { store, logged } = open(folder, unlimited);
  check(store);
  const added = histogramOf({ buckets: [1] });
  await store.append(
    richBatch([['up{c}', NOW, added, NOW]], [{ seriesIndex: 0, exemplar: { labels: Labels.empty, value: 1, timestampMs: NOW } }]),
  );
  await store.flush();
  await store.close();
  expect(logged).toEqual([]);
  const again = open(folder, unlimited).store;
  check(again);
  expect(read(again, 'up').at(-1)).toEqual([NOW, added, NOW]);
  expect(await again.exemplars({ selectors: [], fromMs: 0, toMs: NOW, limit: 0 })).toHaveLength(1);
});
