import { afterEach, expect, test } from 'vitest';
import { LocalStore } from './local-store.ts';
import { batchOf, keyOf, readAll, tempFolder } from './store-for-tests.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

test('a clock that jumps by hours and days, back and forth, loses and doubles nothing that was acknowledged', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const logged: string[] = [];
  let nowMs = NOW;
  let steadyMs = 0;
  const open = (): LocalStore =>
    LocalStore.open(
      { folder, retention: { timeMs: 30 * DAY, sizeBytes: 0 }, maxSeries: 10, log: (_, text) => logged.push(text) },
      () => nowMs,
      () => steadyMs,
    );
  let store = open();
  cleanups.push(() => store.close());
  const wanted = new Set<number>();
  const jumps = [0, -HOUR, 3 * HOUR, -DAY, 2 * DAY, -3 * DAY, 5 * DAY, -5 * HOUR, 60_000];
  for (const [i, jump] of jumps.entries()) {
    nowMs += jump;
    // Who sends has the same clock, and does not care what it has sent before.
    for (let second = 0; second < 60; second++) {
      nowMs += 1000;
      steadyMs += 1000;
      const { rejected } = await store.append(batchOf([['m', nowMs, nowMs]]));
      expect(rejected).toEqual([]);
      wanted.add(nowMs);
    }
    await store.runUpkeep();
    if (i % 3 === 2) {
      await store.close();
      store = open();
    }
    const found = readAll(store.source, []).get(keyOf('m')) ?? [];
    expect(found.map(([timestampMs]) => timestampMs)).toEqual([...wanted].sort((a, b) => a - b));
  }
  // Where the clock came to be, by what had passed: told of after each jump that leads ahead, and again after a restart.
  expect(logged.map((text) => / for (\d+\w)\S*, or the clock has gone ahead/.exec(text)?.[1])).toEqual([
    '3h',
    '3h',
    '1d',
    '5d',
    '5d',
    '5d',
  ]);
});

const ROLLUPS = [{ bucketMs: 300_000, keptMs: 40 * DAY }];

test.each<[how: string, restarts: boolean, rollups: typeof ROLLUPS]>([
  ['while it runs', false, []],
  ['while it runs, with rollups', false, ROLLUPS],
  ['while it is closed', true, []],
  ['while it is closed, with rollups', true, ROLLUPS],
])('a clock that jumps past the retention %s drops nothing before it has stood so for an hour', async (_, restarts, rollups) => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const logged: string[] = [];
  const clock = { nowMs: NOW, steadyMs: 0 };
  const pass = (ms: number): void => {
    clock.nowMs += ms;
    clock.steadyMs += ms;
  };
  const open = (): LocalStore =>
    LocalStore.open(
      {
        folder,
        retention: { timeMs: 30 * DAY, sizeBytes: 0, rollups },
        maxSeries: 10,
        log: (level, text) => logged.push(`${level}: ${text}`),
      },
      () => clock.nowMs,
      () => clock.steadyMs,
    );
  let store = open();
  cleanups.push(() => store.close());
  const reopen = async (): Promise<void> => {
    await store.close();
    // It counts from the machine's own start, and says nothing about how long that is ago.
    clock.steadyMs = 5;
    store = open();
  };
  await store.append(batchOf(Array.from({ length: 5_000 }, (__, i) => ['m', NOW - HOUR + i, Math.sin(i * i)])));
  await store.append(batchOf([['unpacked', NOW, 1]]));
  await store.runUpkeep(true);
  const all = readAll(store.source, []);
  const jump = async (ms: number): Promise<void> => {
    clock.nowMs += ms;
    if (restarts) await reopen();
  };

  await jump(400 * DAY);
  for (let minute = 0; minute < 59; minute++) {
    await store.runUpkeep(true);
    pass(60_000);
  }
  expect(readAll(store.source, [])).toEqual(all);
  expect(logged).toEqual([
    expect.stringMatching(/^warn: .* for 400d, or the clock has gone ahead by as much: nothing is dropped.* for an hour/),
  ]);
  // What others send with the right time is still taken.
  expect((await store.append(batchOf([['late', NOW, 1]]))).accepted).toBe(1);

  await jump(-400 * DAY);
  for (let minute = 0; minute < 120; minute++) {
    await store.runUpkeep(true);
    pass(60_000);
  }
  expect(readAll(store.source, []).get(keyOf('m'))).toEqual(all.get(keyOf('m')));
  expect(logged).toHaveLength(1);

  await jump(400 * DAY);
  await store.runUpkeep();
  pass(59 * 60_000);
  await store.runUpkeep();
  expect(readAll(store.source, []).size).toBe(3);
  pass(60_000);
  await store.runUpkeep();
  expect(readAll(store.source, []).size).toBe(0);
});

