import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Frame } from '@vitrine/model/frame.ts';

import { columnsOf, frameOf, transform, transformed } from './cases.ts';
import { Options } from './options.ts';
import { TRANSFORMATIONS } from './transformations.ts';

const pods = frameOf({ Time: [1, 2, 3], pod: ['a', 'b', 'a'], cpu: [1, null, 3], mem: [10, 20, 30] });
const limits = frameOf({ pod: ['b', 'a', 'c'], max: [5, 6, 7] }, 'B');
const train = frameOf({ Time: [0, 1000, 2000], 'Value{run=base,split=train}': [3, 2, 1] });
const valid = frameOf({ Time: [0, 2000], 'Value{run=base,split=valid}': [4, 3] }, 'B');

describe('columns', () => {
  test.each([
    [{ excludeByName: { mem: true, Time: true } }, ['pod', 'cpu']],
    [{ indexByName: { mem: 0, Time: 1 } }, ['mem', 'Time', 'pod', 'cpu']],
    [{ renameByName: { cpu: 'CPU', pod: '' } }, ['Time', 'pod', 'CPU', 'mem']],
    [{ includeByName: { pod: true } }, ['pod']],
    [{ orderByMode: 'auto', orderBy: [{ type: 'name', desc: false }] }, ['Time', 'cpu', 'mem', 'pod']],
    [{}, ['Time', 'pod', 'cpu', 'mem']],
    [{ excludeByName: 'nonsense', renameByName: [1], indexByName: null }, ['Time', 'pod', 'cpu', 'mem']],
  ])('organize %j leaves %j', (options, want) => {
    expect(transform('organize', options, pods).map(Object.keys)).toEqual([want]);
  });

  test.each([
    ['filterFieldsByName', { include: { names: ['pod', 'mem'] } }, ['pod', 'mem']],
    ['filterFieldsByName', { include: { pattern: '/^.{3}$/' } }, ['pod', 'cpu', 'mem']],
    ['filterFieldsByName', { exclude: { names: ['Time'] } }, ['pod', 'cpu', 'mem']],
    ['filterFieldsByName', { byVariable: true, include: { variable: '{pod,mem}' } }, ['pod', 'mem']],
    ['filterFields', { include: { id: 'numeric' } }, ['cpu', 'mem']],
    ['rename', { renameByName: { cpu: 'CPU' } }, ['Time', 'pod', 'CPU', 'mem']],
    ['renameByRegex', { regex: '/^(.)em$/', renamePattern: '$1emory' }, ['Time', 'pod', 'cpu', 'memory']],
    ['order', { indexByName: { mem: 0 } }, ['mem', 'Time', 'pod', 'cpu']],
  ])('%s %j leaves %j', (id, options, want) => {
    expect(transform(id, options, pods).map(Object.keys)).toEqual([want]);
  });

  test('queries and frames are chosen by their letters and names', () => {
    expect(transform('filterByRefId', { include: 'B' }, pods, limits)).toEqual([columnsOf(limits)]);
    expect(transform('filterByRefId', { exclude: '/B|C/' }, pods, limits)).toEqual([columnsOf(pods)]);
    expect(transform('filterFrames', { include: { id: 'byIndex', options: 1 } }, pods, limits)).toEqual([columnsOf(limits)]);
  });

  test('text and times are written anew', () => {
    const frame = frameOf({ Time: [0, 86_400_000], name: ['resNet fifty', null] });
    expect(transform('formatString', { stringField: 'name', outputFormat: 'Pascal Case' }, frame)[0]?.['name']).toEqual([
      'ResnetFifty',
      null,
    ]);
    expect(transform('formatTime', { timeField: 'Time', outputFormat: 'D MMM YYYY' }, frame)[0]?.['Time']).toEqual([
      '1 Jan 1970',
      '2 Jan 1970',
    ]);
  });

  test.each([
    ['[Q]Q YYYY', 'Q1 2021'],
    ['GGGG-[W]WW-E', '2020-W53-7'],
    ['gggg w d', '2021 2 0'],
    ['Do of MMM, k:mm', '3rd of Jan, 24:05'],
  ])('3 January 2021 as %s is %s', (outputFormat, want) => {
    const frame = frameOf({ Time: [Date.UTC(2021, 0, 3, 0, 5)] });
    expect(transform('formatTime', { timeField: 'Time', outputFormat }, frame)).toEqual([{ Time: [want] }]);
  });

  test.each([
    ['number', ['1,234', ' 7 ', 'x', '', null], [1234, 7, null, null, null]],
    ['time', ['2021-08-12T10:00:00Z', '2021-08-12 10:00', 'soon', null], [1_628_762_400_000, 1_628_762_400_000, null, null]],
    ['boolean', ['yes', '', 'false', null], [true, false, false, null]],
    ['other', ['{"a":1}', '[1]', '{', null], [{ a: 1 }, [1], null, null]],
    ['string', [1.5, null], ['1.5', null]],
    ['string', [true, false], ['true', 'false']],
  ])('convertFieldType to %s reads %j as %j', (destinationType, cells, want) => {
    const conversions = [{ targetField: 'x', destinationType }];
    expect(transform('convertFieldType', { conversions }, frameOf({ x: cells }))).toEqual([{ x: want }]);
  });

  test.each([
    ['DD/MM/YYYY HH:mm', '02/03/2023 10:20', '2023-03-02T10:20:00.000Z'],
    ['MMM D, YYYY h:mm A', 'Aug 5, 2021 1:07 PM', '2021-08-05T13:07:00.000Z'],
    ['X', '1600000000', '2020-09-13T12:26:40.000Z'],
    ['[at] YYYY-MM-DDTHH:mm:ssZ', 'at 2020-01-01T00:00:00+02:00', '2019-12-31T22:00:00.000Z'],
    ['YYYY', 'not a year', null],
    ['((((', '2020-01-01', '2020-01-01T00:00:00.000Z'],
  ])('a time written as %s reads %s', (dateFormat, text, want) => {
    const conversions = [{ targetField: 'x', destinationType: 'time', dateFormat }];
    expect(transform('convertFieldType', { conversions }, frameOf({ x: [text] }))).toEqual([
      { x: [want === null ? null : Date.parse(want)] },
    ]);
  });

  test.each([
    [{ source: 'x' }, '{"loss":0.5,"tags":{"a":1},"gone":null}', { loss: [0.5], tags: [{ a: 1 }], gone: [null] }],
    [{ source: 'x' }, 'level=info msg="ready at last" n=3', { level: ['info'], msg: ['ready at last'], n: [3] }],
    [
      { source: 'x', format: 'json', jsonPaths: [{ path: 'a.b[1]["c d"]', alias: 'found' }] },
      '{"a":{"b":[0,{"c d":7}]}}',
      { found: [7] },
    ],
    [
      { source: 'x', format: 'regexp', regExp: '/(?<model>\\w+)-(?<size>\\d+)b/' },
      'llama-70b',
      { model: ['llama'], size: ['70'] },
    ],
    [{ source: 'x', format: 'delimiter', delimiter: '/' }, 'a/b', { 0: ['a'], 1: ['b'] }],
    [{ source: 'x', format: 'json' }, 'broken {', {}],
    [{ source: 'y' }, '{"a":1}', { x: ['{"a":1}'] }],
  ])('extractFields %j takes %s apart', (options, text, want) => {
    expect(transform('extractFields', { ...options, replace: true }, frameOf({ x: [text] }))).toEqual([want]);
  });

  test.each([
    ['a long word', 'a'.repeat(300_000)],
    ['a gap', `a${' '.repeat(300_000)}b`],
    ['quotes that never close', 'a="'.repeat(50_001)],
    ['separators', ','.repeat(3_000_000)],
  ])('%s does not keep extractFields busy', (_, text) => {
    for (const format of ['auto', 'kvp', 'delimiter', 'json']) {
      const { frames } = transformed('extractFields', { source: 'x', format, replace: true }, frameOf({ x: [text] }));
      expect(frames[0]!.fields.length).toBeLessThanOrEqual(1_000);
    }
  });

  test('keys that are data do not become columns without end', () => {
    const cells = Array.from({ length: 2_000 }, (_, index) => JSON.stringify({ [`key${index}`]: 1 }));
    const { frames, notices } = transformed('extractFields', { source: 'x', replace: true }, frameOf({ x: cells }));
    expect(frames[0]?.fields).toHaveLength(1_000);
    expect(notices[0]?.text).toMatch(/only the first 1000 names/);
  });
});

