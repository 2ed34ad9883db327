import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreBusy, type Growth, type LabelRequest, type Selector } from '@vitrine/model/sample-store.ts';
import { LocalStore } from './local-store.ts';
import { StoreOpenError } from './store-open-error.ts';
import { batchOf, bitsOf, keyOf, readAll, tempFolder, type TestSample } from './store-for-tests.ts';
import type { StoreOptions } from './store-options.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const STALE = 0x7ff0000000000002n;
const ALL: LabelRequest = { selectors: [], fromMs: 0, toMs: NOW * 2, limit: 0 };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function newFolder(): string {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  return folder;
}

/** A store with a clock of its own and what it logged. */
function open(folder = newFolder(), changes: Partial<StoreOptions> = {}) {
  const clock = { nowMs: NOW };
  const logged: string[] = [];
  const store = LocalStore.open(
    {
      folder,
      retention: { timeMs: 30 * 24 * HOUR, sizeBytes: 0 },
      maxSeries: 1000,
      log: (level, sentence) => logged.push(`${level}: ${sentence}`),
      ...changes,
    },
    () => clock.nowMs,
  );
  cleanups.push(() => store.close());
  return { store, folder, clock, logged, append: (samples: readonly TestSample[]) => store.append(batchOf(samples)) };
}

const named = (name: string): Selector => [{ label: '__name__', op: '=', value: name }];
const samplesOf = (store: LocalStore, series: string, fromMs?: number, toMs?: number) =>
  readAll(store.source, [...named(series.replace(/\{.*/, ''))], fromMs, toMs).get(keyOf(series)) ?? [];
const valuesOf = (store: LocalStore, series: string) =>
  samplesOf(store, series).map(([, bits]) => new Float64Array(BigUint64Array.of(bits).buffer)[0]);

const line = (series: string, count: number, from = NOW - HOUR, stepMs = 1000): TestSample[] =>
  Array.from({ length: count }, (_, i) => [series, from + i * stepMs, i] as const);

describe('what is appended is read back', () => {
  test.each<[where: string, act: (opened: ReturnType<typeof open>) => Promise<LocalStore> | LocalStore]>([
    ['from the head', ({ store }) => store],
    ['from chunks', async ({ store }) => (await store.flush(), store)],
    [
      'after a restart, from the log',
      async ({ store, folder }) => {
        await store.close();
        return open(folder).store;
      },
    ],
    [
      'after a restart, from chunks',
      async ({ store, folder }) => {
        await store.flush();
        await store.close();
        return open(folder).store;
      },
    ],
  ])('%s', async (_, act) => {
    const opened = open();
    const samples: TestSample[] = [
      ...line('up{a}', 3000),
      ...line('up{b}', 40),
      ['up{b}', NOW - HOUR + 40_000, STALE],
      ['loss', NOW - 5, 0.1],
      ['loss', NOW, Number.NaN],
    ];
    await opened.append(samples);
    const store = await act(opened);
    for (const series of ['up{a}', 'up{b}', 'loss']) {
      expect(samplesOf(store, series)).toEqual(samples.filter(([name]) => name === series).map(([, t, v]) => [t, bitsOf(v)]));
    }
    expect(samplesOf(store, 'up{a}', NOW - HOUR + 500, NOW - HOUR + 2000).map(([t]) => t)).toEqual([
      NOW - HOUR + 1000,
      NOW - HOUR + 2000,
    ]);
    expect(samplesOf(store, 'up{a}', NOW, NOW)).toEqual([]);
  });

  test('property: any order, flushes and restarts anywhere, the later written counts', async () => {
    type Step =
      | { readonly kind: 'append'; readonly offsets: readonly number[] }
      | { readonly kind: 'flush' }
      | { readonly kind: 'restart' };
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('append' as const),
          offsets: fc.array(fc.nat(400), { minLength: 1, maxLength: 60 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'restart' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps: readonly Step[]) => {
        const { folder, remove } = tempFolder();
        let { store } = open(folder);
        const wanted = new Map<number, bigint>();
        let serial = 0;
        try {
          for (const step of steps) {
            if (step.kind === 'flush') await store.flush();
            else if (step.kind === 'restart') {
              await store.close();
              ({ store } = open(folder));
            } else {
              const batch: TestSample[] = [];
              for (const offset of step.offsets) {
                const timestampMs = NOW - HOUR + offset;
                // Another value at the newest timestamp is a duplicate, which has its own test.
                if (timestampMs === Math.max(...wanted.keys())) continue;
                wanted.set(timestampMs, bitsOf(++serial));
                batch.push(['m', timestampMs, serial]);
              }
              const result = await store.append(batchOf(batch));
              expect(result.rejectedCount).toBe(0);
            }
            expect(samplesOf(store, 'm')).toEqual([...wanted].sort(([a], [b]) => a - b));
          }
        } finally {
          await store.close();
          remove();
        }
      }),
      { numRuns: 40 },
    );
  });

  test('PromQL reads it', async () => {
    const { store, append } = open();
    await append([...line('requests_total{a}', 600), ...line('requests_total{b}', 600)]);
    const result = await store.evaluate({
      expr: 'sum(rate(requests_total[1m]))',
      startMs: NOW - HOUR + 120_000,
      endMs: NOW - HOUR + 300_000,
      stepMs: 60_000,
    });
    expect(result.kind === 'matrix' && result.series.map(({ values }) => [...values])).toEqual([[2, 2, 2, 2]]);
  });
});

