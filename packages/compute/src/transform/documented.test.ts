// Grafana's documentation of the transformations that are not in `@grafana/data`, as tables of what goes in and comes out: "Transform
// data", https://grafana.com/docs/grafana/latest/visualizations/panels-visualizations/query-transform-data/transform-data/.
import { expect, test } from 'vitest';

import { columnsOf, frameOf, transformed, type Columns } from './cases.ts';

const HOUR_MS = 3_600_000;

test.each<[id: string, options: object, given: readonly Columns[], want: readonly Columns[]]>([
  [
    'extractFields',
    { source: 'json_data', format: 'json', jsonPaths: [{ path: 'value', alias: 'my_value' }], replace: true, keepTime: true },
    [{ Time: [3, 2, 1], json_data: ['{"value": 1}', '{"value": 5}', '{"value": 12}'] }],
    [{ Time: [3, 2, 1], my_value: [1, 5, 12] }],
  ],
  [
    // The coordinates there are of nowhere.
    'fieldLookup',
    { lookupField: 'Location', gazetteer: 'public/gazetteer/usa-states.json' },
    [{ Location: ['AL', 'AK', 'Somewhere'], Values: [0, 10, 5] }],
    [
      {
        Location: ['AL', 'AK', 'Somewhere'],
        ID: ['AL', 'AK', null],
        Name: ['Alabama', 'Alaska', null],
        Lng: [-87, -152.5, null],
        Lat: [32.5, 63.5, null],
        Values: [0, 10, 5],
      },
    ],
  ],
  [
    'joinByLabels',
    { value: 'what' },
    [
      { Time: [1, 2], 'Value{what=Temp,cluster=A,job=J1}': [10, 200] },
      { Time: [1, 2], 'Value{what=Temp,cluster=B,job=J1}': [10, 200] },
      { Time: [22, 28], 'Value{what=Speed,cluster=B,job=J1}': [22, 77] },
    ],
    [
      {
        cluster: ['A', 'A', 'B', 'B'],
        job: ['J1', 'J1', 'J1', 'J1'],
        Temp: [10, 200, 10, 200],
        Speed: [null, null, 22, 77],
      },
    ],
  ],
  [
    'partitionByValues',
    { fields: ['Region'], keepFields: true },
    [{ Time: [2, 2, 1, 1], Region: ['US', 'EU', 'US', 'EU'], Value: [1520, 2936, 1327, 912] }],
    [
      { Time: [2, 1], Region: ['US', 'US'], Value: [1520, 1327] },
      { Time: [2, 1], Region: ['EU', 'EU'], Value: [2936, 912] },
    ],
  ],
  [
    'prepareTimeSeries',
    { format: 'wide' },
    [{ Time: [0, 0, HOUR_MS, HOUR_MS], Variable: ['Value1', 'Value2', 'Value1', 'Value2'], Value: [10, 20, 15, 25] }],
    [{ Time: [0, HOUR_MS], 'Value{Variable=Value1}': [10, 15], 'Value{Variable=Value2}': [20, 25] }],
  ],
  [
    // Two rows of one time keep their order here; there they change places, and times change too.
    'prepareTimeSeries',
    { format: 'long' },
    [{ Value1: [10, 30, 50], Value2: [20, 40, 60], Time: [3, 2, 1] }],
    [{ Time: [1, 2, 3], Value1: [50, 30, 10], Value2: [60, 40, 20] }],
  ],
  [
    'rowsToFields',
    {},
    [{ Name: ['ServerA', 'ServerB'], DataCenter: ['US', 'EU'], Value: [100, 200] }],
    [{ 'ServerA{DataCenter=US}': [100], 'ServerB{DataCenter=EU}': [200] }],
  ],
  [
    'rowsToFields',
    {},
    [{ Name: ['ServerA', 'ServerB', 'ServerC'], Value: [10, 20, 30], Max: [100, 200, 300] }],
    [{ ServerA: [10], ServerB: [20], ServerC: [30] }],
  ],
  [
    'configFromData',
    { configRefId: 'B', mappings: [{ fieldName: 'Value', handlerKey: 'max' }] },
    [
      { Time: [1, 2], Value: [10, 30] },
      { Time: [1, 2], Value: [100, 100] },
    ],
    [{ Time: [1, 2], Value: [10, 30] }],
  ],
  [
    'heatmap',
    { xBuckets: { mode: 'size', value: '15m' }, yBuckets: { mode: 'size', value: '5' } },
    [{ Time: [0, 0.25 * HOUR_MS, 0.5 * HOUR_MS, 0.75 * HOUR_MS], Value: [5, 10, 15, 8] }],
    [
      {
        Time: [0, 0.25 * HOUR_MS, 0.5 * HOUR_MS, 0.75 * HOUR_MS],
        '10{le=10}': [1, 0, 0, 1],
        '15{le=15}': [0, 1, 0, 0],
        '20{le=20}': [0, 0, 1, 0],
      },
    ],
  ],
])('%s %j does as documented', (id, options, given, want) => {
  const frames = given.map((columns, index) => frameOf(columns, 'ABC'[index]));
  const { frames: made, notices } = transformed(id, options, ...frames);
  expect(notices.filter(({ level }) => level !== 'info')).toEqual([]);
  expect(made.map(columnsOf)).toEqual(want);
  // Columns stand in the documented order.
  expect(made.map((frame) => Object.keys(columnsOf(frame)))).toEqual(want.map((columns) => Object.keys(columns)));
});

test('settings come out of rows and queries as documented', () => {
  const rows = frameOf({ Name: ['ServerA', 'ServerB', 'ServerC'], Value: [10, 20, 30], Max: [100, 200, 300] });
  expect(transformed('rowsToFields', {}, rows).frames[0]?.fields.map(({ config }) => config?.max)).toEqual([100, 200, 300]);

  const query = frameOf({ Time: [1, 2], Value: [10, 30] });
  const limits = frameOf({ Time: [1, 2], Value: [100, 100] }, 'B');
  const toMax = { configRefId: 'B', mappings: [{ fieldName: 'Value', handlerKey: 'max' }] };
  expect(transformed('configFromData', toMax, query, limits).frames[0]?.fields[1]?.config).toEqual({ max: 100 });

  const meanings = frameOf({ Value: ['L', 'M', 'H'], Text: ['Low', 'Medium', 'High'], Color: ['blue', 'green', 'red'] }, 'B');
  const toMappings = {
    configRefId: 'B',
    mappings: ['Value', 'Text', 'Color'].map((fieldName) => ({ fieldName, handlerKey: `mappings.${fieldName.toLowerCase()}` })),
  };
  const mappings = transformed('configFromData', toMappings, query, meanings).frames[0]?.fields[1]?.config?.mappings;
  expect(mappings).toEqual([
    { kind: 'value', value: 'L', result: { text: 'Low', color: 'blue' } },
    { kind: 'value', value: 'M', result: { text: 'Medium', color: 'green' } },
    { kind: 'value', value: 'H', result: { text: 'High', color: 'red' } },
  ]);
});

test('each query’s series become a table with a sparkline in each row, as documented', () => {
  const series = (refId: string, pod: string) => frameOf({ Time: [1, 2], [`Value{pod=${pod}}`]: [1, 2] }, refId);
  const { frames } = transformed('timeSeriesTable', {}, series('A', 'x'), series('A', 'y'), series('B', 'x'));
  expect(frames.map(({ fields, length }) => [length, fields.map(({ name, type }) => `${name} ${type}`)])).toEqual([
    [2, ['pod string', 'Trend #A frame']],
    [1, ['pod string', 'Trend #B frame']],
  ]);
});
