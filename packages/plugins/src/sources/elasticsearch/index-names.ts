import { formatDate } from '@vitrine/compute/variable/format-date.ts';
import type { ElasticsearchSettings, IndexInterval } from './spec.ts';

/** More names than this would not fit into a request; the pattern with `*` in the dates' place finds the same. */
const MAX_NAMES = 500;
const HOUR = 3_600_000;

type Named = Pick<ElasticsearchSettings, 'index' | 'indexInterval'>;

/** The indices that hold a range, in UTC as they are written; both ends count. */
export function indexNames(settings: Named, fromMs: number, toMs: number): string {
  const { index, indexInterval } = settings;
  if (indexInterval === undefined) return index;
  const names = new Set<string>();
  for (let at = startOf(fromMs, indexInterval); at <= toMs; at = nextOf(at, indexInterval)) {
    names.add(formatDate(String(at), index, 'UTC'));
    if (names.size > MAX_NAMES) return anyIndex(settings);
  }
  return [...names].join(',');
}

/** All indices of the pattern. */
export function anyIndex({ index, indexInterval }: Named): string {
  if (indexInterval === undefined) return index;
  // Only what stands in brackets is said; the rest are dates.
  return index
    .split(/(\[[^\]]*\])/)
    .map((part) => (part.startsWith('[') ? part.slice(1, -1) : part === '' ? '' : '*'))
    .join('');
}

function startOf(timeMs: number, interval: IndexInterval): number {
  const time = new Date(timeMs);
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  switch (interval) {
    case 'Hourly':
      return Math.floor(timeMs / HOUR) * HOUR;
    case 'Daily':
      return Date.UTC(year, month, day);
    case 'Weekly':
      // ISO weeks begin on Monday.
      return Date.UTC(year, month, day - ((time.getUTCDay() + 6) % 7));
    case 'Monthly':
      return Date.UTC(year, month, 1);
    case 'Yearly':
      return Date.UTC(year, 0, 1);
  }
}

function nextOf(startMs: number, interval: IndexInterval): number {
  const time = new Date(startMs);
  switch (interval) {
    case 'Hourly':
      return startMs + HOUR;
    case 'Daily':
      return startMs + 24 * HOUR;
    case 'Weekly':
      return startMs + 7 * 24 * HOUR;
    case 'Monthly':
      return Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 1);
    case 'Yearly':
      return Date.UTC(time.getUTCFullYear() + 1, 0, 1);
  }
}