describe('what is refused', () => {
  test.each<[name: string, samples: TestSample[], accepted: number, reasons: [string, number][]]>([
    [
      'older than retention',
      [
        ['m', NOW - 31 * 24 * HOUR, 1],
        ['m', NOW, 1],
      ],
      1,
      [['too old', 1]],
    ],
    [
      'too far ahead',
      [
        ['m', NOW + 11 * 60_000, 1],
        ['m', NOW + 9 * 60_000, 1],
      ],
      1,
      [['too far in the future', 1]],
    ],
    ['no timestamp', [['m', Number.NaN, 1]], 0, [['too old', 1]]],
    [
      'the newest timestamp with another value',
      [
        ['m', NOW, 1],
        ['m', NOW, 2],
        ['m', NOW, 3],
      ],
      1,
      [['duplicate', 2]],
    ],
    [
      'not: the newest timestamp with the same bits',
      [
        ['m', NOW, STALE],
        ['m', NOW, STALE],
      ],
      2,
      [],
    ],
    [
      'not: an older timestamp again',
      [
        ['m', NOW - 1, 1],
        ['m', NOW, 1],
        ['m', NOW - 1, 2],
      ],
      3,
      [],
    ],
    [
      'series beyond the limit',
      [
        ['a', NOW, 1],
        ['b', NOW, 1],
        ['c', NOW, 1],
        ['c', NOW + 1, 1],
      ],
      2,
      [['series limit', 2]],
    ],
    [
      'labels of a megabyte',
      [
        [`a{${'x'.repeat(1_000_000)}}`, NOW, 1],
        [`a{${'x'.repeat(16_000)}}`, NOW, 1],
        [`a{${'x'.repeat(15_900)}}`, NOW, 1],
      ],
      1,
      [
        ['labels over 16,000 characters', 1],
        ['labels over 16,000 characters', 1],
      ],
    ],
  ])('%s', async (_, samples, accepted, reasons) => {
    const { append } = open(undefined, { maxSeries: 2 });
    const result = await append(samples);
    expect(result.accepted).toBe(accepted);
    expect(result.rejected.map(({ reason, count }) => [reason, count])).toEqual(reasons);
    for (const { series } of result.rejected) expect(series.length).toBeLessThan(400);
  });

  test('a duplicate of what a restart left in chunks', async () => {
    const first = open();
    await first.append([['m', NOW, 1]]);
    await first.store.flush();
    await first.store.close();
    const { append } = open(first.folder);
    expect((await append([['m', NOW, 2]])).rejected[0]?.reason).toBe('duplicate');
    expect((await append([['m', NOW, 1]])).accepted).toBe(1);
  });

  test('at most 100 entries tell of any number of rejections', async () => {
    const { append } = open();
    const result = await append(Array.from({ length: 500 }, (_, i) => [`m{${i}}`, 0, 1] as const));
    expect([result.rejected.length, result.rejectedCount]).toEqual([100, 500]);
  });

  test('columns that do not fit each other', () => {
    const { store } = open();
    const good = batchOf([['m', NOW, 1]]);
    expect(() => store.append({ ...good, timestampsMs: new Float64Array(2) })).toThrow(/^batch: its columns differ in length/);
    expect(() => store.append({ ...good, seriesIndex: Uint32Array.of(7) })).toThrow(/^seriesIndex: sample 0 names series 7/);
  });

  test('more than may wait', async () => {
    const { append } = open(undefined, { maxPendingBytes: 1000 });
    const first = append(line('m', 100));
    await expect(append(line('n', 10))).rejects.toThrow(StoreBusy);
    expect((await first).accepted).toBe(100);
    expect((await append(line('n', 10))).accepted).toBe(10);
  });
});

