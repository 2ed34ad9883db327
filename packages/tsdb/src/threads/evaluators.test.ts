import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { Labels } from '@vitrine/model/labels.ts';
import {
  QueryError,
  type EvaluateRequest,
  type QueryResult,
  type SampleBatch,
  type SampleStore,
} from '@vitrine/model/sample-store.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalStore } from '../local-store.ts';
import { openStore } from '../open-store.ts';
import { tempFolder } from '../store-for-tests.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function newFolder(): string {
  const { folder, remove } = tempFolder();
  cleanups.push(remove);
  return folder;
}

const STEP_MS = 15_000;
const START_MS = Math.floor(Date.now() / STEP_MS) * STEP_MS - 86_400_000;
const KEEP_ALL = { timeMs: 0, sizeBytes: 0 };

/** Samples [from, end) of each series; sample i of series s is worth something that nobody guesses. */
function samples(seriesCount: number, from: number, end: number, metric = 'requests_total'): SampleBatch {
  const count = seriesCount * (end - from);
  const batch = {
    seriesKeys: Array.from(
      { length: seriesCount },
      (_, s) => Labels.from({ __name__: metric, pod: `p${s}`, zone: `z${s % 3}` }).key,
    ),
    seriesIndex: new Uint32Array(count),
    timestampsMs: new Float64Array(count),
    values: new Float64Array(count),
  };
  let at = 0;
  for (let i = from; i < end; i++) {
    for (let s = 0; s < seriesCount; s++, at++) {
      batch.seriesIndex[at] = s;
      batch.timestampsMs[at] = START_MS + i * STEP_MS;
      batch.values[at] = i * (s + 1) + ((i * 7 + s * 13) % 11) / 8;
    }
  }
  return batch;
}

function without(pod: string, { seriesKeys, seriesIndex, timestampsMs, values }: SampleBatch): SampleBatch {
  const index = seriesKeys.findIndex((key) => key.includes(pod));
  const isKept = (_: number, i: number): boolean => seriesIndex[i] !== index;
  return {
    seriesKeys,
    seriesIndex: seriesIndex.filter((ref) => ref !== index),
    timestampsMs: timestampsMs.filter(isKept),
    values: values.filter(isKept),
  };
}

async function open(folder: string): Promise<SampleStore> {
  const store = await openStore({ folder, retention: KEEP_ALL, maxSeries: 10_000 });
  cleanups.push(() => store.close());
  return store;
}

/** By labels, [time, value] of what is there. */
function pointsOf(result: QueryResult, exact = exactly): Record<string, [number, number][]> {
  if (result.kind !== 'matrix' && result.kind !== 'vector') throw new Error(result.kind);
  const { timesMs } = result;
  return Object.fromEntries(
    result.series.map(({ labels, values, present }) => [
      labels.toString(),
      [...values.keys()]
        .filter((i) => present === undefined || present[i] === 1)
        .map((i): [number, number] => [timesMs[i]!, exact(values[i]!)]),
    ]),
  );
}

function exactly(value: number): number {
  return value;
}

/** A running variance is rounded otherwise where the series come in another order. */
function toNineDigits(value: number): number {
  return Number(value.toPrecision(9));
}

async function json(store: SampleStore, request: EvaluateRequest): Promise<unknown> {
  const { pieces } = await store.evaluateJson(request, { limit: 0, stats: false });
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece.slice());
  return JSON.parse(Buffer.concat(parts).toString());
}

