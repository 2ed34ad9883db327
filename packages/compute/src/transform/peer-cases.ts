/** What is compared with Grafana's transformations. */
import type { Frame } from '@vitrine/model/frame.ts';
import fc from 'fast-check';

import { columnOf, tableOf, type Cell } from './column.ts';

export const SEED = 20_261_122;
/** Frames generated for each case. */
export const RUNS = 150;

const number = fc.integer({ min: -3, max: 5 });
const word = fc.constantFrom('a', 'b', 'c', 'B');
export const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 5 });
const rising = (length: number): fc.Arbitrary<number[]> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 2 * length + 3 }), { minLength: length, maxLength: length })
    .map((list) => list.sort((a, b) => a - b));

/** A table of words `k` and `h` and numbers `v` and `w`. */
export function table(
  refId: string,
  cell: { number: fc.Arbitrary<Cell>; word: fc.Arbitrary<Cell> },
  minLength = 0,
): fc.Arbitrary<Frame> {
  return fc.integer({ min: minLength, max: 7 }).chain((length) => {
    const cells = (one: fc.Arbitrary<Cell>) => fc.array(one, { minLength: length, maxLength: length });
    return fc
      .tuple(cells(cell.word), cells(cell.word), cells(cell.number), cells(cell.number), rising(length))
      .map(([k, h, v, w, time]) =>
        tableOf(refId, [
          columnOf({ name: 'Time' }, time, 'time'),
          columnOf({ name: 'k' }, k, 'string'),
          columnOf({ name: 'h' }, h, 'string'),
          columnOf({ name: 'v', config: { unit: 's' } }, v, 'number'),
          columnOf({ name: 'w', config: { displayName: 'Double u' } }, w, 'number'),
        ]),
      );
  });
}

export const full = { number, word };
const gappy = { number: maybe(number), word: maybe(word) };

/** One frame of one series, as a Prometheus query answers. */
function series(refId: string, cell: fc.Arbitrary<Cell>): fc.Arbitrary<Frame> {
  const labels = fc.record({ pod: fc.constantFrom('p1', 'p2', 'p3'), zone: fc.constantFrom('z1', 'z2') });
  return fc
    .integer({ min: 1, max: 6 })
    .chain((length) =>
      fc
        .tuple(rising(length), fc.array(cell, { minLength: length, maxLength: length }), labels)
        .map(([time, values, own]) =>
          tableOf(refId, [columnOf({ name: 'Time' }, time, 'time'), columnOf({ name: 'Value', labels: own }, values, 'number')]),
        ),
    );
}

const several = (cell: fc.Arbitrary<Cell>): fc.Arbitrary<Frame[]> =>
  fc.array(
    fc.constantFrom('A', 'B').chain((refId) => series(refId, cell)),
    { minLength: 1, maxLength: 4 },
  );
const one = (frame: fc.Arbitrary<Frame>): fc.Arbitrary<Frame[]> => frame.map((found) => [found]);
const fullTable = one(table('A', full));
const gappyTable = one(table('A', gappy));
/** Without units and display names. */
const bareTable = one(
  table('A', full, 1).map((frame) => ({ ...frame, fields: frame.fields.map((field) => ({ ...field, config: {} })) })),
);
const filledTable = one(table('A', full, 1));
const pairOf = (cell: typeof full | typeof gappy) =>
  fc.tuple(table('A', cell), table('B', cell)).map((pair) => pair.map(withOwnNames));

/** Two answers that share `Time`, `k` and `h`. */
export function withOwnNames(frame: Frame): Frame {
  return {
    ...frame,
    fields: frame.fields.map((field) =>
      field.name.length === 1 && 'vw'.includes(field.name) ? { ...field, name: `${field.name} #${frame.refId}` } : field,
    ),
  };
}

/** Theirs counts times of one name after joining, but not after concatenating. */
function withoutTime(frame: Frame): Frame {
  return { ...frame, fields: frame.fields.slice(1) };
}

interface Case {
  readonly id: string;
  readonly options: object;
  readonly frames: fc.Arbitrary<Frame[]>;
  /** Not compared. */
  readonly but?: readonly ('refId' | 'labels')[];
}

const calc = (options: object, frames = filledTable): Case => ({ id: 'calculateField', options, frames });
const names = ['k', 'v', 'Double u', 'nothing'];

