import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { GridSeries, QueryResult, SampleSource } from '@vitrine/model/sample-store.ts';
import { evaluateText } from '@vitrine/promql/evaluate/evaluate.ts';
import { expect, onTestFinished, test } from 'vitest';
import { checkSamples } from '../check/check-samples.ts';
import { histogramOf } from '../histograms-for-tests.ts';
import { LocalStore } from '../local-store.ts';
import { openStore } from '../open-store.ts';
import { batchOf, tempFolder, type TestSample } from '../store-for-tests.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STALE = 0x7ff0000000000002n;
/** The beginning of a day. */
const START = 1_700_006_400_000;
const TIERS = [
  { bucketMs: 5 * MINUTE, keptMs: 200 * DAY },
  { bucketMs: HOUR, keptMs: 400 * DAY },
];

/** The same for a store whose clock is of today. */
const FAR_TIERS = TIERS.map(({ bucketMs }, i) => ({ bucketMs, keptMs: (10_000 + i) * DAY }));

/** A store in which days of samples are at hand, and the way to move its clock. */
function newStore(startMs = START, rollups = TIERS, folder = newFolder(), timeMs = 100 * DAY) {
  let nowMs = startMs;
  const store = LocalStore.open(
    { folder, maxSeries: 1_000, maxFutureMs: 400 * DAY, retention: { timeMs, sizeBytes: 0, rollups } },
    () => nowMs,
  );
  onTestFinished(() => store.close());
  return {
    store,
    folder,
    upkeepAt: (atMs: number) => {
      nowMs = atMs;
      return store.runUpkeep(true);
    },
  };
}

function newFolder(): string {
  const { folder, remove } = tempFolder();
  onTestFinished(remove);
  return folder;
}

/** The same samples, none of which anything stands for. */
function whole(source: SampleSource): SampleSource {
  return {
    select: (request) => source.select({ ...request, rollup: undefined }),
    selectLabels: (request) => source.selectLabels(request),
  };
}

interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Asks with and without rollups, and says of how many buckets the one answer was made. */
async function sameAnswers(store: LocalStore, expr: string, grid: Grid, within: number): Promise<number> {
  const ask = (source: SampleSource): Promise<QueryResult> => evaluateText(expr, { ...grid, trace: true }, source);
  const [rolled, all] = [await ask(store.source), await ask(whole(store.source))];
  if (!('series' in rolled) || !('series' in all) || rolled.kind === 'samples' || all.kind === 'samples')
    throw new Error(rolled.kind);
  expect(rolled.annotations).toEqual(all.annotations);
  expect(rolled.series.map(({ labels }) => labels.key)).toEqual(all.series.map(({ labels }) => labels.key));
  rolled.series.forEach((series, i) => same(expr, series, all.series[i] as GridSeries, within));
  return rolled.stats.trace?.read?.buckets ?? 0;
}

function same(expr: string, a: GridSeries, b: GridSeries, within: number): void {
  const greatest = b.values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  for (let i = 0; i < a.values.length; i++) {
    const [isThere, isInOther] = [a.present?.[i] !== 0, b.present?.[i] !== 0];
    expect([expr, a.labels.key, i, isThere]).toEqual([expr, b.labels.key, i, isInOther]);
    if (!isThere) continue;
    const [one, other] = [a.values[i] as number, b.values[i] as number];
    if (Object.is(one, other) || (within > 0 && Math.abs(one - other) <= within * greatest)) continue;
    expect([expr, a.labels.key, i, one]).toEqual([expr, b.labels.key, i, other]);
  }
}

