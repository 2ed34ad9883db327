import { formatTime } from '@vitrine/compute/time.ts';
import type { PageRange } from '../time/page-range.ts';
import { zoneName } from '../time/page-range.ts';

/** "2026-01-01 10:00:00 to 2026-01-01 11:00:00, Europe/Berlin". */
export function rangeText({ get, timeZone }: PageRange): string {
  const { fromMs, toMs } = get();
  return `${instantText(fromMs, timeZone)} to ${instantText(toMs, timeZone)}, ${zoneName(timeZone)}`;
}

/** To the second. */
export function instantText(ms: number, timeZone: PageRange['timeZone']): string {
  return formatTime(Math.floor(ms / 1_000) * 1_000, timeZone);
}