/** All of them: options, and the frames that they are tried on. */
export const PEER_CASES: readonly Case[] = [
  { id: 'noop', options: {}, frames: gappyTable },
  {
    id: 'organize',
    options: { excludeByName: { h: true }, indexByName: { v: 0, k: 1 }, renameByName: { k: 'K', 'Double u': 'W' } },
    frames: gappyTable,
  },
  {
    id: 'organize',
    options: { excludeByName: { v: true }, indexByName: {}, renameByName: { w: 'W', Time: 'T' } },
    frames: pairOf(gappy),
  },
  {
    id: 'organize',
    options: { includeByName: { k: true, v: true }, excludeByName: {}, indexByName: { v: 0 }, renameByName: {} },
    frames: gappyTable,
  },
  {
    id: 'organize',
    options: {
      orderByMode: 'auto',
      orderBy: [{ type: 'name', desc: true }],
      excludeByName: {},
      indexByName: {},
      renameByName: {},
    },
    frames: gappyTable,
  },
  { id: 'order', options: { indexByName: { 'Double u': 0, k: 3 } }, frames: gappyTable },
  { id: 'rename', options: { renameByName: { k: 'K', v: '' } }, frames: pairOf(gappy) },
  { id: 'renameByRegex', options: { regex: '(.)ouble (.*)', renamePattern: '$2-$1' }, frames: gappyTable },
  { id: 'renameByRegex', options: { regex: '/[kv]/', renamePattern: '<$&>' }, frames: gappyTable },
  { id: 'renameByRegex', options: { regex: '/pod="(p\\d)"/', renamePattern: '$1' }, frames: several(number) },
  ...[
    { include: { names } },
    { exclude: { names } },
    { include: { pattern: '/^[kD]/' } },
    { include: { names: ['h'], pattern: '/v/' } },
    { include: {} },
    {},
  ].map((options): Case => ({ id: 'filterFieldsByName', options, frames: gappyTable })),
  { id: 'filterFields', options: { include: { id: 'numeric' } }, frames: pairOf(gappy) },
  { id: 'filterFields', options: { exclude: { id: 'byType', options: 'string' } }, frames: pairOf(gappy) },
  ...['byRefId', 'byName'].flatMap((matcher) =>
    ['include', 'exclude'].map((side): Case => ({
      id: 'filterFrames',
      options: { [side]: { id: matcher, options: 'A' } },
      frames: pairOf(gappy).map((pair) => pair.map((frame, index) => ({ ...frame, name: 'BA'[index]! }))),
    })),
  ),
  { id: 'filterFrames', options: { include: { id: 'byRefId', options: '/A|C/' } }, frames: pairOf(gappy) },
  { id: 'filterFrames', options: {}, frames: pairOf(gappy) },
  { id: 'convertFrameType', options: { targetType: 'exemplar' }, frames: pairOf(gappy) },
  { id: 'filterByRefId', options: { include: 'A' }, frames: pairOf(gappy) },
  { id: 'filterByRefId', options: { exclude: 'A' }, frames: pairOf(gappy) },
  { id: 'filterByRefId', options: { include: '/A|B/' }, frames: pairOf(gappy) },
  ...(
    [
      ['v', 'greater', { value: 1 }],
      ['v', 'greaterOrEqual', { value: 1 }],
      ['v', 'lower', { value: 1 }],
      ['v', 'lowerOrEqual', { value: 1 }],
      ['v', 'equal', { value: 2 }],
      ['v', 'equal', { value: '2' }],
      ['v', 'notEqual', { value: 2 }],
      ['v', 'between', { from: -1, to: 3 }],
      ['v', 'isNull', {}],
      ['v', 'isNotNull', {}],
      ['k', 'equal', { value: 'b' }],
      ['k', 'notEqual', { value: 'b' }],
      ['k', 'regex', { value: '^[ab]$' }],
      ['k', 'substring', { value: 'b' }],
      ['k', 'isNull', {}],
    ] as const
  ).flatMap(([fieldName, id, options]) =>
    ['include', 'exclude'].flatMap((type) => {
      const filters = [
        { fieldName, config: { id, options } },
        { fieldName: 'h', config: { id: 'equal', options: { value: 'a' } } },
      ];
      // Theirs takes an absent number for 0 when it compares, and an absent text for one that fits.
      const frames = id.startsWith('is') || id === 'equal' || id === 'notEqual' ? gappyTable : fullTable;
      return [
        { id: 'filterByValue', options: { type, match: 'any', filters: filters.slice(0, 1) }, frames },
        { id: 'filterByValue', options: { type, match: 'any', filters }, frames },
        { id: 'filterByValue', options: { type, match: 'all', filters }, frames },
      ] satisfies Case[];
    }),
  ),
  ...[true, false].flatMap((desc) =>
    // Theirs takes an absent number for 0 when it sorts.
    ['Time', 'v', 'k', 'Double u'].map((field): Case => ({
      id: 'sortBy',
      options: { sort: [{ field, desc }] },
      frames: field === 'k' ? gappyTable : fullTable,
    })),
  ),
  ...[0, 2, -2, 10, '3', 'x'].map((limitField): Case => ({
    id: 'limit',
    options: { limitField },
    frames: one(table('A', gappy, 2)),
  })),
  { id: 'merge', options: {}, frames: pairOf(full) },
  { id: 'merge', options: {}, frames: pairOf(gappy) },
  { id: 'merge', options: {}, frames: several(maybe(number)), but: ['labels'] },
  ...(['outer', 'inner', 'outerTabular'] as const).flatMap((mode): Case[] => [
    { id: 'joinByField', options: { byField: 'k', mode }, frames: pairOf(full) },
    { id: 'joinByField', options: { byField: 'k', mode }, frames: pairOf(gappy) },
    ...(mode === 'outerTabular'
      ? []
      : [{ id: 'joinByField', options: { byField: 'Time', mode }, frames: several(maybe(number)) }]),
  ]),
  { id: 'joinByField', options: { mode: 'outer' }, frames: several(number) },
  { id: 'seriesToColumns', options: { byField: 'Time' }, frames: several(number) },
  { id: 'ensureColumns', options: {}, frames: several(maybe(number)) },
  ...['field', 'label', 'drop'].map((frameNameMode): Case => ({
    id: 'concatenate',
    options: { frameNameMode },
    frames: pairOf(gappy).map((pair) => pair.map(withoutTime)),
    but: ['refId'],
  })),
  { id: 'seriesToRows', options: {}, frames: several(maybe(number)) },
  { id: 'labelsToFields', options: {}, frames: several(number) },
  { id: 'labelsToFields', options: { keepLabels: ['pod'] }, frames: several(number) },
  { id: 'labelsToFields', options: { valueLabel: 'pod' }, frames: several(number) },
  { id: 'labelsToFields', options: { mode: 'rows' }, frames: several(number) },
  ...[
    {
      k: { operation: 'groupby' },
      v: { operation: 'aggregate', aggregations: ['lastNotNull', 'first', 'count', 'countAll', 'allValues'] },
    },
    {
      k: { operation: 'groupby' },
      h: { operation: 'groupby' },
      'Double u': { operation: 'aggregate', aggregations: ['max', 'mean', 'range'] },
    },
    { v: { operation: 'groupby' }, h: { operation: 'aggregate', aggregations: ['distinctCount', 'uniqueValues', 'last'] } },
  ].map((fields): Case => ({ id: 'groupBy', options: { fields }, frames: gappyTable })),
  // Theirs puts words and numbers into one column.
  ...['string', 'number'].map((type): Case => ({
    id: 'reduce',
    options: { reducers: ['last', 'count', 'firstNotNull', 'allValues'], fields: { id: 'byType', options: type } },
    frames: filledTable,
  })),
  { id: 'reduce', options: { reducers: ['max', 'mean', 'sum', 'stdDev', 'diff', 'p50'] }, frames: several(number) },
  { id: 'reduce', options: { reducers: ['max'], labelsToFields: true }, frames: several(number) },
  { id: 'reduce', options: { reducers: ['min'], mode: 'reduceFields' }, frames: several(number) },
  { id: 'reduce', options: { reducers: ['min', 'max'], mode: 'reduceFields', fields: { id: 'numeric' } }, frames: filledTable },
  calc({ mode: 'reduceRow', reduce: { reducer: 'sum' } }),
  calc({ mode: 'reduceRow', reduce: { reducer: 'mean', include: ['v', 'Double u'] }, alias: 'M' }),
  calc({ mode: 'reduceRow', reduce: { reducer: 'max' }, replaceFields: true }, gappyTable),
  calc({ mode: 'reduceRow', reduce: { reducer: 'sum' } }, several(number)),
  ...['+', '-', '*', '/'].map((operator) =>
    calc({
      mode: 'binary',
      binary: {
        left: { matcher: { id: 'byName', options: 'v' } },
        operator,
        right: { matcher: { id: 'byName', options: 'Double u' } },
      },
    }),
  ),
  calc({ mode: 'binary', binary: { left: 'v', operator: '/', right: '2' }, alias: 'half', replaceFields: true }),
  calc(
    { mode: 'binary', binary: { left: { matcher: { id: 'byType', options: 'number' } }, operator: '*', right: { fixed: '10' } } },
    bareTable,
  ),
  calc(
    {
      mode: 'binary',
      binary: { left: { matcher: { id: 'byType', options: 'number' } }, operator: '/', right: { fixed: '60' } },
      replaceFields: true,
    },
    several(number),
  ),
  ...['abs', 'exp', 'round', 'floor', 'ceil', 'ln'].map((operator) =>
    calc({ mode: 'unary', unary: { operator, fieldName: 'v' } }),
  ),
  calc({ mode: 'index' }),
  calc({ mode: 'index', index: { asPercentile: true } }, several(number)),
  calc({ mode: 'cumulativeFunctions', cumulative: { field: 'v', reducer: 'sum' } }),
  calc({ mode: 'cumulativeFunctions', cumulative: { field: 'v', reducer: 'mean' } }),
  ...['trailing', 'centered'].flatMap((windowAlignment) =>
    ['mean', 'stdDev', 'variance'].flatMap((reducer) => [
      ...[1, 2, 3, 4].map((windowSize) =>
        calc({ mode: 'windowFunctions', window: { field: 'v', reducer, windowSize, windowSizeMode: 'fixed', windowAlignment } }),
      ),
      ...[0.1, 0.34, 0.5, 1].map((windowSize) =>
        calc({
          mode: 'windowFunctions',
          window: { field: 'v', reducer, windowSize, windowSizeMode: 'percentage', windowAlignment },
        }),
      ),
    ]),
  ),
  ...[
    { fields: { k: { operation: 'groupby' }, v: { operation: 'aggregate', aggregations: ['sum'] } } },
    {
      rules: [
        { matcher: { id: 'byRegexp', options: '/^[kh]/' }, operation: 'groupby', aggregations: [] },
        { matcher: { id: 'numeric' }, operation: 'aggregate', aggregations: ['max'], keepNestedField: true },
      ],
    },
  ].map((options): Case => ({ id: 'groupToNestedTable', options, frames: filledTable, but: ['refId'] })),
  ...[{}, { firstFieldName: 'What' }, { firstFieldName: 'What', restFieldsName: 'Of' }].map((options): Case => ({
    id: 'transpose',
    options,
    frames: one(
      table('A', full, 1).map((frame) => ({ ...frame, fields: frame.fields.filter(({ name }) => 'kvw'.includes(name)) })),
    ),
  })),
  // Theirs puts texts and numbers into one column.
  ...[
    ['v', 'null'],
    ['v', 'zero'],
    ['h', 'empty'],
    ['k', 'null'],
  ].map(([valueField, emptyValue]): Case => ({
    id: 'groupingToMatrix',
    options: { columnField: 'k', rowField: 'h', valueField, emptyValue },
    frames: filledTable,
    but: ['refId'],
  })),
  ...[{ bucketSize: 2 }, { bucketSize: 3, bucketOffset: 1 }, { bucketSize: 2, combine: true }].map((options): Case => ({
    id: 'histogram',
    options,
    frames: filledTable,
    but: ['refId'],
  })),
  {
    id: 'histogram',
    options: {},
    frames: one(
      fc
        .array(fc.integer({ min: -500, max: 5000 }), { minLength: 3, maxLength: 40 })
        .filter((list) => new Set(list).size > 2)
        .map((list) => tableOf('A', [columnOf({ name: 'x' }, list, 'number')])),
    ),
    but: ['refId'],
  },
  {
    id: 'convertFieldType',
    options: {
      conversions: [
        { targetField: 'v', destinationType: 'string' },
        { targetField: 'k', destinationType: 'number' },
      ],
    },
    frames: fullTable,
  },
  {
    id: 'convertFieldType',
    options: {
      conversions: [
        { targetField: 'v', destinationType: 'boolean' },
        { targetField: 'Time', destinationType: 'number' },
      ],
    },
    frames: fullTable,
  },
  ...[
    ['YYYY-MM-DD HH:mm:ss.SSS Z', 'Europe/Berlin'],
    ['dddd, MMMM Do YYYY, h:mm:ss a', 'utc'],
    ['DDDD X x [at] ddd', 'America/New_York'],
    ['Qo W WW Wo GGGG GG E e d do dd', 'Asia/Tokyo'],
    ['w ww wo gggg gg Mo DDDo k kk S SS SSS', 'Asia/Kolkata'],
  ].map(([outputFormat, timezone]): Case => ({
    id: 'formatTime',
    options: { timeField: 'Time', outputFormat, timezone },
    frames: one(
      fc
        .array(fc.integer({ min: 0, max: 4e12 }), { maxLength: 6 })
        .map((list) => tableOf('A', [columnOf({ name: 'Time' }, list, 'time')])),
    ),
  })),
  ...[
    'Upper Case',
    'Lower Case',
    'Sentence Case',
    'Title Case',
    'Pascal Case',
    'Camel Case',
    'Snake Case',
    'Kebab Case',
    'Trim',
    'Substring',
  ].map((outputFormat): Case => ({
    id: 'formatString',
    options: { stringField: 's', outputFormat, substringStart: 1, substringEnd: 4 },
    frames: one(
      fc
        .array(fc.stringMatching(/^[ a-zA-Z_-]{0,12}$/), { maxLength: 5 })
        .map((list) => tableOf('A', [columnOf({ name: 's' }, list, 'string')])),
    ),
  })),
];