/** A series of any kind, `days` long: counters that restart, NaN, zeros of both signs, ends and gaps, at an even pace or any. */
function anySeries(name: string, seed: number, days: number): TestSample[] {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const paceMs = [15_000, 20_000, 60_000][Math.floor(random() * 3)] as number;
  const isEven = random() < 0.5;
  const kind = Math.floor(random() * 5);
  const samples: TestSample[] = [];
  let total = 0;
  for (let timeMs = START + Math.floor(random() * HOUR); timeMs < START + days * DAY;) {
    timeMs += isEven ? paceMs : 1 + Math.floor(random() * 2 * paceMs);
    const chance = random();
    if (chance < 0.002) {
      samples.push([name, timeMs, STALE]);
      if (random() < 0.5) timeMs += Math.floor(random() ** 4 * DAY);
      continue;
    }
    total = chance < 0.01 ? Math.floor(random() * 3) : total + Math.floor(random() * 9);
    const values = [total, Math.round(random() * 1000) / 10, random() - 0.5, random() < 0.5 ? 0 : -0, 42];
    samples.push([name, timeMs, kind !== 4 && random() < 0.01 ? Number.NaN : (values[kind] as number)]);
  }
  return samples;
}

/** A sample each 15 s, of which the first is a second behind the start. */
function evenSeries(name: string, days: number, startMs = START): TestSample[] {
  return Array.from({ length: days * 5_760 }, (_, i) => [name, startMs + i * 15_000 + 1_000, (i * i) % 1_013] as const);
}

const FUNCTIONS: readonly [template: string, within: number][] = [
  ['min_over_time(X)', 0],
  ['max_over_time(X)', 0],
  ['count_over_time(X)', 0],
  ['present_over_time(X)', 0],
  ['first_over_time(X)', 0],
  ['last_over_time(X)', 0],
  ['ts_of_last_over_time(X)', 0],
  ['absent_over_time(X)', 0],
  ['sum_over_time(X)', 1e-12],
  ['avg_over_time(X)', 1e-12],
  ['rate(X)', 1e-12],
  ['increase(X)', 1e-12],
  ['delta(X)', 1e-12],
  ['sum by (l) (rate(X))', 1e-12],
  ['resets(X)', 0],
  ['stddev_over_time(X)', 0],
  ['S', 0],
  ['timestamp(S)', 0],
  ['max_over_time((S)[2h:5m])', 0],
];
const SELECTOR = '{__name__!=""}';

async function compare(store: LocalStore, grid: Grid, range: string): Promise<number> {
  let buckets = 0;
  for (const [template, within] of FUNCTIONS) {
    const expr = template.replace('X', `${SELECTOR}[${range}]`).replace('S', SELECTOR);
    buckets += await sameAnswers(store, expr, grid, within);
  }
  return buckets;
}

const anyGrid = fc
  .record({
    every: fc.constantFrom(5 * MINUTE, HOUR),
    from: fc.nat({ max: 40 }),
    step: fc.constantFrom(1, 2, 12, 24),
    range: fc.constantFrom(1, 3, 24),
    cut: fc.constantFrom(0, 0, 0, 1, 77_000, MINUTE),
    longer: fc.constantFrom(0, 0, 5_000, 15_000, MINUTE, 61_000),
  })
  .map(({ every, from, step, range, cut, longer }) => {
    const startMs = START + from * every + cut;
    return { grid: { startMs, endMs: startMs + DAY, stepMs: step * every }, range: `${(range * every + longer) / 1000}s` };
  });

test('queries answer alike with and without what was rolled up early, also while samples come late and go', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(), { minLength: 2, maxLength: 4 }),
      fc.array(anyGrid, { minLength: 3, maxLength: 3 }),
      fc.nat({ max: DAY }),
      async (seeds, grids, lateMs) => {
        const { store, upkeepAt } = newStore();
        const all = seeds.map((seed, i) => anySeries(i % 2 === 0 ? `some_total{${i}}` : `some{${i}}`, seed, 2));
        // Some come when the others are built.
        const isLate = ([, timeMs]: TestSample, i: number): boolean => timeMs > START + lateMs && i % 97 === 3;
        const [first, second, third] = grids as [(typeof grids)[0], (typeof grids)[0], (typeof grids)[0]];
        await store.append(batchOf(all.flatMap((samples) => samples.filter((sample, i) => !isLate(sample, i)))));
        await upkeepAt(START + 2 * DAY);
        await compare(store, first.grid, first.range);
        await store.append(batchOf(all.flatMap((samples) => samples.filter(isLate))));
        await compare(store, second.grid, second.range);
        await store.flush();
        await compare(store, third.grid, third.range);
        const selectors = [[{ label: 'l', op: '=', value: '0' }]] as const;
        await store.deleteSeries({ selectors, fromMs: START + lateMs, toMs: START + lateMs + 12 * HOUR });
        await compare(store, first.grid, first.range);
        await upkeepAt(START + 2 * DAY + 6 * HOUR);
        for (const { grid, range } of grids) await compare(store, grid, range);
        await store.close();
      },
    ),
    { numRuns: 3, seed: 6, endOnFailure: true },
  );
}, 120_000);

