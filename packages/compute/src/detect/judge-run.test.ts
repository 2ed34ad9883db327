import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DETECTOR_IDS } from './detector.ts';
import type { DetectorId } from './detector.ts';
import { judgeRun } from './judge-run.ts';
import { curveOf, noise, runOf, values } from './made-up-run.ts';
import { detectorSettings } from './thresholds.ts';
import type { RunRecord } from './watched-run.ts';

const DEFAULTS = detectorSettings({});
const said = (run: RunRecord): DetectorId[] => judgeRun(run, DEFAULTS).map(({ detector }) => detector);

/** A loss that is learned, as batches show it. */
const learning = (count: number, end = 0.1, scatter = 0.05): number[] =>
  values(count, (i) => end + (2.3 - end) * Math.exp((-5 * i) / count) * (1 + scatter * noise(i)) + end * scatter * noise(i, 2));

const HEALTHY: Readonly<Record<string, readonly number[]>> = {
  'train/loss': learning(300),
  lr: values(300, () => 1e-3),
  grad_norm: values(300, (i) => 1 + 0.5 * noise(i)),
  'update_ratio/a': values(300, (i) => 1e-3 * (1 + 0.3 * noise(i))),
  'dead_fraction/a': values(300, () => 0.1),
  'time/step': values(300, () => 0.1),
  'time/data': values(300, () => 0.01),
};

test('of a healthy run nothing is said', () => {
  const run = runOf({ ...HEALTHY, 'val/loss': curveOf(learning(30, 0.15), { every: 10 }) }, { params: { num_classes: '10' } });
  expect(said(run)).toEqual([]);
});

