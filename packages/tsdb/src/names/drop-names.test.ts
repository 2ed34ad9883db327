import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalStore } from '../local-store.ts';
import { batchOf, tempFolder, type TestSample } from '../store-for-tests.ts';
import { blockOf } from './name-block.ts';
import { SeriesNames } from './series-names.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const BLOCKS = 14;
/** One of 256, so that each has its name in another block. */
const isSparse = (i: number): boolean => i % 256 === 7;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A store whose sparse series had their last sample at NOW, and all others an hour and a half later. */
async function openSparse() {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  const clock = { nowMs: NOW };
  const options = { folder, retention: { timeMs: HOUR, sizeBytes: 0 }, maxSeries: 10_000 };
  const store = LocalStore.open(options, () => clock.nowMs);
  cleanups.push(() => store.close());
  const all = Array.from({ length: BLOCKS * 256 }, (_, i): TestSample => [`m{${isSparse(i) ? 's' : ''}${i}}`, NOW, i]);
  await store.append(batchOf(all));
  await store.flush();
  clock.nowMs += 1.5 * HOUR;
  const kept = all.flatMap(([name, , value], i): TestSample[] => (isSparse(i) ? [] : [[name, clock.nowMs, value]]));
  await store.append(batchOf(kept));
  await store.flush();
  return { store, clock };
}

/** From here on the clock stands still but for names: a block of them takes a millisecond to write. */
function timeNames(): void {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const { delete: deleteNames } = SeriesNames.prototype;
  vi.spyOn(SeriesNames.prototype, 'delete').mockImplementation(function (this: SeriesNames, refs) {
    const gone = [...refs];
    nowMs += new Set(gone.map(blockOf)).size;
    deleteNames.call(this, gone);
  });
}

/** The most series that go between two turns of the event loop while that is done. */
async function mostAtOnce(store: LocalStore, work: Promise<unknown>): Promise<number> {
  const done = { is: false };
  const ended = work.finally(() => {
    done.is = true;
  });
  let most = 0;
  for (let before = BLOCKS * 256; !done.is;) {
    const { seriesCount } = await store.stats();
    most = Math.max(most, before - seriesCount);
    before = seriesCount;
    await nextTurn();
  }
  await ended;
  return most;
}

test.each<[what: string, drop: (store: LocalStore) => Promise<unknown>]>([
  ['retention drops', (store) => store.runUpkeep()],
  [
    'are deleted',
    (store) => store.deleteSeries({ selectors: [[{ label: 'l', op: '=~', value: 's.*' }]], fromMs: -Infinity, toMs: Infinity }),
  ],
])('series of many blocks of names that %s go some at a time, and others have their turn between', async (_, drop) => {
  const { store } = await openSparse();
  timeNames();
  const most = await mostAtOnce(store, drop(store));
  expect((await store.stats()).seriesCount).toBe(BLOCKS * 255);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(11);
});

test('a series that gets a sample while others are dropped stays', async () => {
  const { store, clock } = await openSparse();
  timeNames();
  const upkeep = store.runUpkeep();
  while ((await store.stats()).seriesCount === BLOCKS * 256) await nextTurn();
  // Of the first and the last one is not yet dropped.
  const names = ['m{s7}', `m{s${(BLOCKS - 1) * 256 + 7}}`];
  await store.append(batchOf(names.map((name): TestSample => [name, clock.nowMs, 1])));
  await upkeep;
  expect((await store.stats()).seriesCount).toBe(BLOCKS * 255 + 2);
  await store.flush();
  expect((await store.stats()).headSamples).toBe(0);
  expect(
    await store.series({ selectors: [[{ label: 'l', op: '=~', value: 's.*' }]], fromMs: NOW, toMs: clock.nowMs, limit: 0 }),
  ).toHaveLength(2);
});
