import fc from 'fast-check';
import { Labels } from '@vitrine/model/labels.ts';
import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import type { SeriesSamples } from '@vitrine/model/sample-store.ts';
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import { decodeChunkedResponse, type DecodedSample } from './decode-for-tests.ts';
import { writeChunkedResponse } from './write-response.ts';

function written(...results: (readonly SeriesSamples[])[]) {
  return decodeChunkedResponse(Buffer.concat([...writeChunkedResponse(results)]));
}

function seriesOf(
  points: readonly { readonly timeMs: number; readonly bits?: bigint; readonly histogram?: NativeHistogram | undefined }[],
): SeriesSamples {
  return {
    labels: Labels.from({ __name__: 'm' }),
    length: points.length,
    timestampsMs: Float64Array.from(points, ({ timeMs }) => timeMs),
    values: new Float64Array(BigUint64Array.from(points, ({ bits = 0n }) => bits).buffer),
    ...(points.some(({ histogram }) => histogram !== undefined) ? { histograms: points.map(({ histogram }) => histogram) } : {}),
  };
}

test('the checksum is Castagnoli’s', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3_06_92_83);
});

const step = fc.oneof(
  fc.constant(15_000),
  fc.integer({ min: 14_990, max: 15_010 }),
  fc.integer({ min: 1, max: 500_000 }),
  fc.integer({ min: 1, max: 2 ** 41 }),
);
const bits = fc.oneof(
  fc.constantFrom(0n, 0x7f_f0_00_00_00_00_00_02n, 0x3f_f0_00_00_00_00_00_00n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  // Neighbours, which differ in few bits.
  fc.integer({ min: 0, max: 1_000 }).map((low) => 0x40_59_00_00_00_00_00_00n + (BigInt(low) << 20n)),
);

test('chunks hold the times and the bits of numbers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 41), max: 2 ** 42 }),
      fc.array(fc.record({ step, bits }), { minLength: 1, maxLength: 300 }),
      (startMs, steps) => {
        let timeMs = startMs;
        const points = steps.map(({ step: stepMs, bits: value }) => ({ timeMs: (timeMs += stepMs), bits: value }));
        const [series, ...others] = written([seriesOf(points)]);
        expect(others).toEqual([]);
        expect(series?.chunks.flatMap(({ samples }) => samples)).toEqual(points);
        for (const { fromMs, toMs, samples, type } of series?.chunks ?? []) {
          expect([type, fromMs, toMs]).toEqual([1, samples[0]?.timeMs, samples.at(-1)?.timeMs]);
        }
      },
    ),
    { numRuns: 100 },
  );
});

const BASE: NativeHistogram = {
  schema: 3,
  zeroThreshold: 2 ** -128,
  zeroCount: 1,
  count: 10,
  sum: 12.5,
  positiveSpans: [
    { offset: -3, length: 2 },
    { offset: 70, length: 1 },
  ],
  positiveBuckets: Float64Array.of(1, 2, 3),
  negativeSpans: [{ offset: 5_000, length: 1 }],
  negativeBuckets: Float64Array.of(3),
  customValues: new Float64Array(),
  reset: 'unknown',
};
const more: NativeHistogram = {
  ...BASE,
  count: 14,
  zeroCount: 2,
  sum: 13,
  positiveBuckets: Float64Array.of(2, 3, 4),
  reset: 'not reset',
};
const custom: NativeHistogram = {
  ...BASE,
  schema: -53,
  zeroThreshold: 0,
  zeroCount: 0,
  positiveSpans: [{ offset: 0, length: 3 }],
  negativeSpans: [],
  negativeBuckets: new Float64Array(),
  customValues: Float64Array.of(-1, 0.005, 1e6 / 3),
};

test.each<
  [
    what: string,
    histograms: readonly (NativeHistogram | undefined)[],
    chunks: readonly (readonly [count: number, flags?: number])[],
  ]
>([
  ['that grow', [BASE, more], [[2, 0]]],
  [
    'that are reset',
    [more, { ...BASE, reset: 'reset' }],
    [
      [1, 0],
      [1, 128],
    ],
  ],
  [
    'that fall without a word',
    [more, BASE],
    [
      [1, 0],
      [1, 0],
    ],
  ],
  [
    'that are gauges',
    [
      { ...more, reset: 'gauge' },
      { ...BASE, reset: 'gauge' },
    ],
    [[2, 192]],
  ],
  [
    'with another threshold',
    [BASE, { ...more, zeroThreshold: 0.3 }],
    [
      [1, 0],
      [1, 0],
    ],
  ],
  ['with listed bounds', [custom, custom], [[2, 0]]],
  ['between numbers', [undefined, BASE, undefined], [[1], [1, 0], [1]]],
])('chunks hold histograms %s', (_, histograms, chunks) => {
  const points = histograms.map((histogram, i) => ({ timeMs: 1_700_000_000_000 + i * 15_000, bits: 7n, histogram }));
  const [series] = written([seriesOf(points)]);
  const wanted = points.map(({ timeMs, histogram }): DecodedSample => {
    if (histogram === undefined) return { timeMs, bits: 7n };
    const { count, zeroCount, sum, positiveBuckets, negativeBuckets } = histogram;
    return { timeMs, histogram: [count, zeroCount, sum, ...positiveBuckets, ...negativeBuckets] };
  });
  expect(series?.chunks.flatMap(({ samples }) => samples)).toEqual(wanted);
  expect(
    series?.chunks.map(({ samples, layout }) => (layout === undefined ? [samples.length] : [samples.length, layout.flags])),
  ).toEqual(chunks);
  const layouts = histograms.flatMap((histogram) => (histogram === undefined ? [] : [layoutOf(histogram)]));
  for (const { layout } of series?.chunks ?? []) {
    if (layout !== undefined) expect(layouts).toContainEqual({ ...layout, flags: undefined });
  }
});

function layoutOf({ schema, zeroThreshold, positiveSpans, negativeSpans, customValues }: NativeHistogram) {
  const spans = [positiveSpans, negativeSpans].map((list) => list.map(({ offset, length }) => [offset, length]));
  return { flags: undefined, schema, zeroThreshold, spans, bounds: [...customValues] };
}

test('a long series comes in several messages, each with its labels and its query', () => {
  const points = Array.from({ length: 200_000 }, (_, i) => ({
    timeMs: i * 1_000,
    bits: (BigInt(i) * 0x9e_37_79_b9_7f_4a_7c_15n) & (2n ** 64n - 1n),
  }));
  const messages = written([], [seriesOf(points)]);
  expect(messages.length).toBeGreaterThan(1);
  expect(messages.every(({ query, labels }) => query === 1 && labels['__name__'] === 'm')).toBe(true);
  expect(messages.flatMap(({ chunks }) => chunks.flatMap(({ samples }) => samples)).length).toBe(points.length);
});
