import type { Finding } from '@vitrine/model/run.ts';
import { expect, test } from 'vitest';
import { inOrder, inWords, stepsText, zoomAround } from './finding-order.ts';

const finding = (id: string, some: Partial<Finding>): Finding => ({
  id,
  runId: 'a',
  detector: 'diverge',
  subject: '',
  severity: 'warning',
  sentence: '',
  advice: '',
  fromStep: 0,
  toStep: 0,
  fromMs: 0,
  toMs: 0,
  metrics: [],
  numbers: {},
  active: true,
  foundMs: 0,
  state: 'open',
  stateBy: '',
  ...some,
});

test('what holds and is new comes first, the worst of it first, muted last', () => {
  const found = inOrder([
    finding('muted', { severity: 'critical', state: 'muted' }),
    finding('over', { severity: 'critical', active: false }),
    finding('seen', { severity: 'critical', state: 'acknowledged' }),
    finding('later', { fromMs: 9 }),
    finding('sooner', { fromMs: 3 }),
    finding('worst', { severity: 'critical', fromMs: 99 }),
  ]);
  expect(found.map(({ id }) => id)).toEqual(['worst', 'sooner', 'later', 'seen', 'over', 'muted']);
});

test.each([
  [1_200, 1_200, 'step 1,200'],
  [1_200, 13_000, 'steps 1,200 to 13,000'],
  [Number.NaN, Number.NaN, ''],
])('%d to %d is "%s"', (fromStep, toStep, want) => {
  expect(stepsText({ fromStep, toStep })).toBe(want);
});

test.each([
  ['a stretch in the middle', 400, 500, { from: 300, to: 600 }],
  ['one step', 400, 400, { from: 350, to: 450 }],
  ['one at the end', 980, 1_000, { from: 930, to: 1_000 }],
  ['the whole run', 0, 1_000, { from: undefined, to: undefined }],
  ['no steps', Number.NaN, Number.NaN, { from: undefined, to: undefined }],
])('zooms around %s', (_, fromStep, toStep, want) => {
  expect(zoomAround({ fromStep, toStep }, 0, 1_000)).toEqual(want);
});

test.each([
  ['lastFiniteStep', 'last finite step'],
  ['best_step', 'best step'],
  ['p95', 'p95'],
])('%s reads as %s', (name, want) => {
  expect(inWords(name)).toBe(want);
});
