import type { QueryAnswer } from '@vitrine/plugins/contract.ts';
import { expect, test } from 'vitest';
import { createAnswers } from './answers.ts';

const NOW = 1_000_000_000;
const NEVER = new AbortController().signal;

function answerOf(rows: number): QueryAnswer {
  const values = new Float64Array(rows);
  return {
    frames: [
      {
        name: '',
        refId: 'A',
        shape: 'series',
        length: rows,
        fields: [{ name: 'v', type: 'number', values, labels: {}, config: {} }],
      },
    ],
    notices: [],
    trace: { refId: 'A', source: 's', executed: '', stepMs: 0, elapsedMs: 0, seriesRead: 0, samplesRead: 0 },
  };
}

function asked(rows = 1) {
  const clock = { nowMs: NOW };
  const answers = createAnswers(() => clock.nowMs);
  const log: string[] = [];
  const ask = (key: string, toMs: number, ofOwnStore = false): Promise<QueryAnswer> =>
    answers({ key, toMs, ofOwnStore }, NEVER, () => {
      log.push(key);
      return key === 'bad' ? Promise.reject(new Error('down')) : Promise.resolve(answerOf(rows));
    });
  return { clock, log, ask };
}

test.each([
  ['a range that is over', NOW - 3_600_000, 29_999, 30_000],
  ['a range that ends now', NOW, 1_999, 2_000],
])('%s is asked again when its answer is too old', async (_what, toMs, stillMs, overMs) => {
  const { clock, log, ask } = asked();
  await ask('a', toMs);
  clock.nowMs = NOW + stillMs;
  await ask('a', toMs);
  expect(log).toEqual(['a']);
  clock.nowMs = NOW + overMs;
  await ask('a', toMs);
  expect(log).toEqual(['a', 'a']);
});

test('another source, query or range is another question', async () => {
  const { log, ask } = asked();
  await Promise.all(['a', 'b', 'a'].map((key) => ask(key, 0)));
  expect(log).toEqual(['a', 'b']);
});

test('Vitrine’s own store is asked every time', async () => {
  const { log, ask } = asked();
  await ask('a', 0, true);
  await ask('a', 0, true);
  expect(log).toEqual(['a', 'a']);
});

test('a failure is not kept', async () => {
  const { log, ask } = asked();
  await expect(ask('bad', 0)).rejects.toThrow('down');
  await expect(ask('bad', 0)).rejects.toThrow('down');
  expect(log).toEqual(['bad', 'bad']);
});

test('a very large answer is not kept, and of many the oldest go', async () => {
  const large = asked(3_000_000);
  await large.ask('a', 0);
  await large.ask('a', 0);
  expect(large.log).toEqual(['a', 'a']);
  const many = asked(1_000_000);
  for (let i = 0; i < 20; i++) await many.ask(String(i), 0);
  await many.ask('19', 0);
  expect(many.log).toHaveLength(20);
  await many.ask('0', 0);
  expect(many.log).toHaveLength(21);
});
