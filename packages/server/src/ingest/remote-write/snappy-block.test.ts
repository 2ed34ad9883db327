import * as fc from 'fast-check';
import { compressSync } from 'snappy';
import { expect, test } from 'vitest';
import { RemoteWriteRefused } from './remote-write-refused.ts';
import { SnappyUnpacker } from './snappy-block.ts';

const LIMIT = 10_000_000;

test('whatever the native package packs is unpacked, with one unpacker', () => {
  const unpacker = new SnappyUnpacker();
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(200))
      .map(([bytes, times]) => Buffer.alloc(bytes.length * times, bytes)),
    fc.nat(100_000).map((length) => Buffer.from(Array.from({ length }, (_, i) => (i * i) >> 3))),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const bytes = Buffer.concat(parts);
      expect(Buffer.compare(unpacker.unpack(compressSync(bytes), LIMIT), bytes)).toBe(0);
    }),
  );
});

test('a block that is cut anywhere is refused', () => {
  const block = compressSync(Buffer.from('abcabcabcabcabcabcxyz'.repeat(20) + 'end'));
  const unpacker = new SnappyUnpacker();
  for (let length = 0; length < block.length; length++) {
    expect(() => unpacker.unpack(block.subarray(0, length), LIMIT)).toThrow(RemoteWriteRefused);
  }
});

test.each<[string, number[], string]>([
  ['a copy from before the start', [4, 0x0d, 1], 'it copies from before its start'],
  ['a copy from nowhere', [5, 0x00, 97, 0x01, 0], 'it copies from before its start'],
  ['more than it says', [1, 0x04, 97, 98], 'it is longer than it says'],
  ['less than it says', [9, 0x04, 97, 98], 'it is shorter than it says'],
  ['a literal that is cut', [9, 0x20, 97], 'it ends inside an element'],
  ['a literal of 4 GB', [9, 0xfc, 255, 255, 255, 255, 97], 'it ends inside an element'],
])('%s is refused', (_, block, how) => {
  expect(() => new SnappyUnpacker().unpack(Uint8Array.from(block), LIMIT)).toThrow(
    `The body is not a snappy block, or is cut off: ${how}.`,
  );
});
