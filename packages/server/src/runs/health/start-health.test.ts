import type { CurveBatch } from '@vitrine/model/curve-store.ts';
import { Labels } from '@vitrine/model/labels.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../self/log.ts';
import { FakeStore } from '../../testing/fake-store.ts';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { openTestDocuments } from '../../testing/open-test-documents.ts';
import { openRuns } from '../open-runs.ts';
import { healthSettingsOver } from './health-settings.ts';
import { judgeHere } from './run-judge.ts';
import { startHealth } from './start-health.ts';

const START_MS = Date.UTC(2026, 0, 1);

/** A server's health over stores of its own; `clock.ms` is now. */
async function health() {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-health-'));
  const documents = await openTestDocuments(folder);
  const curves = new MemoryCurves();
  const log = openLog('silent', 'json');
  const clock = { ms: START_MS };
  const nowMs = (): number => clock.ms;
  const runs = await openRuns({ documents: documents.runs, curves, folder, log, nowMs });
  const samples = new FakeStore();
  const settings = healthSettingsOver(documents);
  const judge = judgeHere(curves);
  const service = await startHealth({ runs, settings, documents, samples, judge, log, nowMs, gatherMs: 0, saveMs: 0 });
  onTestFinished(async () => {
    await service.stop();
    await runs.close();
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = await runs.create({ id: 'r1', name: 'kestrel', project: 'digits', source: 'api', startedMs: START_MS });
  const log_ = async (metric: string, values: readonly number[], fromStep = 0): Promise<void> => {
    const { length } = values;
    const steps = Float64Array.from({ length }, (_, i) => fromStep + i);
    const batch: CurveBatch = {
      curves: [{ run: 'r1', metric }],
      curveIndex: new Uint32Array(length),
      steps,
      timesMs: steps.map((step) => START_MS + step * 1000),
      values: Float64Array.from(values),
    };
    await curves.append(batch);
    await service.idle();
  };
  /** What the metric was written as, the newest last: "overfit warning 1". */
  const written = (): string[] =>
    samples.appended.flatMap(({ seriesKeys, values }) =>
      seriesKeys.map((key, i) => {
        const labels = Labels.fromKey(key);
        return `${labels.get('detector')} ${labels.get('severity')} ${values[i]}`;
      }),
    );
  return { run, runs, service, settings, documents, samples, clock, log: log_, written };
}

const LEARNING = Array.from({ length: 30 }, (_, i) => 2.3 * 0.9 ** i);

test('a run that learns has no findings; one that turns to NaN has one, with its annotation and its metric, and they end with it', async () => {
  const { runs, documents, clock, log, written, service } = await health();
  await log('train/loss', LEARNING);
  expect(await runs.findings(['r1'])).toEqual([]);
  await log('train/loss', [Number.NaN, Number.NaN], 30);
  const [finding] = await runs.findings(['r1']);
  expect(finding).toMatchObject({ id: 'nan_inf:', severity: 'critical', active: true, state: 'open', fromStep: 29, runId: 'r1' });
  expect(finding?.sentence).toContain('train/loss is NaN at step 30');
  await expect.poll(written).toEqual(['nan_inf critical 1']);
  await service.idle();
  const find = () => documents.annotations.find({ tags: ['finding', 'r1'], limit: 10 });
  expect(await find()).toMatchObject([{ timeMs: START_MS + 30_000, tags: ['finding', 'nan_inf', 'r1', 'critical'] }]);
  // It went back to a checkpoint, and goes on well.
  clock.ms += 60_000;
  await log('train/loss', LEARNING, 20);
  expect(await runs.findings(['r1'])).toMatchObject([{ id: 'nan_inf:', active: false }]);
  await expect.poll(written).toEqual(['nan_inf critical 1', 'nan_inf critical 0']);
  await service.idle();
  expect((await find())[0]?.text).toContain('(over)');
});

test('who mutes a finding ends its metric; its annotation and itself stay', async () => {
  const { runs, log, written, service, documents } = await health();
  await log('train/loss', [...LEARNING, Number.NaN]);
  await expect.poll(written).toEqual(['nan_inf critical 1']);
  await runs.setFindingState('r1', 'nan_inf:', 'muted', 'ada');
  await expect.poll(written).toEqual(['nan_inf critical 1', 'nan_inf critical 0']);
  await log('train/loss', [Number.NaN], 31);
  expect(await runs.findings(['r1'])).toMatchObject([{ state: 'muted', stateBy: 'ada', active: true }]);
  await service.idle();
  expect(await documents.annotations.find({ tags: ['finding'], limit: 10 })).toHaveLength(1);
});

test('a project’s settings change what is found, also of runs that are there', async () => {
  const { run, runs, log, settings, service } = await health();
  await log('train/loss', [...LEARNING, Number.NaN]);
  await settings.save(run.projectId, { detectors: { nan_inf: { muted: true } }, roles: {} });
  await service.judgeAgain(run.projectId);
  await service.idle();
  expect(await runs.findings(['r1'])).toMatchObject([{ id: 'nan_inf:', active: false }]);
});

test('a run that falls silent is stalled though its client still speaks, and no longer once it has ended', async () => {
  const { runs, clock, log, service, run } = await health();
  await log('train/loss', LEARNING);
  await log('val/loss', [1], 30);
  clock.ms = START_MS + 3_600_000;
  runs.touch('r1', clock.ms);
  await service.judgeAgain(run.projectId);
  await service.idle();
  expect(await runs.findings(['r1'])).toMatchObject([{ id: 'stalled:', severity: 'critical', active: true }]);
  await runs.edit('r1', { status: 'failed' });
  await expect.poll(async () => (await runs.findings(['r1'])).map(({ active }) => active)).toEqual([false]);
});

test('an erased run leaves neither metric nor annotations behind', async () => {
  const { runs, log, written, service, documents } = await health();
  await log('train/loss', [...LEARNING, Number.NaN]);
  await expect.poll(written).toEqual(['nan_inf critical 1']);
  await runs.erase(['r1']);
  await expect.poll(written).toEqual(['nan_inf critical 1', 'nan_inf critical 0']);
  await service.idle();
  expect(await documents.annotations.find({ tags: ['finding'], limit: 10 })).toEqual([]);
});