test.each([
  { restarts: true, hours: 12, says: 'info: .*the store was closed for 12h, or the clock' },
  { restarts: false, hours: 12, says: 'info: .*the machine slept for 12h, or the clock' },
  // All would be dropped.
  { restarts: true, hours: 24 * 30, says: 'warn: .*the store was closed for 30d, or the clock' },
])('a pause is no reason to warn, unless all that is kept were old by it: %j', async ({ restarts, hours, says }) => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const logged: string[] = [];
  let nowMs = NOW;
  const log = (level: string, text: string): void => void logged.push(`${level}: ${text}`);
  const open = (): LocalStore =>
    LocalStore.open(
      { folder, retention: { timeMs: 30 * DAY, sizeBytes: 0 }, maxSeries: 10, log },
      () => nowMs,
      () => 0,
    );
  let store = open();
  cleanups.push(() => store.close());
  await store.append(batchOf([['m', NOW, 1]]));
  await store.runUpkeep();
  nowMs += hours * HOUR;
  if (restarts) {
    await store.close();
    store = open();
  }
  await store.runUpkeep();
  expect(logged).toEqual([expect.stringMatching(says)]);
});

test('a store that was closed for less than an hour, and a clock that is put right in small steps, wait for nothing', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const logged: string[] = [];
  const clock = { nowMs: NOW, steadyMs: 0 };
  const open = (): LocalStore =>
    LocalStore.open(
      { folder, retention: { timeMs: DAY, sizeBytes: 0 }, maxSeries: 10, log: (_, text) => logged.push(text) },
      () => clock.nowMs,
      () => clock.steadyMs,
    );
  let store = open();
  cleanups.push(() => store.close());
  await store.append(batchOf([['m', NOW, 1]]));
  for (let hour = 0; hour < 25; hour++) {
    await store.runUpkeep(true);
    if (hour % 5 === 4) {
      await store.close();
      clock.nowMs += HOUR / 2;
      store = open();
    }
    clock.nowMs += HOUR + 60_000;
    clock.steadyMs += HOUR;
  }
  await store.runUpkeep();
  expect([readAll(store.source, []).size, logged]).toEqual([0, []]);
});

test('samples of long ago, taken into a folder that has no time written down yet, say nothing of the clock', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const logged: string[] = [];
  for (let round = 0; round < 2; round++) {
    const options = { folder, retention: { timeMs: 15 * DAY, sizeBytes: 0 }, maxSeries: 10 };
    const store = LocalStore.open({ ...options, log: (_, text) => logged.push(text) }, () => NOW + round * 60_000);
    cleanups.push(() => store.close());
    expect((await store.append(batchOf([['m', NOW - 10 * DAY + round, 1]]))).accepted).toBe(1);
    // Older than the clock allows, and not by the newest sample's time.
    expect((await store.append(batchOf([['m', NOW - 16 * DAY, 1]]))).rejected).toMatchObject([{ reason: 'too old' }]);
    await store.close();
  }
  expect(logged).toEqual([]);
});

test('samples from a clock that has gone ahead are refused with a reason, and taken once the time has come', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  let nowMs = NOW;
  const store = LocalStore.open({ folder, retention: { timeMs: DAY, sizeBytes: 0 }, maxSeries: 10 }, () => nowMs);
  cleanups.push(() => store.close());
  await store.append(batchOf([['m', NOW, 1]]));
  nowMs -= 2 * HOUR;
  const refused = await store.append(batchOf([['m', NOW + 1, 2]]));
  expect(refused.rejected).toMatchObject([{ reason: 'too far in the future', count: 1 }]);
  nowMs += 2 * HOUR;
  expect((await store.append(batchOf([['m', NOW + 1, 2]]))).accepted).toBe(1);
  expect(readAll(store.source, []).get(keyOf('m'))).toHaveLength(2);
});

test('flushing that is due by age is due again after the clock was put back', async () => {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  let nowMs = NOW;
  const store = LocalStore.open({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10 }, () => nowMs);
  cleanups.push(() => store.close());
  await store.append(batchOf([['m', NOW, 1]]));
  await store.runUpkeep();
  nowMs -= 30 * DAY;
  await store.append(batchOf([['m', nowMs, 1]]));
  for (let minute = 0; minute < 180; minute++) {
    nowMs += 60_000;
    await store.runUpkeep();
  }
  expect(await store.stats()).toMatchObject({ headSamples: 0, storedSamples: 2 });
});