describe('labels', () => {
  test.each<[matchers: Selector, series: string[]]>([
    [[{ label: 'l', op: '=', value: 'a' }], ['x{a}', 'y{a}']],
    [
      [{ label: 'l', op: '=~', value: 'a|b' }, ...named('x')],
      ['x{a}', 'x{b}'],
    ],
    [
      [{ label: 'l', op: '=~', value: '[ab]' }, ...named('x')],
      ['x{a}', 'x{b}'],
    ],
    [
      [{ label: 'l', op: '!=', value: 'a' }, ...named('x')],
      ['x{b}', 'x'],
    ],
    [[{ label: 'l', op: '!~', value: 'a|b' }, ...named('x')], ['x']],
    [[{ label: 'l', op: '=', value: '' }], ['x']],
    [[{ label: 'l', op: '=~', value: '.*' }], ['x{a}', 'x{b}', 'x', 'y{a}']],
    [[{ label: 'l', op: '=~', value: '|b' }], ['x{b}', 'x']],
    [[{ label: 'none', op: '=', value: 'x' }], []],
    [[{ label: 'none', op: '!=', value: 'x' }, ...named('y')], ['y{a}']],
  ])('%j', async (matchers, series) => {
    const { store, append } = open();
    await append(['x{a}', 'x{b}', 'x', 'y{a}'].map((name) => [name, NOW, 1] as const));
    const found = await store.series({ ...ALL, selectors: [matchers] });
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set(series.map(keyOf)));
  });

  test('names and values follow selectors, range and limit', async () => {
    const { store, append } = open();
    await append([
      ['x{a}', NOW - HOUR, 1],
      ['y{b}', NOW, 1],
      ['z', NOW, 1],
    ]);
    expect(await store.labelNames(ALL)).toEqual(['__name__', 'l']);
    expect(await store.labelNames({ ...ALL, selectors: [named('z')] })).toEqual(['__name__']);
    expect(await store.labelValues('l', ALL)).toEqual(['a', 'b']);
    expect(await store.labelValues('l', { ...ALL, fromMs: NOW - 1000 })).toEqual(['b']);
    expect(await store.labelValues('__name__', { ...ALL, limit: 2 })).toEqual(['x', 'y']);
    expect(await store.labelValues('__name__', { ...ALL, selectors: [named('x'), named('z')] })).toEqual(['x', 'z']);
  });
});

test('watchers are told of each commit that touches their series, new series included, until they stop', async () => {
  const { store, append } = open();
  const seen: Growth[] = [];
  await append([['loss{a}', NOW - 10, 1]]);
  const stop = store.watch([named('loss')], (growth) => seen.push(growth));
  await append([
    ['loss{a}', NOW - 5, 1],
    ['loss{a}', NOW - 3, 1],
    ['other', NOW, 1],
  ]);
  await append([['other', NOW + 1, 1]]);
  await append([['loss{new}', NOW, 1]]);
  await append([['loss{new}', NOW + 1, 1]]);
  stop();
  await append([['loss{a}', NOW, 1]]);
  expect(seen).toEqual([
    { fromMs: NOW - 5, toMs: NOW - 3 },
    { fromMs: NOW, toMs: NOW },
    { fromMs: NOW + 1, toMs: NOW + 1 },
  ]);
});