describe.each<[DetectorId, [what: string, run: RunRecord, found: boolean][]]>([
  [
    'nan_inf',
    [
      ['a NaN loss', runOf({ loss: [2, 1, Number.NaN] }), true],
      ['an infinite metric of any name', runOf({ perplexity_x: [2, 1, Infinity] }), true],
      ['one that is finite', runOf({ loss: [2, 1, 0.5] }), false],
      ['a best value that is infinite until there is one', runOf({ best_metric: [Infinity, Infinity, 3] }), false],
      ['single infinite gradient norms, which mixed precision skips', runOf({ grad_norm: [Infinity, 1, Infinity, 1, 1] }), false],
      ['three in a row', runOf({ grad_norm: [1, Infinity, Infinity, Infinity] }), true],
      ['a machine’s sensor', runOf({ 'system/gpu_0_power': [Number.NaN] }), false],
    ],
  ],
  [
    'diverge',
    [
      ['a loss that goes back up', runOf({ loss: [...learning(100), ...values(60, (i) => 0.1 + i * 0.05)] }), true],
      ['a loss that never fell and rises', runOf({ loss: values(60, (i) => 2 * 1.1 ** i) }), true],
      [
        'a loss below zero that rises',
        runOf({ loss: [...learning(100), ...values(60, (i) => 0.1 + i * 0.05)].map((y) => y - 50) }),
        true,
      ],
      ['one spike', runOf({ loss: learning(200).map((y, i) => (i === 150 ? 40 : y)) }), false],
      ['a loss that is noise', runOf({ loss: values(400, (i) => 2.3 + 0.3 * noise(i)) }), false],
      [
        'a restart from a checkpoint',
        runOf({
          loss: curveOf([...learning(100), ...learning(100).slice(20)], {
            steps: [...values(100, (i) => i), ...values(80, (i) => 20 + i)],
          }),
        }),
        false,
      ],
      ['few points', runOf({ loss: [1, 2, 3, 4, 5] }), false],
    ],
  ],
  [
    'exploding',
    [
      ['a norm of 200 times the usual', runOf({ grad_norm: values(100, (i) => (i === 60 ? 200 : 1)) }), true],
      ['norms beyond all bounds', runOf({ grad_norm: values(50, () => 1e5) }), true],
      ['a norm of 20 times the usual', runOf({ grad_norm: values(100, (i) => (i === 60 ? 20 : 1)) }), false],
      [
        'many times of next to nothing, at the end',
        runOf({ grad_norm: values(200, (i) => (i === 180 ? 0.5 : Math.exp(-i / 10))) }),
        false,
      ],
      ['what clipping left', runOf({ grad_norm_clipped: values(50, () => 1e5) }), false],
      [
        'layers alone',
        runOf({ 'grad_norm/a': values(100, () => 1), 'grad_norm/b': values(100, (i) => (i > 50 ? 500 : 1)) }),
        true,
      ],
    ],
  ],
  [
    'stalled',
    [
      ['an hour of silence', runOf({ loss: values(50, () => 1) }, { running: true, nowMs: 3_650_000 }), true],
      ['a run that has ended', runOf({ loss: values(50, () => 1) }, { running: false, nowMs: 3_650_000 }), false],
      ['five minutes', runOf({ loss: values(50, () => 1) }, { running: true, nowMs: 350_000 }), false],
      [
        'epochs of half an hour',
        runOf(
          {
            loss: curveOf(
              values(9, () => 1),
              { every: 1800 },
            ),
          },
          { running: true, nowMs: 8 * 1_800_000 + 7_200_000 },
        ),
        false,
      ],
      [
        'what was logged last year, and heard of now',
        runOf({ loss: values(50, () => 1) }, { running: true, nowMs: 4e10, firstHeardMs: 3.9e10 }),
        false,
      ],
      [
        'a training from before it was heard of, which went on and then hung',
        runOf(
          {
            loss: curveOf(
              values(50, () => 1),
              { every: 60 },
            ),
          },
          { running: true, nowMs: 9_000_000, firstHeardMs: 2_000_000 },
        ),
        true,
      ],
      [
        'the first point of a new metric, and then nothing',
        runOf(
          { loss: values(50, () => 1), val_loss: { ...curveOf([1]), timesMs: Float64Array.of(49_500) } },
          { running: true, nowMs: 3_650_000 },
        ),
        true,
      ],
      ['a single point, which tells no interval', runOf({ loss: [1] }, { running: true, nowMs: 3_650_000 }), false],
      [
        'a machine that goes on measuring',
        runOf(
          { loss: values(50, () => 1), 'system/cpu_utilization_percentage': curveOf(values(5_000, () => 1)) },
          { running: true, nowMs: 5_000_000 },
        ),
        true,
      ],
    ],
  ],
  [
    'overfit',
    [
      [
        'validation rises while training falls',
        runOf({
          'train/loss': learning(200),
          'val/loss': curveOf([2.3, 1.5, 1, 0.8, 0.7, 0.75, 0.8, 0.9, 1, 1.1], { every: 20 }),
        }),
        true,
      ],
      [
        'both rise',
        runOf({
          'train/loss': learning(200).toReversed(),
          'val/loss': curveOf([2.3, 1.5, 1, 0.8, 0.7, 0.75, 0.8, 0.9, 1, 1.1], { every: 20 }),
        }),
        false,
      ],
      [
        'one evaluation is worse',
        runOf({
          'train/loss': learning(200),
          'val/loss': curveOf([2.3, 1.5, 1, 0.8, 0.7, 0.66, 0.63, 0.62, 0.61, 0.9], { every: 20 }),
        }),
        false,
      ],
      [
        'training stands still, and ends a hair lower',
        runOf({
          'train/loss': values(200, (i) => 2.15 + 0.002 * noise(i) - i * 1e-6),
          'val/loss': curveOf([2.3, 2, 1.9, 1.8, 2, 2.2, 2.3, 2.3, 2.4, 2.4], { every: 20 }),
        }),
        false,
      ],
      [
        'training falls by less than it scatters',
        runOf({
          'train/loss': values(200, (i) => 2.15 + 0.4 * noise(Math.ceil(i / 20), 7)),
          'val/loss': curveOf([2.3, 2, 1.9, 1.8, 2, 2.2, 2.3, 2.3, 2.4, 2.4], { every: 20 }),
        }),
        false,
      ],
      ['no validation', runOf({ 'train/loss': learning(200) }), false],
    ],
  ],
  [
    'gap',
    [
      [
        'validation far above training',
        runOf({ loss: learning(200), val_loss: curveOf([2.2, 1.5, 1.1, 1, 0.9, 0.9, 0.89, 0.89, 0.88, 0.88], { every: 20 }) }),
        true,
      ],
      [
        'the same where the first training loss is NaN',
        runOf({
          loss: [Number.NaN, ...learning(200).slice(1)],
          val_loss: curveOf([2.2, 1.5, 1.1, 1, 0.9, 0.9, 0.89, 0.89, 0.88, 0.88], { every: 20 }),
        }),
        true,
      ],
      [
        'many times of next to nothing',
        runOf({ loss: learning(200, 1e-4), val_loss: curveOf(learning(10, 0.02), { every: 20 }) }),
        false,
      ],
      [
        'losses of two kinds: a sum beside a mean',
        runOf({
          loss: learning(200),
          val_loss: curveOf(
            learning(10).map((y) => y * 64),
            { every: 20 },
          ),
        }),
        false,
      ],
    ],
  ],
  [
    'plateau',
    [
      [
        'nothing gained for three quarters',
        runOf({ val_loss: values(80, (i) => Math.max(0.5, 2 - i * 0.1) + 0.001 * Math.abs(noise(i))) }),
        true,
      ],
      ['a slow gain', runOf({ val_loss: values(80, (i) => 2 - i * 0.01) }), false],
      [
        'a learning rate that decays meanwhile',
        runOf({ lr: values(80, (i) => 80 - i), val_loss: values(80, (i) => Math.max(0.5, 2 - i * 0.1)) }),
        false,
      ],
      ['few evaluations', runOf({ val_loss: [2, 1, 1, 1, 1, 1] }), false],
    ],
  ],
  [
    'lr_low',
    [
      [
        'tiny updates, nothing learned',
        runOf({ loss: values(100, (i) => 2.3 - i * 1e-4), 'update_ratio/a': values(100, () => 1e-6) }),
        true,
      ],
      [
        'tiny updates of a model that has learned',
        runOf({ loss: learning(100), 'update_ratio/a': values(100, () => 1e-6) }),
        false,
      ],
      ['usual updates', runOf({ loss: values(100, () => 2.3), 'update_ratio/a': values(100, () => 1e-3) }), false],
    ],
  ],
  [
    'lr_high',
    [
      ['a first update of half the weights', runOf({ 'update_ratio/a': values(100, (i) => (i < 4 ? 0.5 : 0.01)) }), true],
      ['every update of a fifth', runOf({ 'update_ratio/a': values(100, () => 0.18) }), true],
      ['a loss that swings', runOf({ loss: values(300, (i) => (i % 2 === 0 ? 1 : 4)) }), true],
      ['a loss below zero that swings', runOf({ loss: values(300, (i) => (i % 2 === 0 ? -1 : -4)) }), true],
      ['a policy’s loss, about zero by right', runOf({ policy_loss: values(300, (i) => 0.02 * noise(i)) }), false],
      ['usual updates', runOf({ loss: learning(300), 'update_ratio/a': values(100, () => 0.01) }), false],
    ],
  ],
  [
    'vanishing',
    [
      ['no gradient at all', runOf({ loss: values(100, () => 2.3), grad_norm: values(100, () => 1e-9) }), true],
      [
        'an early layer without one',
        runOf({
          loss: values(100, () => 2.3),
          'grad_norm/layer2': values(100, () => 1e-7),
          'grad_norm/layer10': values(100, () => 1),
        }),
        true,
      ],
      [
        'a late layer without one',
        runOf({
          loss: values(100, () => 2.3),
          'grad_norm/layer2': values(100, () => 1),
          'grad_norm/layer10': values(100, () => 1e-7),
        }),
        false,
      ],
      ['small gradients once all is learned', runOf({ loss: learning(100), grad_norm: values(100, () => 1e-9) }), false],
    ],
  ],
  [
    'dead_relu',
    [
      ['most units dead', runOf({ 'dead_fraction/a': [0.1, 0.8, 0.8, 0.8] }), true],
      ['most units dead, in percent', runOf({ 'dead_fraction/a': [10, 80, 80, 80] }), true],
      ['a third', runOf({ 'dead_fraction/a': [0.1, 0.3, 0.3, 0.3] }), false],
      ['half of what comes out is zero, as ReLU has it', runOf({ 'zero_fraction/a': [0.5, 0.5, 0.5, 0.5] }), false],
      ['nearly all of it', runOf({ 'zero_fraction/a': [0.5, 0.99, 0.99, 0.99] }), true],
    ],
  ],
  [
    'init_loss',
    [
      ['far above ln 10', runOf({ loss: [9, 3, 2] }, { params: { num_classes: '10' } }), true],
      ['at ln 10', runOf({ loss: [2.4, 2, 1] }, { params: { num_classes: '10' } }), false],
      ['a mean over the first epoch', runOf({ loss: [0.9, 0.5, 0.4] }, { params: { num_classes: '10' } }), false],
      [
        'a first step that knows too much',
        runOf({ loss: values(100, () => 0.9) }, { params: { 'model/num_classes': '10' } }),
        true,
      ],
      ['nobody says how many classes', runOf({ loss: [9, 3, 2] }), false],
      [
        'logged from step 500 on',
        runOf({ loss: curveOf([9, 3, 2], { fromStep: 500 }) }, { params: { num_classes: '10' } }),
        false,
      ],
    ],
  ],
  [
    'data_bound',
    [
      ['two thirds of the step', runOf({ data_time: values(40, () => 0.2), step_time: values(40, () => 0.3) }), true],
      ['a wait beside the step', runOf({ data_time: values(40, () => 0.5), step_time: values(40, () => 0.3) }), true],
      ['a tenth', runOf({ data_time: values(40, () => 0.03), step_time: values(40, () => 0.3) }), false],
      [
        'a GPU that is busy all the same',
        runOf({ data_time: values(40, () => 0.2), step_time: values(40, () => 0.3), gpu_util: values(40, () => 95) }),
        false,
      ],
      [
        'a saw-tooth while processors are busy',
        runOf({
          gpu_util: values(200, (i) => (i % 2 === 0 ? 5 : 95)).map((y, i) => (i % 4 === 0 ? 40 : y)),
          cpu_utilization_percentage: values(200, () => 97),
        }),
        true,
      ],
    ],
  ],
  [
    'gpu_leak',
    [
      ['memory that grows', runOf({ 'system/gpu_0_memory_usage_megabytes': values(600, (i) => 1000 + i + 5 * noise(i)) }), true],
      [
        'memory that grew at the beginning',
        runOf({ 'system/gpu_0_memory_usage_megabytes': values(600, (i) => Math.min(2000, 1000 + i * 20) + noise(i)) }),
        false,
      ],
      ['one jump', runOf({ gpu_memory_used: values(600, (i) => (i < 450 ? 1000 : 1500) + noise(i)) }), false],
      ['too few samples', runOf({ gpu_memory_used: values(100, (i) => 1000 + 10 * i) }), false],
      ['a saw-tooth', runOf({ gpu_memory_used: values(600, (i) => 1000 + (i % 50) * 10) }), false],
    ],
  ],
  [
    'gpu_idle',
    [
      ['hardly busy', runOf({ DCGM_FI_DEV_GPU_UTIL: values(600, (i) => 20 + 20 * noise(i)) }), true],
      ['hardly busy, as shares', runOf({ nv_gpu_utilization: values(600, (i) => 0.2 + 0.2 * noise(i)) }), true],
      ['busy', runOf({ DCGM_FI_DEV_GPU_UTIL: values(600, (i) => 92 + 5 * noise(i)) }), false],
      ['few samples', runOf({ DCGM_FI_DEV_GPU_UTIL: values(100, () => 1) }), false],
    ],
  ],
  [
    'imbalance',
    [
      [
        'one rank takes twice as long',
        runOf({ 'step_time/rank0': values(40, () => 1), 'step_time/rank1': values(40, () => 2) }),
        true,
      ],
      [
        'both alike',
        runOf({
          'step_time/rank0': values(40, (i) => 1 + 0.2 * noise(i)),
          'step_time/rank1': values(40, (i) => 1 + 0.2 * noise(i, 3)),
        }),
        false,
      ],
      [
        'one of eight is off',
        runOf(
          Object.fromEntries(
            values(8, (i) => i).map((k) => [`step_time/rank${k}`, values(40, () => (k === 5 ? 1.3 : 1 + k / 500))]),
          ),
        ),
        true,
      ],
      [
        'GPUs of which one idles',
        runOf({
          'system/gpu_0_utilization_percentage': values(40, () => 90),
          'system/gpu_1_utilization_percentage': values(40, () => 10),
        }),
        true,
      ],
    ],
  ],
])('%s', (detector, cases) => {
  test.each(cases)('%s', (_, run, found) => {
    expect(said(run).includes(detector)).toBe(found);
  });
});

