import { mkdirSync, mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@vitrine/model/run.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DocumentStore } from '../documents/document-store.ts';
import { MemoryCurves } from '../testing/memory-curves.ts';
import { openTestDocuments } from '../testing/open-test-documents.ts';
import { type OpenRuns, openRuns } from './open-runs.ts';
import type { RunEvents } from './runs.ts';

const log = { error: () => {} };

interface Opened {
  readonly runs: OpenRuns;
  readonly curves: MemoryCurves;
  readonly documents: DocumentStore;
  readonly folder: string;
  /** Closes and opens again, from disk. */
  again(): Promise<OpenRuns>;
}

async function opened(nowMs?: () => number): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-runs-'));
  const documents = await openTestDocuments(folder);
  const curves = new MemoryCurves();
  const needs = { documents: documents.runs, curves, folder, log, ...(nowMs === undefined ? {} : { nowMs }) };
  let runs = await openRuns(needs);
  onTestFinished(async () => {
    await runs.close();
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    runs,
    curves,
    documents,
    folder,
    async again() {
      await runs.close();
      runs = await openRuns(needs);
      return runs;
    },
  };
}

const finding = (changes: Partial<Finding>): Finding => ({
  id: 'overfit:val/loss',
  runId: 'r',
  detector: 'overfit',
  subject: 'val/loss',
  severity: 'warning',
  sentence: 'val/loss rose.',
  advice: 'Stop earlier.',
  fromStep: Number.NaN,
  toStep: 7,
  fromMs: 1,
  toMs: 2,
  metrics: ['val/loss'],
  numbers: { best: 0.5, last: Infinity },
  active: true,
  foundMs: 5,
  state: 'open',
  stateBy: '',
  ...changes,
});

