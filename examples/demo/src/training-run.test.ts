import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { Registry } from 'prom-client';
import { beforeAll, expect, test } from 'vitest';

import { PIXELS, readDigits, splitDigits } from './digits.ts';
import type { DigitSplit } from './digits.ts';
import { argMax, crossEntropy, logitsOf } from './network.ts';
import { threeRuns } from './runs.ts';
import { loadModel, saveModel } from './saved-model.ts';
import { trainTogether } from './train.ts';
import { TrainingMetrics } from './training-metrics.ts';
import { TrainingRun } from './training-run.ts';
import type { Evaluation } from './training-run.ts';

let split: DigitSplit;

beforeAll(async () => {
  split = splitDigits(await readDigits());
});

test('three real trainings: one learns, one learns by heart, one is thrown about', { timeout: 60_000 }, async () => {
  const plans = threeRuns(0.3);
  const before = tf.memory().numTensors;
  const ends = new Map<string, { train: Evaluation; validation: Evaluation }>();
  const registry = new Registry();
  const onFinished = async (run: TrainingRun): Promise<void> => {
    const { train, validation } = split;
    const seen = { count: 500, pixels: train.pixels.subarray(0, 500 * PIXELS), labels: train.labels.subarray(0, 500) };
    ends.set(run.plan.run, { train: await run.evaluate(seen), validation: await run.evaluate(validation) });
  };
  const options = { seed: 3, roundMs: 0, cpuShare: 1, onFinished };
  await trainTogether(plans, split, new TrainingMetrics(registry), options, new AbortController().signal);

  const [healthy, overfit, hot] = plans.map(({ run }) => ends.get(run)!.validation);
  expect(healthy!.accuracy).toBeGreaterThan(0.8);
  expect(healthy!.loss).toBeLessThan(0.7);
  expect(overfit!.accuracy).toBeLessThan(healthy!.accuracy);
  expect(hot!.loss).toBeGreaterThan(2 * healthy!.loss);

  const text = await registry.metrics();
  expect(text).toMatch(/^training_loss\{run="overfit",split="validation"\} \d/m);
  expect(text).toMatch(/^training_gradient_norm\{run="healthy",layer="hidden_2"\} \d/m);
  expect(text).toMatch(new RegExp(`^training_step\\{run="healthy"\\} ${plans[0].steps}$`, 'm'));
  // TensorFlow.js' optimizers keep their learning rate, one number, when they are disposed of.
  expect(tf.memory().numTensors).toBe(before + plans.length);
});

test('a step reports what it measured, and leaves no tensor behind', () => {
  const [plan] = threeRuns(1);
  const run = new TrainingRun({ ...plan, batchSize: 8 }, split.train, 5);
  const first = run.trainStep();
  expect(first).toMatchObject({ step: 1, samples: 8, epoch: 8 / 7_500 });
  expect(first.learningRate).toBeCloseTo(plan.schedule(0), 12);
  expect(first.layers.map(({ layer }) => layer)).toEqual(['hidden_1', 'hidden_2', 'output']);
  for (const { gradientNorm, updateRatio } of first.layers) {
    expect(gradientNorm).toBeGreaterThan(0);
    expect(updateRatio).toBeGreaterThan(0);
    expect(updateRatio).toBeLessThan(0.1);
  }
  const tensors = tf.memory().numTensors;
  run.trainStep();
  expect(tf.memory().numTensors).toBe(tensors);
  run.dispose();
});

test('gradient norms are those of the loss: a step of plain descent lowers it as they foretell', async () => {
  const [plan] = threeRuns(1);
  const rate = 1e-3;
  const batch = { count: 64, pixels: split.train.pixels.subarray(0, 64 * PIXELS), labels: split.train.labels.subarray(0, 64) };
  const whole = { ...plan, batchSize: 64, dropout: 0, l2: 0, momentum: 0, schedule: () => rate };
  const run = new TrainingRun(whole, batch, 5);
  const before = await run.evaluate(batch);
  const { layers, loss } = run.trainStep();
  const after = await run.evaluate(batch);
  // Along the negative gradient the loss falls, to first order, by rate × |gradient|².
  const foretold = rate * layers.reduce((sum, { gradientNorm }) => sum + gradientNorm ** 2, 0);
  expect(loss).toBeCloseTo(before.loss, 4);
  expect((before.loss - after.loss) / foretold).toBeGreaterThan(0.9);
  expect((before.loss - after.loss) / foretold).toBeLessThan(1.1);
  run.dispose();
});

test('a finished run’s series go away', async () => {
  const registry = new Registry();
  const metrics = new TrainingMetrics(registry);
  const [plan] = threeRuns(1);
  const run = new TrainingRun({ ...plan, batchSize: 4 }, split.train, 5);
  metrics.stepped(plan.run, run.trainStep());
  metrics.validated(plan.run, { loss: 1, accuracy: 0.5 });
  expect(await registry.metrics()).toContain('{run="healthy"');
  metrics.ended(plan.run);
  expect(await registry.metrics()).not.toContain('run="healthy"');
  run.dispose();
});

test('a saved model answers as the trained one did', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'demo-'));
  try {
    const [plan] = threeRuns(1);
    const run = new TrainingRun({ ...plan, batchSize: 4 }, split.train, 5);
    run.trainStep();
    await saveModel(run.network, join(folder, 'model.json'));
    const loaded = await loadModel(join(folder, 'model.json'));
    const pixels = split.heldOut.pixels.subarray(0, 3 * PIXELS);
    expect(logitsOf(loaded, pixels, 3)).toEqual(logitsOf(run.network, pixels, 3));
    await writeFile(join(folder, 'other.json'), '{}');
    await expect(loadModel(join(folder, 'other.json'))).rejects.toThrow(/other\.json is not a model/);
    run.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['even logits', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 3, Math.log(10)],
  ['a sure and right answer', [0, 0, 100, 0, 0, 0, 0, 0, 0, 0], 2, 0],
  ['a sure and wrong answer stays finite', [0, 0, 1e4, 0, 0, 0, 0, 0, 0, 0], 1, 1e4],
] as const)('cross-entropy of %s', (_, logits, label, want) => {
  expect(crossEntropy(Float32Array.from(logits), 0, label)).toBeCloseTo(want, 6);
});

test('a broken network’s NaN is no loss and no class', () => {
  expect(crossEntropy(Float32Array.of(0, Number.NaN, 0, 0, 0, 0, 0, 0, 0, 0), 0, 0)).toBeNaN();
  expect(argMax(new Float32Array(10).fill(Number.NaN), 0)).toBe(-1);
});
