import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { Labels } from '@vitrine/model/labels.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import type { GridSeries, SampleBatch, SampleStore } from '@vitrine/model/sample-store.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Columns } from '../chunk/columns.ts';
import { decodeChunk, encodeChunk } from '../chunk/chunk.ts';
import { Contents } from '../contents.ts';
import { histogramOf } from '../histograms-for-tests.ts';
import { LocalStore } from '../local-store.ts';
import { openStore } from '../open-store.ts';
import { batchOf, readAll, tempFolder, type TestSample } from '../store-for-tests.ts';
import { endOfBucket } from './buckets.ts';
import { rollUp } from './roll-up.ts';

const BUCKET = 300_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TIERS = [
  { bucketMs: BUCKET, keptMs: 50 * DAY },
  { bucketMs: HOUR, keptMs: 100 * DAY },
];
const STALE = 0x7ff0000000000002n;
/** On a bucket's end. */
const START = 1_700_000_100_000 - (1_700_000_100_000 % BUCKET);

function newFolder(): string {
  const { folder, remove } = tempFolder();
  onTestFinished(remove);
  return folder;
}

/** What two stores answer of the same samples, one of which has rolled them up and the other never does. */
async function both(batches: readonly SampleBatch[], afterMs = 20 * DAY) {
  let nowMs = START + 2 * DAY;
  const now = (): number => nowMs;
  const options = { maxSeries: 1_000, maxFutureMs: 400 * DAY };
  const rolledFolder = newFolder();
  const rolled = LocalStore.open(
    { ...options, folder: rolledFolder, retention: { timeMs: 5 * DAY, sizeBytes: 0, rollups: TIERS } },
    now,
  );
  const whole = LocalStore.open({ ...options, folder: newFolder(), retention: { timeMs: 0, sizeBytes: 0 } }, now);
  onTestFinished(async () => {
    await rolled.close();
    await whole.close();
  });
  for (const batch of batches) for (const store of [rolled, whole]) await store.append(batch);
  await rolled.runUpkeep(true);
  nowMs = START + 2 * DAY + afterMs;
  await rolled.runUpkeep(true);
  await whole.flush();
  return { folder: rolledFolder, rolled, whole, move: (ms: number) => (nowMs += ms) };
}

async function answers(
  store: Pick<SampleStore, 'evaluate'>,
  expr: string,
  startMs: number,
  endMs: number,
  stepMs: number,
): Promise<Map<string, GridSeries>> {
  const result = await store.evaluate({ expr, startMs, endMs, stepMs });
  if (result.kind !== 'matrix') throw new Error(result.kind);
  return new Map(result.series.map((series) => [series.labels.key, series]));
}

function same(a: Map<string, GridSeries>, b: Map<string, GridSeries>, within: number): number {
  expect([...a.keys()]).toEqual([...b.keys()]);
  let compared = 0;
  for (const [key, { values, present }] of a) {
    const other = b.get(key) as GridSeries;
    for (let i = 0; i < values.length; i++) {
      const [isThere, isInOther] = [present?.[i] !== 0, other.present?.[i] !== 0];
      expect([key, i, isThere]).toEqual([key, i, isInOther]);
      if (!isThere) continue;
      compared++;
      const [one, two] = [values[i] as number, other.values[i] as number];
      const isNear = Object.is(one, two) || one === two || Math.abs(one - two) <= within * Math.max(Math.abs(one), Math.abs(two));
      if (!isNear) expect([key, i, one]).toEqual([key, i, two]);
    }
  }
  return compared;
}

/** What a training and a service write: scraped every 15 s, a little late, with gaps, restarts, NaN and ends. */
function shapes(hours: number, seed: number): SampleBatch {
  const samples: TestSample[] = [];
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const count = hours * 240;
  let total = 1_000;
  for (let i = 0; i < count; i++) {
    const timeMs = START + i * 15_000 + Math.floor(random() * 200) + 1;
    // The restarts of a counter, some of them close together.
    total = random() < 0.01 ? random() : total + Math.floor(random() * 50);
    samples.push(['requests_total{r}', timeMs, total]);
    samples.push(['loss{a}', timeMs, 1e6 + Math.sin(i / 50) * random()]);
    samples.push(['mixed{m}', timeMs, random() < 0.05 ? Number.NaN : random() - 0.5]);
    const isGap = i % 400 > 300;
    if (!isGap) samples.push(['gaps{g}', timeMs, i % 400 === 300 ? STALE : i]);
    if (i % 30 === 0) samples.push(['sparse{s}', timeMs, i]);
  }
  return batchOf(samples);
}

