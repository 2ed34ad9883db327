import type { Field } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';

import { findReducer } from './reducers.ts';

const numbers = (cells: readonly (number | null)[]): Field => ({
  type: 'number',
  name: 'x',
  values: Float64Array.from(cells, (cell) => cell ?? 0),
  present: Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)),
});
const reduce = (id: string, field: Field): unknown => findReducer(id)?.reduce(field);

describe('reducers', () => {
  const gappy = numbers([null, 3, null, 1, 5, null]);
  test.each([
    ['lastNotNull', 5],
    ['last', undefined],
    ['firstNotNull', 3],
    ['first', undefined],
    ['min', 1],
    ['max', 5],
    ['mean', 3],
    ['median', 3],
    ['sum', 9],
    ['count', 3],
    ['countAll', 6],
    ['range', 4],
    ['step', -2],
    ['diff', 2],
    ['diffperc', (2 / 3) * 100],
    ['logmin', 1],
    ['allIsZero', false],
    ['allIsNull', false],
    ['changeCount', 2],
    ['distinctCount', 3],
    ['allValues', [null, 3, null, 1, 5, null]],
    ['uniqueValues', [null, 3, 1, 5]],
    ['p50', 3],
    ['p99', 5],
    ['avg', 3],
  ])('%s of a column with gaps is %j', (id, want) => {
    expect(reduce(id, gappy)).toEqual(want);
  });

  test.each([
    ['variance', [1, 2, 3, 4], 1.25],
    ['stdDev', [1e9, 1e9 + 2], 1],
    ['median', [1, 2, 3, 4], 2.5],
    ['delta', [1, 5, 2, 6, 9], 7],
    ['logmin', [-1, 0, 4], 4],
    ['allIsZero', [0, null, 0], true],
    ['last', [1, Number.NaN], Number.NaN],
    ['lastNotNull', [1, Number.NaN], 1],
    ['mean', [1, Number.NaN, 3], 2],
  ])('%s of %j is %j', (id, cells, want) => {
    expect(reduce(id, numbers(cells))).toEqual(want);
  });

  test.each([
    'sum',
    'mean',
    'min',
    'max',
    'range',
    'variance',
    'median',
    'delta',
    'step',
    'diff',
    'diffperc',
    'logmin',
    'p95',
    'last',
    'lastNotNull',
  ])('%s of nothing is nothing, not zero', (id) => {
    expect(reduce(id, numbers([null, null]))).toBeUndefined();
    expect(reduce(id, numbers([]))).toBeUndefined();
  });

  test('words have a first, a last and a count, and no mean', () => {
    const words: Field = { type: 'string', name: 'x', values: ['b', 'a', 'b'] };
    expect(['first', 'last', 'count', 'distinctCount', 'mean'].map((id) => reduce(id, words))).toEqual([
      'b',
      'b',
      3,
      2,
      undefined,
    ]);
  });
});
