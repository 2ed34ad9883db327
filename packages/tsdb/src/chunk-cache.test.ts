import { expect, test } from 'vitest';
import { ChunkCache } from './chunk-cache.ts';
import type { ChunkRow } from './database.ts';

const rowsOf = (bytes: number): ChunkRow[] => [[1, 0, 10, 2, new Uint8Array(bytes)]];

test.each([
  ['the same range', 3, 100, 200, true],
  ['a part of it', 3, 120, 180, true],
  ['before it', 3, 99, 150, false],
  ['behind it', 3, 150, 201, false],
  ['the same range of chunks that were written anew', 4, 100, 200, false],
])('%s', (_, version, fromMs, toMs, known) => {
  const cache = new ChunkCache();
  cache.put(7, 3, 100, 200, rowsOf(10));
  expect(cache.get(7, version, fromMs, toMs) !== undefined).toBe(known);
  expect(cache.get(8, 3, fromMs, toMs)).toBeUndefined();
});

test('what is read anew takes the place of what was known', () => {
  const cache = new ChunkCache();
  cache.put(7, 3, 100, 200, rowsOf(10));
  const { bytes } = cache;
  cache.put(7, 4, 100, 300, rowsOf(10));
  expect([cache.get(7, 3, 100, 200), cache.get(7, 4, 100, 300) !== undefined, cache.bytes]).toEqual([undefined, true, bytes]);
});

test('ranges apart from each other are known beside each other, a few of them', () => {
  const cache = new ChunkCache();
  const isKnown = (...ranges: readonly [fromMs: number, toMs: number][]): boolean[] =>
    ranges.map(([fromMs, toMs]) => cache.get(7, 3, fromMs, toMs) !== undefined);
  cache.put(7, 3, 100, 200, rowsOf(10));
  const { bytes } = cache;
  // As the two ends of a read whose middle is in buckets.
  cache.put(7, 3, 300, 400, rowsOf(10));
  expect([isKnown([100, 200], [300, 400], [150, 350]), cache.bytes]).toEqual([[true, true, false], 2 * bytes]);
  // One that meets others takes their place.
  cache.put(7, 3, 150, 350, rowsOf(10));
  expect([isKnown([100, 200], [300, 400], [150, 350]), cache.bytes]).toEqual([[false, false, true], bytes]);
  for (let i = 0; i < 100; i++) cache.put(7, 3, 1000 * i + 1000, 1000 * i + 1500, rowsOf(10));
  expect([isKnown([150, 350], [100_000, 100_500]), cache.bytes]).toEqual([[false, true], 4 * bytes]);
  cache.put(7, 4, 0, 50, rowsOf(10));
  expect([isKnown([100_000, 100_500]), cache.bytes]).toEqual([[false], bytes]);
});

test('memory is bounded, and what was read last stays', () => {
  const cache = new ChunkCache(100_000);
  cache.put(0, 0, 0, 1, rowsOf(50_000));
  expect(cache.get(0, 0, 0, 1)).toBeUndefined();
  for (let ref = 1; ref <= 100; ref++) {
    cache.put(ref, 0, 0, 1, rowsOf(5_000));
    expect(cache.get(1, 0, 0, 1)).toBeDefined();
    expect(cache.bytes).toBeLessThanOrEqual(100_000);
  }
  expect([cache.get(2, 0, 0, 1), cache.get(100, 0, 0, 1) !== undefined]).toEqual([undefined, true]);
});
