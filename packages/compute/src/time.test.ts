import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTimeZone, civilTime, instantOf } from './civil-time.ts';
import { describeRange, formatDuration, formatTime, endsWithClock, parseDurationMs, parseTime, parseTimeRange } from './time.ts';

// A Wednesday.
const nowMs = Date.parse('2026-03-18T15:42:07.250Z');
const read = (text: string, edge: 'start' | 'end' = 'start', timeZone = 'UTC', at = nowMs): string =>
  new Date(parseTime('from', text, { nowMs: at, timeZone, edge })).toISOString();

test.each([
  ['now', '2026-03-18T15:42:07.250Z'],
  [' now-6h ', '2026-03-18T09:42:07.250Z'],
  ['now-90s', '2026-03-18T15:40:37.250Z'],
  ['now+5m', '2026-03-18T15:47:07.250Z'],
  ['now-1d+1h', '2026-03-17T16:42:07.250Z'],
  ['now-d', '2026-03-17T15:42:07.250Z'],
  ['now-1M', '2026-02-18T15:42:07.250Z'],
  ['now-3M', '2025-12-18T15:42:07.250Z'],
  ['now-1y', '2025-03-18T15:42:07.250Z'],
  ['1773848527250', '2026-03-18T15:42:07.250Z'],
  ['1773848527', '2026-03-18T15:42:07.000Z'],
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
  ['2026-1-2 3:04', '2026-01-02T03:04:00.000Z'],
  ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
  ['2026-01-02 03:04 -0530', '2026-01-02T08:34:00.000Z'],
])('%s is %s', (text, want) => expect(read(text)).toBe(want));

test.each([
  ['now/d', '2026-03-18T00:00:00.000Z', '2026-03-19T00:00:00.000Z'],
  ['now-1d/d', '2026-03-17T00:00:00.000Z', '2026-03-18T00:00:00.000Z'],
  ['now/w', '2026-03-16T00:00:00.000Z', '2026-03-23T00:00:00.000Z'],
  ['now/M', '2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
  ['now/y', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['now/h', '2026-03-18T15:00:00.000Z', '2026-03-18T16:00:00.000Z'],
  ['now/m', '2026-03-18T15:42:00.000Z', '2026-03-18T15:43:00.000Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
])('%s starts at %s and ends at %s', (text, start, end) => {
  expect(read(text, 'start')).toBe(start);
  expect(read(text, 'end')).toBe(end);
});

test.each<[string, string, number, string, string]>([
  ['now/w', '', 0, '2026-03-16', '2026-03-23'],
  ['now/w', 'monday', 0, '2026-03-16', '2026-03-23'],
  ['now/w', 'sunday', 0, '2026-03-15', '2026-03-22'],
  ['now/w', 'saturday', 0, '2026-03-14', '2026-03-21'],
  ['now-1w/w', 'sunday', 0, '2026-03-08', '2026-03-15'],
  ['now/Q', '', 1, '2026-01-01', '2026-04-01'],
  ['now/fQ', '', 0, '2026-01-01', '2026-04-01'],
  ['now/fQ', '', 1, '2026-02-01', '2026-05-01'],
  ['now/fQ', '', 11, '2026-03-01', '2026-06-01'],
  ['now-1fQ/fQ', '', 1, '2025-11-01', '2026-02-01'],
  ['now/fy', '', 1, '2026-02-01', '2027-02-01'],
  ['now/fy', '', 9, '2025-10-01', '2026-10-01'],
  ['now-1fy/fy', '', 9, '2024-10-01', '2025-10-01'],
])('%s of weeks from %j and years from month %i: %s to %s', (text, weekStart, fiscalYearStartMonth, from, to) => {
  const range = parseTimeRange({ from: text, to: text }, nowMs, 'UTC', { weekStart, fiscalYearStartMonth });
  expect([range.fromMs, range.toMs].map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual([from, to]);
});

describe('zones', () => {
  test.each([
    // Clocks in Berlin go forward on 2026-03-29 at 02:00: that day has 23 hours.
    ['now/d', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'start', '2026-03-28T23:00:00.000Z'],
    ['now/d', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'end', '2026-03-29T22:00:00.000Z'],
    ['now-1d', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'start', '2026-03-28T13:00:00.000Z'],
    ['now-24h', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'start', '2026-03-28T12:00:00.000Z'],
    ['2026-03-29 02:30', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'start', '2026-03-29T01:30:00.000Z'],
    // 02:30 comes twice on 2026-10-25: the first is meant.
    ['2026-10-25 02:30', 'Europe/Berlin', '2026-03-29T12:00:00Z', 'start', '2026-10-25T00:30:00.000Z'],
    ['now/d', 'Asia/Kolkata', '2026-03-18T20:00:00Z', 'start', '2026-03-18T18:30:00.000Z'],
    ['now/M', 'America/New_York', '2026-03-01T03:00:00Z', 'start', '2026-02-01T05:00:00.000Z'],
  ] as const)('%s in %s at %s, %s: %s', (text, zone, at, edge, want) => {
    expect(read(text, edge, zone, Date.parse(at))).toBe(want);
  });

  test('a month back from the 31st is the last of the month', () => {
    expect(read('now-1M', 'start', 'UTC', Date.parse('2026-03-31T10:00:00Z'))).toBe('2026-02-28T10:00:00.000Z');
  });

  test('what a zone shows is read back, hours that come twice apart', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia', 'browser'];
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 2e12 }), fc.constantFrom(...zones), (atMs, zone) => {
        const clock = civilTime(atMs, zone);
        const back = instantOf(clock, zone);
        expect(civilTime(back, zone)).toEqual(clock);
        expect(back <= atMs).toBe(true);
        expect(parseTime('from', formatTime(atMs, zone), { nowMs: 0, timeZone: zone, edge: 'end' })).toBe(back);
      }),
    );
  });

  test.each(['Mars/Base', '', 'Europe/Berlin; drop'])('refuses the zone "%s"', (zone) => {
    expect(() => checkTimeZone('tz', zone)).toThrow(/^tz: .*not a time zone/);
  });
});