const EXACT = [
  'min_over_time(X[5m])',
  'max_over_time(X[1h])',
  'last_over_time(X[10m])',
  'first_over_time(X[1h])',
  'count_over_time(X[5m])',
  'count_over_time(X[3h])',
  'present_over_time(X[1h])',
  'timestamp(X)',
  'X',
];
const NEAR = [
  'sum_over_time(X[5m])',
  'sum_over_time(X[1h])',
  'avg_over_time(X[5m])',
  'avg_over_time(X[6h])',
  'sum(X)',
  'max(avg_over_time(X[1h]))',
];

test.each([1, 2])(
  'what is asked over whole buckets is answered alike of samples that are rolled up (%i)',
  async (seed) => {
    const { rolled, whole } = await both([shapes(30, seed)]);
    expect((await rolled.stats()).storedSamples).toBeLessThan((await whole.stats()).storedSamples * 0.45);
    const [startMs, endMs] = [START + BUCKET, START + 30 * HOUR];
    for (const [list, within] of [
      [EXACT, 0],
      [NEAR, 1e-12],
    ] as const) {
      for (const template of list) {
        const expr = template.replace('X', '{__name__!=""}');
        const compared = same(
          await answers(rolled, expr, startMs, endMs, BUCKET),
          await answers(whole, expr, startMs, endMs, BUCKET),
          within,
        );
        expect(compared).toBeGreaterThan(100);
      }
    }
    for (const expr of [
      'rate(requests_total[5m])',
      'increase(requests_total[1h])',
      'resets(requests_total[2h])',
      'rate(requests_total[1h]) > 0',
      'delta(gaps[1h])',
      'delta(mixed[10m])',
      'delta(sparse[3h])',
    ]) {
      same(await answers(rolled, expr, startMs, endMs, BUCKET), await answers(whole, expr, startMs, endMs, BUCKET), 1e-12);
    }
  },
  60_000,
);

test('what is asked over whole hours is answered alike once five minutes have become hours', async () => {
  const { rolled, whole, move } = await both([shapes(30, 6)]);
  const before = (await rolled.stats()).storedSamples;
  move(40 * DAY);
  await rolled.runUpkeep(true);
  expect((await rolled.stats()).storedSamples).toBeLessThan(before * 0.4);
  const startMs = Math.ceil(START / HOUR) * HOUR + HOUR;
  const endMs = startMs + 27 * HOUR;
  for (const template of [
    'min_over_time(X[1h])',
    'max_over_time(X[2h])',
    'count_over_time(X[1h])',
    'avg_over_time(X[6h])',
    'sum_over_time(X[1h])',
    'last_over_time(X[1h])',
    'X',
  ]) {
    const expr = template.replace('X', '{__name__!=""}');
    same(await answers(rolled, expr, startMs, endMs, HOUR), await answers(whole, expr, startMs, endMs, HOUR), 1e-12);
  }
  const rate = 'rate(requests_total[2h])';
  same(
    await answers(rolled, rate, startMs + 2 * HOUR, endMs, HOUR),
    await answers(whole, rate, startMs + 2 * HOUR, endMs, HOUR),
    1e-9,
  );
});

test('windows that are no whole buckets are off by what is in the buckets at their ends', async () => {
  const { rolled, whole } = await both([shapes(12, 9)]);
  const from = START + 4 * HOUR + 77_000;
  for (const expr of ['count_over_time(loss[1h])', 'avg_over_time(loss[1h])']) {
    const a = await answers(rolled, expr, from, START + 11 * HOUR, 60_000);
    // 20 samples at each end of 240.
    same(a, await answers(whole, expr, from, START + 11 * HOUR, 60_000), 40 / 240);
  }
});

test('functions that look at every sample say so of samples that are rolled up', async () => {
  const { rolled, whole } = await both([shapes(6, 4)]);
  const ask = async (store: LocalStore, expr: string): Promise<readonly string[]> =>
    (await store.evaluate({ expr, startMs: START + 5 * HOUR, endMs: START + 5 * HOUR, stepMs: 0 })).annotations.map(
      ({ text }) => text,
    );
  expect(await ask(rolled, 'stddev_over_time(loss[1h])')).toEqual([
    expect.stringContaining('stddev_over_time() sees some samples only where others are rolled up, in metric "loss"'),
  ]);
  expect(await ask(rolled, 'avg_over_time(loss[1h])')).toEqual([]);
  expect(await ask(whole, 'stddev_over_time(loss[1h])')).toEqual([]);
});

