import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rolesOf } from './roles.ts';

test.each([
  ['Keras', ['loss', 'accuracy', 'val_loss', 'val_accuracy'], { trainLoss: 'loss', valLoss: 'val_loss' }],
  [
    'Hugging Face',
    ['loss', 'eval_loss', 'learning_rate', 'grad_norm', 'train_loss'],
    { valLoss: 'eval_loss', learningRate: 'learning_rate', gradNorm: 'grad_norm' },
  ],
  [
    'Lightning',
    ['train_loss_step', 'train_loss_epoch', 'val_loss', 'lr-Adam', 'grad_2.0_norm_total', 'grad_2.0_norm/fc1'],
    {
      trainLoss: 'train_loss_step',
      valLoss: 'val_loss',
      learningRate: 'lr-Adam',
      gradNorm: 'grad_2.0_norm_total',
      layerGradNorms: ['grad_2.0_norm/fc1'],
    },
  ],
  [
    'nanoGPT',
    ['train/loss', 'val/loss', 'lr', 'mfu', 'iter'],
    { trainLoss: 'train/loss', valLoss: 'val/loss', learningRate: 'lr' },
  ],
  [
    'AlgoPerf',
    ['loss', 'train/loss', 'validation/loss', 'test/loss', 'grad_norm'],
    { trainLoss: 'loss', pairedLoss: 'train/loss', valLoss: 'validation/loss' },
  ],
  ['parts of a loss', ['aux_loss', 'loss', 'kl_loss', 'loss_scale'], { trainLoss: 'loss' }],
  ['a test set where there is no validation', ['train_loss', 'test_loss'], { valLoss: 'test_loss' }],
  [
    'MLflow’s system metrics',
    [
      'system/gpu_0_utilization_percentage',
      'system/gpu_0_memory_usage_megabytes',
      'system/gpu_0_memory_usage_percentage',
      'system/cpu_utilization_percentage',
    ],
    {
      gpuUtilisation: ['system/gpu_0_utilization_percentage'],
      memory: ['system/gpu_0_memory_usage_megabytes'],
      cpuUtilisation: 'system/cpu_utilization_percentage',
    },
  ],
  [
    'DCGM',
    ['DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_FB_USED', 'DCGM_FI_DEV_FB_FREE'],
    { gpuUtilisation: ['DCGM_FI_DEV_GPU_UTIL'], memory: ['DCGM_FI_DEV_FB_USED'] },
  ],
  [
    'layers by number',
    ['grad_norm/layer10', 'grad_norm/layer2', 'grad_norm/layer1'],
    { gradNorm: undefined, layerGradNorms: ['grad_norm/layer1', 'grad_norm/layer2', 'grad_norm/layer10'] },
  ],
  ['times', ['time/data', 'time/step', 'samples_per_second', 'eval_runtime'], { dataTime: 'time/data', stepTime: 'time/step' }],
  [
    'ranks',
    ['step_time/rank0', 'step_time/rank1', 'step_time'],
    { stepTime: 'step_time', rankTimes: ['step_time/rank0', 'step_time/rank1'] },
  ],
  ['one rank is no group', ['step_time/rank0'], { rankTimes: [] }],
  ['what is none of it', ['accuracy', 'reward', 'epoch', 'lrx', 'glossary'], { trainLoss: undefined, learningRate: undefined }],
])('%s', (_, metrics, want) => {
  expect(rolesOf(metrics)).toMatchObject(want);
});

test('a project says what is what; a metric that a run has not got says nothing', () => {
  expect(rolesOf(['loss', 'J'], { trainLoss: 'J' })).toMatchObject({ trainLoss: 'J', pairedLoss: 'J' });
  expect(rolesOf(['loss'], { trainLoss: 'J' }).trainLoss).toBe('loss');
});

test.each([
  ['gpu_0_util', 'gpuUtilisation'],
  ['GPU 3 Utilization', 'gpuUtilisation'],
  ['gpu_memory_utilization', undefined],
  ['gpu_utilization_memory', undefined],
  ['system.gpu.0.gpu', 'gpuUtilisation'],
  ['gpu.0.memoryAllocatedBytes', 'memory'],
  ['cuda/worker1/memory_used', 'memory'],
  ['gpu-1-mem-alloc', 'memory'],
  ['process_resident_memory_bytes', 'memory'],
  ['rss', undefined],
] as const)('%s', (metric, role) => {
  const { gpuUtilisation, memory } = rolesOf([metric]);
  expect({ gpuUtilisation, memory }).toEqual({
    gpuUtilisation: [],
    memory: [],
    ...(role === undefined ? {} : { [role]: [metric] }),
  });
});

// A pattern that goes over a name's digits again and again would take minutes for these.
test('names of 1,000 characters that nearly are something are read once', () => {
  const piece = fc.constantFrom(
    'gpu',
    '0',
    '_',
    '/',
    ' ',
    'mem',
    'memory',
    'process',
    'rss',
    'cuda',
    'rank',
    'util',
    'A',
    'grad_norm',
  );
  const hostile = fc
    .tuple(piece, piece, piece)
    .map(([head, middle, tail]) => `${head}${middle.repeat(1_000)}`.slice(0, 990) + tail.slice(0, 10));
  fc.assert(
    fc.property(fc.uniqueArray(hostile, { minLength: 50, maxLength: 50 }), (metrics) => {
      const { gpuUtilisation, memory } = rolesOf(metrics);
      expect(metrics).toEqual(expect.arrayContaining([...gpuUtilisation, ...memory]));
    }),
    { numRuns: 50 },
  );
});
