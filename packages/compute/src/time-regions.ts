import { BadRequest } from '@vitrine/model/bad-request.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { type CivilTime, checkTimeZone, civilTime, instantOf } from './civil-time.ts';
import type { TimeRange } from './time.ts';

/** A stretch that comes back every day or week, in the words of Grafana. */
export interface TimeRegion {
  /** 1 is Monday, 7 is Sunday; undefined is every day. */
  readonly fromDay: number | undefined;
  readonly toDay: number | undefined;
  /** Minutes since midnight. */
  readonly fromMinute: number;
  /** 1,440 is the end of the day. */
  readonly toMinute: number;
  /** An IANA zone, "UTC" or "browser". */
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;
const MINUTES_A_DAY = 1_440;
/** Over a longer range a stretch of hours is thinner than any pixel. */
const MAX_DAYS = 3_660;

/** Reads fromDayOfWeek, toDayOfWeek, from, to and timezone. Throws BadRequest that names the field. */
export function parseTimeRegion(input: unknown, pageZone: string): TimeRegion {
  const region = new Read('timeRegion', input);
  if (region.at('mode').value === 'cron')
    throw new BadRequest('timeRegion.mode', '"cron" is not known here; say from and to, of a day or a week');
  const [from, to] = [readMinute(region.at('from')), readMinute(region.at('to'))];
  const [fromDay, toDay] = [readDay(region.at('fromDayOfWeek')), readDay(region.at('toDayOfWeek'))];
  if (from === undefined && to === undefined && fromDay === undefined && toDay === undefined)
    throw new BadRequest('timeRegion', 'says neither a day nor a time of day');
  const zone = region.at('timezone').or('', (it) => it.string());
  return {
    fromDay: fromDay ?? toDay,
    toDay: toDay ?? fromDay,
    // One end alone is an instant, none is the whole day.
    fromMinute: from ?? to ?? 0,
    toMinute: to ?? from ?? MINUTES_A_DAY,
    timeZone: zone === '' ? pageZone : checkTimeZone('timeRegion.timezone', zone.toLowerCase() === 'utc' ? 'UTC' : zone),
  };
}

/** The stretches that reach into a range, in the order of time. Throws BadRequest where the range is too long to draw them. */
export function regionsIn(region: TimeRegion, { fromMs, toMs }: TimeRange): TimeRange[] {
  if (toMs - fromMs > MAX_DAYS * DAY_MS)
    throw new BadRequest('range', `is longer than ${MAX_DAYS.toLocaleString('en')} days; time regions are drawn over less`);
  const { fromDay, toDay, fromMinute, toMinute, timeZone } = region;
  const found: TimeRange[] = [];
  // A stretch that reaches into the range began a week earlier at the most.
  const first = civilTime(fromMs - 8 * DAY_MS, timeZone);
  for (let day = 0; ; day++) {
    const date: CivilTime = { ...first, day: first.day + day, hour: 0, minute: 0, second: 0, ms: 0 };
    const startMs = instantOf({ ...date, minute: fromMinute }, timeZone);
    if (!(startMs < toMs)) return found;
    if (fromDay !== undefined && dayOfWeek(date) !== fromDay) continue;
    const daysOn = fromDay === undefined || toDay === undefined ? 0 : (toDay - fromDay + 7) % 7;
    // From 22:00 to 06:00 is until the next morning, from Friday evening to Friday morning until the next week's.
    const over = daysOn === 0 && toMinute < fromMinute ? (fromDay === undefined ? 1 : 7) : daysOn;
    const endMs = instantOf({ ...date, day: date.day + over, minute: toMinute }, timeZone);
    if (endMs >= fromMs) found.push({ fromMs: startMs, toMs: endMs });
  }
}

/** "9:30", "09" or "24:00". */
function readMinute(read: Read): number | undefined {
  const text = read.or('', (it) => it.string()).trim();
  if (text === '') return undefined;
  const [, hour = '', minute = '0'] = /^(\d{1,2})(?::(\d{2}))?$/.exec(text) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  if (hour === '' || Number(minute) > 59 || minutes > MINUTES_A_DAY)
    return read.fail(`"${text}" is not a time of day such as 17:30`);
  return minutes;
}

function readDay(read: Read): number | undefined {
  if (read.missing || read.value === '' || read.value === null) return undefined;
  const day = Number(read.value);
  return Number.isInteger(day) && day >= 1 && day <= 7 ? day : read.fail('is not a day of the week: 1 is Monday, 7 is Sunday');
}

function dayOfWeek({ year, month, day }: CivilTime): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
}
