import { expect, test } from 'vitest';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';
import { progressOf } from './run-progress.ts';

const run = { params: {}, startedMs: 0, endedMs: undefined, status: 'running' as const };
/** 100 steps, one a second, the last ten twice as fast. */
const map: TimeMap = {
  xs: Float64Array.from({ length: 101 }, (_, step) => step),
  times: Float64Array.from({ length: 101 }, (_, step) => (step <= 90 ? step * 1_000 : 90_000 + (step - 90) * 500)),
};

test.each([
  ['goes by the newest points', {}, {}, { step: 100, lastStep: undefined, leftMs: undefined }],
  ['knows the end by max_steps', { max_steps: '200' }, {}, { lastStep: 200, leftMs: 50_000 }],
  ['knows it by a name with a prefix', { 'trainer.max_iters': '200' }, {}, { lastStep: 200 }],
  ['knows it by epochs', { num_train_epochs: '4' }, { epoch: 2 }, { lastStep: 200 }],
  ['does not believe an end that is passed', { max_steps: '50' }, {}, { lastStep: undefined, leftMs: undefined }],
  ['does not read words', { max_steps: 'auto', n_steps: '-1' }, {}, { lastStep: undefined }],
  ['knows the last step where the map lost it', { steps: '200' }, { step: 101 }, { step: 101, lastStep: 200 }],
])('%s', (_, params, known, want) => {
  expect(progressOf({ ...run, params }, map, known, 95_000)).toMatchObject(want);
});

test('speed is that of the last tenth', () => {
  expect(progressOf(run, map, {}, 95_000).stepsPerSecond).toBe(2);
});

test.each([
  ['a running one lasts till now', { ...run, startedMs: 1_000 }, 94_000],
  ['a finished one till its end', { ...run, endedMs: 7_000, status: 'finished' as const }, 7_000],
  ['one without an end till its last point', { ...run, status: 'failed' as const }, 95_000],
])('%s', (_, given, want) => {
  expect(progressOf(given, map, {}, 95_000).durationMs).toBe(want);
});

const NO_POINTS: TimeMap = { xs: new Float64Array(), times: new Float64Array() };

test('knows nothing of a run without points', () => {
  const empty = progressOf(run, NO_POINTS, {}, 5_000);
  expect(empty).toEqual({
    step: undefined,
    lastStep: undefined,
    stepsPerSecond: undefined,
    durationMs: 5_000,
    leftMs: undefined,
  });
});
