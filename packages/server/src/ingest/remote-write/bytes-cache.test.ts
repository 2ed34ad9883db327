import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BytesCache } from './bytes-cache.ts';

/** Keys of 12 bytes of which each has one hash where no seed is mixed in: the last word undoes what the first brought. */
function alikeKeys(count: number): DataView {
  const factor = 0x9e3779b1;
  const step = (hash: number, word: number): number => {
    const mixed = Math.imul(hash ^ word, factor);
    return mixed ^ (mixed >>> 15);
  };
  let exact = 1;
  for (let i = 0; i < 5; i++) exact = Math.imul(exact, 2 - Math.imul(factor, exact));
  const keys = new DataView(new ArrayBuffer(count * 12));
  for (let i = 0; i < count; i++) {
    keys.setInt32(i * 12, i, true);
    keys.setInt32(i * 12 + 8, Math.imul(12_345, exact) ^ step(step(12, i), 0), true);
  }
  return keys;
}

test('keys that were made to have one hash are remembered like others', () => {
  const keys = alikeKeys(20_000);
  const cache = new BytesCache<number>();
  let read = 0;
  // Not in order the second time, so that each is looked for.
  for (const stride of [1, 7919]) {
    for (let i = 0; i < 20_000; i++) {
      const at = (i * stride) % 20_000;
      expect(cache.get(keys, at * 12, at * 12 + 12, () => (read++, at))).toBe(at);
    }
  }
  // One that finds no free place may be read again.
  expect(read).toBeLessThan(20_100);
});

test('what is remembered is always what was read, however much is forgotten', () => {
  const key = fc.uint8Array({ maxLength: 9 });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60 }), (keys) => {
      const cache = new BytesCache<string>({ entries: 8, bytes: 40 });
      for (const bytes of keys) {
        const text = String(bytes);
        expect(cache.get(new DataView(bytes.buffer), 0, bytes.length, () => text)).toBe(text);
      }
      expect(cache.size).toBeLessThanOrEqual(16);
    }),
  );
});

test('values that need much memory besides are forgotten sooner', () => {
  const cache = new BytesCache<number>({ entries: 1000, bytes: 1000 });
  const keys = new DataView(new ArrayBuffer(400));
  for (let i = 0; i < 100; i++) {
    keys.setInt32(i * 4, i, true);
    cache.get(keys, i * 4, i * 4 + 4, () => i, 296);
  }
  expect(cache.size).toBeLessThanOrEqual(6);
});