test('what is asked over whole hours is answered of hours, and the rest of samples', async () => {
  const { store, upkeepAt } = newStore();
  await store.append(batchOf([...evenSeries('a_total{x}', 4), ...evenSeries('b{y}', 4)]));
  await upkeepAt(START + 4 * DAY);
  const grid = { startMs: START + DAY, endMs: START + 3 * DAY, stepMs: DAY };
  expect(await sameAnswers(store, `max_over_time(${SELECTOR}[1d])`, grid, 0)).toBe(2 * 72);
  expect(await sameAnswers(store, `max_over_time(${SELECTOR}[1h5m])`, grid, 0)).toBe(2 * (2 * 288 + 13));
  expect(await sameAnswers(store, `max_over_time(${SELECTOR}[66m])`, grid, 0)).toBe(0);
  // As $__rate_interval is, a scrape longer than the step.
  expect(await sameAnswers(store, 'rate(a_total[1d15s])', grid, 1e-12)).toBe(72);
  expect(await sameAnswers(store, 'rate(a_total[1d30s])', grid, 1e-12)).toBe(0);
  expect(await sameAnswers(store, `stddev_over_time(${SELECTOR}[1d])`, grid, 0)).toBe(0);
});

test('late samples, and those that are deleted, are in no bucket until it is built anew', async () => {
  const { store, upkeepAt } = newStore();
  await store.append(batchOf([...evenSeries('a{x}', 3), ...evenSeries('b{y}', 3)]));
  await upkeepAt(START + 3 * DAY);
  const grid = { startMs: START + 2 * DAY, endMs: START + 2 * DAY, stepMs: 0 };
  const days = `count_over_time({l="x"}[2d])`;
  const count = async (): Promise<readonly [samples: number | undefined, buckets: number]> => {
    const buckets = await sameAnswers(store, days, grid, 0);
    const result = await evaluateText(days, grid, store.source);
    return [result.kind === 'vector' ? result.series[0]?.values[0] : undefined, buckets];
  };
  expect(await count()).toEqual([11_520, 48]);
  // Behind two hours of the second day, in the log: what is before it is in buckets still.
  await store.append(batchOf([['a{x}', START + DAY + 2 * HOUR + 7, 1e9]]));
  expect(await count()).toEqual([11_521, 26]);
  // In chunks: a row of hours is twelve days.
  await store.flush();
  expect(await count()).toEqual([11_521, 0]);
  await upkeepAt(START + 3 * DAY + HOUR);
  expect(await count()).toEqual([11_521, 48]);
  const selectors = [[{ label: 'l', op: '=', value: 'x' }]] as const;
  await store.deleteSeries({ selectors, fromMs: START + DAY, toMs: START + DAY + HOUR });
  expect(await count()).toEqual([11_281, 0]);
  await upkeepAt(START + 3 * DAY + 2 * HOUR);
  expect(await count()).toEqual([11_281, 47]);
  await store.deleteSeries({ selectors, fromMs: -Infinity, toMs: Infinity });
  expect(await count()).toEqual([undefined, 0]);
  // Another series in its place.
  await store.append(batchOf([['c{x}', START + DAY + HOUR + 7, 5]]));
  await upkeepAt(START + 3 * DAY + 3 * HOUR);
  expect(await count()).toEqual([1, 0]);
});

