import { checkTimeZone } from '@vitrine/compute/civil-time.ts';
import { parseDurationMs, parseTimeRange } from '@vitrine/compute/time.ts';
import type { Calendar } from '@vitrine/compute/time.ts';
import { BadRequest } from '@vitrine/model/bad-request.ts';
import { MAX_CHOSEN } from '@vitrine/compute/variable/values.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';

/** What the URL of a dashboard says. What is absent is as the dashboard was saved. */
export interface DashboardSearch {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly tz?: string | undefined;
  /** "off", "live" or a duration. */
  readonly refresh?: string | undefined;
  /** The panel that fills the page: its id, and "3-1" for the second copy of a repeated one. */
  readonly panel?: string | undefined;
  /** Keys of the rows that are not folded as they were saved: "3.17-1". */
  readonly fold?: string | undefined;
  /** Keys of the tabs that are open, one of each set of tabs: "20.31". */
  readonly tab?: string | undefined;
  /** Names of the annotation queries that are not switched as they were saved. */
  readonly marks?: readonly string[] | undefined;
  /** Instead of the reader's own, as on a wall. */
  readonly theme?: 'dark' | 'light' | undefined;
  /** Nothing but the panels. */
  readonly kiosk?: boolean | undefined;
  /** Chosen values by the variable's name. */
  readonly [variable: `var-${string}`]: string | readonly string[] | undefined;
}

/** An id, and behind it which copy of a repeat it is. */
const KEY = /^[1-9]\d{0,8}(-\d{1,9}){0,8}$/;
const KEYS = /^\d{1,9}(-\d{1,9}){0,8}(\.\d{1,9}(-\d{1,9}){0,8}){0,199}$/;
const VARIABLE = /^var-\w{1,100}$/;
const MOST_VARIABLES = 500;
const MOST_MARKS = 100;

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
  const panel = textOf(raw['panel']);
  if (KEY.test(panel)) search.panel = panel;
  for (const name of ['fold', 'tab'] as const) {
    const keys = textOf(raw[name]);
    if (KEYS.test(keys)) search[name] = keys;
  }
  const marks = textsOf(raw['marks']).filter((name) => name !== '');
  if (marks.length > 0) search.marks = marks.slice(0, MOST_MARKS);
  const { kiosk, theme } = raw;
  if (theme === 'dark' || theme === 'light') search.theme = theme;
  // Grafana writes it bare, and as "tv" or "1".
  if (kiosk !== undefined && kiosk !== false && kiosk !== 'false' && kiosk !== '0') search.kiosk = true;
  let variables = 0;
  for (const [name, value] of Object.entries(raw)) {
    if (!VARIABLE.test(name) || variables++ >= MOST_VARIABLES) continue;
    const values = textsOf(value).slice(0, MAX_CHOSEN);
    if (values.length > 0) search[name as `var-${string}`] = values.length === 1 ? values[0] : values;
  }
  return search;
}

/**
 * What a link made for Grafana says, in our words: `viewPanel=panel-3`, `timezone=utc`. Everything else means the same in
 * both.
 */
export function readForeignSearch(raw: Readonly<Record<string, unknown>>): DashboardSearch {
  const search = readDashboardSearch(raw);
  const [, panel] = /^(?:panel-)?(\d{1,9}(?:-\d{1,9}){0,8})$/.exec(textOf(raw['viewPanel'] ?? raw['panelId'])) ?? [];
  const zone = raw['timezone'];
  const tz =
    typeof zone !== 'string' || zone === '' || zone === 'browser' ? undefined : zone.toLowerCase() === 'utc' ? 'UTC' : zone;
  return {
    ...(tz !== undefined && isTimeZone(tz) ? { tz } : {}),
    ...(panel === undefined ? {} : { panel }),
    ...search,
  };
}

/** Whether there is something in it that only Grafana says. */
export function isForeignSearch(raw: Readonly<Record<string, unknown>>): boolean {
  return ['viewPanel', 'panelId', 'timezone', 'orgId', 'editPanel'].some((name) => name in raw);
}

/** One text, or several of one name; nothing where it is something else. */
function textsOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === 'string');
}

/** The range that the URL chose, or the dashboard's own where it chose none, or none that can be read: then the sentence says why. */
export function chosenRange(
  { from, to }: Pick<DashboardSearch, 'from' | 'to'>,
  saved: TimeRangeText,
  timeZone: string,
  nowMs: number,
  calendar?: Calendar,
): { readonly range: TimeRangeText; readonly problem?: string } {
  const range = { from: from ?? saved.from, to: to ?? saved.to };
  try {
    parseTimeRange(range, nowMs, timeZone, calendar);
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

export function readKeys(keys: string | undefined): ReadonlySet<string> {
  return new Set(keys === undefined ? [] : keys.split('.'));
}

export function writeKeys(keys: ReadonlySet<string>): string | undefined {
  return keys.size === 0 ? undefined : [...keys].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).join('.');
}

/** `?from=now-6h&to=now&var-job=a&var-job=b`: plain text, nothing quoted. */
export function writeSearch(search: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(search).flatMap(([name, value]): [string, string][] =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value]).flatMap((each): [string, string][] =>
      isWritten(name, each) ? [[name, String(each)]] : [],
    ),
  );
  if (pairs.length === 0) return '';
  // A slash and a colon mean nothing inside a query, and "now/d" is meant to be read.
  return `?${new URLSearchParams(pairs).toString().replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
}

/** That no value of a variable is chosen says something; other empty texts do not. */
function isWritten(name: string, value: unknown): boolean {
  if (typeof value === 'string') return value !== '' || name.startsWith('var-');
  return typeof value === 'number' || typeof value === 'boolean';
}

/** What stands several times in the address is a list. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const params = new URLSearchParams(text);
  return Object.fromEntries(
    [...new Set(params.keys())].map((name) => {
      const values = params.getAll(name);
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
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

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
