import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { GridSeries, QueryResult } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { formatNumber } from './write-number.ts';
import { formatTime, writeResult } from './write-result.ts';

const rest = { annotations: [], stats: { seriesRead: 0, samplesRead: 0, elapsedMs: 0 } };

function written(result: QueryResult, limit = 0): { pieces: Uint8Array[]; result: unknown } {
  const pieces = Array.from(writeResult(result, { limit, stats: false }), (piece) => piece.slice());
  const { data } = JSON.parse(Buffer.concat(pieces).toString()) as { data: { result: unknown } };
  return { pieces, result: data.result };
}

function matrix(timesMs: Float64Array, series: readonly GridSeries[]): QueryResult {
  return { kind: 'matrix', timesMs, series, ...rest };
}

test.each([
  ['whole seconds', 1_700_000_000_000, 15_000],
  ['milliseconds', 1_700_000_000_123, 15_001],
  ['before 1970', -5_000_001, 1_000],
  ['far from now', 8_000_000_000_000_001, 1],
])('a matrix of %s, with gaps, over many pieces', (_, startMs, stepMs) => {
  const count = 20_000;
  const timesMs = Float64Array.from({ length: count }, (__, i) => startMs + i * stepMs);
  const values = timesMs.map((__, i) => Math.sin(i) * 10 ** (i % 12));
  const presences: (Uint8Array | undefined)[] = [
    undefined,
    new Uint8Array(count),
    Uint8Array.from({ length: count }, (__, i) => (i % 3 === 0 ? 1 : 0)),
    Uint8Array.from({ length: count }, (__, i) => (i === 0 ? 1 : 0)),
    Uint8Array.from({ length: count }, (__, i) => (i === count - 1 ? 1 : 0)),
  ];
  const series = presences.map((present, n) => ({ labels: Labels.from({ __name__: 'm', n: `${n} "ü😀"` }), values, present }));
  const wanted = series.flatMap(({ labels, present }) => {
    const points = [...values.keys()]
      .filter((i) => present === undefined || present[i] === 1)
      .map((i) => [Number(formatTime(timesMs[i]!)), formatNumber(values[i]!)]);
    return points.length === 0 ? [] : [{ metric: labels.toObject(), values: points }];
  });
  const answer = written(matrix(timesMs, series));
  expect(answer.result).toEqual(wanted);
  expect(answer.pieces.length).toBeGreaterThan(1);
  expect(Math.max(...answer.pieces.map((piece) => piece.length))).toBeLessThan(300_000);
});

test('labels longer than a piece come whole', () => {
  const labels = Labels.from({ __name__: 'm', long: 'é'.repeat(200_000) });
  const answer = written(matrix(Float64Array.of(0), [{ labels, values: Float64Array.of(1), present: undefined }]));
  expect(answer.result).toEqual([{ metric: labels.toObject(), values: [[0, '1']] }]);
});

test('samples are written with their own times', () => {
  const series = [1, 2].map((n) => ({
    labels: Labels.from({ n: String(n) }),
    length: 4_000,
    timestampsMs: Float64Array.from({ length: 4_100 }, (_, i) => i * 1_001),
    values: new Float64Array(4_100).fill(n / 3),
  }));
  const answer = written({ kind: 'samples', series, ...rest }, 1);
  expect(answer.result).toEqual([
    { metric: { n: '1' }, values: Array.from({ length: 4_000 }, (_, i) => [(i * 1_001) / 1_000, formatNumber(1 / 3)]) },
  ]);
});

describe('native histograms', () => {
  const histogram: NativeHistogram = {
    schema: 0,
    zeroThreshold: 0.001,
    zeroCount: 1,
    count: 4,
    sum: Number.POSITIVE_INFINITY,
    positiveSpans: [{ offset: 1, length: 2 }],
    positiveBuckets: Float64Array.of(2, 0),
    negativeSpans: [{ offset: 0, length: 1 }],
    negativeBuckets: Float64Array.of(1),
    customValues: new Float64Array(),
    reset: 'unknown',
  };
  const wire = {
    count: '4',
    sum: '+Inf',
    buckets: [
      [1, '-1', '-0.5', '1'],
      [3, '-0.001', '0.001', '1'],
      [0, '1', '2', '2'],
    ],
  };
  const nothing: NativeHistogram = {
    ...histogram,
    zeroCount: 0,
    count: 0,
    sum: 0,
    positiveSpans: [],
    positiveBuckets: new Float64Array(),
    negativeSpans: [],
    negativeBuckets: new Float64Array(),
  };
  const labels = Labels.from({ n: '1' });
  const timesMs = Float64Array.of(0, 1_000, 2_000);
  const values = Float64Array.of(7, 8, 9);

  test.each<[string, GridSeries, unknown]>([
    [
      'beside numbers',
      { labels, values, present: undefined, histograms: [undefined, histogram, undefined] },
      {
        metric: { n: '1' },
        values: [
          [0, '7'],
          [2, '9'],
        ],
        histograms: [[1, wire]],
      },
    ],
    [
      'alone, with gaps',
      { labels, values, present: Uint8Array.of(1, 0, 1), histograms: [histogram, undefined, nothing] },
      {
        metric: { n: '1' },
        histograms: [
          [0, wire],
          [2, { count: '0', sum: '0' }],
        ],
      },
    ],
  ])('of a matrix, %s', (_, series, wanted) => {
    const plain: GridSeries = { labels, values, present: undefined };
    const both = written(matrix(timesMs, [series, plain])).result as unknown[];
    expect(both[0]).toEqual(wanted);
    expect(both).toHaveLength(2);
  });

  test('of a vector', () => {
    const series = [
      { labels, values: Float64Array.of(0), present: undefined, histograms: [histogram] },
      { labels, values: Float64Array.of(3), present: undefined },
    ];
    expect(written({ kind: 'vector', timesMs: Float64Array.of(1_500), series, ...rest }).result).toEqual([
      { metric: { n: '1' }, histogram: [1.5, wire] },
      { metric: { n: '1' }, value: [1.5, '3'] },
    ]);
  });

  test('of samples', () => {
    const series = [{ labels, length: 2, timestampsMs: timesMs, values, histograms: [histogram, undefined] }];
    expect(written({ kind: 'samples', series, ...rest }).result).toEqual([
      { metric: { n: '1' }, values: [[1, '8']], histograms: [[0, wire]] },
    ]);
  });
});
