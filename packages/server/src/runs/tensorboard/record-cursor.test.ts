import fc from 'fast-check';
import { expect, test } from 'vitest';
import { record } from '../../testing/write-events.ts';
import { crc32c, maskedCrc32c } from './crc32c.ts';
import { RecordCursor, type RecordFound } from './record-cursor.ts';

test.each([
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 times 0xff', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(0), 0],
])('CRC-32C of %s is that of RFC 3720', (_, bytes, want) => {
  expect(crc32c(bytes, 0, bytes.length)).toBe(want);
});

test('the masked CRC is TensorBoard’s', () => {
  const bytes = Buffer.from('\u001a\u0011CRC test, one two', 'latin1');
  expect(maskedCrc32c(bytes, 0, bytes.length)).toBe(0x5794d08a);
});

/** The records' data, as far as they are whole, and what stands behind them. */
function walk(bytes: Uint8Array): { readonly found: readonly Uint8Array[]; readonly damaged: number; readonly end: RecordFound } {
  const cursor = new RecordCursor();
  const found: Uint8Array[] = [];
  let damaged = 0;
  for (let at = 0; ; at += cursor.needs) {
    const end = cursor.find(bytes, at, bytes.length);
    if (end === 'short' || end === 'dead') return { found, damaged, end };
    if (end === 'record') found.push(Uint8Array.from(bytes.subarray(cursor.dataStart, cursor.dataEnd)));
    else damaged++;
  }
}

const someRecords = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });

test('what is cut off anywhere gives the records before the cut, and never anything else', () => {
  fc.assert(
    fc.property(someRecords, fc.nat(), (datas, seed) => {
      const whole = Buffer.concat(datas.map((data) => record(data)));
      const cut = seed % (whole.length + 1);
      let end = 0;
      const before = datas.filter((data) => (end += data.length + 16) <= cut);
      expect(walk(whole.subarray(0, cut))).toEqual({ found: before, damaged: 0, end: 'short' });
    }),
  );
});

test('one damaged byte costs its record, or all behind it where it is in a length', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.nat(),
      (datas, i, at) => {
        const parts = datas.map((data) => record(data));
        const hit = i % parts.length;
        const part = parts[hit]!;
        const place = at % part.length;
        part[place] = part[place]! ^ 0x10;
        const isLength = place < 12;
        const { found, damaged, end } = walk(Buffer.concat(parts));
        expect(found).toEqual(isLength ? datas.slice(0, hit) : datas.toSpliced(hit, 1));
        expect([damaged, end]).toEqual(isLength ? [0, 'dead'] : [1, 'short']);
      },
    ),
  );
});
