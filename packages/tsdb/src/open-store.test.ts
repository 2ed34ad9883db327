import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { QueryError, StoreBusy, type Growth } from '@vitrine/model/sample-store.ts';
import { wordsOf } from '@vitrine/model/stale-nan.ts';
import { CRASH_STORE } from './crash-writer.ts';
import { openStore, type OpenOptions } from './open-store.ts';
import { batchOf, keyOf, tempFolder } from './store-for-tests.ts';

const NOW = Date.now();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function newFolder(): string {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  return folder;
}

async function open(folder = newFolder(), changes: Partial<OpenOptions> = {}) {
  const store = await openStore({ folder, retention: { timeMs: 0, sizeBytes: 0 }, maxSeries: 1000, ...changes });
  cleanups.push(() => store.close());
  return store;
}

const instant = (expr: string) => ({ expr, startMs: NOW, endMs: NOW, stepMs: 0 });

test('the store in its thread takes, tells, answers and keeps', async () => {
  const folder = newFolder();
  const store = await open(folder);
  const grown = new Promise<Growth>((resolve) => void store.watch([[{ label: 'l', op: '=', value: 'a' }]], resolve));
  const batch = batchOf([
    ['m{a}', NOW - 1000, 0x7ff8000000001234n],
    ['m{a}', NOW, 2],
    ['m{b}', NOW, 3],
    ['m{b}', 5, 9],
    ['m{b}', NOW + 86_400_000, 9],
  ]);
  expect(await store.append(batch)).toMatchObject({
    accepted: 4,
    rejected: [{ reason: 'too far in the future', series: 'm{l="b"}', count: 1 }],
  });
  expect(batch.values.length).toBe(5);
  expect(await grown).toEqual({ fromMs: NOW - 1000, toMs: NOW });
  const range = await store.evaluate(instant('m{l="a"}[1m]'));
  expect(
    range.kind === 'samples' && range.series.map(({ labels, length, values }) => [labels.key, length, wordsOf(values)[0]]),
  ).toEqual([[keyOf('m{a}'), 2, 0x1234]]);
  const sum = await store.evaluate(instant('sum(m)'));
  expect(sum.kind === 'vector' && sum.series.map(({ values }) => [...values])).toEqual([[5]]);
  await store.close();

  const again = await open(folder);
  const all = { selectors: [], fromMs: 0, toMs: NOW, limit: 0 };
  expect((await again.series(all)).map((labels) => labels.toString())).toEqual(['m{l="a"}', 'm{l="b"}']);
  expect(await again.labelNames(all)).toEqual(['__name__', 'l']);
  expect(await again.labelValues('l', all)).toEqual(['a', 'b']);
  expect(await again.stats()).toMatchObject({ seriesCount: 2, headSamples: 4, oldestMs: 5, newestMs: NOW });
});

test('a series that a batch names twice is one series', async () => {
  const store = await open();
  const once = batchOf([
    ['m{a}', NOW - 1_000, 1],
    ['m{b}', NOW, 2],
  ]);
  await store.append({ ...once, seriesKeys: [keyOf('m{a}'), keyOf('m{a}')] });
  expect(await store.stats()).toMatchObject({ seriesCount: 1, headSamples: 2 });
  const sum = await store.evaluate(instant('sum(m)'));
  expect(sum.kind === 'vector' && sum.series.map(({ values }) => [...values])).toEqual([[2]]);
});

test('errors keep their class, code and place on their way out of the thread', async () => {
  const store = await open();
  const error = await store.evaluate(instant('rate(up)')).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(QueryError);
  expect(error).toMatchObject({ code: 'bad_data', from: 5 });
  await expect(store.append({ ...batchOf([['m', NOW, 1]]), seriesIndex: Uint32Array.of(3) })).rejects.toThrow(/^seriesIndex: /);
});

test('a selector that does not compile is refused with a sentence, and the store goes on', async () => {
  const store = await open();
  const selectors = [[{ label: 'l', op: '=~', value: 'a(' }]] as const;
  const sentence = /^l=~"a\(" is not a regular expression: /;
  await expect(store.series({ selectors, fromMs: 0, toMs: NOW, limit: 0 })).rejects.toThrow(sentence);
  expect(() => store.watch(selectors, () => undefined)).toThrow(sentence);
  expect((await store.stats()).seriesCount).toBe(0);
});

test('an aborted query ends at once, and the store goes on', async () => {
  const store = await open();
  const controller = new AbortController();
  const query = store.evaluate(instant('vector(1)'), controller.signal);
  controller.abort();
  await expect(query).rejects.toThrow(/aborted/);
  expect((await store.evaluate(instant('vector(1)'))).kind).toBe('vector');
});

test('more than may wait is refused, and taken later', async () => {
  const store = await open(undefined, { maxPendingBytes: 100 });
  const first = store.append(batchOf([['m', NOW, 1]]));
  await expect(store.append(batchOf(Array.from({ length: 20 }, (_, i) => [`m${i}`, NOW, 1] as const)))).rejects.toThrow(
    StoreBusy,
  );
  await first;
  expect((await store.append(batchOf([['n', NOW, 1]]))).accepted).toBe(1);
});

test('a thread that dies is told of once, and what waits is refused rather than left waiting', async () => {
  const workers: Worker[] = [];
  const noteWorker = (worker: Worker): number => workers.push(worker);
  process.on('worker', noteWorker);
  const failures: string[] = [];
  const store = await open(newFolder(), { onFailure: (error) => failures.push(error.message) });
  process.off('worker', noteWorker);
  const waiting = store.evaluate(instant('1'));
  await workers[0]?.terminate();
  await expect(waiting).rejects.toThrow(/thread ended: restart the server/);
  await expect(store.append(batchOf([['m', NOW, 1]]))).rejects.toThrow(/restart the server/);
  expect(failures).toEqual(["the sample store's thread ended: restart the server"]);
  await store.close();
});

test('samples that wait when the store is closed are written; later calls are refused', async () => {
  const folder = newFolder();
  const store = await open(folder);
  const waiting = store.append(batchOf([['m', NOW, 1]]));
  await store.close();
  expect((await waiting).accepted).toBe(1);
  await expect(store.append(batchOf([['m', NOW, 1]]))).rejects.toThrow('the sample store is closed');
  expect((await (await open(folder)).stats()).headSamples).toBe(1);
});

test('a folder that another process uses is refused, and free once that one is killed', async () => {
  const folder = newFolder();
  const writer = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [writer, folder, '1', 'worker'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  await expect(openStore({ ...CRASH_STORE, folder })).rejects.toThrow(new RegExp(`${folder} is in use by another process`));
  child.kill('SIGKILL');
  await closed;
  await expect(open(folder)).resolves.toBeDefined();
});