test('samples are rolled up once they are older than retention.time, stay so over a restart, and go after retention.rollups', async () => {
  let nowMs = START + DAY;
  const folder = newFolder();
  const options = {
    folder,
    maxSeries: 10,
    retention: { timeMs: 2 * DAY, sizeBytes: 0, rollups: [{ bucketMs: BUCKET, keptMs: 10 * DAY }] },
  };
  const open = (): LocalStore => LocalStore.open(options, () => nowMs);
  const times = Array.from({ length: 4 * 1_440 }, (_, i) => START + i * 15_000 + 1);
  const batch = batchOf(times.map((timeMs, i) => ['loss{a}', timeMs, Math.sin(i * 7_919)]));
  let store = open();
  await store.append(batch);
  await store.runUpkeep(true);
  expect(readAll(store.source, []).values().next().value).toHaveLength(times.length);
  nowMs = START + 4 * DAY;
  await store.runUpkeep(true);
  const after = readAll(store.source, []);
  // Of each 20 samples the first, the least, the greatest and the last, some of which are the same.
  const left = after.values().next().value?.length ?? 0;
  expect(left).toBeGreaterThan(times.length / 10);
  expect(left).toBeLessThanOrEqual(times.length / 5);
  // Four chunks were, which are small now, and are joined.
  expect(chunksIn(folder)).toBe(2);
  await store.runUpkeep(true);
  await store.close();
  store = open();
  await store.runUpkeep(true);
  expect(readAll(store.source, [])).toEqual(after);
  const count = await store.evaluate({
    expr: 'count_over_time(loss[2d])',
    startMs: START + 2 * DAY,
    endMs: START + 2 * DAY,
    stepMs: 0,
  });
  expect(count).toMatchObject({ series: [{ values: Float64Array.of(times.length) }] });
  nowMs = START + 12 * DAY;
  await store.runUpkeep(true);
  expect((await store.stats()).seriesCount).toBe(0);
  await store.close();
});

test.each<[what: string, fromMs: number, toMs: number, count: number, sum: number]>([
  ['its last', 285_001, 300_000, 1, 0],
  ['all but its last', 1, 285_000, 1, 19],
  ['all but its first', 15_000, 300_000, 1, 0],
  ['some that were not kept', 100_000, 200_000, 2, 19],
  ['none', 300_001, 900_000, 20, 190],
  ['all', 1, 300_000, 0, 0],
])('samples that are deleted count no more in the bucket they were in: %s', async (_, fromMs, toMs, count, sum) => {
  const times = Array.from({ length: 600 }, (_, i) => START + i * 15_000 + 1);
  const { rolled } = await both([batchOf(times.map((timeMs, i) => ['loss{a}', timeMs, i < 20 ? i : Math.sin(i * i)]))]);
  const selectors = [[{ label: '__name__', op: '=', value: 'loss' }]] as const;
  await rolled.deleteSeries({ selectors, fromMs: START + fromMs, toMs: START + toMs });
  const at = START + BUCKET;
  const found = async (expr: string) =>
    [...(await answers(rolled, expr, at, at, BUCKET)).values()].map(({ values }) => values[0]);
  expect(await found('count_over_time(loss[5m])')).toEqual(count === 0 ? [] : [count]);
  expect(await found('sum_over_time(loss[5m])')).toEqual(count === 0 ? [] : [sum]);
});

test('a bucket lies in one chunk', () => {
  const columns = new Columns(8);
  for (let at = 0; at < 8; at++) columns.push(at, at === 4 ? 2 : 0, at === 4 ? 0x7ff00000 : 0);
  const { counts, sums } = columns.needRolled();
  for (const at of [2, 3, 5]) counts[at] = sums[at] = 0;
  [counts[6], sums[6]] = [9, 1];
  expect([1, 2, 3, 4, 6, 7, 8].map((end) => endOfBucket(columns, end))).toEqual([1, 2, 7, 7, 7, 7, 8]);
});

test('chunks that are rolled up are not read again, not after a restart either', async () => {
  const samples = Array.from({ length: 1_000 }, (_, i) =>
    ['a', 'b', 'c'].map((name) => [name, START + i * 15_000 + (i % 3), Math.sin(i * i)] as const),
  );
  const { rolled, folder } = await both([batchOf(samples.flat())]);
  const reads = vi.spyOn(Contents.prototype, 'readChunk');
  onTestFinished(() => reads.mockRestore());
  await rolled.runUpkeep();
  expect(reads).not.toHaveBeenCalled();
  await rolled.close();
  const again = LocalStore.open(
    { folder, maxSeries: 10, retention: { timeMs: 5 * DAY, sizeBytes: 0, rollups: TIERS } },
    () => START + 22 * DAY,
  );
  await again.runUpkeep();
  expect(reads).not.toHaveBeenCalled();
  await again.close();
});