describe('rows', () => {
  const filter = (fieldName: string, id: string, options: object = {}) => ({
    filters: [{ fieldName, config: { id, options } }],
    type: 'include',
    match: 'any',
  });

  test.each([
    [filter('cpu', 'greater', { value: 2 }), [3]],
    [filter('cpu', 'isNull'), [2]],
    [filter('mem', 'between', { from: 10, to: 30 }), [2]],
    [filter('pod', 'regex', { value: '^A$' }), []],
    [filter('pod', 'equal', { value: 'a' }), [1, 3]],
    [filter('mem', 'equal', { value: '20' }), [2]],
    [{ ...filter('cpu', 'isNull'), type: 'exclude' }, [1, 3]],
    [{ filters: [] }, [1, 2, 3]],
    [filter('cpu', 'greater', { value: '$limit' }), [3]],
  ])('filterByValue %j keeps the rows of %j', (options, want) => {
    expect(transform('filterByValue', options, pods)[0]?.['Time']).toEqual(want);
  });

  test.each([
    ['cpu', false, [2, 1, 3]],
    ['cpu', true, [3, 1, 2]],
    ['pod', false, [1, 3, 2]],
    ['nothing', false, [1, 2, 3]],
  ])(
    'sorted by %s (falling: %s) times are %j: what is missing counts as lowest, equal rows keep their order',
    (field, desc, want) => {
      expect(transform('sortBy', { sort: [{ field, desc }] }, pods)[0]?.['Time']).toEqual(want);
    },
  );

  test.each([
    [2, [1, 2]],
    [-1, [3]],
    ['$limit', [1, 2]],
    [0, []],
  ])('limit %s leaves %j', (limitField, want) => {
    expect(transform('limit', { limitField }, pods)[0]?.['Time']).toEqual(want);
  });

  test('reduce makes rows of fields, or a cell of each', () => {
    expect(transform('reduce', { reducers: ['max', 'lastNotNull'] }, train, valid)).toEqual([
      { Field: ['{run="base", split="train"}', '{run="base", split="valid"}'], Max: [3, 4], 'Last *': [1, 3] },
    ]);
    expect(transform('reduce', { reducers: ['mean'], labelsToFields: true }, train)).toEqual([
      { Field: ['Value'], run: ['base'], split: ['train'], Mean: [2] },
    ]);
    expect(transform('reduce', { reducers: ['sum'], mode: 'reduceFields', fields: { id: 'numeric' } }, pods)).toEqual([
      { cpu: [4], mem: [60] },
    ]);
  });

  test('the sum of nothing is nothing', () => {
    expect(transform('reduce', { reducers: ['sum', 'count'] }, frameOf({ x: [null, null] }))).toEqual([
      { Field: ['x'], Total: [null], Count: [0] },
    ]);
  });

  test('groupBy makes a row of alike rows', () => {
    const fields = {
      pod: { operation: 'groupby', aggregations: [] },
      mem: { operation: 'aggregate', aggregations: ['sum', 'allValues'] },
      cpu: { operation: 'aggregate', aggregations: ['lastNotNull'] },
    };
    expect(transform('groupBy', { fields }, pods)).toEqual([
      { pod: ['a', 'b'], 'cpu (lastNotNull)': [3, null], 'mem (sum)': [40, 20], 'mem (allValues)': [[10, 30], [20]] },
    ]);
  });

  test('groupToNestedTable puts the others inside', () => {
    const fields = { pod: { operation: 'groupby' }, mem: { operation: 'aggregate', aggregations: ['max'] } };
    expect(transform('groupToNestedTable', { fields }, pods)).toEqual([
      { pod: ['a', 'b'], 'mem (max)': [30, 20], __nestedFrames: [[{ Time: [1, 3], cpu: [1, 3] }], [{ Time: [2], cpu: [null] }]] },
    ]);
  });

  test('groupingToMatrix makes a confusion matrix', () => {
    const frame = frameOf({ actual: ['cat', 'cat', 'dog'], taken: ['cat', 'dog', 'dog'], n: [8, 2, 9] });
    const options = { columnField: 'taken', rowField: 'actual', valueField: 'n', emptyValue: 'zero' };
    expect(transform('groupingToMatrix', options, frame)).toEqual([
      { 'actual\\taken': ['cat', 'dog'], cat: [8, 0], dog: [2, 9] },
    ]);
  });

  test('transpose turns columns into rows', () => {
    expect(transform('transpose', {}, frameOf({ pod: ['a', 'b'], cpu: [1, 2], mem: [3, 4] }))).toEqual([
      { Field: ['cpu', 'mem'], 'Value{pod=a}': [1, 3], 'Value{pod=b}': [2, 4] },
    ]);
  });

  test('rowsToFields makes a field of each row, with settings from columns called so', () => {
    const { frames } = transformed(
      'rowsToFields',
      {},
      frameOf({ name: ['loss', 'accuracy'], value: [0.3, 0.9], max: [1, null], host: ['h1', 'h2'] }),
    );
    expect(frames.map(columnsOf)).toEqual([{ 'loss{host=h1}': [0.3], 'accuracy{host=h2}': [0.9] }]);
    expect(frames[0]?.fields.map(({ config }) => config?.max)).toEqual([1, undefined]);
  });
});

