import { describe, expect, test } from 'vitest';
import { parseTimeRegion, regionsIn } from './time-regions.ts';

const at = (text: string): number => Date.parse(text);
/** Tuesday to Thursday; the clocks of Berlin change on the 29th of March. */
const WEEK = { fromMs: at('2026-03-24T00:00:00Z'), toMs: at('2026-03-26T12:00:00Z') };

describe('time regions', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'of each day',
      { from: '09:00', to: '17:00' },
      ['03-24T09:00 03-24T17:00', '03-25T09:00 03-25T17:00', '03-26T09:00 03-26T17:00'],
    ],
    [
      'over midnight',
      { from: '22:00', to: '6:00' },
      ['03-23T22:00 03-24T06:00', '03-24T22:00 03-25T06:00', '03-25T22:00 03-26T06:00'],
    ],
    ['of one day', { fromDayOfWeek: 3 }, ['03-25T00:00 03-26T00:00']],
    ['of one day, as text', { fromDayOfWeek: '3', from: '10', to: '11' }, ['03-25T10:00 03-25T11:00']],
    ['of several days', { fromDayOfWeek: 1, toDayOfWeek: 3, from: '10:00', to: '11:00' }, ['03-23T10:00 03-25T11:00']],
    [
      'over the weekend into the range',
      { fromDayOfWeek: 5, toDayOfWeek: 2, from: '18:00', to: '08:00' },
      ['03-20T18:00 03-24T08:00'],
    ],
    ['almost a week', { fromDayOfWeek: 4, toDayOfWeek: 4, from: '13:00', to: '12:00' }, ['03-19T13:00 03-26T12:00']],
    ['at an instant', { fromDayOfWeek: 3, from: '10:00' }, ['03-25T10:00 03-25T10:00']],
    ['in a zone of its own', { fromDayOfWeek: 3, timezone: 'Asia/Tokyo' }, ['03-24T15:00 03-25T15:00']],
    ['beside the range', { fromDayOfWeek: 6 }, []],
  ])('%s', (_, region, want) => {
    const found = regionsIn(parseTimeRegion(region, 'UTC'), WEEK);
    expect(
      found.map(({ fromMs, toMs }) => [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(5, 16)).join(' ')),
    ).toEqual(want);
  });

  test('are as long as the clock says where it changes', () => {
    const [night] = regionsIn(parseTimeRegion({ fromDayOfWeek: 7 }, 'Europe/Berlin'), {
      fromMs: at('2026-03-29T10:00:00Z'),
      toMs: at('2026-03-29T11:00:00Z'),
    });
    expect((night!.toMs - night!.fromMs) / 3_600_000).toBe(23);
  });

  test.each<[object, RegExp]>([
    [{}, /neither a day nor a time/],
    [{ mode: 'cron', cronExpr: '* * * * *' }, /^timeRegion\.mode: /],
    [{ from: '25:00' }, /^timeRegion\.from: "25:00" is not a time of day/],
    [{ from: 'noon' }, /^timeRegion\.from: /],
    [{ fromDayOfWeek: 8 }, /^timeRegion\.fromDayOfWeek: /],
    [{ from: '1:00', timezone: 'Mars' }, /^timeRegion\.timezone: /],
  ])('%j are refused', (region, sentence) => {
    expect(() => parseTimeRegion(region, 'UTC')).toThrow(sentence);
  });

  test('over a century are refused', () => {
    expect(() => regionsIn(parseTimeRegion({ from: '1:00' }, 'UTC'), { fromMs: 0, toMs: 8e15 })).toThrow(/3,660 days/);
  });
});