test('threads that evaluate read them too', async () => {
  const { rolled, whole, folder } = await both([shapes(30, 8)]);
  await rolled.close();
  const store = await openStore({ folder, maxSeries: 10, retention: { timeMs: 0, sizeBytes: 0 } });
  onTestFinished(() => store.close());
  for (const expr of [
    'avg_over_time({__name__!=""}[1h])',
    'count_over_time({__name__!=""}[1h])',
    'max_over_time({__name__!=""}[1h])',
  ]) {
    const [from, to] = [START + HOUR, START + 30 * HOUR];
    expect(
      same(await answers(store, expr, from, to, BUCKET), await answers(whole, expr, from, to, BUCKET), 1e-12),
    ).toBeGreaterThan(100);
  }
});

test('what would take more room rolled up stays as it is', async () => {
  const { rolled } = await both([batchOf(Array.from({ length: 5_760 }, (_, i) => ['up{a}', START + i * 15_000, 1] as const))]);
  expect(readAll(rolled.source, []).values().next().value).toHaveLength(5_760);
});

test('native histograms and start times are not rolled up, nor what stands beside them', async () => {
  const samples = batchOf(Array.from({ length: 200 }, (_, i) => ['h{a}', START + i * 15_000, i] as const));
  const histograms = new Map([[7, histogramOf({ buckets: [1, 2] })]]);
  const { rolled, whole } = await both([
    { ...samples, histograms },
    { ...shapes(1, 5), startsMs: undefined },
  ]);
  const selector = [{ label: '__name__', op: '=', value: 'h' }] as const;
  expect(readAll(rolled.source, selector)).toEqual(readAll(whole.source, selector));
  expect(Labels.fromKey([...readAll(rolled.source, []).keys()][0] as string).size).toBeGreaterThan(0);
});

const anySamples = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 200_000 }),
      fc.oneof(
        fc.constantFrom(0, -0, Number.NaN, 1e300, -1e300),
        fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
        fc.constant('stale' as const),
      ),
    ),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    const columns = new Columns(64);
    const scratch = new Float64Array(1);
    const words = wordsOf(scratch);
    let timeMs = START;
    for (const [step, value] of steps) {
      timeMs += step;
      if (value === 'stale') {
        columns.push(timeMs, 2, 0x7ff00000);
        continue;
      }
      scratch[0] = value;
      columns.push(timeMs, words[0] as number, words[1] as number);
    }
    return columns;
  });

function chunksIn(folder: string): number {
  const db = new DatabaseSync(join(folder, 'samples.db'), { readOnly: true });
  try {
    return Number(db.prepare('SELECT count(*) AS chunks FROM chunk').get()?.['chunks']);
  } finally {
    db.close();
  }
}

function listed(columns: Columns): unknown[] {
  const { length, timestampsMs, words, rolled } = columns;
  return Array.from({ length }, (_, i) => [
    timestampsMs[i],
    words[2 * i],
    words[2 * i + 1],
    columns.isRolled(i) ? [rolled?.counts[i], rolled?.sums[i]] : undefined,
  ]);
}

test('rolling up keeps samples as they are, is the same a second time and in parts, and comes back from a chunk', () => {
  fc.assert(
    fc.property(anySamples, fc.boolean(), fc.nat(60), (samples, isCounter, cut) => {
      const once = new Columns(64);
      rollUp(samples, BUCKET, isCounter, once);
      const stored = new Set(listed(samples).map((sample) => JSON.stringify((sample as unknown[]).slice(0, 3))));
      for (const sample of listed(once)) expect(stored).toContain(JSON.stringify((sample as unknown[]).slice(0, 3)));
      const twice = new Columns(64);
      rollUp(once, BUCKET, isCounter, twice);
      expect(listed(twice)).toEqual(listed(once));
      const decoded = new Columns(64);
      decodeChunk(encodeChunk(once, 0, once.length), decoded);
      expect(listed(decoded)).toEqual(listed(once));
      // As a store that rolls up a chunk, and later the next and this one together.
      const parts = new Columns(64);
      for (const [from, end] of [
        [0, Math.min(cut, samples.length)],
        [Math.min(cut, samples.length), samples.length],
      ] as const) {
        const part = new Columns(64);
        for (let i = from; i < end; i++)
          part.push(samples.timestampsMs[i] as number, samples.words[2 * i] as number, samples.words[2 * i + 1] as number);
        rollUp(part, BUCKET, isCounter, parts);
      }
      const joined = new Columns(64);
      rollUp(parts, BUCKET, isCounter, joined);
      const total = ({ length, rolled }: Columns): number =>
        Array.from({ length }, (_, i) => rolled?.counts[i] ?? 1).reduce((sum, count) => sum + count, 0);
      const stale = (columns: Columns): number =>
        Array.from({ length: columns.length }, (_, i) =>
          columns.words[2 * i] === 2 && columns.words[2 * i + 1] === 0x7ff00000 ? 1 : 0,
        ).reduce<number>((sum, one) => sum + one, 0);
      expect(total(joined) - stale(joined)).toBe(samples.length - stale(samples));
    }),
  );
});
