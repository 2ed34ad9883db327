import type { RunRow } from '@vitrine/model/run-api.ts';
import { expect, test } from 'vitest';
import { dimensionOf, placeOf, ticksOf } from './dimension.ts';

function row(params: Readonly<Record<string, string>>, loss?: number, last = loss): RunRow {
  const point = (value: number) => ({ step: 1, timeMs: 0, value });
  return {
    run: {
      id: 'a',
      name: 'a',
      projectId: 1,
      project: 'p',
      group: '',
      tags: {},
      params,
      status: 'finished',
      startedMs: 0,
      endedMs: 60_000,
      heartbeatMs: 0,
      source: 'api',
      notes: '',
      parentId: undefined,
      user: '',
      hosts: [],
      labels: {},
      deletedMs: undefined,
      revision: 1,
    },
    metrics:
      loss === undefined
        ? {}
        : { loss: { points: 1, last: point(last!), min: point(loss), max: point(last!), best: point(loss) } },
    findings: [],
  };
}

test('a learning rate is a number, laid out by its logarithm', () => {
  const lr = dimensionOf('params.lr', [row({ lr: '1e-4' }), row({ lr: '0.01' }), row({}), row({ lr: '0.001' })], 'best');
  expect(lr).toMatchObject({ kind: 'number', isLog: true, min: 1e-4, max: 0.01, texts: ['1e-4', '0.01', '—', '0.001'] });
  expect([...lr.values].map((value) => placeOf(lr, value))).toEqual([0, 1, Number.NaN, expect.closeTo(0.5, 9)]);
  expect(ticksOf(lr).map(({ text }) => text)).toEqual(['0.0001', '0.001', '0.01']);
});

test('what is a word somewhere is a category everywhere', () => {
  const optimizer = dimensionOf('params.o', [row({ o: 'sgd' }), row({ o: '1' }), row({}), row({ o: 'adam' })], 'best');
  expect(optimizer).toMatchObject({ kind: 'category', categories: ['1', 'adam', 'sgd'], isLog: false });
  expect([...optimizer.values]).toEqual([2, 0, Number.NaN, 1]);
  expect(ticksOf(optimizer)).toEqual([
    { at: 0, text: '1' },
    { at: 0.5, text: 'adam' },
    { at: 1, text: 'sgd' },
  ]);
});

test.each([
  ['best', 0.2],
  ['min', 0.2],
  ['last', 0.7],
  ['max', 0.7],
] as const)('the %s value stands for the run, and none is none', (stat, want) => {
  const loss = dimensionOf('metrics.loss', [row({}, 0.2, 0.7), row({}), row({}, Number.NaN)], stat);
  expect([...loss.values]).toEqual([want, Number.NaN, Number.NaN]);
});

test('equal values stand in the middle, and nothing has no place', () => {
  const same = dimensionOf('params.a', [row({ a: '3' }), row({ a: '3' })], 'best');
  expect(placeOf(same, 3)).toBe(0.5);
  const nothing = dimensionOf('params.b', [row({})], 'best');
  expect(placeOf(nothing, Number.NaN)).toBeNaN();
  expect(ticksOf(nothing)).toEqual([]);
  expect(dimensionOf('params.constructor', [row({})], 'best').texts).toEqual(['—']);
});

test('how long runs took is told in seconds', () => {
  expect(dimensionOf('duration', [row({})], 'best')).toMatchObject({ min: 60, texts: ['1 min'] });
});
