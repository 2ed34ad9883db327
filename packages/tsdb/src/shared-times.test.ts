import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { LocalStore } from './local-store.ts';
import { openStore } from './open-store.ts';
import { batchOf, bitsOf, keyOf, readAll, tempFolder, type TestSample } from './store-for-tests.ts';

const NOW = 1_800_000_000_000;
const UNEVEN = Array.from({ length: 300 }, (_, i) => NOW + i * 5000 + ((i * 7919) % 11));
const SERIES = ['a{1}', 'a{2}', 'a{3}', 'b'];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function open(folder?: string) {
  let at = folder;
  if (at === undefined) {
    const temp = tempFolder();
    cleanups.push(temp.remove);
    at = temp.folder;
  }
  const clock = { nowMs: NOW + 3_600_000 };
  const logged: string[] = [];
  const store = LocalStore.open(
    { folder: at, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10, log: (_, sentence) => logged.push(sentence) },
    () => clock.nowMs,
  );
  cleanups.push(() => store.close());
  return { store, folder: at, clock, logged };
}

/** What a scrape of four series brings, at each of the times. */
const scrapes = (times: readonly number[]): TestSample[] =>
  times.flatMap((timestampMs, i) => SERIES.map((series, k) => [series, timestampMs, i * k] as const));

const wanted = (times: readonly number[]) =>
  new Map(SERIES.map((series, k) => [keyOf(series), times.map((timestampMs, i) => [timestampMs, bitsOf(i * k)])]));

function rowsOfTimes(folder: string): number {
  const db = new DatabaseSync(join(folder, 'samples.db'), { readOnly: true });
  try {
    return Number(db.prepare('SELECT count(*) AS rows FROM times').get()?.['rows']);
  } finally {
    db.close();
  }
}

test('series that are scraped together have their uneven times once, and are read as before in every thread', async () => {
  const { store, folder, clock } = open();
  await store.append(batchOf(scrapes(UNEVEN.slice(0, 200))));
  await store.flush();
  expect(rowsOfTimes(folder)).toBe(1);
  expect(readAll(store.source, [])).toEqual(wanted(UNEVEN.slice(0, 200)));
  // More behind them: the chunks are written anew, and so are their times.
  await store.append(batchOf(scrapes(UNEVEN).slice(200 * SERIES.length)));
  await store.flush();
  expect(readAll(store.source, [])).toEqual(wanted(UNEVEN));
  expect(rowsOfTimes(folder)).toBe(2);
  // What no chunk has any more stays for readers that are under way, and goes then.
  await store.runUpkeep();
  expect(rowsOfTimes(folder)).toBe(2);
  clock.nowMs += 11 * 60_000;
  await store.runUpkeep();
  expect(rowsOfTimes(folder)).toBe(1);
  expect(readAll(store.source, [])).toEqual(wanted(UNEVEN));
  await store.close();

  const threads = await openStore({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 10 });
  cleanups.push(() => threads.close());
  const result = await threads.evaluate({ expr: 'count_over_time(a[1h])', startMs: NOW + 2e6, endMs: NOW + 2e6, stepMs: 0 });
  expect(result.kind === 'vector' && result.series.map(({ values }) => values[0])).toEqual([300, 300, 300]);
});

test('times that are damaged or lost are told of with the samples that they belong to; the rest is served', async () => {
  const first = open();
  await first.store.append(batchOf(scrapes(UNEVEN)));
  await first.store.append(batchOf(UNEVEN.map((_, i) => ['even', NOW + i * 5000, i] as const)));
  await first.store.flush();
  await first.store.close();
  const db = new DatabaseSync(join(first.folder, 'samples.db'));
  db.exec(`UPDATE times SET data = CAST(substr(data, 1, 3) || x'ff' || substr(data, 5) AS BLOB)`);
  db.close();
  const { store, logged } = open(first.folder);
  // The first series has times of its own: nobody knew yet that others would have the same.
  expect([...readAll(store.source, [])].map(([key, { length }]) => [key, length])).toEqual([
    [keyOf('a{1}'), 300],
    [keyOf('even'), 300],
  ]);
  expect(logged).toHaveLength(3);
  expect(logged[0]).toMatch(/is damaged: 300 samples of a\{l="2"\} between .* cannot be read and are left out/);
});
