import { checkTimeZone } from '@vitrine/compute/civil-time.ts';
import { parseDurationMs, parseTimeRange } from '@vitrine/compute/time.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';

/** What the URL of a dashboard says. What is absent is as the dashboard was saved. */
export interface DashboardSearch {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly tz?: string | undefined;
  /** "off", "live" or a duration. */
  readonly refresh?: string | undefined;
  /** The panel that fills the page. */
  readonly panel?: number | undefined;
  /** Ids of the rows that are folded: "3.17". */
  readonly fold?: string | undefined;
}

/** Pages reload no faster than this, whatever the URL says. */
const FASTEST_REFRESH_MS = 1_000;

/**
 * Reads the search part of a URL. What can't be meant is left out, so that an old link still opens; a range that can't be
 * read stays, since its reader wants to be told (see chosenRange).
 */
export function readDashboardSearch(raw: Readonly<Record<string, unknown>>): DashboardSearch {
  const search: { -readonly [Key in keyof DashboardSearch]: DashboardSearch[Key] } = {};
  if (typeof raw['from'] === 'string' && raw['from'] !== '') search.from = raw['from'].slice(0, 100);
  if (typeof raw['to'] === 'string' && raw['to'] !== '') search.to = raw['to'].slice(0, 100);
  if (typeof raw['tz'] === 'string' && isTimeZone(raw['tz'])) search.tz = raw['tz'];
  if (typeof raw['refresh'] === 'string' && isRefresh(raw['refresh'])) search.refresh = raw['refresh'];
  const panel = Number(raw['panel']);
  if (Number.isSafeInteger(panel) && panel > 0) search.panel = panel;
  if (typeof raw['fold'] === 'string' && /^\d{1,9}(\.\d{1,9}){0,99}$/.test(raw['fold'])) search.fold = raw['fold'];
  return search;
}

/** The range that the URL chose, or the dashboard's own where it chose none, or none that can be read: then the sentence says why. */
export function chosenRange(
  { from, to }: Pick<DashboardSearch, 'from' | 'to'>,
  saved: TimeRangeText,
  timeZone: string,
  nowMs: number,
): { readonly range: TimeRangeText; readonly problem?: string } {
  const range = { from: from ?? saved.from, to: to ?? saved.to };
  try {
    parseTimeRange(range, nowMs, timeZone);
    return { range };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return { range: saved, problem: error.message };
  }
}

/** How a page keeps up: not, by the server's notice, or every so often. */
export type Refresh = { readonly kind: 'off' } | { readonly kind: 'live' } | { readonly kind: 'every'; readonly everyMs: number };

/** "off", "live", "10s". Anything else is off. */
export function parseRefresh(text: string): Refresh {
  if (text === 'live') return { kind: 'live' };
  if (text === 'off') return { kind: 'off' };
  try {
    return { kind: 'every', everyMs: Math.max(FASTEST_REFRESH_MS, parseDurationMs('refresh', text)) };
  } catch {
    return { kind: 'off' };
  }
}

export function readFolded(fold: string | undefined): ReadonlySet<number> {
  return new Set(fold === undefined ? [] : fold.split('.').map(Number));
}

export function writeFolded(folded: ReadonlySet<number>): string | undefined {
  return folded.size === 0 ? undefined : [...folded].toSorted((a, b) => a - b).join('.');
}

/** `?from=now-6h&to=now`: plain text, nothing quoted. */
export function writeSearch(search: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(search).flatMap(([name, value]) =>
    (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, String(value)]]
      : [],
  );
  if (pairs.length === 0) return '';
  // A slash and a colon mean nothing inside a query, and "now/d" is meant to be read.
  return `?${new URLSearchParams(pairs).toString().replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
}

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

function isTimeZone(text: string): boolean {
  try {
    checkTimeZone('tz', text);
    return true;
  } catch {
    return false;
  }
}

function isRefresh(text: string): boolean {
  return text === 'off' || parseRefresh(text).kind !== 'off';
}
