import type { Transformation } from '@vitrine/model/dashboard.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';

import { applyTransformations } from './apply.ts';
import { columnsOf, frameOf, transformed, type Columns } from './cases.ts';
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

describe('results that explode', () => {
  const count = (length: number, of: (index: number) => unknown = (index) => index) =>
    Array.from({ length }, (_, index) => of(index)) as number[];
  const texts = (length: number) => count(length, String);
  const many = (length: number, of: (index: number) => Columns): Frame[] =>
    count(length).map((index) => frameOf(of(index), `Q${index}`));

  test.each<[id: string, options: object, frames: Frame[], want: RegExp]>([
    [
      'joinByField',
      { byField: 'Time', mode: 'outer' },
      many(60, (index) => ({ Time: count(5000, (row) => row * 60 + index), [`v${index}`]: count(5000) })),
      /18300000 cells; at most 5000000/,
    ],
    [
      'extractFields',
      { source: 'x', format: 'json' },
      [frameOf({ x: count(20_000, (row) => `{"k${row % 300}":1}`) })],
      /5020000 cells; at most 5000000/,
    ],
    [
      'concatenate',
      {},
      [frameOf({ x: count(60_000) }), ...many(99, (index) => ({ [`v${index}`]: [1] }))],
      /6000000 cells; at most 5000000/,
    ],
    ['append', {}, many(100, (index) => ({ [`v${index}`]: count(600) })), /6000000 cells; at most 5000000/],
    ['merge', {}, many(100, (index) => ({ k: count(600), [`v${index}`]: count(600) })), /6060000 cells; at most 5000000/],
    ['rowsToFields', {}, [frameOf({ name: texts(100_001), v: count(100_001) })], /100001 columns; at most 100000/],
    [
      'groupToNestedTable',
      { fields: { k: { operation: 'groupby' } } },
      [frameOf({ k: texts(100_001), v: count(100_001) })],
      /100001 columns; at most 100000/,
    ],
    [
      'partitionByValues',
      { fields: ['k'] },
      [frameOf({ k: texts(100_001), v: count(100_001) })],
      /100001 columns; at most 100000/,
    ],
    [
      'prepareTimeSeries',
      { format: 'multi' },
      [frameOf({ Time: count(60_000), s: texts(60_000), v: count(60_000) })],
      /120000 columns; at most 100000/,
    ],
    [
      'prepareTimeSeries',
      { format: 'wide' },
      [frameOf({ Time: count(3000), s: texts(3000), v: count(3000) })],
      /9003000 cells; at most 5000000/,
    ],
    [
      'prepareTimeSeries',
      { format: 'long' },
      many(300, (index) => ({ Time: count(300), [`v${index}{l${index}=x}`]: count(300) })),
      /54090000 cells; at most 5000000/,
    ],
    [
      'joinByLabels',
      { value: 'v' },
      many(3000, (index) => ({ Time: [1], [`Value{v=c${index},w=r${index}}`]: [1] })),
      /9003000 cells; at most 5000000/,
    ],
    [
      'groupingToMatrix',
      { columnField: 'k', rowField: 'k', valueField: 'v' },
      [frameOf({ k: texts(3000), v: count(3000) })],
      /9003000 cells; at most 5000000/,
    ],
    ['transpose', {}, [frameOf({ k: texts(100_001), v: count(100_001) })], /100001 columns; at most 100000/],
  ])('%s %j is left out, and says how large and how large at most', (id, options, frames, want) => {
    const { frames: made, notices } = transformed(id, options, ...frames);
    expect(made.map(({ length }) => length)).toEqual(frames.map(({ length }) => length));
    expect(notices).toHaveLength(1);
    expect(notices[0]?.text).toMatch(want);
    expect(notices[0]?.text).toMatch(/Filter or aggregate the data first\.$/);
  });

  // What people or programs may write where a number is asked for.
  test.each<[id: string, options: object]>([
    ['limit', { limitField: 1e308 }],
    ['limit', { limitField: -1e308 }],
    ['histogram', { bucketSize: 1e-9 }],
    ['histogram', { bucketCount: 1e12 }],
    ['heatmap', { xBuckets: { mode: 'size', value: '1ms' }, yBuckets: { mode: 'size', value: '1e-9' } }],
    ['heatmap', { xBuckets: { mode: 'count', value: '1e12' }, yBuckets: { mode: 'count', value: '1e12' } }],
    ['regression', { predictionCount: 1e12 }],
    ['regression', { modelType: 'polynomial', degree: 1e9 }],
    ['smoothing', { resolution: 1e12 }],
    ['envelope', { points: 1e12 }],
    [
      'calculateField',
      { mode: 'windowFunctions', window: { field: 'v', windowSize: 1e12, windowSizeMode: 'fixed', reducer: 'stdDev' } },
    ],
    ['formatString', { stringField: 'v', outputFormat: 'Substring', substringStart: -1e308, substringEnd: 1e308 }],
  ])('%s %j stays within bounds', (id, options) => {
    const frame = frameOf({ Time: count(1000, (row) => row * 3e7), v: count(1000, (row) => row * 1e6) });
    const { frames: made } = transformed(id, options, frame);
    expect(made.reduce((sum, { length, fields }) => sum + length * fields.length, 0)).toBeLessThanOrEqual(5_000_000);
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
