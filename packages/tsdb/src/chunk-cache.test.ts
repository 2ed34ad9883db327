import { expect, test } from 'vitest';
import { ChunkCache } from './chunk-cache.ts';
import type { ChunkRow } from './database.ts';

const rowsOf = (bytes: number): ChunkRow[] => [[1, 0, 10, 2, new Uint8Array(bytes)]];

test.each([
  ['the same range', 100, 200, true],
  ['a part of it', 120, 180, true],
  ['before it', 99, 150, false],
  ['behind it', 150, 201, false],
])('%s', (_, fromMs, toMs, known) => {
  const cache = new ChunkCache();
  cache.put(7, 100, 200, rowsOf(10));
  expect(cache.get(7, fromMs, toMs) !== undefined).toBe(known);
  expect(cache.get(8, fromMs, toMs)).toBeUndefined();
});

test('what is forgotten is not known, and takes no memory', () => {
  const cache = new ChunkCache();
  cache.put(7, 100, 200, rowsOf(10));
  cache.put(7, 100, 300, rowsOf(20));
  cache.forget(7);
  cache.forget(7);
  expect([cache.get(7, 100, 200), cache.bytes]).toEqual([undefined, 0]);
});

test('memory is bounded, and what was read last stays', () => {
  const cache = new ChunkCache(100_000);
  cache.put(0, 0, 1, rowsOf(50_000));
  expect(cache.get(0, 0, 1)).toBeUndefined();
  for (let ref = 1; ref <= 100; ref++) {
    cache.put(ref, 0, 1, rowsOf(5_000));
    expect(cache.get(1, 0, 1)).toBeDefined();
    expect(cache.bytes).toBeLessThanOrEqual(100_000);
  }
  expect([cache.get(2, 0, 1), cache.get(100, 0, 1) !== undefined]).toEqual([undefined, true]);
});
