import { describe, expect, test } from 'vitest';
import { panelGrid, panelRange } from './panel-range.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe('a panel’s own range', () => {
  const page = { fromMs: at('2026-03-30T10:00:00Z'), toMs: at('2026-03-30T16:00:00Z') };
  test.each<[object, string, string, string]>([
    [{}, 'UTC', '2026-03-30T10:00:00Z', '2026-03-30T16:00:00Z'],
    [{ timeFrom: '2h' }, 'UTC', '2026-03-30T14:00:00Z', '2026-03-30T16:00:00Z'],
    [{ timeFrom: 'now/d' }, 'UTC', '2026-03-30T00:00:00Z', '2026-03-30T16:00:00Z'],
    [{ timeFrom: 'now/d' }, 'Europe/Berlin', '2026-03-29T22:00:00Z', '2026-03-30T16:00:00Z'],
    [{ timeFrom: 'now/w' }, 'UTC', '2026-03-29T00:00:00Z', '2026-03-30T16:00:00Z'],
    [{ timeShift: '1h' }, 'UTC', '2026-03-30T09:00:00Z', '2026-03-30T15:00:00Z'],
    [{ timeShift: '-1d' }, 'UTC', '2026-03-29T10:00:00Z', '2026-03-29T16:00:00Z'],
    // A day back is the same hour of the clock, also where the clocks changed in between.
    [{ timeShift: '2d' }, 'Europe/Berlin', '2026-03-28T11:00:00Z', '2026-03-28T17:00:00Z'],
    [{ timeFrom: '1h', timeShift: '1d' }, 'UTC', '2026-03-29T15:00:00Z', '2026-03-29T16:00:00Z'],
    [{ timeShift: '1d/d' }, 'UTC', '2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z'],
  ])('%j in %s', (options, timeZone, from, to) => {
    const found = panelRange(
      page,
      { timeFrom: '', timeShift: '', ...options },
      { timeZone, calendar: { weekStart: 'sunday', fiscalYearStartMonth: 0 } },
    );
    expect([new Date(found.fromMs).toISOString(), new Date(found.toMs).toISOString()]).toEqual([
      new Date(from).toISOString(),
      new Date(to).toISOString(),
    ]);
  });
});

describe('a panel’s grid', () => {
  const range = { fromMs: 0, toMs: 6 * HOUR };
  const limits = { maxPoints: 11_000, maxDataPoints: undefined, minIntervalMs: 0 };
  test.each<[number, object, number]>([
    [720, {}, 30_000],
    [720, { maxDataPoints: 100 }, 300_000],
    [10, { maxDataPoints: 1_000 }, 30_000],
    [720, { minIntervalMs: 45_000 }, 60_000],
    [100_000, { maxPoints: 720 }, 30_000],
  ])('%d pixels wide with %j has steps of %d ms', (widthPx, more, want) => {
    expect(panelGrid(range, { ...range, widthPx }, { ...limits, ...more })).toEqual({ fromMs: 0, toMs: 6 * HOUR, stepMs: want });
  });

  test('goes on where the page has the rest', () => {
    const asked = { ...range, widthPx: 720, sinceMs: 5 * HOUR + 1, stepMs: 30_000 };
    expect(panelGrid(range, asked, limits)).toEqual({ fromMs: 5 * HOUR, toMs: 6 * HOUR, stepMs: 30_000 });
  });
});
