import type { Transformation } from '@vitrine/model/dashboard.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';

import { applyTransformations } from './apply.ts';
import { columnsOf, frameOf, transformed } from './cases.ts';
import { splitSeries } from './series.ts';

const context = { timeZone: 'UTC', replace: (text: string) => text.replaceAll('$field', 'cpu') };
const step = (id: string, options: object, more: Partial<Transformation> = {}): Transformation => ({
  id,
  options: { ...options },
  disabled: false,
  filter: undefined,
  topic: '',
  ...more,
});
const a = frameOf({ pod: ['x', 'y'], cpu: [1, 2] }, 'A');
const b = frameOf({ pod: ['x', 'z'], cpu: [3, 4] }, 'B');
const hideCpu = step('organize', { excludeByName: { cpu: true } });

describe('a panel’s transformations', () => {
  test('run in their order', () => {
    const steps = [
      step('reduce', { reducers: ['max'] }),
      step('sortBy', { sort: [{ field: 'Max' }] }),
      step('limit', { limitField: 1 }),
    ];
    const { frames, notices } = applyTransformations([frameOf({ a: [5], b: [3] })], steps, context);
    expect(frames.map(columnsOf)).toEqual([{ Field: ['b'], Max: [3] }]);
    expect(notices).toEqual([]);
  });

  test('variables in their options are filled in', () => {
    const { frames } = applyTransformations([a], [step('filterFieldsByName', { include: { names: ['$field'] } })], context);
    expect(frames.map(columnsOf)).toEqual([{ cpu: [1, 2] }]);
  });

  test('that are disabled, or are for annotations, do nothing', () => {
    const steps = [
      { ...hideCpu, disabled: true },
      { ...hideCpu, topic: 'annotations' as const },
    ];
    expect(applyTransformations([a], steps, context)).toEqual({ frames: [a], notices: [] });
  });

  test('with a filter leave other frames alone, behind what they made', () => {
    const { frames } = applyTransformations([a, b], [{ ...hideCpu, filter: { id: 'byRefId', options: 'B' } }], context);
    expect(frames.map(columnsOf)).toEqual([{ pod: ['x', 'z'] }, { pod: ['x', 'y'], cpu: [1, 2] }]);
  });

  test.each([
    [step('teleport', {}), 'warning', /^Transformation 1 \(teleport\): there is no transformation of that name/],
    [step('spatial', {}), 'warning', /^Transformation 1 \(spatial\): no field of A says where its rows are: name a field/],
    [step('fieldLookup', {}), 'error', /gazetteer: the list of countries is not at hand here/],
    [
      step('fieldLookup', { gazetteer: 'https://example.com/cities.json' }),
      'error',
      /gazetteer: "https:\/\/example.com\/cities.json" is none of countries, usa-states, airports; lists from elsewhere are not fetched/,
    ],
    [step('spatial', { source: { mode: 'coords', latitude: 'north' } }), 'error', /source.latitude: there is no field "north"/],
    [
      step('renameByRegex', { regex: '(' }),
      'error',
      /^Transformation 1 \(renameByRegex\) was left out: regex: "\(" is not a regular expression/,
    ],
    [step('reduce', { reducers: ['magic'] }), 'error', /reducers: "magic" is no reducer/],
    [step('calculateField', { mode: 'sideways' }), 'error', /mode: "sideways" is none of reduceRow, binary/],
    [step('organize', {}, { filter: { id: 'byMood' } }), 'error', /matcher\.id: "byMood" is no frame matcher/],
  ])('that cannot run say so and the others go on: %j', (broken, level, want) => {
    const { frames, notices } = applyTransformations([a], [broken, hideCpu], context);
    expect(frames.map(columnsOf)).toEqual([{ pod: ['x', 'y'] }]);
    expect(notices).toEqual([{ level, text: expect.stringMatching(want) as string }]);
  });

  test.each([
    ['joinByField', { mode: 'inner', byField: 'k' }],
    ['joinByField', { mode: 'outerTabular', byField: 'k' }],
    ['transpose', {}],
    ['groupingToMatrix', { columnField: 'row', rowField: 'row', valueField: 'k' }],
    ['merge', {}],
    ['partitionByValues', { fields: ['row'] }],
  ])('that would make far too much are left out, in words: %s %j', (id, options) => {
    const length = id === 'transpose' ? 200_000 : 60_000;
    const rows = Float64Array.from({ length }, (_, row) => row);
    const frame = (refId: string, own: string): Frame => ({
      refId,
      shape: 'table',
      length,
      fields: [
        { type: 'number', name: 'k', values: new Float64Array(length) },
        { type: 'number', name: own, values: rows },
        { type: 'number', name: `${own} too`, values: rows },
      ],
    });
    const frames = ['joinByField', 'merge'].includes(id) ? [frame('A', 'row'), frame('B', 'other')] : [frame('A', 'row')];
    const { frames: made, notices } = transformed(id, options, ...frames);
    expect(made.map(({ fields }) => fields)).toEqual(frames.map(({ fields }) => fields));
    expect(notices[0]?.level).toBe('error');
    expect(notices[0]?.text).toMatch(/are allowed|too many rows/);
  });
});

describe('series and tables', () => {
  const wide: Frame = {
    refId: 'A',
    shape: 'series',
    length: 3,
    fields: [
      { type: 'time', name: 'time', values: Float64Array.of(1, 2, 3) },
      { type: 'number', name: 'train', labels: { run: 'a' }, values: Float64Array.of(5, 4, 3) },
      { type: 'number', name: 'valid', labels: { run: 'b' }, values: Float64Array.of(5, 0, 3), present: Uint8Array.of(1, 0, 1) },
    ],
  };

  test('each series gets a frame of the points that it has, and keeps its name', () => {
    const split = splitSeries([wide, a]);
    expect(split.map(columnsOf)).toEqual([
      { Time: [1, 2, 3], 'Value{run=a}': [5, 4, 3] },
      { Time: [1, 3], 'Value{run=b}': [5, 3] },
      columnsOf(a),
    ]);
    expect(split.map(({ fields }) => fields[1]?.config?.displayNameFromSource)).toEqual(['train', 'valid', undefined]);
    expect(splitSeries(split)).toBe(split);
  });

  test.each([
    ['joinByField', { mode: 'outer' }, 'series'],
    ['organize', { renameByName: { train: 'T' } }, 'series'],
    ['calculateField', { mode: 'reduceRow', reduce: { reducer: 'sum' } }, 'series'],
    ['ema', {}, 'series'],
    ['seriesToRows', {}, 'table'],
    ['reduce', { reducers: ['max'] }, 'table'],
    ['labelsToFields', {}, 'table'],
    ['sortBy', { sort: [{ field: 'Time', desc: true }] }, 'table'],
  ])('after %s %j they are %s', (id, options, want) => {
    const { frames } = transformed(id, options, ...splitSeries([wide]));
    expect([...new Set(frames.map(({ shape }) => shape))]).toEqual([want]);
  });

  test('a renamed series goes by its new name', () => {
    const { frames } = transformed('organize', { renameByName: { train: 'Training' } }, ...splitSeries([wide]));
    expect(frames[0]?.fields[1]?.config?.displayName).toBe('Training');
  });
});