test('samples that come late behind where a series paused are rolled up too', async () => {
  const { store, upkeepAt } = newStore();
  const a = evenSeries('a{x}', 3);
  const isEarly = ([, timeMs]: TestSample): boolean => timeMs < START + DAY;
  await store.append(batchOf([...a.filter(isEarly), ...evenSeries('b{y}', 4)]));
  await upkeepAt(START + 2 * DAY);
  await upkeepAt(START + 4 * DAY);
  await store.append(batchOf(a.filter(([, timeMs]) => timeMs > START + 2 * DAY)));
  await upkeepAt(START + 4 * DAY + HOUR);
  const grid = { startMs: START + 3 * DAY, endMs: START + 3 * DAY, stepMs: 0 };
  expect(await sameAnswers(store, 'count_over_time(a[1d])', grid, 0)).toBe(24);
});

test('a series that is brought in later than others is rolled up too', async () => {
  const { store, upkeepAt } = newStore();
  await store.append(batchOf(evenSeries('a{x}', 3)));
  await upkeepAt(START + 3 * DAY);
  await store.append(batchOf(evenSeries('b{y}', 2, START - 30 * DAY)));
  await upkeepAt(START + 3 * DAY + HOUR);
  const grid = { startMs: START - 28 * DAY, endMs: START - 28 * DAY, stepMs: 0 };
  expect(await sameAnswers(store, 'avg_over_time(b[2d])', grid, 1e-12)).toBe(48);
});

test('rows stay over a restart, go with other settings, and with the chunks that they stand for', async () => {
  const folder = newFolder();
  const ask = (store: LocalStore, day: number): Promise<number> => {
    const atMs = START + day * DAY;
    return sameAnswers(store, 'max_over_time(a[1d])', { startMs: atMs, endMs: atMs, stepMs: 0 }, 0);
  };
  const first = newStore(START, TIERS, folder);
  await first.store.append(batchOf(evenSeries('a{x}', 3)));
  await first.upkeepAt(START + 3 * DAY);
  expect(await ask(first.store, 1)).toBe(24);
  await first.store.close();
  const again = newStore(START + 3 * DAY, TIERS, folder);
  expect(await ask(again.store, 1)).toBe(24);
  await again.store.close();
  const finer = newStore(START + 3 * DAY, TIERS.slice(0, 1), folder);
  expect(await ask(finer.store, 1)).toBe(0);
  await finer.upkeepAt(START + 3 * DAY);
  expect(await ask(finer.store, 1)).toBe(288);
  // The chunks of the first day are rolled up for good, and so nothing stands for them.
  await finer.upkeepAt(START + 101 * DAY + 6 * HOUR);
  expect(await ask(finer.store, 1)).toBe(0);
  expect(await ask(finer.store, 2)).toBeGreaterThan(200);
  await finer.upkeepAt(START + 202 * DAY);
  expect(await ask(finer.store, 2)).toBe(0);
  await finer.store.close();
  const without = newStore(START + 202 * DAY, [], folder);
  expect(await ask(without.store, 3)).toBe(0);
});

test('rows that a short run with other settings left are believed no more', async () => {
  const folder = newFolder();
  const first = newStore(START, TIERS, folder);
  await first.store.append(batchOf(evenSeries('a{x}', 2)));
  await first.upkeepAt(START + 2 * DAY);
  await first.store.close();
  // It ends before it rolls anything up, as an import does.
  const short = newStore(START + 2 * DAY, [], folder);
  await short.store.append(batchOf([['a{x}', START + 7 * HOUR + 7, 1e9]]));
  const selectors = [[{ label: 'l', op: '=', value: 'x' }]] as const;
  await short.store.deleteSeries({ selectors, fromMs: START + HOUR, toMs: START + 6 * HOUR });
  await short.store.close();
  const { store, upkeepAt } = newStore(START + 2 * DAY, TIERS, folder);
  const grid = { startMs: START + DAY, endMs: START + 2 * DAY, stepMs: DAY };
  for (const expr of ['max_over_time(a[1d])', 'count_over_time(a[1d])']) expect(await sameAnswers(store, expr, grid, 0)).toBe(0);
  await upkeepAt(START + 2 * DAY + HOUR);
  expect(await sameAnswers(store, 'max_over_time(a[1d])', grid, 0)).toBeGreaterThan(24);
});