describe('what a finding says', () => {
  const [overfit] = judgeRun(
    runOf({ 'train/loss': learning(200), 'val/loss': curveOf([2.3, 1.5, 1, 0.8, 0.7, 0.75, 0.8, 0.9, 1, 1.1], { every: 20 }) }),
    DEFAULTS,
  ).filter(({ detector }) => detector === 'overfit');

  test('has its numbers and the step to go back to', () => {
    expect(overfit).toMatchObject({
      subject: 'val/loss',
      fromStep: 80,
      toStep: 180,
      metrics: ['val/loss', 'train/loss'],
      active: true,
    });
    expect(overfit?.sentence).toContain('best at step 80 (0.7) and is 1.1 now, 57.1 % worse');
    expect(overfit?.advice).toContain('Restore the checkpoint of step 80');
    expect(overfit?.numbers).toMatchObject({ bestStep: 80, best: 0.7, now: 1.1 });
  });

  test.each([
    ['validation', [2, 0.9996, 1.0047, 1.0047, 1.0047], [2, 1.5, 1, 0.8, 0.7], '(0.9996) and is 1.005 now'],
    ['training', [2, 1, 1.5, 1.6, 1.7], [2, 1.5041, 1.5039, 1.5035, 1.5031], 'fell from 1.504 to 1.503'],
    ['next to nothing', [2e-8, 1.02e-9, 1.5e-9, 1.6e-9, 1.03e-9], [2, 1, 0.8, 0.7, 0.6], '(1.02e-9) and is 1.03e-9 now'],
  ])('the numbers of a small change are written so that they differ: %s', (_, val, train, sentence) => {
    const fine = detectorSettings({ overfit: { settings: { rise: 0.005, learned: 0, sigmas: 0, fall: 0, evaluations: 3 } } });
    const found = judgeRun(runOf({ loss: train, val_loss: val }), fine).find(({ detector }) => detector === 'overfit');
    expect(found?.sentence).toContain(sentence);
  });

  test('a spike that is over is no longer active', () => {
    const loss = [...learning(200), ...values(40, () => 2), ...values(100, (i) => 0.1 + 0.001 * noise(i))];
    expect(judgeRun(runOf({ loss }), DEFAULTS)).toMatchObject([{ detector: 'diverge', active: false, severity: 'warning' }]);
  });

  test.each([
    ['bursts far apart', [60, 160, 260], 'warning'],
    ['bursts close together', [60, 64, 70], 'critical'],
  ])('%s', (_, at, severity) => {
    const grad_norm = values(300, (i) => (at.includes(i) ? 300 : 1));
    expect(judgeRun(runOf({ grad_norm }), DEFAULTS)).toMatchObject([{ detector: 'exploding', severity, numbers: { points: 3 } }]);
  });

  test.each([
    ['gained something', (i: number) => 2 - i * 0.005, /^val_loss is 3 where loss is 1\.15: the gap of 1\.85 is \d+ % of what/],
    ['gained next to nothing', (i: number) => 2 - i * 1e-6, /the gap of 1 is over ten times what training gained, since/],
    ['stood still', () => 2, /the gap of 1 stands where training has gained nothing, since/],
    ['rose', (i: number) => 2 + i * 1e-4, /the gap of 0\.\d+ stands where training has gained nothing, since/],
  ])('a gap beside a training loss that %s', (_, rule, sentence) => {
    const run = runOf({
      loss: values(200, rule),
      val_loss: curveOf(
        values(10, () => 3),
        { every: 20 },
      ),
    });
    expect(judgeRun(run, DEFAULTS).find(({ detector }) => detector === 'gap')?.sentence).toMatch(sentence);
  });

  test.each<[DetectorId, string, (i: number, gpu: number) => number, RegExp]>([
    [
      'gpu_idle',
      'utilization_percentage',
      (i, gpu) => (gpu + 1) * (5 + 5 * noise(i, gpu)),
      /^system\/gpu_0_util.*; 2 more are idle as well\.$/,
    ],
    [
      'gpu_leak',
      'memory_usage_megabytes',
      (i, gpu) => 1000 + (gpu + 1) * i,
      /^system\/gpu_2_mem.*; 2 more are growing as well\.$/,
    ],
  ])('%s: of many GPUs the worst is named, and the others are counted', (id, what, rule, sentence) => {
    const gpus = [0, 1, 2].map((gpu) => [`system/gpu_${gpu}_${what}`, values(600, (i) => rule(i, gpu))] as const);
    const found = judgeRun(runOf(Object.fromEntries(gpus)), DEFAULTS).filter(({ detector }) => detector === id);
    expect(found).toMatchObject([{ subject: '', numbers: { found: 3 } }]);
    expect(found[0]?.sentence).toMatch(sentence);
    expect(found[0]?.metrics.toSorted()).toEqual(gpus.map(([metric]) => metric));
  });

  test('the last finite value before a NaN', () => {
    expect(judgeRun(runOf({ loss: [2, 1, Number.NaN, Number.NaN] }), DEFAULTS)[0]).toMatchObject({
      sentence: 'loss is NaN at step 2: the last finite value was 1 at step 1.',
      numbers: { step: 2, lastFiniteStep: 1, lastFiniteValue: 1, points: 2 },
    });
  });
});

