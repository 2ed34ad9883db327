import type { TimeRange } from '@vitrine/compute/time.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';

/** Closer than this there is nothing to see: samples come seconds apart. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 20 * 365 * 86_400_000;

/** A range scaled about a place in it: factor 2 shows twice as much. `anchor` is 0 at its start and 1 at its end. */
export function scaleRange({ fromMs, toMs }: TimeRange, factor: number, anchor: number, nowMs: number): TimeRange {
  const lengthMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (toMs - fromMs) * factor));
  const anchorMs = fromMs + (toMs - fromMs) * Math.min(1, Math.max(0, anchor));
  const start = anchorMs - lengthMs * Math.min(1, Math.max(0, anchor));
  return clampToNow({ fromMs: start, toMs: start + lengthMs }, nowMs);
}

/** "now-5m" to now, twice as long and still relative, so that it stays live; undefined where the range is another. */
export function widenRelative({ from, to }: TimeRangeText): TimeRangeText | undefined {
  const [, digits, unit] = /^now-(\d{1,5})([smhdw])$/.exec(from) ?? [];
  return to === 'now' && digits !== undefined && unit !== undefined
    ? { from: `now-${2 * Number(digits)}${unit}`, to }
    : undefined;
}

/** A range moved by half its length: -1 back, 1 forward. */
export function shiftRange({ fromMs, toMs }: TimeRange, direction: -1 | 1, nowMs: number): TimeRange {
  const byMs = ((toMs - fromMs) / 2) * direction;
  return clampToNow({ fromMs: fromMs + byMs, toMs: toMs + byMs }, nowMs);
}

/** As it stands in the URL: instants in UTC, to the millisecond, so that the link means the same everywhere. */
export function writeRange({ fromMs, toMs }: TimeRange): TimeRangeText {
  return { from: new Date(Math.round(fromMs)).toISOString(), to: new Date(Math.round(toMs)).toISOString() };
}

/** There is nothing after now: a range that would reach past it moves back as a whole. */
function clampToNow({ fromMs, toMs }: TimeRange, nowMs: number): TimeRange {
  const overMs = Math.max(0, toMs - nowMs);
  return { fromMs: Math.max(0, fromMs - overMs), toMs: toMs - overMs };
}