const FINE = { bucketMs: 15 * MINUTE, keptMs: 20 * DAY };
const COARSE = { bucketMs: HOUR, keptMs: 400 * DAY };
const WINDOWS = ['max_over_time(a[30m])', 'count_over_time(a[30m])', 'first_over_time(a[1h])', 'increase(a[2h])', 'a'];

/** From noon on a minute apart, so that each chunk is a day; rolling them up leaves little. */
function minuteSeries(days: number): TestSample[] {
  const value = (i: number): number => Math.round(50 + 40 * Math.sin(i / 11));
  return Array.from({ length: days * 1440 }, (_, i) => ['a{x}', START + 12 * HOUR + (i + 1) * MINUTE, value(i)]);
}

test.each([
  ['a finer tier is added', 9.4 * DAY, 9.4 * DAY],
  ['it is added and samples are kept for longer', 3 * DAY, 9.4 * DAY],
])('nothing finer is built of what hours were kept of, where %s', async (_, timeMs, laterTimeMs) => {
  const folder = newFolder();
  const first = newStore(START, [COARSE], folder, 50 * DAY);
  await first.store.append(batchOf(minuteSeries(7)));
  await first.store.close();
  const shorter = newStore(START + 12 * DAY, [COARSE], folder, timeMs);
  await shorter.upkeepAt(START + 12 * DAY + HOUR);
  await shorter.store.close();
  const { store, upkeepAt } = newStore(START + 12 * DAY + HOUR, [FINE, COARSE], folder, laterTimeMs);
  await upkeepAt(START + 12 * DAY + HOUR);
  const grid = { startMs: START + 2 * DAY, endMs: START + 7 * DAY, stepMs: 30 * MINUTE };
  for (const expr of WINDOWS) await sameAnswers(store, expr, grid, 1e-12);
  const atMs = START + 6 * DAY;
  expect(await sameAnswers(store, 'max_over_time(a[2d])', { startMs: atMs, endMs: atMs, stepMs: 0 }, 0)).toBeGreaterThan(12);
});

test('nothing finer is built anew of what hours are kept of', async () => {
  const { store, upkeepAt } = newStore(START, [FINE, COARSE], newFolder(), 9.4 * DAY);
  // The third chunk and those behind it pack so well that they stay as they are, and the buckets beside them.
  await store.append(batchOf(minuteSeries(4).map(([name, timeMs, value], i) => [name, timeMs, i < 2 * 1440 ? value : 7])));
  for (const day of [5, 14, 23]) await upkeepAt(START + day * DAY);
  const grid = { startMs: START + DAY, endMs: START + 4 * DAY, stepMs: 30 * MINUTE };
  expect(await sameAnswers(store, 'max_over_time(a[30m])', grid, 0)).toBeGreaterThan(0);
  const selectors = [[{ label: 'l', op: '=', value: 'x' }]] as const;
  await store.deleteSeries({ selectors, fromMs: START + 3 * DAY - 5 * MINUTE, toMs: START + 3 * DAY - 4 * MINUTE });
  await upkeepAt(START + 23 * DAY + HOUR);
  for (const expr of WINDOWS) await sameAnswers(store, expr, grid, 1e-12);
});

test('a clock that is ahead for a while leaves nothing out of what is built', async () => {
  const retention = { timeMs: 100 * DAY, sizeBytes: 0, rollups: TIERS };
  let [nowMs, steadyMs] = [START + 2 * DAY, 0];
  const store = LocalStore.open(
    { folder: newFolder(), maxSeries: 10, retention },
    () => nowMs,
    () => steadyMs,
  );
  onTestFinished(() => store.close());
  await store.append(batchOf(evenSeries('a{x}', 2)));
  nowMs = START + 1_000 * DAY;
  await store.runUpkeep(true);
  [nowMs, steadyMs] = [START + 2 * DAY + 4 * HOUR, 4 * HOUR];
  await store.runUpkeep();
  const grid = { startMs: START + DAY, endMs: START + DAY, stepMs: 0 };
  expect(await sameAnswers(store, 'max_over_time(a[1d])', grid, 0)).toBe(24);
});