test.each([
  ['', /not a time such as/],
  ['yesterday', /not a time such as/],
  ['now-', /not understood from "-" on/],
  ['now-6x', /not understood from "-6x" on/],
  ['now-6h garbage', /not understood from " garbage" on/],
  ['now/q', /not understood/],
  ['now-99999y', /not between the years/],
  ['now-999999999d', /not between the years/],
  ['2026-13-01', /no month 13/],
  ['2026-02-30', /28 days/],
  ['2026-01-02 25:00', /past the end of a day/],
  ['12345', /5 digits/],
  ['now-1h'.repeat(100), /at most 64 characters/],
])('rejects "%s" and names the field', (text, sentence) => {
  expect(() => read(text)).toThrow(/^from: /);
  expect(() => read(text)).toThrow(sentence);
});

test('never throws anything but a sentence, and never answers NaN', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^now([+-]\d{0,10}[smhdwMyq]|\/[smhdwMyq]){0,4}$/)), (text) => {
      try {
        expect(Number.isFinite(parseTime('from', text, { nowMs, timeZone: 'Europe/Berlin', edge: 'start' }))).toBe(true);
      } catch (error) {
        expect(error).toHaveProperty('field', 'from');
      }
    }),
  );
});

test('a range must not be empty', () => {
  expect(parseTimeRange({ from: 'now-1h', to: 'now' }, nowMs, 'UTC')).toEqual({ fromMs: nowMs - 3_600_000, toMs: nowMs });
  expect(() => parseTimeRange({ from: 'now', to: 'now-1h' }, nowMs, 'UTC')).toThrow(/^to: "now-1h" is not after "now"/);
});

test.each([
  ['now-6h', 'now', true],
  ['now-6h', 'now-1m', true],
  ['now/d', 'now', true],
  ['2026-01-02', 'now', true],
  ['now/d', 'now/d', false],
  ['2026-01-02', '2026-01-03', false],
])('%s to %s ends with the clock: %s', (from, to, want) => expect(endsWithClock({ from, to })).toBe(want));

test.each([
  ['now-6h', 'now', 'Last 6 hours'],
  ['now-1h', 'now', 'Last hour'],
  ['now/d', 'now/d', 'Today'],
  ['now-2d', 'now-1d', 'now-2d to now-1d'],
  ['2026-01-02 03:04', '2026-01-02 05:06', 'Jan 2, 03:04 – 05:06'],
  ['2026-01-02 03:04:00', '2026-01-02 03:05:30', 'Jan 2, 03:04:00 – 03:05:30'],
  ['2026-01-02 03:04', '2026-01-03 05:06', 'Jan 2, 03:04 – Jan 3, 05:06'],
  ['2025-12-31 03:04', '2026-01-03 05:06', 'Dec 31 2025, 03:04 – Jan 3 2026, 05:06'],
  ['2026-01-02', 'now', '2026-01-02 00:00:00 to now'],
  ['nonsense', '2026-01-03', 'nonsense to 2026-01-03'],
])('%s to %s is called "%s"', (from, to, want) => expect(describeRange({ from, to }, 'UTC')).toBe(want));

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['1w', 604_800_000],
])('%s is %i ms', (text, want) => expect(parseDurationMs('refresh', text)).toBe(want));

test.each(['', '5', '0s', '-5m', '1.5h', '10 parsecs'])('rejects the duration "%s"', (text) => {
  expect(() => parseDurationMs('refresh', text)).toThrow(/^refresh: /);
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [12_000, '12 s'],
  [90_000, '1 m 30 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [93_600_000, '1 d 2 h'],
])('%i ms is %s', (durationMs, want) => expect(formatDuration(durationMs)).toBe(want));
