import { expect, test } from 'vitest';

import { bargauge } from './bargauge/spec.ts';
import { gauge } from './gauge/spec.ts';
import { panelSpecs } from './specs.ts';
import { stat } from './stat/spec.ts';
import { text } from './text/spec.ts';
import { timeseries } from './timeseries/spec.ts';
import { builtInPanels } from './web.ts';

test('every kind that can be chosen is drawn, and no other', () => {
  expect([...builtInPanels.keys()].toSorted()).toEqual(panelSpecs.map(({ kind }) => kind).toSorted());
});

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