test('a kill anywhere while samples are rolled up, come late or go leaves answers as they are', async () => {
  const { store, folder, upkeepAt } = newStore();
  await store.append(batchOf([...evenSeries('a_total{x}', 2), ...evenSeries('b{y}', 2)]));
  await upkeepAt(START + 2 * DAY);
  await store.append(batchOf([['a_total{x}', START + DAY + 7, 1e9]]));
  await store.flush();
  const selectors = [[{ label: 'l', op: '=', value: 'y' }]] as const;
  await store.deleteSeries({ selectors, fromMs: START + DAY, toMs: START + DAY + HOUR });
  await upkeepAt(START + 2 * DAY + HOUR);
  const [main, log] = ['samples.db', 'samples.db-wal'].map((name) => readFileSync(join(folder, name))) as [Buffer, Buffer];
  await store.close();
  const grid = { startMs: START + DAY, endMs: START + 2 * DAY, stepMs: DAY };
  let built = 0;
  for (let cut = 1; cut <= 12; cut++) {
    const copy = newFolder();
    writeFileSync(join(copy, 'samples.db'), main);
    writeFileSync(join(copy, 'samples.db-wal'), log.subarray(0, Math.floor((log.length * cut) / 12)));
    const killed = newStore(START + 2 * DAY + HOUR, TIERS, copy);
    for (const expr of [`count_over_time(${SELECTOR}[1d])`, 'increase(a_total[1d])', SELECTOR]) {
      built += await sameAnswers(killed.store, expr, grid, 1e-12);
    }
    await killed.upkeepAt(START + 2 * DAY + 2 * HOUR);
    await sameAnswers(killed.store, `sum_over_time(${SELECTOR}[1d])`, grid, 1e-12);
    await killed.store.close();
  }
  expect(built).toBeGreaterThan(50);
});