describe('runs', () => {
  test('what was made is there again after a restart, as it was', async () => {
    const { runs, again } = await opened();
    const made = await runs.create({
      id: 'r.1',
      name: 'first',
      project: 'mnist',
      source: 'mlflow',
      group: 'seeds',
      tags: { a: '1', __proto__x: '2', 'ключ 🦊': 'значение' },
      params: { lr: '0.1' },
      user: 'kim',
      hosts: ['gpu-07', 'gpu-07'],
      labels: { team: 'vision' },
      startedMs: 1_000.4,
      parentId: 'r.0',
    });
    expect(made).toMatchObject({
      id: 'r.1',
      project: 'mnist',
      hosts: ['gpu-07'],
      startedMs: 1_000,
      status: 'running',
      revision: 1,
    });
    const later = await again();
    expect(await later.find('r.1')).toEqual(made);
    expect((await later.projects()).map(({ id, name }) => [id, name])).toEqual([
      [0, 'Default'],
      [made.projectId, 'mnist'],
    ]);
  });

  test('one without id and name gets both', async () => {
    const { runs } = await opened();
    const { id, name } = await runs.create({ project: 'Default', source: 'api', name: '' });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });

  test('a second of the same id is refused, and ensure() makes but one', async () => {
    const { runs } = await opened();
    const [a, b] = await Promise.all([
      runs.ensure({ id: 'r', project: 'p', source: 'file' }),
      runs.ensure({ id: 'r', project: 'p', source: 'file', name: 'other' }),
    ]);
    expect(b).toBe(a);
    expect((await runs.projects()).filter(({ name }) => name === 'p')).toHaveLength(1);
    await expect(runs.create({ id: 'r', project: 'p', source: 'file' })).rejects.toMatchObject({ code: 'run_exists' });
  });

  test.each(['', '.', '..', '.hidden', 'a/b', 'ä', 'x'.repeat(257)])('"%s" is no id', async (id) => {
    const { runs } = await opened();
    await expect(runs.create({ id, project: 'p', source: 'api' })).rejects.toThrow(/^run: /);
    expect(await runs.all()).toEqual([]);
  });

  test('edits at once are all kept, and one that says nothing new changes nothing', async () => {
    const { runs, again } = await opened();
    await runs.create({ id: 'r', project: 'p', source: 'mlflow', tags: { gone: '1' } });
    await Promise.all([
      ...Array.from({ length: 50 }, (_, i) => runs.edit('r', { tags: { [`t${i}`]: String(i) } })),
      runs.edit('r', { params: { lr: '1' }, hosts: ['a'] }),
      runs.edit('r', { tags: { gone: null, none: null } }),
      runs.edit('r', { name: 'x' }),
    ]);
    const before = await runs.find('r');
    expect(await runs.edit('r', { tags: { t1: '1' }, params: { lr: '1' }, hosts: ['a'], name: 'x' })).toBe(before);
    const run = await (await again()).find('r');
    expect(run).toEqual(before);
    expect(Object.keys(run!.tags)).toHaveLength(50);
    expect(run).toMatchObject({ name: 'x', params: { lr: '1' }, hosts: ['a'] });
  });

  test.each([
    ['finished says when', { status: 'finished', endedMs: 7 }, { status: 'finished', endedMs: 7 }],
    ['finished without saying when ends now', { status: 'finished' }, { status: 'finished', endedMs: 100 }],
    ['running again has no end', { status: 'running' }, { status: 'running', endedMs: undefined }],
    ['an end taken away runs again', { endedMs: null }, { status: 'running', endedMs: undefined }],
  ] as const)('%s', async (_name, edit, want) => {
    const { runs } = await opened(() => 100);
    await runs.create({ id: 'r', project: 'p', source: 'mlflow' });
    if (want.status === 'running') await runs.edit('r', { status: 'failed' });
    expect(await runs.edit('r', edit)).toMatchObject(want);
  });

  test('PromQL hears of a new name, group and project', async () => {
    const { runs, curves } = await opened();
    await runs.create({ id: 'r', name: 'a', project: 'p', source: 'mlflow', labels: { team: 'x' } });
    expect(curves.labels.get('r')).toEqual({ run: 'r', run_name: 'a', project: 'p', group: '', team: 'x' });
    await runs.edit('r', { name: 'b', group: 'g' });
    const project = await runs.project('p');
    await runs.editProject(project!.id, { name: 'q' });
    expect(curves.labels.get('r')).toEqual({ run: 'r', run_name: 'b', project: 'q', group: 'g', team: 'x' });
    expect(await runs.find('r')).toMatchObject({ project: 'q' });
    await expect(runs.editProject(project!.id, { name: 'Default' })).rejects.toMatchObject({ code: 'project_exists' });
  });

  test('the bin, and what is gone for good', async () => {
    const { runs, curves, again } = await opened();
    await runs.create({ id: 'r', project: 'p', source: 'mlflow', startedMs: 1 });
    await runs.create({ id: 's', project: 'p', source: 'mlflow', startedMs: 2 });
    expect((await runs.all()).map(({ id }) => id)).toEqual(['s', 'r']);
    expect(await runs.setDeleted(['r', 'nobody'], true)).toBe(1);
    expect((await runs.all()).map(({ id }) => id)).toEqual(['s']);
    expect((await runs.deleted()).map(({ id }) => id)).toEqual(['r']);
    expect(await runs.setDeleted(['r'], false)).toBe(1);

    const artefacts = runs.artifactFolder('r');
    mkdirSync(artefacts, { recursive: true });
    writeFileSync(join(artefacts, 'model.bin'), 'x');
    await runs.setFindings('r', [finding({})]);
    expect(await runs.erase(['r', 'r', 'nobody'])).toBe(1);
    expect(existsSync(artefacts)).toBe(false);
    expect(curves.labels.has('r')).toBe(false);
    expect(await runs.findings(['r'])).toEqual([]);
    await runs.ensure({ id: 'r', project: 'p', source: 'file' });
    expect((await (await again()).all()).map(({ id }) => id).toSorted()).toEqual(['r', 's']);
  });

  test('a project comes out of the bin when a run is made in it', async () => {
    const { runs, again } = await opened();
    const { projectId } = await runs.create({ id: 'r', project: 'p', source: 'api' });
    await runs.setDeleted(['r'], true);
    await runs.editProject(projectId, { deletedMs: 7 });
    await Promise.all(['s', 't'].map((id) => runs.ensure({ id, project: 'p', source: 'file' })));
    for (const opens of [runs, await again()]) {
      expect(await opens.project('p')).toMatchObject({ id: projectId, deletedMs: undefined });
      expect((await opens.deleted()).map(({ id }) => id)).toEqual(['r']);
    }
  });

  test('nothing is kept of a run that was erased meanwhile', async () => {
    const { runs, curves } = await opened();
    for (const id of ['r', 's']) await runs.create({ id, project: 'p', source: 'api' });
    const columns = { steps: Float64Array.of(0), timesMs: Float64Array.of(0), values: Float64Array.of(1) };
    const point = (run: string) => ({ curves: [{ run, metric: 'loss' }], curveIndex: Uint32Array.of(0), ...columns });
    const text = { tag: 't', kind: 'text', step: 0, timeMs: 0, index: 0, mediaType: '', data: new Uint8Array() } as const;
    expect(await runs.append(point('r'))).toEqual({ points: 1, items: 0 });
    await runs.erase(['r']);
    for (const batch of [point('r'), { ...point('s'), items: [{ run: 'r', ...text }] }])
      await expect(runs.append(batch)).rejects.toMatchObject({ code: 'no_such_run' });
    expect(await curves.summaries({})).toEqual([]);
    expect(await curves.items({ run: 'r' })).toEqual([]);
    expect(await runs.append(point('s'))).toEqual({ points: 1, items: 0 });
  });

  test('folders of artefacts lie beneath the own one, each run its own', async () => {
    const { runs, folder } = await opened();
    const ids = ['r', 'R', 'a.b', 'A'.repeat(256), 'a'.repeat(256), 'a'.repeat(255)];
    const folders = ids.map((id) => runs.artifactFolder(id));
    expect(new Set(folders.map((it) => it.toLowerCase())).size).toBe(ids.length);
    for (const it of folders) expect(it.startsWith(join(folder, 'artifacts/'))).toBe(true);
  });

  test('findings keep who acknowledged them, and numbers that JSON does not know', async () => {
    const { runs, again } = await opened();
    await runs.create({ id: 'r', project: 'p', source: 'mlflow' });
    await runs.setFindings('r', [finding({})]);
    await runs.setFindingState('r', 'overfit:val/loss', 'acknowledged', 'kim');
    await runs.setFindings('r', [
      finding({ sentence: 'It rose again.', foundMs: 9 }),
      finding({ id: 'plateau:', detector: 'plateau' }),
    ]);
    const want = [
      finding({ sentence: 'It rose again.', state: 'acknowledged', stateBy: 'kim' }),
      finding({ id: 'plateau:', detector: 'plateau' }),
    ];
    expect(await runs.findings(['r'])).toEqual(want);
    expect(await (await again()).findings(['r'])).toEqual(want);
    await expect(runs.setFindingState('r', 'x', 'muted', 'kim')).rejects.toMatchObject({ code: 'no_such_finding' });
    await runs.setFindings('nobody', [finding({})]);
  });

  test('what happens at once is told at once', async () => {
    const { runs } = await opened();
    const told = Promise.withResolvers<RunEvents>();
    runs.onEvents(told.resolve);
    await Promise.all([
      runs.create({ id: 'a', project: 'p', source: 'api' }),
      runs.create({ id: 'b', project: 'p', source: 'api' }),
    ]);
    expect((await told.promise).changed.toSorted()).toEqual(['a', 'b']);
  });

  test('a heartbeat is seen at once, and kept', async () => {
    const { runs, again } = await opened(() => 100);
    await runs.create({ id: 'r', project: 'p', source: 'api' });
    runs.touch('r', 5_000);
    runs.touch('r', 4_000);
    runs.touch('nobody', 1);
    expect(await runs.all()).toMatchObject([{ heartbeatMs: 5_000, revision: 1 }]);
    expect(await (await again()).find('r')).toMatchObject({ heartbeatMs: 5_000, firstHeardMs: 100 });
  });

  test('what could not be written is not there either', async () => {
    const { runs, documents } = await opened();
    await runs.create({ id: 'r', project: 'p', source: 'api', name: 'before' });
    const { save } = documents.runs;
    const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
    documents.runs.save = () => Promise.reject(full);
    const edits = [
      runs.edit('r', { notes: 'a' }),
      runs.edit('r', { tags: { b: 'c' } }),
      runs.create({ project: 'p', source: 'api' }),
    ];
    expect((await Promise.allSettled(edits)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await runs.all()).toMatchObject([{ id: 'r', notes: '', tags: {}, revision: 1 }]);
    documents.runs.save = save;
    expect(await runs.edit('r', { notes: 'a' })).toMatchObject({ notes: 'a', revision: 2 });
  });

  test.each([
    ['tags', { tags: { '': 'x' } }],
    ['tags', { tags: { a: 'x'.repeat(20_001) } }],
    ['tags', { tags: Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`t${i}`, ''])) }],
    ['params', { params: { ['x'.repeat(1_001)]: '' } }],
    ['name', { name: ' ' }],
    ['group', { group: 'x'.repeat(1_001) }],
    ['notes', { notes: 'x'.repeat(100_001) }],
    ['parentId', { parentId: '../x' }],
    ['hosts', { hosts: [''] }],
  ])('%s beyond the limits are refused with a sentence', async (field, edit) => {
    const { runs } = await opened();
    const before = await runs.create({ id: 'r', project: 'p', source: 'api' });
    await expect(runs.edit('r', edit)).rejects.toThrow(field === 'parentId' ? /^run: / : new RegExp(`^${field}: `));
    expect(await runs.find('r')).toBe(before);
  });
});
