import type { Frame } from '@vitrine/model/frame.ts';

import { transformed } from './cases.ts';

/** Prints how long transformations of 100,000 rows take: `node packages/compute/src/transform/transform.bench.ts`. */

const ROWS = 100_000;
const ROUNDS = 5;

const words = Array.from({ length: ROWS }, (_, row) => `pod-${row % 1_000}`);
const [a, b] = ['A', 'B'].map((refId): Frame => ({
  refId,
  shape: 'table',
  length: ROWS,
  fields: [
    { type: 'time', name: 'Time', values: Float64Array.from({ length: ROWS }, (_, row) => row * 1_000) },
    { type: 'string', name: 'pod', values: words },
    { type: 'number', name: `Value #${refId}`, values: Float64Array.from({ length: ROWS }, (_, row) => Math.sin(row)) },
  ],
})) as [Frame, Frame];
const aggregate = { operation: 'aggregate', aggregations: ['mean', 'max', 'lastNotNull'] };
const window = { field: 'Value #A', reducer: 'stdDev', windowSize: 0.1 };

const cases: readonly (readonly [string, string, object, ...Frame[]])[] = [
  ['organize', 'organize', { excludeByName: { Time: true }, renameByName: { pod: 'Pod' } }, a],
  ['merge', 'merge', {}, a, b],
  ['join on time, outer', 'joinByField', { byField: 'Time', mode: 'outer' }, a, b],
  ['join on time, inner', 'joinByField', { byField: 'Time', mode: 'inner' }, a, b],
  ['group into 1,000', 'groupBy', { fields: { pod: { operation: 'groupby' }, 'Value #A': aggregate } }, a],
  ['group into 100,000', 'groupBy', { fields: { Time: { operation: 'groupby' }, 'Value #A': aggregate } }, a],
  ['sort by words', 'sortBy', { sort: [{ field: 'pod' }] }, a],
  [
    'filter by a regex',
    'filterByValue',
    { filters: [{ fieldName: 'pod', config: { id: 'regex', options: { value: '-7' } } }] },
    a,
  ],
  ['sum of a row', 'calculateField', { mode: 'reduceRow', reduce: { reducer: 'sum' } }, a],
  ['quotient', 'calculateField', { mode: 'binary', binary: { left: 'Value #A', operator: '/', right: '2' } }, a],
  ['window of a tenth', 'calculateField', { mode: 'windowFunctions', window }, a],
  ['labels to fields', 'labelsToFields', {}, a],
  ['series to rows', 'seriesToRows', {}, a, b],
  ['ASAP', 'smoothing', { resolution: 1_000 }, a],
  ['EMA', 'ema', {}, a],
];

for (const [title, id, options, ...frames] of cases) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const { notices } = transformed(id, options, ...frames);
    times.push(performance.now() - start);
    if (notices.length > 0) throw new Error(notices[0]!.text);
  }
  times.sort((x, y) => x - y);
  process.stdout.write(`${title.padEnd(22)} best ${times[0]!.toFixed(0)} ms, median ${times[ROUNDS >> 1]!.toFixed(0)} ms\n`);
}
