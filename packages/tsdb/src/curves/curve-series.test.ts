import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalStore } from '../local-store.ts';
import { batchOf } from '../store-for-tests.ts';
import { CurveWriter } from './curve-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-curve-series-'));
let samples: LocalStore;
let curves: CurveWriter;

const log = (run: string, metric: string, rows: readonly (readonly [timeMs: number, value: number])[]): void => {
  curves.commit([
    {
      curves: [{ run, metric }],
      curveIndex: new Uint32Array(rows.length),
      steps: Float64Array.from(rows, (_, step) => step),
      timesMs: Float64Array.from(rows, ([timeMs]) => timeMs),
      values: Float64Array.from(rows, ([, value]) => value),
    },
  ]);
};

beforeAll(async () => {
  samples = LocalStore.open({
    folder: join(folder, 'samples'),
    retention: { timeMs: 0, sizeBytes: 0 },
    maxSeries: 100,
    curvesFolder: join(folder, 'runs'),
  });
  await samples.append(batchOf([['loss{scraped}', 1_000_000, 9]]));
  // The store of samples was there first.
  expect(await samples.labelNames({ selectors: [], fromMs: 0, toMs: 2e6, limit: 0 })).toEqual(['__name__', 'l']);
  curves = CurveWriter.open(join(folder, 'runs'), () => undefined);
  curves.label('r1', { run: 'r1', run_name: 'calm-otter', project: 'digits', group: '' });
  curves.label('r2', { run: 'r2', run_name: 'old-fox', project: 'digits', group: '' });
  log('r1', 'loss', [
    [1_000_000.2, 3],
    [1_000_000.4, 2],
    [1_060_000, 1],
    [1_030_000, 1.5],
  ]);
  curves.flush();
  log('r1', 'loss', [[1_090_000, Number.NaN]]);
  log('r2', 'val/loss', [[1_060_000, 5]]);
  // Scraped: its samples are in the store of samples under their own labels.
  curves.label('r3', {});
  log('r3', 'loss', [[1_060_000, 7]]);
});

afterAll(async () => {
  curves.close();
  await samples.close();
  rmSync(folder, { recursive: true });
});

const at = async (expr: string, timeMs: number) => {
  const result = await samples.evaluate({ expr, startMs: timeMs, endMs: timeMs, stepMs: 0 });
  if (result.kind !== 'vector') return result;
  return Object.fromEntries(result.series.map(({ labels, values }) => [labels.toString(), values[0]]));
};

describe('PromQL', () => {
  test.each<[string, number, Record<string, number>]>([
    ['loss{run="r1"}', 1_000_000, { 'loss{project="digits", run="r1", run_name="calm-otter"}': 2 }],
    ['max_over_time(loss{project=~"dig.*"}[2m])', 1_060_000, { '{project="digits", run="r1", run_name="calm-otter"}': 2 }],
    ['count(loss)', 1_060_000, { '{}': 2 }],
    ['count({run=~".+"})', 1_060_000, { '{}': 2 }],
    ['sum by (run_name) ({"val/loss"})', 1_060_000, { '{run_name="old-fox"}': 5 }],
    ['loss{run="r2"}', 1_060_000, {}],
    ['loss{run=""}', 1_000_000, { 'loss{l="scraped"}': 9 }],
    ['loss{run="r1"}', 999_999, {}],
  ])('%s at %d', async (expr, timeMs, want) => {
    const found = (await at(expr, timeMs)) as Record<string, number>;
    expect(Object.values(found)).toEqual(Object.values(want));
    expect(Object.keys(found).map((key) => key.replaceAll(' ', ''))).toEqual(
      Object.keys(want).map((key) => key.replaceAll(' ', '')),
    );
  });

  test('gives the points as they are, in time order', async () => {
    expect(await at('loss{run="r1"}[5m]', 1_100_000)).toMatchObject({
      series: [
        {
          length: 4,
          timestampsMs: Float64Array.of(1_000_000, 1_030_000, 1_060_000, 1_090_000),
          values: Float64Array.of(2, 1.5, 1, Number.NaN),
        },
      ],
    });
  });

  test('lists what there is', async () => {
    const all = { selectors: [], fromMs: 0, toMs: 2e6, limit: 0 };
    expect(await samples.labelValues('__name__', all)).toEqual(['loss', 'val/loss']);
    expect(await samples.labelValues('run_name', all)).toEqual(['calm-otter', 'old-fox']);
    expect(await samples.labelNames(all)).toEqual(['__name__', 'l', 'project', 'run', 'run_name']);
    const ofRun = { ...all, selectors: [[{ label: 'run', op: '=', value: 'r2' } as const]] };
    expect((await samples.series(ofRun)).map((labels) => labels.get('__name__'))).toEqual(['val/loss']);
    expect(await samples.labelValues('project', ofRun)).toEqual(['digits']);
    expect(await samples.labelNames(ofRun)).toEqual(['__name__', 'project', 'run', 'run_name']);
  });
});
