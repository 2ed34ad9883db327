import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHistogram, writeHistogram } from '../wal/histogram-row.ts';
import { anyHistogram, histogramOf } from '../histograms-for-tests.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { decodeChunk, encodeChunk } from './chunk.ts';
import { Columns } from './columns.ts';
import { readHistograms, writeHistograms } from './histograms.ts';
import { READ_AHEAD_BYTES } from './int-stream.ts';

function written(write: (writer: ByteWriter) => void): ByteReader {
  const writer = new ByteWriter();
  write(writer);
  return new ByteReader(new Uint8Array([...writer.take(), ...new Uint8Array(READ_AHEAD_BYTES)]));
}

describe('histograms come back as they were', () => {
  test('property: any histograms, as columns and one by one', () => {
    fc.assert(
      fc.property(fc.array(anyHistogram, { minLength: 1, maxLength: 40 }), (histograms) => {
        const columns = written((writer) => writeHistograms(writer, histograms));
        expect(readHistograms(columns, histograms.length)).toEqual(histograms);
        expect(columns.at).toBe(columns.bytes.length - READ_AHEAD_BYTES);
        for (const histogram of histograms) {
          const row = written((writer) => writeHistogram(writer, histogram));
          expect(readHistogram(row)).toEqual(histogram);
          expect(row.at).toBe(row.bytes.length - READ_AHEAD_BYTES);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('property: a part of them', () => {
    fc.assert(
      fc.property(fc.array(anyHistogram, { minLength: 1, maxLength: 20 }), fc.nat(20), fc.nat(20), (histograms, from, length) => {
        const first = Math.min(from, histograms.length);
        const end = Math.min(first + length, histograms.length);
        const reader = written((writer) => writeHistograms(writer, histograms));
        expect(readHistograms(reader, histograms.length, first, end)).toEqual(histograms.slice(first, end));
        expect(reader.at).toBe(reader.bytes.length - READ_AHEAD_BYTES);
      }),
      { numRuns: 100 },
    );
  });

  test('property: any mix of numbers, histograms and start times in one chunk', () => {
    const sample = fc.record({
      histogram: fc.option(anyHistogram, { nil: undefined }),
      value: fc.double(),
      startMs: fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: Number.NaN }),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), fc.nat(59), (samples, cut) => {
        const columns = new Columns(2);
        samples.forEach(({ histogram, value, startMs }, i) => {
          const [low = 0, high = 0] = new Uint32Array(Float64Array.of(value).buffer);
          columns.push(i * 1000, low, high, histogram, startMs);
        });
        const from = Math.min(cut, samples.length - 1);
        const out = new Columns(1);
        decodeChunk(encodeChunk(columns, 0, from + 1), out);
        if (from + 1 < samples.length) decodeChunk(encodeChunk(columns, from + 1, samples.length - from - 1), out);
        const byPlace = out.histogramsByPlace();
        expect(
          samples.map((_, i) => ({
            histogram: byPlace?.[i],
            value: byPlace?.[i] === undefined ? out.values[i] : samples[i]?.value,
            startMs: out.startsMs?.[i] ?? Number.NaN,
          })),
        ).toEqual(samples);
      }),
      { numRuns: 200 },
    );
  });
});

test.each<[name: string, bytes: number, at: (i: number) => ReturnType<typeof histogramOf>]>([
  ['that stand still', 420, () => histogramOf({ buckets: Array(40).fill(7) })],
  [
    'of 40 buckets of which a few grow',
    5500,
    (i) => histogramOf({ buckets: Array.from({ length: 40 }, (_, k) => (k % 8 === 0 ? i * 3 + ((i * 7919 + k) % 5) : k)) }),
  ],
  [
    'whose buckets come one after another',
    2600,
    (i) => histogramOf({ buckets: Array.from({ length: 1 + (i >> 4) }, (_, k) => i + k) }),
  ],
])('240 histograms %s take at most %i bytes', (_, bytes, at) => {
  const columns = new Columns(240);
  for (let i = 0; i < 240; i++) columns.push(i * 15_000, 0, 0, at(i));
  expect(encodeChunk(columns, 0, 240).length).toBeLessThanOrEqual(bytes);
});