describe('retention', () => {
  test('by time drops chunks and the series that are left with none', async () => {
    const { store, append, clock } = open();
    await append([...line('old', 1000), ...line('kept', 1000)]);
    await store.flush();
    clock.nowMs = NOW + 29.99 * 24 * HOUR;
    await append([['kept', clock.nowMs, 1]]);
    clock.nowMs = NOW + 30 * 24 * HOUR;
    await store.runUpkeep();
    expect(await store.labelValues('__name__', { ...ALL, toMs: clock.nowMs })).toEqual(['kept']);
    expect(samplesOf(store, 'kept').map(([t]) => t)).toEqual([NOW + 29.99 * 24 * HOUR]);
    expect(await store.stats()).toMatchObject({ storedSamples: 0, headSamples: 1 });
    // The dropped series' place is given to another, also across a restart.
    await append([['new', clock.nowMs, 7]]);
    expect(valuesOf(store, 'new')).toEqual([7]);
  });

  test('a series that takes the place of a dropped one has none of its samples, however the store went down', async () => {
    const folder = newFolder();
    const first = open(folder, { retention: { timeMs: HOUR, sizeBytes: 0 } });
    await first.append([['kept', NOW, 1]]);
    await first.append([['gone', NOW, 2]]);
    first.clock.nowMs += 2 * HOUR;
    await first.append([['kept', NOW + 2 * HOUR, 3]]);
    // "gone" was never flushed: its samples are in the log only, and stay there.
    await first.store.runUpkeep();
    await first.store.close();

    const second = open(folder);
    await second.append([['new', NOW - 1000, 4]]);
    // Closing leaves the log as a kill would.
    await second.store.close();
    const third = open(folder);
    expect(readAll(third.store.source, [{ label: '__name__', op: '=', value: 'new' }])).toEqual(
      new Map([[keyOf('new'), [[NOW - 1000, bitsOf(4)]]]]),
    );
  });

  test('of very many series that never came to have chunks goes bit by bit: what is appended meanwhile does not wait for the end', async () => {
    const { store, append, clock } = open(undefined, { retention: { timeMs: HOUR, sizeBytes: 0 }, maxSeries: 10_000 });
    await append(Array.from({ length: 7_000 }, (_, i) => [`idle{${i}}`, NOW, i] as const));
    clock.nowMs += 1.5 * HOUR;
    const upkeep = store.runUpkeep();
    // A series of which a sample comes while others are dropped is idle no more.
    await append([['idle{0}', clock.nowMs, 1]]);
    const meanwhile = await store.stats();
    expect(meanwhile.seriesCount).toBeGreaterThan(3_000);
    expect(meanwhile.seriesCount).toBeLessThan(7_000);
    await upkeep;
    expect((await store.stats()).seriesCount).toBe(1);
    expect(samplesOf(store, 'idle{0}')).toHaveLength(2);
  });

  test('by size drops the oldest first', async () => {
    const { store, append, clock } = open(undefined, { retention: { timeMs: 0, sizeBytes: 500_000 } });
    for (let day = 0; day < 6; day++) {
      clock.nowMs = NOW + day * 24 * HOUR;
      await append(Array.from({ length: 60_000 }, (_, i) => ['m', clock.nowMs - 60_000 + i, Math.sin(i * (day + 1))] as const));
      await store.flush();
    }
    await store.runUpkeep();
    const left = samplesOf(store, 'm');
    expect(left.length).toBeGreaterThan(10_000);
    expect(left.length).toBeLessThan(80_000);
    expect(left.at(-1)?.[0]).toBe(clock.nowMs - 1);
    const { storedSamples, bytesOnDisk } = await store.stats();
    expect(storedSamples).toBe(left.length);
    // What was dropped is given back to the disk at once: kept are a little room, and no log of the dropping.
    expect(bytesOnDisk).toBeLessThan(2_000_000);
  });
});

