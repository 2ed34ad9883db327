import { describe, expect, test } from 'vitest';
import type { RunFileFormat } from '@vitrine/model/run-file.ts';
import { batchOf } from './log-rows.ts';
import { readRunFile, runFileFormat } from './read-run-file.ts';

const read = (text: string, format: RunFileFormat, pattern?: string) => readRunFile(Buffer.from(text), { format, pattern });

/** Each metric's points as [step, value]. */
async function curvesOf(text: string, format: RunFileFormat, pattern?: string): Promise<Record<string, unknown>> {
  const { rows } = await read(text, format, pattern);
  const { curves, curveIndex, steps, values } = batchOf(rows, 'r', 0);
  const found: Record<string, unknown[]> = {};
  for (let i = 0; i < steps.length; i++) (found[curves[curveIndex[i]!]!.metric] ??= []).push([steps[i], values[i]]);
  return found;
}

const TRAINER_STATE = JSON.stringify({
  best_metric: 0.4,
  best_model_checkpoint: 'out/checkpoint-20',
  max_steps: 20,
  num_train_epochs: 2,
  log_history: [
    { epoch: 1, step: 10, loss: 1.5, learning_rate: 5e-5, grad_norm: 2 },
    { epoch: 1, step: 10, eval_loss: 1.25, eval_accuracy: 0.5, eval_runtime: 3 },
    { epoch: 2, step: 20, train_loss: 1.1, train_runtime: 60 },
  ],
}).replace('"grad_norm":2', '"grad_norm":NaN');

describe('a trainer_state.json', () => {
  test('has its losses by step, evaluations apart, and its settings as parameters', async () => {
    expect(await curvesOf(TRAINER_STATE, 'trainer-state')).toEqual({
      'train/loss': [
        [10, 1.5],
        [20, 1.1],
      ],
      'train/learning_rate': [[10, 5e-5]],
      'train/grad_norm': [[10, Number.NaN]],
      'eval/loss': [[10, 1.25]],
      'eval/accuracy': [[10, 0.5]],
      'eval/runtime': [[10, 3]],
      'train/runtime': [[20, 60]],
    });
    expect(await read(TRAINER_STATE, 'trainer-state')).toMatchObject({
      params: { max_steps: '20', num_train_epochs: '2' },
      tags: { best_model_checkpoint: 'out/checkpoint-20', best_metric: '0.4' },
    });
  });

  test.each([
    ['{', /^file: is not JSON/],
    ['{"a":1}', /^log_history: is missing/],
    ['{"log_history":[{"loss":1}]}', /^log_history\[0\]\.step: is no whole number/],
    ['null', /^log_history: is missing/],
  ])('%s is refused', async (text, sentence) => {
    await expect(read(text, 'trainer-state')).rejects.toThrow(sentence);
  });
});

test.each<[string, string, Record<string, unknown>]>([
  [
    'modded-nanogpt',
    'step:0/5100 val_loss:10.8258 train_time:0ms step_avg:nanms\nstep:1/5100 train_time:246ms step_avg:nanms',
    {
      val_loss: [[0, 10.8258]],
      train_time: [
        [0, 0],
        [1, 0.246],
      ],
    },
  ],
  [
    'nanoGPT',
    'number of parameters: 10.65M\nstep 250: train loss 1.96, val loss 2.06\niter 251: loss 2.0432, time 45.50ms, mfu 3.5%',
    { 'train/loss': [[250, 1.96]], 'val/loss': [[250, 2.06]], loss: [[251, 2.0432]], time: [[251, 0.0455]], mfu: [[251, 0.035]] },
  ],
  [
    'key=value with a time before it',
    '2026-01-31 12:00:00,125 INFO epoch=1 step=1_000 loss=nan lr=1e-4\n2026-01-31 12:00:01,125 INFO done',
    { loss: [[1000, Number.NaN]], lr: [[1000, 1e-4]] },
  ],
  [
    'epochs alone',
    'Epoch 1/3 - loss: 0.9 - val_acc: 0.5\nEpoch 2/3 - loss: 0.8',
    {
      loss: [
        [1, 0.9],
        [2, 0.8],
      ],
      val_acc: [[1, 0.5]],
    },
  ],
  ['a progress bar', 'step 1 loss 3\rstep 2 loss 2\n', { loss: [[2, 2]] }],
])('a log of %s is read', async (_, text, want) => {
  expect(await curvesOf(text, 'text')).toEqual(want);
});

test('times of a log are those of its lines', async () => {
  const { rows } = await read('[2026-01-31T12:00:00Z] step 5 loss 1', 'text');
  expect(rows[0]?.timeMs).toBe(Date.parse('2026-01-31T12:00:00Z'));
});

