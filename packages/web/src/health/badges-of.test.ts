import type { Finding } from '@vitrine/model/run.ts';
import { expect, test } from 'vitest';
import { badgesOf } from './badges-of.ts';

const FINDING: Finding = {
  id: 'overfit:loss',
  runId: 'r',
  detector: 'overfit',
  subject: 'loss',
  severity: 'warning',
  sentence: 'It overfits.',
  advice: '',
  fromStep: 0,
  toStep: 1,
  fromMs: 0,
  toMs: 1,
  metrics: ['loss'],
  numbers: {},
  active: true,
  foundMs: 0,
  state: 'open',
  stateBy: '',
};

const of = (change: Partial<Finding>): Finding => ({ ...FINDING, ...change });

test.each([
  ['nothing', [], []],
  [
    'the worst first',
    [of({ severity: 'info', detector: 'gap' }), of({ severity: 'critical', detector: 'nan_inf' })],
    ['nan_inf', 'gap'],
  ],
  ['none for what is muted', [of({ state: 'muted' })], []],
  ['none for what is over', [of({ severity: 'critical', detector: 'nan_inf', active: false }), of({})], ['overfit']],
  [
    'what somebody has seen after what is new',
    [of({ severity: 'critical', detector: 'nan_inf', state: 'acknowledged' }), of({})],
    ['overfit', 'nan_inf'],
  ],
])('%s', (_, findings, want) => {
  expect(badgesOf(findings).map(({ detector }) => detector)).toEqual(want);
});

test('one badge a detector has the severity of the worst that holds, and tells of three', () => {
  const many = ['a', 'b', 'c', 'd', 'e'].map((subject) => of({ id: subject, subject, sentence: subject }));
  const [badge, ...others] = badgesOf([...many, of({ severity: 'critical', active: false, sentence: 'old' })]);
  expect(others).toEqual([]);
  expect(badge).toMatchObject({ severity: 'warning', sentences: ['a', 'b', 'c', 'And 2 more.'] });
});