describe('settings', () => {
  const run = runOf({ loss: [2, 1, Number.NaN], data_time: values(40, () => 0.2), step_time: values(40, () => 0.3) });
  test('a muted detector says nothing', () => {
    expect(judgeRun(run, detectorSettings({ nan_inf: { muted: true } })).map(({ detector }) => detector)).toEqual(['data_bound']);
  });
  test('a project’s number decides', () => {
    expect(
      judgeRun(run, detectorSettings({ data_bound: { settings: { warning: 0.9 } } })).map(({ detector }) => detector),
    ).toEqual(['nan_inf']);
  });
  test('a metric whose name tells nothing', () => {
    const strange = runOf({ J: [...learning(100), ...values(60, (i) => 0.1 + i * 0.05)] });
    expect(said(strange)).toEqual([]);
    expect(said({ ...strange, ownRoles: { trainLoss: 'J' } })).toEqual(['diverge']);
  });
});

/** Anything a run may log. */
const anyNumber = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, Number.NaN, Infinity, -Infinity, Number.MAX_VALUE, 5e-324));
const anyCurve = fc
  .array(fc.tuple(fc.oneof(fc.integer({ min: -5, max: 400 }), fc.integer()), anyNumber), { maxLength: 120 })
  .map((points) => ({
    length: points.length,
    steps: Float64Array.from(points, ([step]) => step),
    timesMs: Float64Array.from(points, (_, i) => i * 1000),
    values: Float64Array.from(points, ([, value]) => value),
    epochs: undefined,
  }));
