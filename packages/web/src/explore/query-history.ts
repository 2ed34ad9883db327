import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { Query } from '@vitrine/model/dashboard.ts';

/** What was asked before, in this browser. */
export interface AskedBefore {
  readonly queries: readonly Query[];
  /** Unix milliseconds. */
  readonly askedMs: number;
  readonly starred: boolean;
}

const KEY = 'vitrine.explore.asked';
const MOST = 200;

/** The newest first. What cannot be read is left out: it may be of another version. */
export function readHistory(text: string | null): AskedBefore[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.flatMap(readOne) : [];
  } catch {
    return [];
  }
}

function readOne(written: unknown): AskedBefore[] {
  try {
    const { queries, askedMs, starred } = new Read('', written).object();
    const panel = { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 24, h: 8 }, queries };
    if (typeof askedMs !== 'number') return [];
    return [{ queries: parsePanel(new Read('', panel)).queries, askedMs, starred: starred === true }];
  } catch {
    return [];
  }
}

/** Equal queries stand once, at their newest time. Starred ones are not pushed out by others. */
export function addAsked(history: readonly AskedBefore[], queries: readonly Query[], askedMs: number): AskedBefore[] {
  const key = JSON.stringify(queries);
  const before = history.find((one) => JSON.stringify(one.queries) === key);
  const others = history.filter((one) => one !== before);
  const all = [{ queries, askedMs, starred: before?.starred ?? false }, ...others];
  return all.filter(({ starred }, index) => starred || index < MOST);
}

export function loadHistory(): AskedBefore[] {
  try {
    return readHistory(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

export function storeHistory(history: readonly AskedBefore[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(history));
  } catch {
    // Storage is forbidden or full: then it holds until the page is left.
  }
}
