import { expect, test } from 'vitest';
import { isSystemMetric } from './system-metric.ts';

test.each([
  ['system/gpu_0_utilization_percentage', true],
  ['system.gpu.0.gpu', true],
  ['sys/fan', true],
  ['DCGM_FI_DEV_GPU_UTIL', true],
  ['node_load1', true],
  ['process/rss', true],
  ['cpu/percent', true],
  ['train/gpu_mem', true],
  ['loss', false],
  ['node_accuracy', false],
  ['systematic_error', false],
  ['train/loss', false],
])('%s is of the machine: %s', (metric, want) => expect(isSystemMetric(metric)).toBe(want));
