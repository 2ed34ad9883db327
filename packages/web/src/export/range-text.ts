import { formatTime } from '@vitrine/compute/time.ts';
import type { PageRange } from '../time/page-range.ts';
import { zoneName } from '../time/page-range.ts';

/** "2026-01-01 10:00:00 to 2026-01-01 11:00:00, Europe/Berlin". */
export function rangeText({ get, timeZone }: PageRange): string {
  const { fromMs, toMs } = get();
  const [from, to] = [fromMs, toMs].map((ms) => formatTime(Math.floor(ms / 1_000) * 1_000, timeZone));
  return `${from} to ${to}, ${zoneName(timeZone)}`;
}
