import type { Run } from '@vitrine/model/run.ts';
import { expect, test } from 'vitest';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { writeTableCsv, writeTableJson } from './write-table.ts';

const RUN: Run = {
  id: 'r1',
  name: 'one',
  projectId: 1,
  project: 'exported',
  group: '',
  tags: {},
  params: {},
  status: 'finished',
  startedMs: 0,
  endedMs: undefined,
  heartbeatMs: 0,
  source: 'api',
  notes: '',
  parentId: undefined,
  user: '',
  hosts: [],
  labels: {},
  deletedMs: undefined,
  revision: 1,
};

test('times that are in no year are said as they are, and cost no other run its row', async () => {
  const runs = [
    { ...RUN, startedMs: -9e15, endedMs: 1e21 },
    { ...RUN, id: 'r2', endedMs: 1_000 },
  ];
  const lines = (await Array.fromAsync(writeTableCsv(new MemoryCurves(), runs, undefined))).slice(1);
  expect(lines).toEqual([
    'r1,one,exported,,finished,-9000000000000000 ms,1e+21 ms,api,,,,\n',
    'r2,one,exported,,finished,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.000Z,api,,,,\n',
  ]);
  const json = (await Array.fromAsync(writeTableJson(new MemoryCurves(), runs, undefined))).join('');
  expect(JSON.parse(json)).toMatchObject([{ ended: '1e+21 ms' }, { ended: '1970-01-01T00:00:01.000Z' }]);
});
