import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { keyOfRow, keySeal } from './row-seal.ts';

const KEY = Buffer.from('__name__\u0000up\u0000job\u0000a');

function rowOf(key: Buffer, checksum: number): Buffer {
  const row = Buffer.alloc(key.length + 4);
  row.set(key);
  row.writeUInt32LE(checksum, key.length);
  return row;
}

test('a key is read back from its row, and from one of a version without seals', () => {
  expect(keyOfRow(7, rowOf(KEY, crc32(KEY, keySeal(7))))).toBe(KEY.toString());
  expect(keyOfRow(7, rowOf(KEY, crc32(KEY)))).toBe(KEY.toString());
});

test('a key is none with any bit flipped, and none of another series', () => {
  for (let series = 0; series < 100; series++) {
    const row = rowOf(KEY, crc32(KEY, keySeal(series)));
    expect(keyOfRow(series + 1, row)).toBeUndefined();
    for (let bit = 0; bit < row.length * 8; bit++) {
      const flipped = Buffer.from(row);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(keyOfRow(series, flipped)).toBeUndefined();
    }
  }
});
