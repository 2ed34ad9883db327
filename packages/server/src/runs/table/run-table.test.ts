import type { CurveStore } from '@vitrine/model/curve-store.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@vitrine/model/run.ts';
import type { FilterValuesRequest, RunTableAnswer, RunTableRequest } from '@vitrine/model/run-api.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryCurves } from '../../testing/memory-curves.ts';
import { openTestDocuments } from '../../testing/open-test-documents.ts';
import { type OpenRuns, openRuns } from '../open-runs.ts';
import { filterNames } from './filter-names.ts';
import { filterValues } from './filter-values.ts';
import { runTable } from './run-table.ts';
import { openSparklines } from './sparklines.ts';

let runs: OpenRuns;
let curves: MemoryCurves;

/** Of each run: its parameters, and its curves from step 0 on. */
const MADE: Readonly<
  Record<string, { params: Record<string, string>; curves: Record<string, readonly number[]>; project?: string }>
> = {
  a: { params: { lr: '0.1', optimizer: 'adam', layers: '2' }, curves: { loss: [3, 1, 2], acc: [0.1, 0.9], lr: [1] } },
  b: { params: { lr: '0.01', optimizer: 'adam', layers: '2' }, curves: { loss: [3, 0.5], acc: [0.5] } },
  c: { params: { lr: '1e-3', optimizer: 'adam', layers: '10' }, curves: { loss: [Number.NaN] } },
  d: { params: { optimizer: 'adam', layers: '9', lr: 'auto' }, curves: {} },
  e: { params: {}, curves: { loss: [9] }, project: 'other' },
};