describe('several frames', () => {
  test.each([
    ['outer', { pod: ['a', 'b', 'c'], Time: [3, 2, null], max: [6, 5, 7] }],
    ['inner', { pod: ['a', 'b', 'a'], Time: [1, 2, 3], max: [6, 5, 6] }],
    ['outerTabular', { pod: ['a', 'b', 'a', 'c'], Time: [1, 2, 3, null], max: [6, 5, 6, 7] }],
  ])('joinByField, %s', (mode, want) => {
    const [joined] = transform('joinByField', { byField: 'pod', mode }, pods, limits);
    expect({ pod: joined?.['pod'], Time: joined?.['Time'], max: joined?.['max'] }).toEqual(want);
  });

  test('series join on their times', () => {
    const want = [
      { Time: [0, 1000, 2000], 'Value{run=base,split=train}': [3, 2, 1], 'Value{run=base,split=valid}': [4, null, 3] },
    ];
    expect(transform('joinByField', { mode: 'outer' }, train, valid)).toEqual(want);
    expect(transform('seriesToColumns', { byField: 'Time' }, train, valid)).toEqual(want);
    expect(transform('ensureColumns', {}, train, valid)).toEqual(want);
    expect(transform('prepareTimeSeries', { format: 'wide' }, train, valid)).toEqual(want);
  });

  test('merge makes one row of rows that agree', () => {
    const first = frameOf({ pod: ['a', 'b'], cpu: [1, 2] });
    expect(transform('merge', {}, first, limits)).toEqual([{ pod: ['a', 'b', 'c'], cpu: [1, 2, null], max: [6, 5, 7] }]);
  });

  test('concatenate and append put them beside and under each other', () => {
    const [a, b] = [frameOf({ x: [1, 2] }), frameOf({ y: ['u'] }, 'B')];
    expect(transform('concatenate', {}, a, b)).toEqual([{ x: [1, 2], y: ['u', null] }]);
    expect(transform('append', {}, a, b)).toEqual([{ x: [1, 2, null], y: [null, null, 'u'] }]);
  });

  test('seriesToRows, newest first', () => {
    expect(transform('seriesToRows', {}, train, valid)).toEqual([
      {
        Time: [2000, 2000, 1000, 0, 0],
        Metric: ['train', 'valid', 'train', 'train', 'valid'].map((split) => `{run="base", split="${split}"}`),
        Value: [1, 3, 2, 3, 4],
      },
    ]);
  });

  test('labels become columns, rows, or names', () => {
    expect(transform('labelsToFields', {}, valid)).toEqual([
      { Time: [0, 2000], Value: [4, 3], run: ['base', 'base'], split: ['valid', 'valid'] },
    ]);
    expect(transform('labelsToFields', { valueLabel: 'split', keepLabels: ['split'] }, valid)).toEqual([
      { Time: [0, 2000], valid: [4, 3] },
    ]);
    expect(transform('labelsToFields', { mode: 'rows' }, valid)).toEqual([{ label: ['run', 'split'], value: ['base', 'valid'] }]);
    expect(transform('joinByLabels', { value: 'split' }, train, valid)).toEqual([
      { run: ['base', 'base', 'base'], train: [3, 2, 1], valid: [4, 3, null] },
    ]);
  });

  // Nothing is lost where the labels chosen tell no series apart: it stands below, as in Grafana.
  test.each([
    ['series of other labels', { value: 'm' }, { v: [1, 2, 5] }, []],
    [
      'one below the other',
      { value: 'm', join: ['job'] },
      { v: [1, 2, 5] },
      [/1 of 2 series stand below others: no label of "job"/],
    ],
    [
      'the value label is none to join by',
      { value: 'm', join: ['m'] },
      { v: [1, 2, 5] },
      [/1 of 2 series stand below others: no label tells/],
    ],
    ['a series without it', { value: 'pod' }, { p1: [1, 2, null], p2: [null, null, 5] }, []],
    [
      'a label that all objects have',
      { value: 'pod', join: ['constructor'] },
      { constructor: [null, null], p1: [1, 2], p2: [5, null] },
      [],
    ],
    ['a value label that some have', { value: 'zone' }, { z: [1, 2] }, [/1 of 2 series are left out: they have no label "zone"/]],
  ])('joinByLabels: %s', (_, options, want, warnings) => {
    const frames = [
      frameOf({ Time: [0, 1], 'Value{m=v,pod=p1,zone=z}': [1, 2] }),
      frameOf({ Time: [0], 'Value{m=v,pod=p2}': [5] }),
    ];
    const joined = transformed('joinByLabels', options, ...frames);
    expect(columnsOf(joined.frames[0]!)).toMatchObject(want);
    expect(joined.notices).toEqual(warnings.map((text) => ({ level: 'warning', text: expect.stringMatching(text) as unknown })));
  });

  test('joinByLabels says where it puts values of different times side by side', () => {
    const first = frameOf({ Time: [0, 1000, 2000], 'Value{pod=a}': [1, 2, 3] });
    const same = frameOf({ Time: [0, 1000], 'Value{pod=b}': [4, 5] });
    const other = frameOf({ Time: [0, 2000], 'Value{pod=b}': [4, 5] });
    expect(transformed('joinByLabels', { value: 'pod' }, first, same).notices).toEqual([]);
    const { notices } = transformed('joinByLabels', { value: 'pod' }, first, other);
    expect(notices.map(({ text }) => text)).toEqual([expect.stringMatching(/the times of the series differ/)]);
  });

  test('partitionByValues is the way back', () => {
    const options = { fields: ['pod'], naming: { asLabels: true } };
    expect(transform('partitionByValues', options, frameOf({ Time: [1, 2, 3], pod: ['a', 'b', 'a'], v: [1, 2, 3] }))).toEqual([
      { 'Time{pod=a}': [1, 3], 'v{pod=a}': [1, 3] },
      { 'Time{pod=b}': [2], 'v{pod=b}': [2] },
    ]);
    const named = transformed('partitionByValues', { fields: ['pod'], naming: { withNames: true } }, pods);
    expect(named.frames.map(({ name }) => name)).toEqual(['pod=a', 'pod=b']);
  });

  test('prepareTimeSeries reads texts as labels, and writes them', () => {
    const long = { Time: [1, 1, 2], v: [1, 2, 3], pod: ['a', 'b', 'a'] };
    const multi = [
      { Time: [1, 2], 'v{pod=a}': [1, 3] },
      { Time: [1], 'v{pod=b}': [2] },
    ];
    expect(transform('prepareTimeSeries', { format: 'multi' }, frameOf(long))).toEqual(multi);
    expect(transform('prepareTimeSeries', { format: 'long' }, ...multi.map((columns) => frameOf(columns)))).toEqual([long]);
  });

  test('timeSeriesTable makes a row of each series', () => {
    const { frames } = transformed('timeSeriesTable', { A: { stat: 'max' } }, train, valid);
    expect(frames.map(({ fields }) => fields.map(({ name }) => name))).toEqual([
      ['run', 'split', 'Trend #A'],
      ['run', 'split', 'Trend #B'],
    ]);
    expect(frames[0]?.fields[2]?.config?.custom).toEqual({ stat: 'max' });
    expect(columnsOf(frames[0]!)['Trend #A']).toEqual([[columnsOf(train)]]);
  });

  test('configFromData takes settings from a query and lets it go', () => {
    const config = frameOf({ max: [80, 90], limit: [70, 75], text: ['low', 'high'], code: [1, 2] }, 'config');
    const mappings = [
      { fieldName: 'limit', handlerKey: 'threshold1', handlerArguments: { threshold: { color: 'orange' } } },
      { fieldName: 'code', handlerKey: 'mappings.value' },
      { fieldName: 'text', handlerKey: 'mappings.text' },
    ];
    const { frames } = transformed('configFromData', { configRefId: 'config', mappings }, limits, config);
    expect(frames).toHaveLength(1);
    expect(frames[0]?.fields[0]?.config).toBeUndefined();
    expect(frames[0]?.fields[1]?.config).toEqual({
      max: 90,
      thresholds: {
        mode: 'absolute',
        steps: [
          { value: -Infinity, color: 'green' },
          { value: 75, color: 'orange' },
        ],
      },
      mappings: [
        { kind: 'value', value: '1', result: { text: 'low' } },
        { kind: 'value', value: '2', result: { text: 'high' } },
      ],
    });
  });
});

