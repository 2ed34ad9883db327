import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import type { Query } from '@vitrine/model/dashboard.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import type { SourceSummary } from '../api/queries.ts';

/** What one half of the page asks, and how it shows the answer. */
export interface Pane {
  readonly queries: readonly Query[];
  readonly view: View;
}

export const VIEWS = ['graph', 'table', 'both', 'heatmap', 'logs'] as const;
export type View = (typeof VIEWS)[number];

/** What the page opens with: nothing, asked of the default data source, or of Vitrine's own store where that cannot be asked. */
export function emptyPane(sources: readonly Pick<SourceSummary, 'uid' | 'type' | 'isDefault' | 'supported'>[]): Pane {
  const usual = sources.find(({ isDefault, supported }) => isDefault && supported);
  const source = usual === undefined ? BUILTIN_SOURCE : { type: usual.type, uid: usual.uid };
  return {
    queries: [{ refId: 'A', source, hidden: false, spec: { expr: '', legendFormat: '', range: true, instant: false } }],
    view: 'both',
  };
}

const LONGEST = 20_000;

/** A pane as it stands in the URL; undefined where that is no pane: an old or a broken link opens an empty one. */
export function readPane(text: unknown): Pane | undefined {
  if (typeof text !== 'string' || text === '' || text.length > LONGEST) return undefined;
  try {
    const written = JSON.parse(text) as { readonly queries?: unknown; readonly view?: unknown };
    // The panel's own reader knows what a query may say.
    const panel = { id: 1, kind: 'timeseries', grid: { x: 0, y: 0, w: 24, h: 8 }, queries: written.queries };
    const { queries } = parsePanel(new Read('', panel));
    if (queries.length === 0) return undefined;
    return { queries, view: VIEWS.find((view) => view === written.view) ?? 'both' };
  } catch {
    return undefined;
  }
}

export function writePane({ queries, view }: Pane): string {
  return JSON.stringify({ queries, view });
}

/** Whether there is anything to ask. */
export function isAsking({ queries }: Pane): boolean {
  return queries.some(({ hidden, spec }) => !hidden && (typeof spec['expr'] !== 'string' || spec['expr'].trim() !== ''));
}
