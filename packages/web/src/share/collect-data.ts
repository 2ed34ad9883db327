import { encodePanelData } from '@vitrine/model/frame-wire.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import type { ShownPanel } from '../dashboard/arrange.ts';
import { fetchPanel } from '../dashboard/panel-data.ts';
import type { DashboardScope } from '../dashboard/scope.ts';
import { panelRange } from '../time/panel-range.ts';

/** What the server takes at once, less what the dashboard itself may need. */
const MOST_BYTES = 28 * 1024 * 1024;
/** So many panels are asked for at the same time. */
const AT_ONCE = 4;
/** Wide enough for a large screen: a snapshot can't ask for more later. */
const PAGE_WIDTH_PX = 1_600;
const COLUMNS = 24;

export interface CollectRequest {
  readonly scope: DashboardScope;
  readonly panels: ReadonlyMap<number, ShownPanel>;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface CollectedData {
  /** Base64 of what frame-wire.ts writes, by the panel's id in the snapshot. */
  readonly data: Readonly<Record<string, string>>;
  /** Sentences about the panels that had no data to give. */
  readonly problems: readonly string[];
}

/**
 * Asks for what each panel shows over the range that the page shows now. Throws where it is more than a snapshot holds, and
 * the signal's reason where it was aborted.
 */
export async function collectData({ scope, panels, onProgress, signal }: CollectRequest): Promise<CollectedData> {
  const range = scope.range.get();
  const { timeZone } = scope.range;
  const waiting = [...panels].filter(([, { panel }]) => panel.queries.length > 0);
  const total = waiting.length;
  const data: Record<string, string> = {};
  const problems: string[] = [];
  let done = 0;
  let bytes = 0;
  const abort = new AbortController();
  const both = AbortSignal.any([signal, abort.signal]);

  const askOne = async (id: number, { panel, local }: ShownPanel): Promise<void> => {
    const shown = panelRange(range, panel.queryOptions, scope.range);
    const widthPx = Math.round((panel.grid.w / COLUMNS) * PAGE_WIDTH_PX);
    const more = scope.variables.askOf(panel, local);
    const title = scope.variables.text(panel.title, local) || `panel ${panel.id}`;
    let answer: PanelData;
    try {
      const asked = { dashboard: scope.uid, panel: panel.id, range, shown, timeZone, more, widthPx, known: undefined };
      answer = (await fetchPanel({ ...asked, signal: both })).data;
    } catch (error) {
      both.throwIfAborted();
      const text = error instanceof Error ? error.message : String(error);
      problems.push(`${title}: ${text}`);
      answer = { frames: [], notices: [{ level: 'error', text }], traces: [], ...shown, stepMs: 0, growable: false };
    }
    // What was run is nobody's business but ours.
    const encoded = toBase64(encodePanelData({ ...answer, traces: [] }));
    bytes += encoded.length;
    if (bytes > MOST_BYTES) {
      throw new Error(
        `The data of ${done + 1} of ${total} panels take ${mebibytes(bytes)}, and a snapshot holds ${mebibytes(MOST_BYTES)}. ` +
          'Choose a shorter range, or take one of a single panel.',
      );
    }
    data[id] = encoded;
    done++;
    onProgress(done, total);
  };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      both.throwIfAborted();
      await askOne(...next);
    }
  };
  onProgress(0, total);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    // What the others still ask for is of no use where one has failed.
    abort.abort();
  }
  return { data, problems };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

const CHUNK = 0x80_00;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}