describe('calculations', () => {
  test.each([
    [{ mode: 'reduceRow', reduce: { reducer: 'sum' } }, 'Total', [11, 20, 33]],
    [{ mode: 'reduceRow', reduce: { reducer: 'mean', include: ['cpu'] }, alias: 'M' }, 'M', [1, null, 3]],
    [{ mode: 'binary', binary: { left: 'mem', operator: '/', right: 'cpu' } }, 'mem / cpu', [10, null, 10]],
    [{ mode: 'binary', binary: { left: 'mem', operator: '>', right: '15' } }, 'mem > 15', [0, 1, 1]],
    [{ mode: 'binary', binary: { left: 'mem', operator: '%', right: { fixed: '7' } } }, 'mem % 7', [3, 6, 2]],
    [{ mode: 'unary', unary: { operator: 'percent', fieldName: 'cpu' } }, 'percent(cpu)', [0.25, null, 0.75]],
    [{ mode: 'cumulativeFunctions', cumulative: { field: 'cpu', reducer: 'mean' } }, 'cumulative mean(cpu)', [1, 1, 2]],
    [
      { mode: 'windowFunctions', window: { field: 'mem', reducer: 'mean', windowSize: 2, windowSizeMode: 'fixed' } },
      'trailing moving mean(mem)',
      [10, 15, 25],
    ],
    [{ mode: 'index', index: { asPercentile: true }, alias: 'share' }, 'share', [0, 1 / 3, 2 / 3]],
  ])('calculateField %j gives %s %j: what is missing stays missing', (options, name, want) => {
    expect(transform('calculateField', options, pods)[0]?.[name]).toEqual(want);
  });

  test('series are put side by side first, and may give way to the result', () => {
    const options = { mode: 'reduceRow', reduce: { reducer: 'range' }, replaceFields: true };
    expect(transform('calculateField', options, train, valid)).toEqual([{ Time: [0, 1000, 2000], Range: [1, 0, 2] }]);
  });

  test('histogram counts into equal buckets and leaves out empty ones', () => {
    expect(transform('histogram', { bucketSize: 5 }, frameOf({ v: [0, 4, 5, 12, null] }))).toEqual([
      { xMin: [0, 5, 10], xMax: [5, 10, 15], v: [2, 1, 1] },
    ]);
    expect(transform('histogram', { bucketSize: 0.1 }, frameOf({ v: [0.1, 0.2, 0.30000000000000004] }))[0]?.['xMin']).toEqual([
      0.1, 0.2, 0.3,
    ]);
  });

  test('heatmap counts into buckets of x and y', () => {
    const options = { xBuckets: { mode: 'size', value: '1s' }, yBuckets: { mode: 'size', value: '2' } };
    const { frames } = transformed('heatmap', options, frameOf({ Time: [0, 500, 1500], v: [0, 1, 5] }));
    expect(frames.map(columnsOf)).toEqual([{ Time: [0, 1000], '2{le=2}': [2, 0], '4{le=4}': [0, 0], '6{le=6}': [0, 1] }]);
    expect(frames[0]?.shape).toBe('buckets');
  });

  test('heatmap on a logarithmic axis', () => {
    const options = { yBuckets: { scale: { type: 'log', log: 10 } } };
    const { frames } = transformed('heatmap', options, frameOf({ Time: [0, 1, 2], v: [0.5, 5, 50] }));
    expect(frames[0]?.fields.slice(1).map(({ labels }) => labels?.['le'])).toEqual(['1', '10', '100']);
  });

  test.each([
    [{ modelType: 'linear' }, [1, 3, 5, 7], [1, 3, 5, 7]],
    [{ modelType: 'polynomial', degree: 2 }, [0, 1, 4, 9], [0, 1, 4, 9]],
  ])('regression %j of %j', (options, values, want) => {
    const start = 1_700_000_000_000;
    const frame = frameOf({ Time: values.map((_, index) => start + index), v: values });
    const [, made] = transform('regression', { ...options, predictionCount: 4 }, frame);
    for (const [index, value] of want.entries()) expect(made?.['v predicted']?.[index]).toBeCloseTo(value, 6);
  });

  test('ema starts at the first value and keeps NaN and gaps where they are', () => {
    const [{ v } = {}] = transform('ema', { smoothing: 0.5 }, frameOf({ step: [1, 2, 3, 4, 5], v: [4, 2, Number.NaN, null, 2] }));
    expect(v?.[0]).toBe(4);
    expect(v?.[1]).toBeCloseTo((0.25 * 4 + 0.5 * 2) / 0.75);
    expect(v?.slice(2, 4)).toEqual([Number.NaN, null]);
    expect(v?.[4]).toBeCloseTo((0.125 * 4 + 0.25 * 2 + 0.5 * 2) / 0.875);
  });

  test('twema is ema where the steps are even, and forgets faster over a wide one', () => {
    const even = { step: [1, 2, 3, 4], v: [4, 2, 6, 1] };
    const [a] = transform('twema', { halfLife: 1 }, frameOf(even));
    const [b] = transform('ema', { smoothing: 0.5 }, frameOf(even));
    for (const index of even.v.keys()) expect(a?.['v']?.[index]).toBeCloseTo(b?.['v']?.[index] as number);
    const [wide] = transform('twema', { halfLife: 1 }, frameOf({ step: [1, 2, 3, 30], v: [4, 2, 6, 1] }));
    expect(wide?.['v']?.[3]).toBeCloseTo(1, 5);
  });

  test('the curve before smoothing can stay', () => {
    const { frames } = transformed('ema', { keepOriginal: true }, frameOf({ Time: [1, 2], loss: [4, 2] }));
    expect(frames[0]?.fields.map(({ name, config }) => config?.displayNameFromSource ?? name)).toEqual([
      'Time',
      'loss (raw)',
      'loss',
    ]);
  });

  test('ASAP takes noise off and leaves the plateau', () => {
    const length = 400;
    const frame = frameOf({
      Time: Array.from({ length }, (_, index) => index),
      v: Array.from({ length }, (_, index) => (index > 190 && index < 210 ? 10 : 0) + Math.sin(index * 2.5)),
    });
    const [{ v } = {}] = transform('smoothing', { resolution: 200 }, frame);
    const wiggle = (values: number[]): number =>
      values.slice(1).reduce((sum, value, index) => sum + Math.abs(value - values[index]!), 0);
    expect(wiggle(v as number[])).toBeLessThan(wiggle(columnsOf(frame)['v'] as number[]) / 4);
    expect(v?.[200]).toBeGreaterThan(5);
    expect(Math.abs(v?.[50] as number)).toBeLessThan(1);
  });

  test('alignRuns counts each run from its own start', () => {
    const later = frameOf({ Time: [5000, 6000], 'Value{run=b,started=4}': [1, 2] });
    expect(transform('alignRuns', {}, train, later)).toEqual([
      { Elapsed: [0, 1000, 2000], 'Value{run=base,split=train}': [3, 2, 1] },
      { Elapsed: [0, 1000], 'Value{run=b,started=4}': [1, 2] },
    ]);
    expect(transform('alignRuns', { startLabel: 'started' }, later)).toEqual([
      { Elapsed: [1000, 2000], 'Value{run=b,started=4}': [1, 2] },
    ]);
    expect(transformed('alignRuns', {}, train).frames[0]?.shape).toBe('series');
  });

  test('envelope never loses an extreme, nor the NaN of a diverged loss', () => {
    const value = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -100, max: 100 }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (values, points) => {
        const frame = frameOf({ Time: values.map((_, index) => index), Value: values });
        const [{ Value: kept } = {}] = transform('envelope', { points }, frame);
        expect(kept!.length).toBeLessThanOrEqual(Math.max(points, 1));
        const finite = (list: unknown[]) => (list as number[]).filter((one) => !Number.isNaN(one));
        if (values.every((one) => !Number.isNaN(one))) {
          expect(Math.max(...finite(kept!))).toBe(Math.max(...finite(values)));
          expect(Math.min(...finite(kept!))).toBe(Math.min(...finite(values)));
        }
        expect(kept!.some((one) => Number.isNaN(one))).toBe(values.some((one) => Number.isNaN(one)));
      }),
    );
  });
});

