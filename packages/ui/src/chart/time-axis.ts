import { zoneOffsetMs as offsetOfZone } from '@vitrine/compute/civil-time.ts';

/** A time axis in a time zone: where its lines stand and what they say. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14].map((n) => n * DAY),
];
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120, 600, 1200];
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MOST_TICKS = 200;

export interface TimeTicks {
  /** Unix milliseconds, rising. */
  readonly at: readonly number[];
  readonly labels: readonly string[];
}

/** How far the zone's clocks are ahead of UTC at that instant, in milliseconds. A zone that nobody knows is UTC. */
export function zoneOffsetMs(atMs: number, zone: string): number {
  if (Number.isNaN(new Date(atMs).getTime())) return 0;
  try {
    return offsetOfZone(atMs, zone);
  } catch {
    return 0;
  }
}

/** Lines at round clock times of the zone, at most `most` of them. Midnight says its date instead of "00:00". */
export function timeTicks(fromMs: number, toMs: number, most: number, zone: string): TimeTicks {
  if (!(toMs > fromMs) || !Number.isFinite(toMs - fromMs) || most < 1) return { at: [], labels: [] };
  const least = (toMs - fromMs) / most;
  const step = STEPS.find((candidate) => candidate >= least);
  const at = step === undefined ? monthTicks(fromMs, toMs, least, zone) : steppedTicks(fromMs, toMs, step, zone);
  return { at, labels: at.map((tick) => tickLabel(tick, step ?? Infinity, zone)) };
}

function steppedTicks(fromMs: number, toMs: number, step: number, zone: string): number[] {
  const ticks: number[] = [];
  // Weeks start on Monday; the epoch was a Thursday.
  const origin = step % (7 * DAY) === 0 ? 4 * DAY : 0;
  const offset = zoneOffsetMs(fromMs, zone);
  let local = Math.ceil((fromMs + offset - origin) / step) * step + origin;
  for (let n = 0; n < MOST_TICKS; n++, local += step) {
    // Where clocks change inside the range, the tick stays at its clock time.
    const tick = step >= HOUR ? local - zoneOffsetMs(local - offset, zone) : local - offset;
    if (tick >= toMs + 1) break;
    if (tick >= fromMs) ticks.push(tick);
  }
  return ticks;
}

function monthTicks(fromMs: number, toMs: number, leastMs: number, zone: string): number[] {
  const months = MONTH_STEPS.find((candidate) => candidate * 30.4 * DAY >= leastMs) ?? 1200;
  const start = new Date(fromMs + zoneOffsetMs(fromMs, zone));
  if (Number.isNaN(start.getTime())) return [];
  const ticks: number[] = [];
  let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
  for (let n = 0; n < MOST_TICKS; n++, month += months) {
    const local = Date.UTC(Math.floor(month / 12), month % 12, 1);
    const tick = local - zoneOffsetMs(local, zone);
    if (!(tick <= toMs)) break;
    if (tick >= fromMs) ticks.push(tick);
  }
  return ticks;
}

const two = (n: number) => String(n).padStart(2, '0');

function tickLabel(atMs: number, step: number, zone: string): string {
  const local = new Date(atMs + zoneOffsetMs(atMs, zone));
  if (step === Infinity) {
    return local.getUTCMonth() === 0 ? String(local.getUTCFullYear()) : MONTH_NAMES[local.getUTCMonth()]!;
  }
  const day = `${MONTH_NAMES[local.getUTCMonth()]} ${local.getUTCDate()}`;
  if (step >= DAY) return day;
  const midnight = local.getTime() % DAY === 0;
  const minutes = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
  if (step >= MINUTE) return midnight ? day : minutes;
  const seconds = `${minutes}:${two(local.getUTCSeconds())}`;
  return step >= SECOND ? seconds : `${seconds}.${String(local.getUTCMilliseconds()).padStart(3, '0')}`;
}

/** "2026-11-22 14:05:30" in the zone; with milliseconds where there are any. */
export function formatInstant(atMs: number, zone: string): string {
  const local = new Date(atMs + zoneOffsetMs(atMs, zone));
  if (Number.isNaN(local.getTime())) return String(atMs);
  const text = local.toISOString().replace('T', ' ');
  return text.endsWith('.000Z') ? text.slice(0, -5) : text.slice(0, -1);
}
