import { parseRunField } from '@vitrine/compute/run-filter/parse-run-filter.ts';
import type { Finding } from '@vitrine/model/run.ts';
import { expect, test } from 'vitest';
import { USUAL_RUNS_VIEW } from '../runs-view.ts';
import { questionOf } from '../use-question.ts';
import { columnsOf, metricsOfColumns, moveColumn, ownColumns, readColumn, RUN_FACTS, withWidth } from './columns.ts';

const ANSWER = {
  metrics: ['val/loss', 'lr'],
  params: [
    { name: 'lr', differs: true },
    { name: 'epochs', differs: false },
  ],
  rows: [],
  tags: ['mlflow.user'],
};

test('columns of their own are those that tell most: what differs, and no tags that only MLflow reads', () => {
  expect(ownColumns(ANSWER, false)).toEqual([
    'status',
    'curve val/loss',
    'best val/loss',
    'curve lr',
    'param lr',
    'created',
    'duration',
  ]);
  expect(ownColumns(ANSWER, true)).toContain('param epochs');
});

const FINDING: Finding = {
  id: 'gap:',
  runId: 'r',
  detector: 'gap',
  subject: '',
  severity: 'info',
  sentence: '',
  advice: '',
  fromStep: 0,
  toStep: 1,
  fromMs: 0,
  toMs: 1,
  metrics: [],
  numbers: {},
  active: true,
  foundMs: 0,
  state: 'open',
  stateBy: '',
};

test('health has a column behind the main metric where something is wrong now', () => {
  const columns = (finding: Finding) => ownColumns({ ...ANSWER, rows: [{ findings: [finding] }] }, false);
  expect(columns(FINDING).slice(0, 5)).toEqual(['status', 'curve val/loss', 'best val/loss', 'health', 'curve lr']);
  expect(columns({ ...FINDING, active: false })).not.toContain('health');
});

test('every column that can be sorted by names a field of the filter language', () => {
  const keys = [
    ...RUN_FACTS,
    'curve val/loss',
    'best a`b',
    'min x y',
    'max "q\\',
    'last loss.min',
    'param batch size',
    'tag a.b',
  ];
  for (const key of keys) {
    const sortBy = readColumn(key)?.sortBy;
    if (sortBy !== undefined) expect(() => parseRunField(sortBy)).not.toThrow();
  }
  expect(parseRunField(readColumn('last loss.min')!.sortBy!)).toEqual({ kind: 'metric', name: 'loss.min', part: 'last' });
  expect(parseRunField(readColumn('best a`b')!.sortBy!)).toEqual({ kind: 'metric', name: 'a`b', part: 'best' });
  expect(parseRunField(readColumn('max "q\\')!.sortBy!)).toEqual({ kind: 'metric', name: '"q\\', part: 'max' });
});

test.each(['', 'colour', 'median loss', 'best '])('"%s" is no column', (key) => {
  expect(readColumn(key)).toBeUndefined();
});

test('the name stands first, then what is pinned; each once, as wide as somebody made it', () => {
  const { pinned, others } = columnsOf(
    { cols: ['status', 'param lr', 'nothing'], pin: ['param lr'], width: ['300 status'] },
    false,
  );
  expect(pinned.map(({ key }) => key)).toEqual(['name', 'param lr']);
  expect(others.map(({ key, width }) => [key, width])).toEqual([['status', 300]]);
});

test('a width takes the place of the one before, within what can be seen', () => {
  expect(withWidth(['300 status', '90 param lr'], 'status', 10_000)).toEqual(['90 param lr', '800 status']);
});

test.each([
  ['c', 'a', 'c a b'],
  ['a', 'c', 'b c a'],
  ['a', 'x', 'a b c'],
])('%s moves to where %s stands', (key, to, want) => {
  expect(moveColumn(['a', 'b', 'c'], key, to).join(' ')).toBe(want);
});

test('the server is asked for the metrics of the columns, each once, and for none in particular while nobody chose columns', () => {
  expect(metricsOfColumns(['status', 'best loss', 'curve loss', 'min acc'])).toEqual(['loss', 'acc']);
  expect(questionOf(USUAL_RUNS_VIEW)).toEqual({ filter: '', sort: [{ by: 'created', descending: true }] });
  expect(questionOf({ ...USUAL_RUNS_VIEW, cols: ['status'], sort: ['best loss', '-nothing'], bin: true })).toEqual({
    filter: '',
    sort: [{ by: 'metrics.loss.best', descending: false }],
    metrics: ['loss'],
    deleted: true,
  });
});