const METRICS =
  `loss val_loss lr grad_norm grad_norm/layer1 grad_norm/layer2 update_ratio/a dead_fraction/a zero_fraction/a data_time step_time
  step_time/rank0 step_time/rank1 gpu_util cpu_utilization_percentage gpu_memory_used anything`.split(/\s+/);
const anyRun = fc.record({
  curves: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...METRICS), anyCurve), { selector: ([metric]) => metric })
    .map((all) => new Map(all)),
  params: fc.constantFrom<Record<string, string>>({}, { num_classes: '10' }, { num_classes: 'many' }),
  running: fc.boolean(),
  nowMs: fc.constantFrom(0, 1e6, 1e12),
});
// Few samples will do, so that short curves reach every detector.
const QUICK = detectorSettings({ gpu_leak: { settings: { samples: 20 } }, gpu_idle: { settings: { samples: 20 } } });

test('whatever is logged, all detectors answer, with sentences, steps of the run and metrics of it', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      for (const { detector, sentence, metrics, fromStep, toStep } of judgeRun(run, QUICK)) {
        expect(DETECTOR_IDS).toContain(detector);
        expect(sentence).not.toMatch(/undefined|\[object/);
        expect(metrics.filter((metric) => !run.curves.has(metric))).toEqual([]);
        expect(toStep).toBeGreaterThanOrEqual(fromStep);
      }
    }),
    { numRuns: 300 },
  );
});

test.each<[DetectorId, number]>([
  ['diverge', 1000],
  ['overfit', 1000],
  ['gap', 1000],
  ['plateau', 1000],
])('%s: a loss in another unit is judged alike', (detector, scale) => {
  const lengths = fc.integer({ min: 10, max: 60 });
  fc.assert(
    fc.property(lengths, fc.double({ min: 0, max: 3, noNaN: true }), fc.integer({ min: 0, max: 1000 }), (count, rise, seed) => {
      const val = values(
        count,
        (i) => Math.max(0.2, 2 - (6 * i) / count) + rise * Math.max(0, i / count - 0.5) * (1 + 0.1 * noise(i, seed)),
      );
      const train = values(
        count * 5,
        (i) => 2 * Math.exp((-4 * i) / (count * 5)) * (1 + 0.1 * noise(i, seed)) + rise * Math.max(0, i / (count * 5) - 0.8),
      );
      const run = (by: number): RunRecord =>
        runOf({
          'train/loss': train.map((y) => y * by),
          'val/loss': curveOf(
            val.map((y) => y * by),
            { every: 5 },
          ),
        });
      expect(said(run(scale)).includes(detector)).toBe(said(run(1)).includes(detector));
    }),
    { numRuns: 60 },
  );
});
