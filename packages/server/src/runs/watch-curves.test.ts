import type { CurveGrowth } from '@vitrine/model/curve-store.ts';
import type { Run } from '@vitrine/model/run.ts';
import type { Growth, Selector } from '@vitrine/model/sample-store.ts';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FakeStore } from '../testing/fake-store.ts';
import { watchCurves } from './watch-curves.ts';

const run = { id: 'r1', name: 'calm-otter', project: 'digits', group: '', labels: {} } as Run;

const named = (label: string, value: string): Selector[number] => ({ label, op: '=', value });

test.each<[string, Selector, boolean]>([
  ['its metric', [named('__name__', 'loss')], true],
  ['its metric and run', [named('__name__', 'loss'), named('run', 'r1')], true],
  ['its project alone', [named('project', 'digits')], true],
  ['another metric', [named('__name__', 'acc')], false],
  ['another run', [named('__name__', 'loss'), named('run', 'r2')], false],
])('who watches %s is told when a curve grows, until it stops', async (_, selector, isTold) => {
  let grow: (growth: CurveGrowth) => void = () => undefined;
  const store = watchCurves(new FakeStore(), {
    find: (id) => Promise.resolve(id === run.id ? run : undefined),
    onGrowth: (listener) => {
      grow = listener;
      return () => undefined;
    },
  });
  const told: Growth[] = [];
  const stop = store.watch([selector], (growth) => told.push(growth));
  const growth = { runs: new Map([['r1', { metrics: new Set(['loss']), items: false, fromMs: 1.5, toMs: 2.5 }]]) };
  grow(growth);
  await turn();
  expect(told).toEqual(isTold ? [{ fromMs: 1, toMs: 3 }] : []);
  stop();
  grow(growth);
  await turn();
  expect(told).toHaveLength(isTold ? 1 : 0);
});