test('a pattern names what counts', async () => {
  expect(await curvesOf('it 7 | L=0.5 | junk 9\nnothing', 'text', String.raw`it (?<step>\d+) \| L=(?<loss>[\d.]+)`)).toEqual({
    loss: [[7, 0.5]],
  });
  await expect(read('nothing', 'text', '(?<step>x)')).rejects.toThrow(/^file: has no line that the pattern matches/);
  await expect(read('nothing', 'text')).rejects.toThrow(/^file: has no line such as/);
  await expect(read('a', 'text', '(')).rejects.toThrow(/^pattern: /);
});

test('a line of a hundred thousand words or letters is read in passing', async () => {
  await expect(read('a'.repeat(200_000), 'text')).rejects.toThrow(/has no line/);
  await expect(read('a '.repeat(100_000), 'text')).rejects.toThrow(/has no line/);
  await expect(read('step 1 '.repeat(30_000), 'text')).rejects.toThrow(/has no line/);
  await expect(read(`a${' '.repeat(20_000)}\n`.repeat(200), 'text')).rejects.toThrow(/has no line/);
});

test('a line of a log is read up to 4,000 characters, behind what a progress bar wrote over', async () => {
  const bar = 'step 1 loss 9\r'.repeat(1_000);
  const { rows, notices } = await read(`${bar}step 2 loss 3\nstep 4   loss   2 ${'x'.repeat(3_970)} acc 0.123456 a 1\n`, 'text');
  expect(rows).toMatchObject([
    { step: 2, values: [['loss', 3]] },
    { step: 4, values: [['loss', 2]] },
  ]);
  expect(notices).toEqual(['1 lines are longer than 4000 characters and were read up to there.']);
});

test('others have their turn while a long log is read', async () => {
  let turns = 0;
  const count = (): void => {
    turns++;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  await read('step 1 loss 2\n'.repeat(50_000), 'text');
  clearImmediate(timer);
  expect(turns).toBeGreaterThan(5);
});

test.each<[string, RunFileFormat, string, Record<string, unknown>, RegExp[]]>([
  [
    "Lightning's metrics.csv",
    'csv',
    'epoch,step,train_loss,val_loss\n0,49,0.5,\n0,49,,0.75\n1,99,0.25,\n',
    {
      train_loss: [
        [49, 0.5],
        [99, 0.25],
      ],
      val_loss: [[49, 0.75]],
    },
    [],
  ],
  [
    "Keras's CSVLogger",
    'csv',
    'epoch,accuracy,loss\n0,0.5,1.5\n1,0.75,nan\n',
    {
      accuracy: [
        [0, 0.5],
        [1, 0.75],
      ],
      loss: [
        [0, 1.5],
        [1, Number.NaN],
      ],
    },
    [/steps are epochs/],
  ],
  [
    "Ray Tune's result.json",
    'jsonl',
    '{"training_iteration": 1, "loss": 2, "timestamp": 1767225600, "trial_id": "a1", "config": {"lr": 0.1}}\n{"training_iteration": 2, "loss": Infinity, "timestamp": 1767225601, "trial_id": "a1"}\n',
    {
      loss: [
        [1, 2],
        [2, Infinity],
      ],
      'config.lr': [[1, 0.1]],
    },
    [/left out: trial_id/],
  ],
  [
    'no step at all',
    'csv',
    'loss\n3\n2\n',
    {
      loss: [
        [0, 3],
        [1, 2],
      ],
    },
    [/numbered from 0/],
  ],
])('%s is read', async (_, format, text, want, notices) => {
  expect(await curvesOf(text, format)).toEqual(want);
  const said = (await read(text, format)).notices;
  expect(said).toHaveLength(notices.length);
  for (const [at, notice] of notices.entries()) expect(said[at]).toMatch(notice);
});

test.each([
  ['metrics.csv', '', 'csv'],
  ['result.json', '{"a":1}\n{"a":2}\n', 'jsonl'],
  ['trainer_state.json', '{\n  "best_metric": null', 'trainer-state'],
  ['train.log', 'step 1', 'text'],
  ['log', '{"step":1}\n{"step":2}', 'jsonl'],
])('%s is taken for its format', (name, text, want) => {
  expect(runFileFormat(name, Buffer.from(text))).toBe(want);
});

test.each([
  ['csv', 'step,loss\n1.5,2\n', /row 2: step: 1\.5 is no whole number|step: 1\.5 is no whole number/],
  ['csv', 'a,b\nx,y\n', /^file: has no row with a number/],
  ['csv', '', /^file: is empty/],
] as const)('a %s file "%s" is refused with a sentence', async (format, text, sentence) => {
  await expect(read(text, format)).rejects.toThrow(sentence);
});
