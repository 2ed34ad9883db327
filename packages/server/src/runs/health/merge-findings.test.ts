import type { Verdict } from '@vitrine/compute/detect/verdict.ts';
import type { Finding } from '@vitrine/model/run.ts';
import { expect, test } from 'vitest';
import { isNews, mergeFindings } from './merge-findings.ts';

const VERDICT: Verdict = {
  detector: 'overfit',
  subject: 'val/loss',
  severity: 'warning',
  sentence: '5 % worse',
  advice: '',
  fromStep: 1,
  toStep: 2,
  fromMs: 1,
  toMs: 2,
  metrics: [],
  numbers: {},
  active: true,
};
const FOUND: Finding = { ...VERDICT, id: 'overfit:val/loss', runId: 'r', foundMs: 10, state: 'acknowledged', stateBy: 'ada' };

test.each([
  ['what is new is open, and found now', [], [VERDICT], [{ foundMs: 99, state: 'open', active: true }], true],
  [
    'what goes on keeps who saw it and when',
    [FOUND],
    [{ ...VERDICT, sentence: '6 % worse' }],
    [{ foundMs: 10, state: 'acknowledged' }],
    false,
  ],
  ['what got worse is news', [FOUND], [{ ...VERDICT, severity: 'critical' as const }], [{ severity: 'critical' }], true],
  ['what is no longer said is over, and stays', [FOUND], [], [{ active: false, sentence: '5 % worse' }], true],
  ['what was over stays over', [{ ...FOUND, active: false }], [], [{ active: false }], false],
  ['what comes back is the same finding', [{ ...FOUND, active: false }], [VERDICT], [{ active: true, foundMs: 10 }], true],
])('%s', (_, before, verdicts, want, news) => {
  const after = mergeFindings(before, verdicts, 'r', 99);
  expect(after).toMatchObject(want);
  expect(after).toHaveLength(want.length);
  expect(isNews(before, after)).toBe(news);
});

test('a run keeps so many findings: those that hold, and the newest of those that are over', () => {
  const before = Array.from({ length: 300 }, (_, i): Finding => ({ ...FOUND, id: `overfit:${i}`, foundMs: i, active: false }));
  const after = mergeFindings(before, [VERDICT], 'r', 99);
  expect(after).toHaveLength(200);
  expect(after.slice(0, 2)).toMatchObject([{ id: 'overfit:val/loss' }, { foundMs: 299 }]);
});
