import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberReader } from './number-reader.ts';

const reader = new NumberReader();

function read(text: string): number | string {
  const bytes = Buffer.from(`${text}\n`);
  if (!reader.read(bytes, 0)) return reader.problem;
  expect(reader.end).toBe(text.length);
  return reader.value;
}

test.each<[string, number]>([
  ['0', 0],
  ['-0', -0],
  ['0.1', 0.1],
  ['.5', 0.5],
  ['5.', 5],
  ['5.e2', 500],
  ['1e-05', 0.00001],
  ['1E+22', 1e22],
  ['1e23', 1e23],
  ['1e308', 1e308],
  ['5e-324', 5e-324],
  ['1e-400', 0],
  ['0.30000000000000004', 0.30000000000000004],
  ['123456789012345678', 1.2345678901234568e17],
  ['9007199254740993', 9007199254740992],
  // Halfway between two doubles: the even one is right, and only more precision shows it.
  ['9007199254740993.000', 9007199254740992],
  ['9007199254740995', 9007199254740996],
  ['0.000000000000000000001', 1e-21],
  ['1234567890123456789012345678901234567890', 1.2345678901234568e39],
  ['0.0009995002498750624', 0.0009995002498750624],
  ['9.995002498750624e-05', 9.995002498750624e-5],
  ['1.2345678901234567e-20', 1.2345678901234567e-20],
  ['-12i', -12],
  ['9223372036854775807i', 2 ** 63],
  ['-9223372036854775808i', -(2 ** 63)],
  ['18446744073709551615u', 2 ** 64],
  ['0000000000000000000000007i', 7],
])('%s', (text, value) => {
  expect(read(text)).toBe(value);
});

test.each([
  '',
  '-',
  '.',
  '-.',
  'e5',
  '1e',
  '1e+',
  '-1u',
  '9223372036854775808i',
  '-9223372036854775809i',
  '18446744073709551616u',
  '1e309',
])('%s is none', (text) => {
  expect(read(text)).toEqual(expect.any(String));
});

test('a float is the double nearest to what is written', () => {
  const digits = fc.stringMatching(/^[0-9]{1,19}$/);
  const written = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toPrecision(19)),
    fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`),
    fc.tuple(digits, fc.nat(19)).map(([text, point]) => `${text.slice(0, point)}.${text.slice(point)}0`),
    fc.tuple(digits, fc.integer({ min: -50, max: 30 })).map(([text, power]) => `${text}e${power}`),
    // Numbers that lie halfway between two doubles, and next to that.
    fc
      .tuple(fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n }), fc.integer({ min: -2, max: 2 }))
      .map(([number, by]) => String(number + BigInt(by))),
  );
  fc.assert(
    fc.property(written, (text) => {
      expect(read(text)).toBe(Number(text));
    }),
    { numRuns: 20_000 },
  );
});