test('heavy queries are answered by threads together as by one alone, written down or not', async () => {
  const folder = newFolder();
  const store = await open(folder);
  for (let from = 0; from < 1_600; from += 400) await store.append(samples(200, from, from + 400));
  const expressions = [
    'requests_total',
    'rate(requests_total[5m])',
    '-abs(delta(requests_total[10m])) * 2 > 1',
    'sum by (zone) (rate(requests_total[5m]))',
    'count(requests_total) by (zone)',
    'sum(rate(requests_total{zone="z1"}[5m])) / sum(rate(requests_total[5m]))',
    'avg without (pod) (requests_total)',
    'max by (zone) (max_over_time(rate(requests_total[2m])[10m:1m]))',
    'topk(3, requests_total)',
    'bottomk by (zone) (2, requests_total)',
    'quantile(0.9, requests_total)',
    'stddev(requests_total)',
    'label_replace(sum by (pod) (requests_total), "x", "$1", "pod", "p(.*)")',
    'requests_total - on (pod) group_left () requests_total offset 5m',
    'sum(requests_total @ end()) + sum(requests_total)',
    'absent(requests_total{pod="none"})',
    'scalar(count(requests_total)) + sum(requests_total)',
  ];
  const grid = { startMs: START_MS, endMs: START_MS + 1_600 * STEP_MS, stepMs: 120_000 };
  const answers = new Map<string, { matrix: QueryResult; written: unknown }>();
  for (const expr of expressions) {
    const matrix = await store.evaluate({ expr, ...grid });
    answers.set(expr, { matrix, written: await json(store, { expr, ...grid }) });
  }
  await store.close();

  const local = LocalStore.open({ folder, retention: KEEP_ALL, maxSeries: 10_000 });
  cleanups.push(() => local.close());
  for (const [expr, { matrix, written }] of answers) {
    const alone = await local.evaluate({ expr, ...grid });
    const exact = expr.startsWith('stddev') ? toNineDigits : exactly;
    expect(pointsOf(matrix, exact), expr).toEqual(pointsOf(alone, exact));
    expect(matrix.stats.samplesRead, expr).toBe(alone.stats.samplesRead);
    const data = written as { status: string; data: { result: { metric: unknown; values: [number, string][] }[] } };
    expect(data.status).toBe('success');
    expect(
      data.data.result.map(({ values }) => values.map(([seconds, value]) => [seconds * 1000, exact(Number(value))])),
      expr,
    ).toEqual(Object.values(pointsOf(alone, exact)));
  }
}, 60_000);

test('no sample is missed or counted twice while samples are appended, packed and deleted', async () => {
  const folder = newFolder();
  // The log is moved into chunks whenever it has a quarter of a megabyte.
  const store = await openStore({ folder, retention: { timeMs: 0, sizeBytes: 1024 * 1024 }, maxSeries: 10_000 });
  cleanups.push(() => store.close());
  const seriesCount = 50;
  const steps = 600;
  const progress = { acknowledged: 0, sent: 0, isOver: false };
  const writing = (async () => {
    for (let i = 0; i < steps; i += 4) {
      progress.sent = i + 4;
      // Every other step comes late.
      const late = samples(seriesCount, i, i + 2);
      await store.append(samples(seriesCount, i + 2, i + 4));
      await store.append(late);
      progress.acknowledged = i + 4;
      if (i % 100 !== 0) continue;
      await store.append(samples(seriesCount, i, i + 2, 'short_lived'));
      const selectors = [[{ label: '__name__', op: '=' as const, value: 'short_lived' }]];
      await store.deleteSeries({ selectors, fromMs: -Infinity, toMs: Infinity });
    }
    progress.isOver = true;
  })();
  const at = START_MS + steps * STEP_MS;
  const request = { expr: `count_over_time(requests_total[${steps * 15}s])`, startMs: at, endMs: at, stepMs: 0 };
  // The same windows at many instants: heavy, and so computed by several threads.
  const shared = { expr: `sum by (pod) (${request.expr})`, startMs: at, endMs: at + 6_100, stepMs: 1 };
  let looked = 0;
  while (!progress.isOver) {
    const before = progress.acknowledged;
    const together = await store.evaluate(shared);
    const after = progress.sent;
    if (together.kind !== 'matrix') throw new Error(together.kind);
    if (before > 1) expect(together.series.length).toBe(seriesCount);
    for (const { values } of together.series) {
      expect(values.every((value) => value === values[0])).toBe(true);
      expect(values[0]).toBeGreaterThanOrEqual(before - 1);
      expect(values[0]).toBeLessThanOrEqual(after - 1);
    }
    const least = progress.acknowledged;
    const result = await store.evaluate(request);
    const most = progress.sent;
    if (result.kind !== 'vector') throw new Error(result.kind);
    // The first is left of the window.
    if (least > 1) expect(result.series.length).toBe(seriesCount);
    for (const { values } of result.series) {
      expect(values[0]).toBeGreaterThanOrEqual(least - 1);
      expect(values[0]).toBeLessThanOrEqual(most - 1);
    }
    looked++;
  }
  await writing;
  expect(looked).toBeGreaterThan(0);
  expect((await store.stats()).storedSamples).toBeGreaterThan(0);
  const last = await store.evaluate(request);
  expect(last.kind === 'vector' && last.series.map(({ values }) => values[0])).toEqual(
    Array.from({ length: seriesCount }, () => steps - 1),
  );
}, 60_000);

