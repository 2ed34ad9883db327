import { openCurveStore } from '@vitrine/tsdb/curves/open-curve-store.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRunJudge } from './run-judge.ts';

test('a run is judged in another thread, by what the curve store holds of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-judge-'));
  const curves = await openCurveStore({ folder, log: () => {}, onFailure: () => {} });
  const judge = openRunJudge(folder);
  onTestFinished(async () => {
    await judge.close();
    await curves.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const losses = [2.3, 1.2, Number.NaN];
  await curves.append({
    curves: [{ run: 'r1', metric: 'loss' }],
    curveIndex: new Uint32Array(losses.length),
    steps: Float64Array.from(losses.keys()),
    timesMs: Float64Array.from(losses, (_, i) => i * 1000),
    values: Float64Array.from(losses),
  });
  const question = { params: {}, running: true, firstHeardMs: 0, nowMs: 3_000, detectors: {}, roles: {} };
  expect(await judge.judge({ run: 'r1', ...question })).toMatchObject([{ detector: 'nan_inf', fromStep: 1, toStep: 2 }]);
  expect(await judge.judge({ run: 'nobody', ...question })).toEqual([]);
});