test.each([
  ['data', "CAST(substr(data, 1, 40) || x'00' || substr(data, 42) AS BLOB)"],
  ['series', 'series + 1'],
  ['width_ms', '3600000'],
  ['cell_ms', 'cell_ms - 864000000'],
  ['from_ms', 'from_ms - 86400000'],
  ['to_ms', 'to_ms + 86400000'],
])('a row whose %s is damaged stands for nothing, and is told of', async (column, value) => {
  const folder = newFolder();
  const first = newStore(START, TIERS.slice(0, 1), folder);
  await first.store.append(batchOf(evenSeries('a{x}', 3)));
  await first.upkeepAt(START + 3 * DAY);
  await first.store.close();
  const db = new DatabaseSync(join(folder, 'samples.db'));
  db.exec(`UPDATE rollup SET ${column} = ${value} WHERE id = (SELECT id FROM rollup ORDER BY cell_ms LIMIT 1 OFFSET 1)`);
  db.close();
  const told = [...checkSamples(join(folder, 'samples.db'))];
  const { store } = newStore(START + 3 * DAY, TIERS.slice(0, 1), folder);
  const grid = { startMs: START + DAY, endMs: START + 3 * DAY, stepMs: 5 * MINUTE };
  expect(await sameAnswers(store, 'count_over_time(a[5m])', grid, 0)).toBeGreaterThan(0);
  expect(told).toEqual([
    expect.stringMatching(/^rollup \d+ \((a\{l="x"\}|series 1, which is not there) from .*; the samples are read instead/),
  ]);
});

test('a row says nothing of before the first chunk, whatever it claims', async () => {
  const folder = newFolder();
  const first = newStore(START, TIERS.slice(0, 1), folder);
  await first.store.append(batchOf(evenSeries('a{x}', 2)));
  await first.upkeepAt(START + 2 * DAY);
  await first.store.close();
  // As retention drops chunks; where from_ms is damaged then it may be what it was.
  const db = new DatabaseSync(join(folder, 'samples.db'));
  db.exec(`DELETE FROM chunk WHERE max_ms < ${START + 15 * HOUR}`);
  db.close();
  const { store } = newStore(START + 2 * DAY, TIERS.slice(0, 1), folder);
  const grid = { startMs: START + DAY, endMs: START + 2 * DAY, stepMs: DAY };
  expect(await sameAnswers(store, 'count_over_time(a[1d])', grid, 0)).toBeGreaterThan(100);
});

test('threads read them too, and a trace says so', async () => {
  const folder = newFolder();
  const made = newStore(START, TIERS, folder);
  await made.store.append(batchOf([...evenSeries('a_total{x}', 3), ...evenSeries('b{y}', 3)]));
  await made.upkeepAt(START + 3 * DAY);
  const grid = { startMs: START + DAY, endMs: START + 3 * DAY, stepMs: HOUR };
  const expr = 'sum(rate(a_total[2h]))';
  const want = await evaluateText(expr, grid, whole(made.store.source));
  await made.store.close();
  const store = await openStore({ folder, maxSeries: 10, retention: { timeMs: 9_000 * DAY, sizeBytes: 0, rollups: FAR_TIERS } });
  onTestFinished(() => store.close());
  const { stats, ...got } = await store.evaluate({ expr, ...grid, trace: true });
  expect(stats.trace?.read?.buckets).toBe(44);
  if (got.kind !== 'matrix' || want.kind !== 'matrix') throw new Error(got.kind);
  same(expr, got.series[0] as GridSeries, want.series[0] as GridSeries, 1e-12);
  // One that comes late is in no bucket.
  const count = async (): Promise<unknown> => {
    const atMs = START + 2 * DAY;
    const result = await store.evaluate({ expr: 'count_over_time(b[1d])', startMs: atMs, endMs: atMs, stepMs: 0, trace: true });
    return result.kind === 'vector' && [result.series[0]?.values[0], result.stats.trace?.read?.buckets];
  };
  expect(await count()).toEqual([5_760, 24]);
  await store.append(batchOf([['b{y}', START + DAY + 2 * HOUR + 7, 1]]));
  expect(await count()).toEqual([5_761, 2]);
});

test('what is too large loses its oldest chunks, and their buckets with them', async () => {
  const folder = newFolder();
  const made = newStore(START, TIERS, folder);
  await made.store.append(batchOf(['a_total{x}', 'b{y}', 'c{z}'].flatMap((name) => evenSeries(name, 6))));
  await made.upkeepAt(START + 6 * DAY);
  await made.store.close();
  const sizeBytes = 0.85 * statSync(join(folder, 'samples.db')).size;
  const limited = LocalStore.open(
    { folder, maxSeries: 10, retention: { timeMs: 100 * DAY, sizeBytes, rollups: TIERS } },
    () => START + 6 * DAY,
  );
  onTestFinished(() => limited.close());
  await limited.runUpkeep(true);
  const grid = { startMs: START + DAY, endMs: START + 6 * DAY, stepMs: HOUR };
  const days = `count_over_time(${SELECTOR}[1d])`;
  expect((await limited.stats()).storedSamples / (3 * 6 * 5_760)).toBeLessThan(0.9);
  expect(await sameAnswers(limited, days, grid, 0)).toBeGreaterThan(100);
  expect(await sameAnswers(limited, `increase(${SELECTOR}[10m])`, { ...grid, stepMs: 5 * MINUTE }, 1e-12)).toBeGreaterThan(1_000);
});

test('series with native histograms or start times are read whole', async () => {
  const { store, upkeepAt } = newStore();
  const numbers = batchOf(evenSeries('h{x}', 1));
  const startsMs = new Float64Array(5_760).fill(START - 1);
  await store.append({ ...numbers, histograms: new Map([[77, histogramOf({ buckets: [1, 2] })]]) });
  await store.append({ ...batchOf(evenSeries('s{y}', 1)), startsMs });
  await upkeepAt(START + 2 * DAY);
  const grid = { startMs: START + 12 * HOUR, endMs: START + 12 * HOUR, stepMs: 0 };
  expect(await sameAnswers(store, `count_over_time(${SELECTOR}[6h])`, grid, 0)).toBe(0);
});
