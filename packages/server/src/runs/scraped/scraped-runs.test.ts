import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Labels } from '@vitrine/model/labels.ts';
import { setStaleAt, wordsOf } from '@vitrine/model/stale-nan.ts';
import pino from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { openTestDocuments } from '../../testing/open-test-documents.ts';
import { openRuns } from '../open-runs.ts';
import { followScrapes } from './scraped-runs.ts';
import { seriesRole } from './series-role.ts';

const log = pino({ level: 'silent' });
const STALE = Symbol('stale');

async function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-scraped-'));
  const documents = await openTestDocuments(folder);
  const curves = new MemoryCurves();
  const runs = await openRuns({ documents: documents.runs, curves, folder, log });
  let clockMs = Date.now();
  let scraped = followScrapes({ runs, log, now: () => clockMs });
  onTestFinished(async () => {
    await scraped.stop();
    await runs.close();
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let timeMs = 1_000_000;
  return {
    runs,
    curves,
    /** One scrape: metrics as `name` or `name{label=value}`. */
    async scrape(
      metrics: Readonly<Record<string, number | typeof STALE | NativeHistogram>>,
      target = { job: 'train', instance: 'gpu-07:8000' },
    ) {
      const names = Object.keys(metrics);
      const values = Float64Array.from(Object.values(metrics), (value) => (typeof value === 'number' ? value : 0));
      for (const [at, value] of Object.values(metrics).entries()) if (value === STALE) setStaleAt(wordsOf(values), at);
      const histograms = new Map(
        Object.values(metrics).flatMap((value, at) => (typeof value === 'object' ? [[at, value] as const] : [])),
      );
      timeMs += 1_000;
      scraped.see({
        histograms,
        seriesKeys: names.map((text) => {
          const [, name = '', label, labelValue = ''] = /^([^{]*)(?:\{(.*)=(.*)\})?$/.exec(text) ?? [];
          return Labels.from({ __name__: name, ...target, ...(label === undefined ? {} : { [label]: labelValue }) }).key;
        }),
        seriesIndex: Uint32Array.from(names, (_, at) => at),
        timestampsMs: new Float64Array(names.length).fill(timeMs),
        values,
      });
      await scraped.settled();
    },
    async restart() {
      await scraped.stop();
      scraped = followScrapes({ runs, log, now: () => clockMs });
    },
    /** Nothing is scraped for an hour. */
    async silence() {
      clockMs += 3_600_000;
      scraped.sweep();
      await scraped.settled();
    },
    async points(metric: string, at = 0) {
      const run = (await runs.all()).toSorted((a, b) => a.startedMs - b.startedMs)[at];
      const { steps, values } = await curves.points({ run: run?.id ?? '', metric });
      return [...steps].map((step, index) => [step, values[index]]);
    },
  };
}

describe('a scraped training', () => {
  test('has no curves of native histograms, which are no numbers', async () => {
    const { scrape, points } = await opened();
    const none = new Float64Array();
    const latency: NativeHistogram = {
      schema: 0,
      zeroThreshold: 0,
      zeroCount: 1,
      count: 1,
      sum: 0,
      positiveSpans: [],
      positiveBuckets: none,
      negativeSpans: [],
      negativeBuckets: none,
      customValues: none,
      reset: 'unknown',
    };
    for (const step of [1, 2]) await scrape({ train_step: step, 'train_loss{split=train}': 3, train_latency: latency, up: 1 });
    expect([await points('train/train_loss'), await points('train_latency')]).toEqual([
      [
        [1, 3],
        [2, 3],
      ],
      [],
    ]);
  });

  test('is a run with a curve for each metric, over its step', async () => {
    const { scrape, points, runs } = await opened();
    await scrape({
      train_step: 1,
      train_epoch: 0.5,
      'train_loss{split=train}': 3,
      up: 1,
      'train_info{lr=0.1}': 1,
      process_start_time_seconds: 900,
    });
    await scrape({ train_step: 1, train_epoch: 0.5, 'train_loss{split=train}': 3, up: 1, process_start_time_seconds: 900 });
    await scrape({
      train_step: 9,
      train_epoch: 1,
      'train_loss{split=train}': Number.NaN,
      up: 1,
      process_start_time_seconds: 900,
    });
    await scrape({ train_step: STALE, 'train_loss{split=train}': STALE, up: 0 });
    expect(await runs.all()).toMatchObject([
      {
        name: 'train 1970-01-01 00:15',
        project: 'train',
        source: 'prometheus',
        status: 'running',
        params: { lr: '0.1' },
        hosts: ['gpu-07'],
        startedMs: 900_000,
      },
    ]);
    expect(await points('train/train_loss')).toEqual([
      [1, 3],
      [9, Number.NaN],
    ]);
  });

  test('is found by PromQL as what was scraped, and not a second time as a curve', async () => {
    const { scrape, curves } = await opened();
    await scrape({ training_step: 1, training_loss: 2 });
    await scrape({ training_step: 2, training_loss: 1 });
    expect([...curves.labels.values()]).toEqual([{}]);
  });

  test('is one under whatever labels its target has, on the machine that it tells', async () => {
    const { scrape, points, runs } = await opened();
    const target = { job: 'train', instance: 'trainer:8000', cluster: 'a', host: 'x' };
    await scrape(
      { 'step{run=mine}': 4, 'loss{run=mine}': 2, 'grad{layer=fc}': 1, up: 1, 'target_info{host_name=gpu-07}': 1 },
      target,
    );
    expect(await runs.all()).toMatchObject([{ name: 'mine', hosts: ['gpu-07'], params: { host_name: 'gpu-07' } }]);
    expect(await points('loss')).toEqual([[4, 2]]);
  });

  test('has a point for each change of an evaluation, and none between', async () => {
    const { scrape, points } = await opened();
    await scrape({ step: 10, val_loss: 5, lr: 0.1 });
    await scrape({ step: 20, val_loss: 5, lr: 0.1 });
    await scrape({ step: 20, val_loss: 4, lr: 0.1 });
    await scrape({ step: 30, val_loss: 4, lr: 0.05 });
    expect(await points('val_loss')).toEqual([
      [10, 5],
      [20, 4],
    ]);
    expect(await points('lr')).toEqual([
      [10, 0.1],
      [20, 0.1],
      [30, 0.05],
    ]);
  });

  test('goes on in its run after the server was restarted', async () => {
    const { scrape, points, restart, runs } = await opened();
    await scrape({ step: 10, loss: 5, val_loss: 2 });
    await restart();
    await scrape({ step: 10, loss: 5, val_loss: 2 });
    await scrape({ step: 11, loss: 4, val_loss: 2 });
    expect(await runs.all()).toHaveLength(1);
    expect(await points('loss')).toEqual([
      [10, 5],
      [11, 4],
    ]);
    expect(await points('val_loss')).toEqual([[10, 2]]);
  });

  test('is another run in another process, unless its label says that it is the same', async () => {
    const { scrape, points, runs } = await opened();
    await scrape({ step: 10, loss: 5, process_start_time_seconds: 100 });
    await scrape({ step: 1, loss: 6, process_start_time_seconds: 200 });
    expect(await points('loss', 0)).toEqual([[10, 5]]);
    expect(await points('loss', 1)).toEqual([[1, 6]]);
    await scrape({ 'step{run=mine}': 10, 'loss{run=mine}': 5, process_start_time_seconds: 300 });
    await scrape({ 'step{run=mine}': 2, 'loss{run=mine}': 4, process_start_time_seconds: 400 });
    expect((await runs.all()).map(({ name }) => name)).toContain('mine');
    expect(await runs.all()).toHaveLength(3);
  });

  test('has ended where its target answers without it, and may go on', async () => {
    const { scrape, runs } = await opened();
    await scrape({ 'step{run=a}': 1, 'loss{run=a}': 5, up: 1 });
    await scrape({ 'step{run=a}': STALE, 'loss{run=a}': STALE, up: 0 });
    expect((await runs.all())[0]?.status).toBe('running');
    await scrape({ 'step{run=a}': 2, 'loss{run=a}': 4, up: 1 });
    await scrape({ 'step{run=a}': STALE, 'loss{run=a}': STALE, up: 1 });
    expect(await runs.all()).toMatchObject([{ status: 'finished', endedMs: expect.any(Number) }]);
    await scrape({ 'step{run=a}': 3, 'loss{run=a}': 3, up: 1 });
    expect(await runs.all()).toMatchObject([{ status: 'running', endedMs: undefined }]);
  });

  test('has ended where nothing is scraped for long, and goes on where its target comes back', async () => {
    const { scrape, runs, points, silence } = await opened();
    await scrape({ step: 1, loss: 5, process_start_time_seconds: 100 });
    await silence();
    expect((await runs.all())[0]?.status).toBe('finished');
    await scrape({ step: 2, loss: 4, process_start_time_seconds: 100 });
    expect(await runs.all()).toMatchObject([{ status: 'running' }]);
    expect(await points('loss')).toEqual([
      [1, 5],
      [2, 4],
    ]);
  });

  test('that was erased while it trains comes back with what comes then', async () => {
    const { scrape, runs, points } = await opened();
    await scrape({ step: 1, loss: 5, val_loss: 3 });
    const [run] = await runs.all();
    expect(await runs.erase([run!.id])).toBe(1);
    await scrape({ step: 2, loss: 4, val_loss: 3 });
    expect(await runs.all()).toHaveLength(1);
    expect([await points('loss'), await points('val_loss')]).toEqual([[[2, 4]], [[2, 3]]]);
  });

  test('has curves of one target only, and each by the step of its own name', async () => {
    const { scrape, points, runs } = await opened();
    await scrape({ train_step: 10, eval_step: 3, train_loss: 5, eval_loss: 7, other: 1 });
    await scrape({ node_load1: 3 }, { job: 'node', instance: 'gpu-07:9100' });
    expect(await runs.all()).toHaveLength(1);
    expect([await points('train_loss'), await points('eval_loss')]).toEqual([[[10, 5]], [[3, 7]]]);
  });
});

test.each<[Record<string, string>, object | undefined]>([
  [{ __name__: 'training_step' }, { kind: 'step' }],
  [{ __name__: 'trainer:global_step' }, { kind: 'step' }],
  [{ __name__: 'timestep_seconds' }, { kind: 'value', metric: 'timestep_seconds' }],
  [
    { __name__: 'grad_norm', layer: 'conv1' },
    { kind: 'value', metric: 'grad_norm/conv1', isEvaluation: false },
  ],
  [
    { __name__: 'loss', split: 'validation' },
    { kind: 'value', metric: 'validation/loss', isEvaluation: true },
  ],
  [
    { __name__: 'loss', split: 'train', head: 'a' },
    { kind: 'value', metric: 'train/loss/a' },
  ],
  [{ __name__: 'interval' }, { kind: 'value', isEvaluation: false }],
  [{ __name__: 'python_gc_objects_collected_total' }, undefined],
  [{ __name__: 'batch_seconds_bucket', le: '1' }, undefined],
  [{ __name__: 'up' }, { kind: 'up' }],
])('%j is read as %j', (labels, want) => {
  const role = seriesRole(Labels.from({ ...labels, job: 'a', instance: 'b' }).key);
  if (want === undefined) expect(role).toBeUndefined();
  else expect(role).toMatchObject(want);
});