describe('every transformation', () => {
  const names = fc.constantFrom('Time', 'pod', 'cpu', 'Value');
  const frame = fc
    .integer({ min: 0, max: 6 })
    .chain((length) =>
      fc
        .tuple(
          fc.array(fc.option(fc.integer({ min: 0, max: 9 })), { minLength: length, maxLength: length }),
          fc.array(fc.option(fc.constantFrom('a', 'b', '{"x":1}', 'k=v')), { minLength: length, maxLength: length }),
          fc.array(fc.option(fc.double()), { minLength: length, maxLength: length }),
          fc.constantFrom('A', 'B', 'config'),
        )
        .map(([time, pod, value, refId]) => frameOf({ Time: time, pod, 'Value{run=r}': value, cpu: value }, refId)),
    );
  /** Options as people, other programs and errors write them. */
  const options = fc.dictionary(
    fc.constantFrom(
      'mode',
      'fields',
      'reducers',
      'byField',
      'source',
      'binary',
      'window',
      'value',
      'sort',
      'include',
      'names',
      'replace',
      'format',
      'limitField',
      'conversions',
      'mappings',
      'filters',
      'columnField',
      'windowSize',
      'degree',
      'points',
      'smoothing',
      'halfLife',
      'xBuckets',
      'bucketSize',
      'regex',
      'naming',
      'stringField',
      'action',
      'calculate',
      'modify',
      'gazetteer',
      'lookupField',
      'jsonPaths',
      'rules',
      'resolution',
      'predictionCount',
      'bucketCount',
      'yBuckets',
      'unary',
      'reduce',
      'cumulative',
      'index',
      'emptyValue',
      'delimiter',
      'applyTo',
      'configRefId',
    ),
    fc.oneof(
      names,
      fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
      fc.array(names, { maxLength: 2 }),
      fc.constant([{ field: 'cpu' }]),
      fc.constantFrom<unknown>(
        'calculate',
        'modify',
        'reduceRow',
        'binary',
        'windowFunctions',
        'outerTabular',
        'rows',
        'long',
        'json',
      ),
      fc.constantFrom<unknown>(-1, 0, 1e308, 1e-300, 1e15, -1e15, '1e400', 2 ** 53),
      fc.constantFrom<unknown>({ calc: 'area' }, { op: 'lineBuilder' }, { mode: 'coords', latitude: 'cpu', longitude: 'Time' }),
      fc.constantFrom<unknown>(
        { mode: 'count', value: '1e9' },
        { mode: 'size', value: '1e-9' },
        { windowSize: 1e12, field: 'cpu' },
      ),
    ),
  );

  test.each(TRANSFORMATIONS.map(({ id }) => id))(
    '%s keeps its input, gives columns of one length, and says what is wrong with its options',
    (id) => {
      fc.assert(
        fc.property(fc.array(frame, { maxLength: 3 }), options, (frames, given) => {
          const before = structuredClone(frames);
          const { frames: made, notices } = transformed(id, given, ...frames);
          expect(frames).toEqual(before);
          expect(made.reduce((sum, { length, fields }) => sum + length * fields.length, 0)).toBeLessThanOrEqual(5_000_000);
          for (const one of made) checkFrame(one);
          for (const { text } of notices) {
            expect(text).toContain(`(${id})`);
            // What JavaScript says of its own accord is no sentence for people.
            expect(text).not.toMatch(/undefined|not a function|cannot read|invalid array|not iterable/i);
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  test.each(TRANSFORMATIONS)('$id throws nothing but BadRequest and LimitExceeded', (kind) => {
    const run = { timeZone: 'UTC', notice: () => undefined, allow: () => undefined, gazetteer: () => undefined };
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 3 }), options, (frames, given) => {
        try {
          kind.apply(frames, new Options({ ...kind.defaults, ...given }), run);
        } catch (error) {
          expect(['BadRequest', 'LimitExceeded']).toContain((error as Error).name);
        }
      }),
      { numRuns: 40 },
    );
  });

  function checkFrame(one: Frame): void {
    for (const field of one.fields) {
      expect(field.values).toHaveLength(one.length);
      if (field.present !== undefined) expect(field.present).toHaveLength(one.length);
      if (field.type === 'frame') for (const inner of field.values.flat()) checkFrame(inner);
    }
  }
});