const warning: Finding = {
  id: 'overfit:',
  runId: 'b',
  detector: 'overfit',
  subject: '',
  severity: 'warning',
  sentence: 'It overfits.',
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
};

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-table-'));
  const documents = await openTestDocuments(folder);
  curves = new MemoryCurves();
  runs = await openRuns({ documents: documents.runs, curves, folder, log: { error: () => {} } });
  for (const [at, [id, { params, project = 'p', curves: its }]] of Object.entries(MADE).entries()) {
    await runs.create({ id, name: `run ${id}`, project, source: 'api', params, group: at < 2 ? 'g' : '', startedMs: 1_000 * at });
    for (const [metric, values] of Object.entries(its)) {
      await curves.append({
        curves: [{ run: id, metric }],
        curveIndex: new Uint32Array(values.length),
        steps: Float64Array.from(values, (_, step) => step),
        timesMs: Float64Array.from(values, (_, step) => 1_000 * step),
        values: Float64Array.from(values),
      });
    }
  }
  await runs.setFindings('b', [warning]);
  await runs.setFindings('c', [{ ...warning, id: 'nan_inf:', detector: 'nan_inf', severity: 'critical' }]);
  afterAll(async () => {
    await runs.close();
    await documents.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

const ask = (request: Partial<RunTableRequest>): Promise<RunTableAnswer> =>
  runTable({ filter: '', offset: 0, limit: 100, ...request }, runs, 10_000);
const idsOf = ({ rows }: RunTableAnswer): string => rows.map(({ run }) => run.id).join('');

describe('the order', () => {
  test.each([
    ['of what nobody sorted is the newest first', [], 'edcba'],
    ['by a metric’s best leaves those without one last', [{ by: 'metrics.loss.best', descending: false }], 'baedc'],
    ['and also the other way round', [{ by: 'metrics.loss.best', descending: true }], 'eabdc'],
    ['puts NaN behind numbers', [{ by: 'metrics.loss', descending: true }], 'eabcd'],
    ['takes parameters as numbers where they are', [{ by: 'params.layers', descending: false }], 'badce'],
    ['puts text behind numbers', [{ by: 'params.lr', descending: false }], 'cbade'],
    [
      'goes on with the next field',
      [
        { by: 'params.optimizer', descending: false },
        { by: 'started', descending: false },
      ],
      'abcde',
    ],
    [
      'by health is by severity',
      [
        { by: 'health', descending: true },
        { by: 'name', descending: false },
      ],
      'cbade',
    ],
    ['by duration', [{ by: 'duration', descending: false }], 'edcba'],
  ])('%s', async (_name, sort, want) => {
    expect(idsOf(await ask({ sort }))).toBe(want);
  });
});

describe('the filter', () => {
  test.each([
    ['metrics.loss.best <= 1', 'ba'],
    ['metrics.loss = nan', 'c'],
    ['metrics.loss IS NULL', 'd'],
    ['params.lr < 0.1', 'cb'],
    ['health != ok', 'cb'],
    ['health = nan_inf', 'c'],
    ['project = other', 'e'],
    ['adam and not group = g', 'dc'],
    ['run', 'edcba'],
  ])('%s', async (filter, want) => {
    const answer = await ask({ filter });
    expect(idsOf(answer)).toBe(want);
    expect(answer.total).toBe(want.length);
  });

  test('that cannot be read is refused', async () => {
    await expect(ask({ filter: 'loss < 1' })).rejects.toThrow(/^filter: "loss" is nothing that runs have/);
  });
});

test('of runs by their ids, as far as they are there', async () => {
  expect(idsOf(await ask({ runs: ['a', 'c', 'none'] }))).toBe('ca');
  expect(idsOf(await ask({ runs: ['a', 'e'], projects: ['p'] }))).toBe('a');
});

test('a stretch of rows, and all that is told beside it', async () => {
  const answer = await ask({ projects: ['p'], offset: 1, limit: 2, sort: [{ by: 'name', descending: false }], groupBy: 'group' });
  expect(idsOf(answer)).toBe('bc');
  expect(answer).toMatchObject({
    total: 4,
    groups: [
      { value: '', runs: 2 },
      { value: 'g', runs: 2 },
    ],
    metrics: ['loss', 'acc'],
    params: [
      { name: 'layers', differs: true },
      { name: 'lr', differs: true },
      { name: 'optimizer', differs: false },
    ],
    projects: [
      { name: 'other', runs: 1 },
      { name: 'p', runs: 4 },
    ],
  });
  expect(answer.rows[0]).toMatchObject({
    metrics: {
      loss: { points: 2, last: { step: 1, value: 0.5 }, min: { value: 0.5 }, max: { value: 3 }, best: { step: 1, value: 0.5 } },
      acc: { best: { value: 0.5 } },
    },
    findings: [{ detector: 'overfit' }],
  });
  expect(Object.keys(answer.rows[1]!.metrics)).toEqual(['loss']);
});

test('the metrics that were asked for, and no others', async () => {
  const { metrics, rows } = await ask({ metrics: ['lr', 'nothing'] });
  expect(metrics).toEqual(['lr', 'nothing']);
  expect(rows.map(({ metrics: cells }) => Object.keys(cells))).toEqual([[], [], [], [], ['lr']]);
});

test('what lies in the bin, or belongs to a project that does, is shown there alone', async () => {
  const other = await runs.project('other');
  await runs.setDeleted(['d'], true);
  await runs.editProject(other!.id, { deletedMs: 5 });
  expect(idsOf(await ask({}))).toBe('cba');
  expect(idsOf(await ask({ deleted: true }))).toBe('de');
  await runs.setDeleted(['d'], false);
  await runs.editProject(other!.id, { deletedMs: null });
  expect(idsOf(await ask({}))).toBe('edcba');
});

test('names for a filter', async () => {
  expect(await filterNames(runs, '')).toEqual({
    metrics: ['acc', 'loss', 'lr'],
    params: ['layers', 'lr', 'optimizer'],
    tags: [],
  });
  expect(await filterNames(runs, 'L')).toEqual({ metrics: ['loss', 'lr'], params: ['layers', 'lr'], tags: [] });
});

test.each<[of: string, request: Partial<FilterValuesRequest>, want: readonly string[], more: number]>([
  ['numbers by what they are, then words', { field: 'params.lr' }, ['1e-3', '0.01', '0.1', 'auto'], 0],
  ['those with the text in them, whatever the case', { field: 'params.lr', text: 'U' }, ['auto'], 0],
  ['those that most runs have, where there are too many', { field: 'params.layers', limit: 1 }, ['2'], 2],
  ['before them those that begin with the text', { field: 'params.lr', text: '1', limit: 1 }, ['1e-3'], 2],
  ['of some projects', { field: 'name', projects: ['other'] }, ['run e'], 0],
  ['of the bin', { field: 'name', deleted: true }, [], 0],
  ['no empty ones', { field: 'group' }, ['g'], 0],
  ['of what nobody has', { field: 'tags.none' }, [], 0],
  ['of numbers without end', { field: 'metrics.loss' }, [], 0],
])('values for a filter: %s', async (_, request, want, more) => {
  const answer = await filterValues({ field: '', text: '', limit: 10, ...request }, runs);
  expect(answer.values.map(({ value }) => value)).toEqual(want);
  expect(answer.more).toBe(more);
});

test('a value for a filter says how many runs have it', async () => {
  const { values } = await filterValues({ field: 'params.optimizer', text: '', limit: 10 }, runs);
  expect(values).toEqual([{ value: 'adam', runs: 4 }]);
});

test('small curves are read once, and again when they have grown', async () => {
  let reads = 0;
  const sparklines = openSparklines();
  const read: Pick<CurveStore, 'summaries' | 'points'> = {
    summaries: (request) => curves.summaries(request),
    points(curve) {
      reads++;
      return curves.points(curve);
    },
  };
  const request = { runs: ['a', 'b', 'd'], metrics: ['loss', 'acc'], points: 8 };
  const { signal } = new AbortController();
  const first = await sparklines.answer(read, request, signal);
  expect(first.lines.map(({ run, metric, values }) => [run, metric, values])).toEqual([
    ['a', 'loss', [3, 1, 2]],
    ['a', 'acc', [0.1, 0.9]],
    ['b', 'loss', [3, 0.5]],
    ['b', 'acc', [0.5]],
  ]);
  expect(await sparklines.answer(read, request, signal)).toEqual(first);
  expect(reads).toBe(4);
  await curves.append({
    curves: [{ run: 'b', metric: 'acc' }],
    curveIndex: new Uint32Array(1),
    steps: Float64Array.of(1),
    timesMs: Float64Array.of(1_000),
    values: Float64Array.of(0.7),
  });
  expect((await sparklines.answer(read, request, signal)).lines.at(-1)).toMatchObject({ values: [0.5, 0.7] });
  expect(reads).toBe(5);
});
