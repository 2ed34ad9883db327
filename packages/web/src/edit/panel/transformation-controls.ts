import type { OptionControl } from '@vitrine/plugins/contract.ts';

type Control = Omit<OptionControl, 'group'>;

const field = (path: string, label: string): Control => ({ path, label, input: { kind: 'field' }, otherwise: '' });
const flag = (path: string, label: string, otherwise = false): Control => ({ path, label, input: { kind: 'switch' }, otherwise });
const text = (path: string, label: string, placeholder = ''): Control => ({
  path,
  label,
  input: { kind: 'text', placeholder },
  otherwise: '',
});
const number = (path: string, label: string, otherwise?: number): Control => ({
  path,
  label,
  input: { kind: 'number' },
  otherwise,
});
const choice = (path: string, label: string, choices: readonly (readonly [value: unknown, label: string])[]): Control => ({
  path,
  label,
  input: { kind: 'choice', choices: choices.map(([value, label]) => ({ value, label })) },
  otherwise: choices[0]?.[0],
});

type Read = (path: string) => unknown;
const located = (read: Read, mode: string): boolean => read('source.mode') === mode;

const gazetteer = (path: string): Control =>
  choice(path, 'Looks among', [
    ['public/gazetteer/countries.json', 'countries'],
    ['public/gazetteer/usa-states.json', 'states of the USA'],
    ['public/gazetteer/airports.geojson', 'airports'],
  ]);

/** What the editor offers of the transformations that people use most; the others are edited as JSON, and these can be too. */
export const TRANSFORMATION_CONTROLS: Readonly<Record<string, readonly Control[]>> = {
  reduce: [
    choice('mode', 'Makes', [
      ['seriesToRows', 'a row of each series'],
      ['reduceFields', 'one value of each field'],
    ]),
    { path: 'reducers', label: 'Calculations', input: { kind: 'reducers', many: true }, otherwise: ['max'] },
    flag('includeTimeField', 'Time too'),
    flag('labelsToFields', 'Labels as columns'),
  ],
  joinByField: [
    field('byField', 'Field'),
    choice('mode', 'Keeps', [
      ['outer', 'rows of any side'],
      ['inner', 'rows of all sides'],
      ['outerTabular', 'every pair (tables)'],
    ]),
  ],
  renameByRegex: [text('regex', 'Matches', '(.*)'), text('renamePattern', 'Becomes', '$1')],
  limit: [number('limitField', 'Rows', 10)],
  labelsToFields: [
    choice('mode', 'Labels become', [
      ['columns', 'columns'],
      ['rows', 'rows'],
    ]),
    field('valueLabel', 'Value is called after the label'),
  ],
  partitionByValues: [flag('keepFields', 'Keep the fields')],
  groupingToMatrix: [
    field('columnField', 'Column'),
    field('rowField', 'Row'),
    field('valueField', 'Cell'),
    choice('emptyValue', 'Where there is none', [
      ['empty', 'empty text'],
      ['null', 'no value'],
      ['zero', 'zero'],
      ['true', 'true'],
      ['false', 'false'],
    ]),
  ],
  histogram: [
    number('bucketCount', 'Buckets', 30),
    number('bucketSize', 'Bucket size'),
    number('bucketOffset', 'Offset', 0),
    flag('combine', 'All series in one'),
  ],
  regression: [
    choice('modelType', 'Fits', [
      ['linear', 'a line'],
      ['polynomial', 'a polynomial'],
    ]),
    number('degree', 'Degree', 2),
    number('predictionCount', 'Points', 100),
    field('xFieldName', 'X'),
    field('yFieldName', 'Y'),
  ],
  smoothing: [number('resolution', 'Points', 100)],
  ema: [{ path: 'weight', label: 'Smoothing', input: { kind: 'number', min: 0, max: 0.999, step: 0.05 }, otherwise: 0.6 }],
  twema: [number('halfLife', 'Half-life', 10)],
  prepareTimeSeries: [
    choice('format', 'Format', [
      ['wide', 'wide'],
      ['multi', 'a frame a series'],
      ['long', 'long'],
    ]),
  ],
  concatenate: [
    choice('frameNameMode', 'Names', [
      ['field', 'in the field’s name'],
      ['label', 'in a label'],
      ['drop', 'left out'],
    ]),
  ],
  rowsToFields: [],
  transpose: [text('firstFieldName', 'First column'), text('restFieldsName', 'Other columns')],
  merge: [],
  seriesToRows: [],
  fieldLookup: [field('lookupField', 'Field'), gazetteer('gazetteer')],
  spatial: [
    choice('action', 'Makes', [
      ['prepare', 'a point of each row'],
      ['calculate', 'a number of each row’s place'],
      ['modify', 'lines'],
    ]),
    choice('source.mode', 'Where rows are', [
      ['auto', 'as fields are called'],
      ['coords', 'latitude and longitude'],
      ['geohash', 'a geohash'],
      ['lookup', 'the name of a place'],
    ]),
    { ...field('source.latitude', 'Latitude'), when: (read) => located(read, 'coords') },
    { ...field('source.longitude', 'Longitude'), when: (read) => located(read, 'coords') },
    { ...field('source.geohash', 'Geohash'), when: (read) => located(read, 'geohash') },
    { ...field('source.lookup', 'Name'), when: (read) => located(read, 'lookup') },
    { ...gazetteer('source.gazetteer'), when: (read) => located(read, 'lookup') },
    {
      ...choice('calculate.calc', 'Number', [
        ['heading', 'heading to the next'],
        ['distance', 'distance to the next'],
        ['length', 'the way so far'],
        ['area', 'area'],
      ]),
      when: (read) => read('action') === 'calculate',
    },
    {
      ...choice('calculate.units', 'In', [
        ['m', 'metres'],
        ['km', 'kilometres'],
        ['mi', 'miles'],
        ['ft', 'feet'],
      ]),
      when: (read) => read('action') === 'calculate',
    },
    {
      ...choice('modify.op', 'Lines', [
        ['asLine', 'one through all rows'],
        ['lineBuilder', 'one of each row, to its target'],
      ]),
      when: (read) => read('action') === 'modify',
    },
    ...(
      [
        ['latitude', 'Target’s latitude'],
        ['longitude', 'Target’s longitude'],
      ] as const
    ).map(([name, label]): Control => ({
      ...field(`modify.target.${name}`, label),
      when: (read) => read('action') === 'modify' && read('modify.op') === 'lineBuilder',
    })),
  ],
};
