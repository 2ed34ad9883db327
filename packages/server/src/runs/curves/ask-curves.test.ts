import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { expect, onTestFinished, test } from 'vitest';
import { openCurveQuestions } from './ask-curves.ts';
import type { CurveQuestion } from './curve-question.ts';

const QUESTION: CurveQuestion = {
  refId: 'A',
  runs: [{ id: 'r1', name: 'r1', startedMs: 0, group: undefined }],
  metrics: ['loss'],
  x: { kind: 'step' },
  logX: false,
  from: -Infinity,
  to: Infinity,
  widthPx: 100,
  smoothing: { kind: 'ema', weight: 0.6 },
  band: undefined,
};

test('a thread of its own reads what the store has just acknowledged, and drops what nobody waits for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-curves-'));
  const store = await openCurveStore({ folder });
  const questions = openCurveQuestions({ folder });
  onTestFinished(async () => {
    await questions.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const { signal } = new AbortController();
  // Asked before there is anything to read.
  expect((await questions.ask(QUESTION, signal)).frames).toEqual([]);
  for (const step of [1, 2]) {
    await store.append({
      curves: [{ run: 'r1', metric: 'loss' }],
      curveIndex: Uint32Array.of(0),
      steps: Float64Array.of(step),
      timesMs: Float64Array.of(step),
      values: Float64Array.of(step),
    });
    const { frames } = await questions.ask(QUESTION, signal);
    expect(frames.map(({ length }) => length)).toEqual([step, step]);
  }
  const leaving = new AbortController();
  const answers = Array.from({ length: 20 }, () => questions.ask(QUESTION, leaving.signal).catch((error: unknown) => error));
  leaving.abort(new Error('gone'));
  expect(await Promise.all(answers)).toEqual(answers.map(() => new Error('gone')));
  expect((await questions.ask(QUESTION, signal)).lines).toBe(1);
});
