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
  const open = (): LocalStore =>
    LocalStore.open(
      { folder, retention: { timeMs: 30 * DAY, sizeBytes: 0 }, maxSeries: 10, log: (_, text) => logged.push(text) },
      () => nowMs,
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
