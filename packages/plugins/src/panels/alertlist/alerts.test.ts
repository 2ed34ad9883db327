import type { Frame } from '@vitrine/model/frame.ts';
import { expect, test } from 'vitest';

import { alertsOfAnswers, alertsOfFrames, alertsQuery, groupAlerts } from './alerts.ts';
import type { Alert } from './alerts.ts';
import { alertlist } from './spec.ts';

const answer = (...entries: readonly (readonly [Record<string, string>, number])[]) => ({
  data: { result: entries.map(([metric, value]) => ({ metric, value: [0, String(value)] })) },
});

test('alerts know since when they are active, and keep their labels', () => {
  const found = alertsOfAnswers(
    answer(
      [{ __name__: 'ALERTS', alertname: 'Slow', alertstate: 'pending', pod: 'a' }, 1],
      [{ alertname: 'Gone', alertstate: 'firing' }, 0],
    ),
    answer([{ __name__: 'ALERTS_FOR_STATE', alertname: 'Slow', pod: 'a' }, 90]),
  );
  expect(found).toEqual([{ name: 'Slow', state: 'pending', sinceMs: 90_000, labels: { pod: 'a' } }]);
});

test.each([[undefined], [null], [{ data: 3 }], [{ data: { result: [null, { metric: null }, { metric: {}, value: 'x' }] } }]])(
  'an answer of another shape holds no alerts: %j',
  (wrong) => expect(alertsOfAnswers(wrong, wrong)).toEqual([]),
);

const series = (...values: readonly number[]): Frame => ({
  refId: 'A',
  shape: 'series',
  length: values.length,
  fields: [
    { name: 'Time', type: 'time', values: Float64Array.from(values, (_, n) => n * 1000) },
    {
      name: 'Value',
      type: 'number',
      labels: { alertname: 'Slow', alertstate: 'firing' },
      values: Float64Array.from(values),
      present: Uint8Array.from(values, Number),
    },
  ],
});

test.each([
  ['still active', [0, 1, 1], [1000]],
  ['active longer than the range', [1, 1, 1], [undefined]],
  ['over', [1, 1, 0], []],
])('a series that is %s', (_, values, want) => {
  expect(alertsOfFrames([series(...values)]).map(({ sinceMs }) => sinceMs)).toEqual(want);
});

test('a table names alerts in its columns', () => {
  const rows: Frame = {
    refId: 'A',
    shape: 'table',
    length: 2,
    fields: [
      { name: 'alertname', type: 'string', values: ['Slow', 'Down'] },
      { name: 'alertstate', type: 'string', values: ['pending', 'firing'] },
      { name: 'Value', type: 'number', values: Float64Array.of(1, 1) },
    ],
  };
  expect(alertsOfFrames([rows]).map(({ name, state }) => `${name} ${state}`)).toEqual(['Slow pending', 'Down firing']);
});

test.each([
  ['', 'ALERTS'],
  ['{}', 'ALERTS'],
  [' {env="prod"} ', 'ALERTS{env="prod"}'],
  ['env=~"a|b", job="x"', 'ALERTS{env=~"a|b", job="x"}'],
])('the filter %j asks %s', (filter, want) => expect(alertsQuery('ALERTS', filter)).toBe(want));

const alert = (name: string, state: Alert['state'], sinceMs: number | undefined, pod = ''): Alert => ({
  name,
  state,
  sinceMs,
  labels: { pod },
});
const some = [
  alert('B', 'pending', 30),
  alert('A', 'firing', 20, 'x'),
  alert('C', 'firing', undefined, 'x'),
  alert('A', 'firing', 10),
];

test.each([
  [1, 'A,B,C'],
  [2, 'C,B,A'],
  [3, 'A,C,B'],
  [4, 'A,B,C'],
  [5, 'B,A,C'],
])('order %i shows %s', (sortOrder, want) => {
  const groups = groupAlerts(some, alertlist.parseOptions({ sortOrder }), '');
  expect(groups.map(({ name }) => name).join()).toBe(want);
});

test('groups are as old as their oldest, and can be by labels and by a part of the name', () => {
  const options = alertlist.parseOptions({ groupMode: 'custom', groupBy: ['pod'], sortOrder: 1 });
  expect(groupAlerts(some, options, '').map(({ name, alerts }) => [name, alerts.length])).toEqual([
    ['pod=–', 2],
    ['pod=x', 2],
  ]);
  expect(groupAlerts(some, alertlist.parseOptions({}), ' a ')).toMatchObject([{ name: 'A', sinceMs: 10 }]);
  expect(groupAlerts(some, alertlist.parseOptions({ stateFilter: { firing: false } }), '')).toMatchObject([{ name: 'B' }]);
});
