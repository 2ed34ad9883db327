import { formatDuration, isRelative, parseTime } from '@vitrine/compute/time.ts';
import type { TimeRange } from '@vitrine/compute/time.ts';
import { readDurationMs } from '@vitrine/model/duration.ts';
import type { QueryOptions } from '@vitrine/model/dashboard.ts';
import type { PageRange } from './page-range.ts';

type Override = Pick<QueryOptions, 'timeFrom' | 'timeShift'>;

/**
 * The stretch that a panel with a range of its own shows while the page shows `range`, as the server reckons it. What can't
 * be read changes nothing: the server's answer says what is wrong with it.
 */
export function panelRange(
  range: TimeRange,
  { timeFrom, timeShift }: Override,
  { timeZone, calendar }: Pick<PageRange, 'timeZone'> & Partial<Pick<PageRange, 'calendar'>>,
): TimeRange {
  const from = timeFrom.trim();
  const shift = timeShift.trim().replace(/^now/, '').replace(/^-/, '');
  if (from === '' && shift === '') return range;
  const read = (text: string, nowMs: number, edge: 'start' | 'end'): number =>
    parseTime('range', text, { nowMs, timeZone, edge, ...(calendar && { calendar }) });
  try {
    const start = from === '' || isRelative(from) ? from : `now-${from.replace(/^-/, '')}`;
    const fromMs = start === '' ? range.fromMs : read(start, range.toMs, 'start');
    if (shift === '') return { fromMs, toMs: range.toMs };
    return { fromMs: read(`now-${shift}`, fromMs, 'start'), toMs: read(`now-${shift}`, range.toMs, 'end') };
  } catch {
    return range;
  }
}

/** What the panel's header says of it: "Last 1 h, 1 d earlier"; "" where there is nothing to say. */
export function describeOverride({ timeFrom, timeShift }: Override): string {
  const from = describe(timeFrom);
  const shift = describe(timeShift);
  return [from === '' ? '' : isRelative(timeFrom) ? `Since ${from}` : `Last ${from}`, shift === '' ? '' : `${shift} earlier`]
    .filter((part) => part !== '')
    .join(', ');
}

function describe(text: string): string {
  if (text === '') return '';
  const durationMs = readDurationMs(text.trim());
  return durationMs === undefined ? text.trim() : formatDuration(durationMs);
}