test('a thread that dies fails its queries with a sentence, and has a successor', async () => {
  const workers: { readonly worker: Worker; readonly name: string }[] = [];
  const note = (worker: Worker): void => void workers.push({ worker, name: worker.threadName ?? '' });
  process.on('worker', note);
  cleanups.push(() => process.off('worker', note));
  const store = await open(newFolder());
  await store.append(samples(10, 0, 10));
  const request = { expr: 'sum(requests_total)', startMs: START_MS, endMs: START_MS, stepMs: 0 };
  await store.evaluate(request);
  const waiting = store.evaluate(request);
  await workers.find(({ name }) => name === 'evaluate-light')?.worker.terminate();
  await expect(waiting).rejects.toThrow(/the evaluator's thread ended/);
  expect((await store.evaluate(request)).kind).toBe('vector');
}, 20_000);

test('a thread that dies while it shares a heavy query fails it with a sentence, and the next is answered', async () => {
  const workers = new Map<string, Worker>();
  const note = (worker: Worker): void => void workers.set(worker.threadName ?? '', worker);
  process.on('worker', note);
  cleanups.push(() => process.off('worker', note));
  const store = await open(newFolder());
  await store.append(samples(200, 0, 2_000));
  const grid = { startMs: START_MS, endMs: START_MS + 2_000 * STEP_MS, stepMs: 60_000 };
  // Two parts: the thread may be gone when the second is asked of it.
  const request = { expr: 'sum(max_over_time(requests_total[1h])) / sum(min_over_time(requests_total[1h]))', ...grid };
  const first = await store.evaluate(request);
  for (const name of [...workers.keys()].filter((key) => /^evaluate-[0-9]/.test(key))) {
    const waiting = store.evaluate(request);
    const settled = waiting.then(
      (result) => pointsOf(result),
      (error: unknown) => error,
    );
    await workers.get(name)?.terminate();
    const answer = await settled;
    if (answer instanceof Error) expect(answer.message).toMatch(/ended/);
    else expect(answer).toEqual(pointsOf(first));
    expect(pointsOf(await store.evaluate(request))).toEqual(pointsOf(first));
  }
}, 60_000);

test('a query is heavy by what it reads and computes, whatever its first series has', async () => {
  const started: (string | null)[] = [];
  const note = (worker: Worker): void => void started.push(worker.threadName);
  process.on('worker', note);
  cleanups.push(() => process.off('worker', note));
  const heavyThreads = (): boolean => started.some((name) => /^evaluate-[0-9]/.test(name ?? ''));
  const at = START_MS + 2_000 * STEP_MS;
  const cases: [string, Omit<EvaluateRequest, 'expr'>, boolean][] = [
    ['sum(count_over_time(few[1h]))', { startMs: at, endMs: at, stepMs: 0 }, false],
    ['sum(few)', { startMs: START_MS, endMs: at, stepMs: STEP_MS }, false],
    ['max_over_time(few[1h:10s])', { startMs: at, endMs: at, stepMs: 0 }, false],
    ['sum(count_over_time(uneven[9h]))', { startMs: at, endMs: at, stepMs: 0 }, true],
    ['sum(few)', { startMs: START_MS, endMs: at, stepMs: 1_900 }, true],
    ['max_over_time(few[4h15m:1s])', { startMs: at, endMs: at, stepMs: 0 }, true],
  ];
  const folder = newFolder();
  const local = LocalStore.open({ folder, retention: KEEP_ALL, maxSeries: 10_000 });
  // The first series has one sample, each of the others 2,000.
  await local.append(samples(1, 0, 1, 'uneven'));
  await local.append(without('p0', samples(200, 0, 2_000, 'uneven')));
  await local.append(samples(20, 1_900, 2_000, 'few'));
  await local.close();
  let store = await open(folder);
  for (const [expr, grid, isHeavy] of cases) {
    if (heavyThreads()) {
      await store.close();
      started.length = 0;
      store = await open(folder);
    }
    await store.evaluate({ expr, ...grid });
    expect(heavyThreads(), `${expr} every ${grid.stepMs} ms`).toBe(isHeavy);
  }
}, 60_000);

test('a heavy query that nobody waits for any longer ends, and its threads go on', async () => {
  const store = await open(newFolder());
  await store.append(samples(200, 0, 2_000));
  const grid = { startMs: START_MS, endMs: START_MS + 2_000 * STEP_MS, stepMs: 15_000 };
  const expr = 'quantile_over_time(0.5, requests_total[1h])';
  const controller = new AbortController();
  const left = store.evaluate({ expr, ...grid }, controller.signal);
  controller.abort();
  await expect(left).rejects.toThrow(/aborted/);
  const limited = store.evaluate({ expr, ...grid, limits: { timeoutMs: 1 } });
  await expect(limited).rejects.toThrow(/ran longer than 1 ms/);
  const few = store.evaluate({ expr: 'requests_total', ...grid, limits: { maxSamples: 100_000 } });
  await expect(few).rejects.toThrow(QueryError);
  expect((await store.evaluate({ expr: 'count(requests_total)', ...grid })).kind).toBe('matrix');
}, 60_000);

test('every large answer is dropped by those that write it, taken to its end or not', async () => {
  const dropped: string[] = [];
  const note = (worker: Worker): void => {
    vi.spyOn(worker, 'postMessage').mockImplementation(function (this: Worker, message: unknown, moved) {
      const { order } = message as { order?: { kind: string; writing: string } };
      if (order?.kind === 'drop') dropped.push(order.writing);
      Worker.prototype.postMessage.call(this, message, moved as never);
    });
  };
  process.on('worker', note);
  cleanups.push(() => process.off('worker', note));
  const store = await open(newFolder());
  await store.append(samples(200, 0, 2_000));
  const request = { expr: 'requests_total', startMs: START_MS, endMs: START_MS + 2_000 * STEP_MS, stepMs: 15_000 };
  const { pieces } = await store.evaluateJson(request, { limit: 0, stats: false });
  for await (const piece of pieces) if (piece.length > 1_000) break;
  expect(new Set(dropped).size).toBe(1);
  expect(Object.keys((await json(store, request)) as object)).toEqual(['status', 'data']);
  expect(new Set(dropped).size).toBe(2);
}, 60_000);

test('threads read a folder that format 1 wrote', async () => {
  const old = gunzipSync(readFileSync(new URL('../../testdata/format-1.db.gz', import.meta.url)));
  const folders = [newFolder(), newFolder()];
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'samples.db'), old);
  }
  const store = await open(folders[0]!);
  const local = LocalStore.open({ folder: folders[1]!, retention: KEEP_ALL, maxSeries: 10_000 });
  cleanups.push(() => local.close());
  const at = 1_700_000_000_000 + 86_400_000;
  const expr = 'sum(sum_over_time(requests_total[2d])) + sum(sum_over_time(temperature[2d]))';
  // The second is heavy.
  for (const [endMs, stepMs] of [
    [at, 0],
    [at + 160_000, 1],
  ] as const) {
    const request = { expr, startMs: at, endMs, stepMs };
    const found = pointsOf(await store.evaluate(request));
    expect(Object.values(found).map((points) => points.length)).toEqual([endMs - at + 1]);
    expect(JSON.stringify(found) === JSON.stringify(pointsOf(await local.evaluate(request)))).toBe(true);
  }
}, 60_000);

test('a traced query says what its reading was made of', async () => {
  const folder = newFolder();
  const local = LocalStore.open({ folder, retention: KEEP_ALL, maxSeries: 10_000 });
  await local.append(samples(20, 0, 500));
  await local.flush();
  await local.close();
  const store = await open(folder);
  const grid = { startMs: START_MS, endMs: START_MS + 500 * STEP_MS, stepMs: 60_000 };
  const { stats } = await store.evaluate({ expr: 'sum(rate(requests_total[5m]))', ...grid, trace: true });
  const { root, read, waitedMs } = stats.trace!;
  expect(root.expr).toBe('sum(rate(requests_total[5m]))');
  expect(root.children[0]?.children[0]).toMatchObject({
    expr: 'requests_total[5m]',
    series: 20,
    samplesRead: 10_000,
    children: [],
  });
  expect(read?.chunks).toBeGreaterThanOrEqual(20);
  expect(read?.bytes).toBeGreaterThan(1_000);
  const { indexMs, fetchMs, decodeMs } = read!;
  expect(indexMs + fetchMs + decodeMs).toBeLessThanOrEqual(root.totalMs + waitedMs);
}, 20_000);
