import { expect, test } from 'vitest';

import { bargauge } from './bargauge/spec.ts';
import { gauge } from './gauge/spec.ts';
import { heatRows } from './heatmap/rows.ts';
import { panelSpecs } from './specs.ts';
import { stat } from './stat/spec.ts';
import { text } from './text/spec.ts';
import { timeseries } from './timeseries/spec.ts';

test.each(panelSpecs.map((spec) => [spec.kind, spec] as const))('%s: options read once read the same again', (_, spec) => {
  const defaults = spec.parseOptions({});
  expect(spec.parseOptions(undefined)).toEqual(defaults);
  expect(spec.parseOptions(JSON.parse(JSON.stringify(defaults)))).toEqual(defaults);
});

test.each([
  [timeseries, { legend: { placement: 'top' } }, 'options.legend.placement: expected one of bottom, right, not "top"'],
  [timeseries, { legend: 'right' }, 'options.legend: expected an object'],
  [timeseries, { legend: { calcs: ['best'] } }, 'options.calcs: "best" is no calculation'],
  [timeseries, { tooltip: { hideZeros: 'yes' } }, 'options.tooltip.hideZeros: expected true or false, not "yes"'],
  [timeseries, { legend: { width: [] } }, 'options.legend.width: expected a number, not []'],
  [timeseries, [], 'options: expected an object'],
  [timeseries, 'x', 'options: expected an object'],
  [stat, { reduceOptions: { fields: '/(/' } }, 'options.reduceOptions.fields: '],
  [gauge, { segmentCount: 1000 }, 'options.segmentCount: expected a number from 0 to 100, not 1000'],
  [bargauge, { reduceOptions: { calcs: 'last' } }, 'options.reduceOptions.calcs: expected a list, not "last"'],
  [text, { content: 'x'.repeat(100_001) }, 'options.content: holds 100001 characters; at most 100000 fit'],
])('a wrong option is named: %#', (spec, input, want) => {
  expect(() => spec.parseOptions(input)).toThrow(want);
});

const xs = Float64Array.of(1, 2);
const time = { name: 'Time', type: 'time', values: xs } as const;
const column = (name: string, le?: string) =>
  ({ name, type: 'number', values: xs, ...(le === undefined ? {} : { labels: { le } }) }) as const;

test('buckets stand in the order of their bounds, with the bound below as their lower end', () => {
  const rows = heatRows(
    [
      {
        refId: 'A',
        shape: 'buckets',
        length: 2,
        fields: [time, column('+Inf', '+Inf'), column('0.1', '0.1'), column('0.01', '0.01')],
      },
    ],
    's',
  );
  expect(rows?.rows.map(({ name, from }) => [from, name])).toEqual([
    ['', '10 ms'],
    ['10 ms', '100 ms'],
    ['100 ms', '+Inf'],
  ]);
});

test('series are read from the top down, and what can be no heatmap is none', () => {
  expect(
    heatRows([{ refId: 'A', shape: 'series', length: 2, fields: [time, column('a'), column('b')] }], '')?.rows.map(
      ({ name }) => name,
    ),
  ).toEqual(['b', 'a']);
  expect(heatRows([], '')).toBeUndefined();
  expect(heatRows([{ refId: 'A', shape: 'table', length: 2, fields: [time, column('a')] }], '')).toBeUndefined();
  expect(heatRows([{ refId: 'A', shape: 'series', length: 0, fields: [time] }], '')).toBeUndefined();
});
