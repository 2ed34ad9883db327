import type { Run } from '@vitrine/model/run.ts';
import { expect, test } from 'vitest';
import { FilterError } from './filter-error.ts';
import { runGrouping } from './run-group.ts';

const RUN: Run = {
  id: 'r',
  name: 'first',
  projectId: 1,
  project: 'digits',
  group: 'a',
  tags: { team: 'vision' },
  params: { lr: '0.1', 'batch size': '32' },
  status: 'finished',
  startedMs: 0,
  endedMs: 1_000,
  heartbeatMs: 1_000,
  source: 'api',
  notes: '',
  parentId: undefined,
  user: '',
  hosts: ['gpu-1', 'gpu-2'],
  labels: {},
  deletedMs: undefined,
  revision: 1,
};

test.each([
  ['group', 'a', 'group=a'],
  ['status', 'finished', 'status=finished'],
  ['params.lr', '0.1', 'lr=0.1'],
  ['params.`batch size`', '32', 'batch size=32'],
  ['tags.team', 'vision', 'team=vision'],
  ['host', 'gpu-1, gpu-2', 'host=gpu-1, gpu-2'],
  ['user', '', 'no user'],
  ['params.none', '', 'no none'],
  ['metrics.loss', '', 'no loss'],
])('by %s', (by, value, title) => {
  const { valueOf, titleOf } = runGrouping(by);
  expect([valueOf(RUN), titleOf(valueOf(RUN))]).toEqual([value, title]);
});

test.each(['', 'colour', 'a b'])('"%s" is no field', (by) => {
  expect(() => runGrouping(by)).toThrow(FilterError);
});
