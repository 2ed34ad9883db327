import { countSeries, mergePanelData } from '@vitrine/compute/merge.ts';
import type { TimeRange } from '@vitrine/compute/time.ts';
import type { PanelDataRequest } from '@vitrine/model/api.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import { ask } from '../api/client.ts';
import { zoneName } from '../time/page-range.ts';

/** How late a sample may come after its time and still be seen without asking for everything again. */
const LATE_MS = 10_000;

/** What a panel shows, and what it takes to ask for its new part. */
export interface PanelPicture {
  readonly data: PanelData;
  /** Unix milliseconds of the page's clock. */
  readonly askedMs: number;
}

/** What of a question is more than where and when. */
export type PanelAskMore = Pick<PanelDataRequest, 'variables' | 'filters' | 'top' | 'draft' | 'zoom'>;

export interface PanelAsk {
  readonly dashboard: string;
  readonly panel: number;
  /** The page's. */
  readonly range: TimeRange;
  /** The panel's own, where it has one. */
  readonly shown: TimeRange;
  readonly timeZone: string;
  readonly more: PanelAskMore;
  readonly widthPx: number;
  /** What is known already; only what comes after it is asked for where that is possible. */
  readonly known: PanelPicture | undefined;
  readonly signal: AbortSignal;
}

/** Asks the server for a panel's data: for its new part where the rest is known, else for all of it. */
export async function fetchPanel(asked: PanelAsk): Promise<PanelPicture> {
  const { dashboard, panel, range, shown, timeZone, more, widthPx, known, signal } = asked;
  const whole: PanelDataRequest = {
    ...more,
    dashboard,
    panel,
    fromMs: Math.round(range.fromMs),
    toMs: Math.round(range.toMs),
    widthPx: Math.round(widthPx),
    timeZone: zoneName(timeZone),
  };
  const askedMs = Date.now();
  const sinceMs = known === undefined || !canGrow(known.data) ? undefined : newPartFrom(known.data, shown);
  if (known === undefined || sinceMs === undefined) {
    return { data: await post(whole, signal), askedMs };
  }
  const fresh = await post({ ...whole, sinceMs, stepMs: known.data.stepMs }, signal);
  const data = mergePanelData(known.data, fresh, shown.fromMs);
  // A line is named by what tells it from the others, and the part knows only some: with a new one, all are named anew.
  if (data !== fresh && countSeries(data) > countSeries(known.data)) return { data: await post(whole, signal), askedMs };
  return { data, askedMs };
}

/**
 * From when on to ask again: the last two grid times may still have been in the making, and samples come late. undefined
 * where most of the range is new anyway, or the range reaches back before what is known.
 */
export function newPartFrom({ fromMs, toMs, stepMs }: PanelData, range: TimeRange): number | undefined {
  if (stepMs <= 0 || range.fromMs < fromMs - stepMs) return undefined;
  const sinceMs = Math.floor((toMs - Math.max(2 * stepMs, LATE_MS)) / stepMs) * stepMs;
  const middleMs = (range.fromMs + range.toMs) / 2;
  return sinceMs > middleMs ? sinceMs : undefined;
}

/** Whether the new part of an answer can be put behind the old one: curves over time can, values of one instant can't. */
export function canGrow({ frames, fromMs, toMs, growable }: PanelData): boolean {
  if (!growable || frames.length === 0) return false;
  return frames.every(({ shape, length, fields }) => {
    return shape !== 'table' && fields[0]?.type === 'time' && (length > 1 || toMs === fromMs);
  });
}

async function post(request: PanelDataRequest, signal: AbortSignal): Promise<PanelData> {
  const response = await ask('/api/panel-data', { method: 'POST', body: request, signal });
  return decodePanelData(new Uint8Array(await response.arrayBuffer()));
}
