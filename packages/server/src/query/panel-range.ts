import { readIntervalMs } from '@vitrine/compute/interval.ts';
import { parseTime } from '@vitrine/compute/time.ts';
import { alignToStep, type Grid, gridFor } from '@vitrine/compute/step.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { PanelDataRequest } from '@vitrine/model/api.ts';
import type { QueryOptions } from '@vitrine/model/dashboard.ts';
import type { Page } from './page-scope.ts';

export type AskedRange = Pick<PanelDataRequest, 'fromMs' | 'toMs' | 'widthPx' | 'sinceMs' | 'stepMs'>;

/** Half-open, unix milliseconds. */
export interface PanelRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The panel's own range: "1h" or "now/d" up to the page's end, then moved back by its time shift. Texts are without
 * variables. Throws BadRequest that names the option.
 */
export function panelRange(
  asked: PanelRange,
  options: Pick<QueryOptions, 'timeFrom' | 'timeShift'>,
  { timeZone, calendar }: Pick<Page, 'timeZone' | 'calendar'>,
): PanelRange {
  const { toMs } = asked;
  if (toMs <= asked.fromMs) throw new BadRequest('toMs', `${toMs} is not after fromMs ${asked.fromMs}`);
  const timeFrom = options.timeFrom.trim();
  const from = timeFrom === '' || timeFrom.startsWith('now') ? timeFrom : `now-${timeFrom.replace(/^-/, '')}`;
  const fromMs =
    from === '' ? asked.fromMs : parseTime('queryOptions.timeFrom', from, { nowMs: toMs, timeZone, calendar, edge: 'start' });
  if (fromMs >= toMs) throw new BadRequest('queryOptions.timeFrom', `"${timeFrom}" is not before the end of the page's range`);
  const timeShift = options.timeShift.trim().replace(/^now/, '').replace(/^-/, '');
  if (timeShift === '') return { fromMs, toMs };
  const moved = (nowMs: number, edge: 'start' | 'end'): number =>
    parseTime('queryOptions.timeShift', `now-${timeShift}`, { nowMs, timeZone, calendar, edge });
  const shifted = { fromMs: moved(fromMs, 'start'), toMs: moved(toMs, 'end') };
  if (shifted.fromMs >= shifted.toMs)
    throw new BadRequest('queryOptions.timeShift', `"${timeShift}" leaves nothing of the range`);
  return shifted;
}

/** Such as "30s", or "" for no limit. Throws BadRequest. */
export function minIntervalMs(text: string): number {
  const ms = readIntervalMs(text);
  if (ms === undefined) {
    throw new BadRequest('queryOptions.minInterval', `"${text.slice(0, 100)}" is not a duration such as 30s or 5m`);
  }
  return ms;
}

export interface GridLimits {
  /** Of the server. */
  readonly maxPoints: number;
  /** Of the panel; undefined is one a pixel. */
  readonly maxDataPoints: number | undefined;
  readonly minIntervalMs: number;
}

/** The grid over a range: the newest part of it where the page has the rest already. Throws BadRequest. */
export function panelGrid(range: PanelRange, { widthPx, sinceMs, stepMs }: AskedRange, limits: GridLimits): Grid {
  const { maxPoints } = limits;
  if (sinceMs === undefined || stepMs === undefined) {
    const points = Math.min(limits.maxDataPoints ?? widthPx, maxPoints);
    return gridFor({ ...range, widthPx: points, minStepMs: Math.max(1_000, limits.minIntervalMs) });
  }
  const grid = alignToStep(Math.max(range.fromMs, sinceMs), range.toMs, stepMs);
  const points = (grid.toMs - grid.fromMs) / stepMs + 1;
  if (points > maxPoints) {
    throw new BadRequest(
      'stepMs',
      `${stepMs} ms over this range makes ${points} points, and the limit is ${maxPoints}; ask for a longer step`,
    );
  }
  return grid;
}
