import type { MetricCell, RunRow } from '@vitrine/model/run-api.ts';
import { runGrouping } from '@vitrine/compute/run-filter/run-group.ts';
import type { Run } from '@vitrine/model/run.ts';
import { expect, test } from 'vitest';
import { drawnRuns } from '../drawn-runs.ts';
import { bestOf, groupedLines, groupKey, groupRows, readGrouping, sortGroups, spreadOf } from './group-rows.ts';

const RUN: Run = {
  id: '',
  name: '',
  projectId: 1,
  project: 'digits',
  group: '',
  tags: {},
  params: {},
  status: 'finished',
  startedMs: 0,
  endedMs: 1_000,
  heartbeatMs: 1_000,
  source: 'api',
  notes: '',
  parentId: undefined,
  user: '',
  hosts: [],
  labels: {},
  deletedMs: undefined,
  revision: 1,
};

/** A run of a learning rate ("" is none) whose loss ended at `loss`. */
function row(id: string, lr: string, loss: number | undefined): RunRow {
  const point = loss === undefined ? undefined : { step: 1, timeMs: 1, value: loss };
  const cell: MetricCell | undefined = point && { points: 1, last: point, min: point, max: point, best: point };
  return {
    run: { ...RUN, id, params: lr === '' ? {} : { lr } },
    metrics: cell === undefined ? {} : { loss: cell },
    findings: [],
  };
}

const ROWS = [row('a', '0.1', 4), row('b', '', 1), row('c', '0.01', 2), row('d', '0.1', 6), row('e', '1', undefined)];
const GROUPS = groupRows(ROWS, runGrouping('params.lr'));

const told = (groups: typeof GROUPS) => groups.map(({ value, rows }) => `${value}: ${rows.map(({ run }) => run.id).join('')}`);

test('groups stand in the order of the table, runs without a value last', () => {
  expect(told(GROUPS)).toEqual(['0.1: ad', '0.01: c', '1: e', ': b']);
});

test('groups are sorted by their mean, those without a number last either way', () => {
  expect(told(sortGroups(GROUPS, 'loss', 'last', false))).toEqual([': b', '0.01: c', '0.1: ad', '1: e']);
  expect(told(sortGroups(GROUPS, 'loss', 'last', true))).toEqual(['0.1: ad', '0.01: c', ': b', '1: e']);
});

test('only unfolded groups show their runs', () => {
  const lines = groupedLines(GROUPS, [groupKey('0.1')]).map((line) =>
    line.kind === 'run' ? line.row.run.id : `[${line.group.title}]`,
  );
  expect(lines).toEqual(['[lr=0.1]', 'a', 'd', '[lr=0.01]', '[lr=1]', '[no lr]']);
});

test.each([
  ['mean and sample deviation', [2, 4, 4, 6], { count: 4, mean: 4, deviation: Math.sqrt(8 / 3) }],
  [
    'what is not there, or not finite, does not count',
    [undefined, 3, Number.NaN, Infinity, 5],
    { count: 2, mean: 4, deviation: Math.SQRT2 },
  ],
  ['one has no deviation', [7], { count: 1, mean: 7, deviation: Number.NaN }],
  ['exact where the mean is large', [1e9 + 1, 1e9 + 3], { count: 2, mean: 1e9 + 2, deviation: Math.SQRT2 }],
  ['none', [undefined, Number.NaN], undefined],
])('%s', (_, numbers, want) => {
  const got = spreadOf(numbers);
  expect(got?.count).toBe(want?.count);
  expect(got?.mean).toBe(want?.mean);
  if (want?.deviation !== undefined && want.count > 1) expect(got?.deviation).toBeCloseTo(want.deviation, 9);
  else expect(got?.deviation).toEqual(want?.deviation);
});

test('the best is the least loss, of at least two runs, and none where nobody knows what is better', () => {
  expect(bestOf(ROWS, 'loss')).toBe(1);
  expect(bestOf(ROWS.slice(0, 1), 'loss')).toBeUndefined();
  expect(bestOf(ROWS, 'lr')).toBeUndefined();
});

test.each(['', 'colour', 'a b'])('"%s" groups nothing', (by) => {
  expect(readGrouping(by)).toBeUndefined();
});

test.each<[string, Parameters<typeof drawnRuns>[0], string, string]>([
  ['the first of the table', { run: [], hide: [], by: '', lines: 2 }, 'ab', 'first'],
  ['without those that are hidden', { run: [], hide: ['a', 'c'], by: '', lines: 2 }, 'bd', 'first'],
  ['the selected ones, in the order of the table', { run: ['d', 'a'], hide: [], by: '', lines: 20 }, 'ad', 'selected'],
  ['selected ones that the filter leaves out come last', { run: ['x', 'd'], hide: [], by: '', lines: 20 }, 'dx', 'selected'],
  ['all runs of the first groups', { run: [], hide: [], by: 'params.lr', lines: 2 }, 'adc', 'first'],
  ['all runs where what they are grouped by is nothing', { run: [], hide: [], by: 'colour', lines: 3 }, 'abc', 'first'],
])('charts draw %s', (_, view, want, from) => {
  const drawn = drawnRuns(view, ROWS);
  expect(drawn.ids.join('')).toBe(want);
  expect(drawn.from).toBe(from);
});
