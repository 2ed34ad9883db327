import { instantOf } from '@vitrine/compute/civil-time.ts';
import type { TimeFormat } from '@vitrine/model/upload.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNumber, timeReader } from './cells.ts';

test.each<[unknown, number | undefined]>([
  ['1', 1],
  [' -2.5e-3 ', -0.0025],
  ['.5', 0.5],
  ['+7.', 7],
  ['nan', Number.NaN],
  ['-Infinity', -Infinity],
  ['inf', Infinity],
  ['True', 1],
  [false, 0],
  [12n, 12],
  ['9007199254740992', 9007199254740992],
  ['18014398509481984', 18014398509481984],
  ['', undefined],
  [' ', undefined],
  ['NA', undefined],
  ['null', undefined],
  [null, undefined],
  [undefined, undefined],
])('%s is the number %s', (cell, want) => {
  expect(readNumber(cell, '.')).toBe(want);
});

test.each([
  ['1,5', ',', 1.5],
  ['1234', ',', 1234],
  ['-0,25', ',', -0.25],
  ['1,5e-3', ',', 0.0015],
  ['1.5', ',', '"1.5" has a point, and the file’s decimal sign is a comma'],
  ['1.234', ',', '"1.234" has a point'],
  ['-1.234,5', ',', '"-1.234,5" has a point'],
  ['1.2.3', ',', '"1.2.3" is not a number'],
  ['1,2,3', ',', '"1,2,3" is not a number'],
  ['a.b', ',', '"a.b" is not a number'],
] as const)('with the decimal mark %j, %j', (cell, decimal, want) => {
  const number = readNumber(cell, decimal);
  if (typeof want === 'number') expect(number).toBe(want);
  else expect(number).toContain(want);
});

test.each<[unknown, string]>([
  ['12 kg', '"12 kg" is not a number'],
  ['0x10', '"0x10" is not a number'],
  ['1,000', '"1,000" is not a number'],
  ['1e', '"1e" is not a number'],
  [{ a: 1 }, '{"a":1} is not a number'],
  ['9007199254740993', '9007199254740993 is beyond 2^53, where a double is not exact'],
  [-9007199254740993n, '-9007199254740993 is beyond 2^53, where a double is not exact'],
  ['x'.repeat(1_000), `"${'x'.repeat(79)}… is not a number`],
])('%s is refused', (cell, sentence) => {
  expect(readNumber(cell, '.')).toContain(sentence);
});

test.each<[TimeFormat, string, unknown, string]>([
  ['rfc3339', 'UTC', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
  ['rfc3339', 'Europe/Berlin', '2026-03-01 12:00:00.123456+05:30', '2026-03-01T06:30:00.123Z'],
  ['rfc3339', 'UTC', '2024-02-29T23:59:60-08:00', '2024-03-01T08:00:00.000Z'],
  ['rfc3339', 'UTC', '2026-03-01T12:00:00-23:59', '2026-03-02T11:59:00.000Z'],
  ['date', 'UTC', '2026-12-31 24:00:00.000', '2027-01-01T00:00:00.000Z'],
  ['unix-s', 'UTC', '1767225600', '2026-01-01T00:00:00.000Z'],
  ['unix-s', 'UTC', 1767225600.123, '2026-01-01T00:00:00.123Z'],
  ['unix-s', 'UTC', '1.7672256e9', '2026-01-01T00:00:00.000Z'],
  ['unix-ms', 'UTC', '1767225600123', '2026-01-01T00:00:00.123Z'],
  ['unix-us', 'UTC', 1767225600123999n, '2026-01-01T00:00:00.123Z'],
  ['unix-ns', 'UTC', '1767225600123000000', '2026-01-01T00:00:00.123Z'],
  ['unix-ns', 'UTC', '5', '1970-01-01T00:00:00.000Z'],
  ['date', 'UTC', '2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['date', 'Europe/Berlin', '2026/07/01 12:00', '2026-07-01T10:00:00.000Z'],
  ['day-first', 'Europe/Berlin', '1.2.2026 3:04:05,5', '2026-02-01T02:04:05.500Z'],
  ['month-first', 'America/New_York', '12/31/2026, 23:30', '2027-01-01T04:30:00.000Z'],
  // An hour that comes twice is the first; one that is skipped is read with the offset before.
  ['date', 'Europe/Berlin', '2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
  ['date', 'Europe/Berlin', '2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
])('as %s in %s, %s is %s', (format, zone, cell, want) => {
  const timeMs = timeReader(format, zone)(cell);
  expect(typeof timeMs === 'number' ? new Date(timeMs).toISOString() : timeMs).toBe(want);
});

test.each<[TimeFormat, unknown, string]>([
  ['rfc3339', '2026-03-01T12:00:00', 'is not a time as RFC 3339'],
  ['rfc3339', '2026-02-30T12:00:00Z', 'is not a time'],
  ['rfc3339', '+275760-09-13T00:00:00Z', 'is not a time'],
  ['rfc3339', '2026-03-01T12:00:00+24:00', 'is not a time'],
  ['rfc3339', '2026-03-01T12:00:00-00:60', 'is not a time'],
  ['rfc3339', '2026-03-01T12:00:00+9999', 'is not a time'],
  ['rfc3339', '2026-03-01T24:00:01Z', 'is not a time'],
  ['date', '2026-03-01 24:01', 'is not a time'],
  ['date', '2026-03-01 24:00:60', 'is not a time'],
  ['day-first', '1.3.2026 24:00:00,5', 'is not a time'],
  ['date', '2026-13-01', 'is not a time as a date'],
  ['day-first', '12/31/2026', 'is not a time as a date with the day first'],
  ['unix-s', 'never', '"never" is not a time as unix seconds'],
  ['unix-s', '8640000000000', 'is not within the years 1970 to 9999'],
  ['unix-s', 'Infinity', 'is not a time'],
  ['unix-ms', Number.NaN, 'is not a time'],
  ['unix-ms', -1, 'is not within the years 1970 to 9999'],
  ['unix-s', '9'.repeat(400), 'is not within the years 1970 to 9999'],
  ['timestamp', 'text', 'is not a time as a timestamp of Parquet'],
  ['unix-ms', true, 'true is not a time'],
])('as %s, %s is refused', (format, cell, sentence) => {
  expect(timeReader(format, 'UTC')(cell)).toContain(sentence);
});

test('what is remembered of a zone changes nothing: each time is the one that its clock showed', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.array(fc.integer({ min: 0, max: 4_000_000_000 }), { maxLength: 20 }),
      (zone, seconds) => {
        const read = timeReader('timestamp', zone, true);
        for (const second of seconds) {
          const at = new Date(second * 1_000);
          const clock = {
            year: at.getUTCFullYear(),
            month: at.getUTCMonth() + 1,
            day: at.getUTCDate(),
            hour: at.getUTCHours(),
            minute: at.getUTCMinutes(),
            second: at.getUTCSeconds(),
            ms: 0,
          };
          const wantMs = instantOf(clock, zone);
          expect(wantMs < 0 || read(at.getTime()) === wantMs).toBe(true);
        }
      },
    ),
  );
});
