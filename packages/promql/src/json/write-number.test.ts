import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNumber, NUMBER_BYTES, writeNumber } from './write-number.ts';

function written(value: number): string {
  const bytes = Buffer.alloc(NUMBER_BYTES + 3, 0xff);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = writeNumber(bytes, view, 3, value);
  return bytes.toString('latin1', 3, end);
}

test.each([
  0,
  -0,
  1,
  -1,
  0.5,
  0.1,
  0.3,
  1 / 3,
  2 / 3,
  0.1 + 0.2,
  -4.35,
  100,
  1e9,
  123456789.125,
  214748.3647,
  214748.3648,
  99999.9999,
  2147483647,
  2147483648,
  -2147483648,
  2 ** 53,
  2 ** 52 + 0.5,
  999999999999999.9,
  1e15,
  1e16,
  1e20,
  1e21,
  1e22,
  0.000001234,
  1e-6,
  9.99e-7,
  1e-7,
  5e-324,
  1.7976931348623157e308,
  9.5367431640625e-7,
  Number.NaN,
  Infinity,
  -Infinity,
])('%d is written as its text', (value) => {
  expect(written(value)).toBe(formatNumber(value));
});

test('property: every double is written as its text', () => {
  const bits = fc
    .tuple(fc.nat(0xffffffff), fc.nat(0xffffffff))
    .map(([low, high]) => new Float64Array(Uint32Array.of(low, high).buffer)[0]!);
  const decimals = fc.tuple(fc.maxSafeInteger(), fc.nat(22)).map(([digits, places]) => digits / 10 ** places);
  const shares = fc.tuple(fc.integer(), fc.integer({ min: 1, max: 1e6 })).map(([a, b]) => a / b);
  const moderate = fc.double({ min: 1e-7, max: 1e16, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(bits, decimals, shares, moderate), (value) => {
      expect(written(value)).toBe(formatNumber(value));
    }),
    { numRuns: 20_000 },
  );
});