describe('damage', () => {
  test('a row of the log that fails its checksum is dropped and told of; the rest survives', async () => {
    const first = open();
    await first.append([['m', NOW - 2, 1]]);
    await first.append([['m', NOW - 1, 2]]);
    await first.append([['m', NOW, 3]]);
    await first.store.close();
    const db = new DatabaseSync(join(first.folder, 'samples.db'));
    db.exec(`UPDATE wal SET data = CAST(substr(data, 1, 10) || x'ff' || substr(data, 12) AS BLOB) WHERE id = 2`);
    db.close();
    const { store, logged } = open(first.folder);
    expect(valuesOf(store, 'm')).toEqual([1, 3]);
    expect(logged.join()).toMatch(
      /samples\.db: 1 of the write-ahead log's rows cannot be read and is dropped .*row 2: it fails its checksum/,
    );
  });

  test('a damaged tail of the -wal file is dropped and told of; the rest survives', async () => {
    const { store, folder, append } = open();
    for (let i = 0; i < 10; i++) await append([['m', NOW - 10 + i, i]]);
    // The files as a crash leaves them, with a byte flipped near the end.
    const copy = newFolder();
    for (const name of ['samples.db', 'samples.db-wal']) writeFileSync(join(copy, name), readFileSync(join(folder, name)));
    await store.close();
    const walFile = join(copy, 'samples.db-wal');
    const fd = openSync(walFile, 'r+');
    writeSync(fd, Uint8Array.of(0xff), 0, 1, statSync(walFile).size - 9000);
    closeSync(fd);
    const { store: reopened, logged } = open(copy);
    expect(logged.join()).toMatch(/samples\.db-wal is damaged: the last \d+ of \d+ commits in it cannot be read and are dropped/);
    const left = valuesOf(reopened, 'm');
    expect(left.length).toBeGreaterThan(5);
    expect(left).toEqual([...Array(left.length).keys()]);
  });

  test('names of which one of two copies is damaged are written anew by the first upkeep', async () => {
    const first = open();
    await first.append(Array.from({ length: 40 }, (_, i) => [`m{${i}}`, NOW, i] as const));
    await first.store.flush();
    await first.store.close();
    const flip = (id: number): void => {
      const file = new DatabaseSync(join(first.folder, 'samples.db'));
      file.exec(`UPDATE series SET key = CAST(substr(key, 1, 20) || x'00' || substr(key, 22) AS BLOB) WHERE id = ${id}`);
      file.close();
    };
    /** What is told of, and how many series are there. */
    const startAndEnd = async (): Promise<[told: string[], series: number]> => {
      const { store, logged } = open(first.folder);
      await store.runUpkeep();
      const { seriesCount } = await store.stats();
      await store.close();
      return [logged.map((sentence) => sentence.replace(first.folder, '')), seriesCount];
    };
    flip(-1);
    expect(await startAndEnd()).toEqual([
      [
        'error: /samples.db is damaged: names of series are stored twice, and in 1 place one of the two cannot be read; nothing is lost, and it is written anew from the other: look after the disk, and run vitrine check data to see what else is damaged',
        'info: /samples.db: names of series are stored twice again',
      ],
      40,
    ]);
    flip(-2);
    expect((await startAndEnd())[1]).toBe(40);
    expect(await startAndEnd()).toEqual([[], 40]);
    flip(-1);
    flip(-2);
    expect(await startAndEnd()).toEqual([
      ['error: /samples.db is damaged: the names of up to 256 series cannot be read, and their samples are left out'],
      0,
    ]);
  });

  test('a damaged main file is refused with its name and the way out', async () => {
    const { store, folder, append } = open();
    await append(line('m', 2000));
    await store.flush();
    await store.close();
    const file = join(folder, 'samples.db');
    writeFileSync(file, Buffer.alloc(50_000, 'not a database '));
    expect(() => open(folder)).toThrow(/samples\.db is damaged \(.*\): restore it from a backup, or move it aside/);
  });

  test('property: bytes changed anywhere in the main file end in a sentence or in samples that were written', async () => {
    const { store, folder, append } = open();
    const written = [...line('m', 3000), ...line('n{a}', 100)];
    await append(written);
    await store.flush();
    await append([['late', NOW, 1]]);
    await store.close();
    const good = readFileSync(join(folder, 'samples.db'));
    const known = new Set(['late', 'm', 'n{a}'].map(keyOf));
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(changes, async (changes) => {
        const { folder: copy, remove } = tempFolder();
        const bad = Buffer.from(good);
        for (const [at, byte] of changes) bad[at] = byte;
        writeFileSync(join(copy, 'samples.db'), bad);
        try {
          const { store } = open(copy);
          try {
            for (const [key, samples] of readAll(store.source, [])) {
              expect(known).toContain(key);
              expect(samples.length).toBeLessThanOrEqual(3000);
            }
          } catch (error) {
            expect((error as Error).message).toMatch(/samples\.db is damaged/);
          }
          await store.close();
        } catch (error) {
          expect(error).toBeInstanceOf(StoreOpenError);
          expect((error as Error).message).toContain(join(copy, 'samples.db'));
        } finally {
          remove();
        }
      }),
      // Kept: a column's name in the schema was changed.
      {
        numRuns: 60,
        examples: [
          [
            [
              [7920, 97],
              [24, 0],
            ],
          ],
        ],
      },
    );
  });

  test('a damaged chunk is left out and told of', async () => {
    const first = open();
    await first.append([...line('m', 100), ...line('n', 100)]);
    await first.store.flush();
    await first.store.close();
    const db = new DatabaseSync(join(first.folder, 'samples.db'));
    db.exec(`UPDATE chunk SET data = CAST(substr(data, 1, 3) || x'ff' || substr(data, 5) AS BLOB) WHERE series = 0`);
    db.close();
    const { store, logged } = open(first.folder);
    expect([samplesOf(store, 'm').length, samplesOf(store, 'n').length]).toEqual([0, 100]);
    samplesOf(store, 'm');
    expect(logged).toEqual([expect.stringMatching(/is damaged: 100 samples of m between .* cannot be read and are left out/)]);
  });

  test('a damaged chunk stays in the file when what comes next is written, and hides nothing beside it', async () => {
    const { store, folder, append } = open();
    const damagedMs = NOW - HOUR / 2;
    const flush = async (...samples: TestSample[]): Promise<void> => {
      await append(samples);
      await store.flush();
    };
    await flush(...line('m', 800));
    await flush(...line('m', 100, damagedMs));
    const file = new DatabaseSync(join(folder, 'samples.db'));
    cleanups.push(() => file.close());
    const { id, data } = file.prepare('SELECT id, data FROM chunk WHERE min_ms = ?').get(damagedMs) as {
      id: number;
      data: Uint8Array;
    };
    const put = file.prepare('UPDATE chunk SET data = ? WHERE id = ?');
    const damaged = data.slice();
    damaged[10] = (damaged[10] as number) ^ 1;
    put.run(damaged, id);
    await flush(...line('m', 3, NOW - 3000));
    put.run(data, id);
    expect(samplesOf(store, 'm')).toHaveLength(903);
    put.run(damaged, id);
    await flush(...line('m', 1, NOW - HOUR + 500), ...line('m', 1, damagedMs + 500), ...line('m', 1, NOW - 1500));
    const left = samplesOf(store, 'm').map(([timeMs]) => timeMs);
    expect(left).toHaveLength(806);
    for (const timeMs of left) expect(samplesOf(store, 'm', timeMs, timeMs)).toHaveLength(1);
    expect((await store.stats()).storedSamples).toBe(906);
  });
});

test('a folder in use is refused with a sentence, and free again after close', async () => {
  const { store, folder } = open();
  expect(() => open(folder)).toThrow(/is in use by another process/);
  await store.close();
  expect(() => open(folder)).not.toThrow();
});

test('nothing can be asked of a closed store', async () => {
  const { store, append } = open();
  await store.close();
  expect(() => append([['m', NOW, 1]])).toThrow('the sample store is closed');
  await expect(store.stats()).rejects.toThrow('the sample store is closed');
});
