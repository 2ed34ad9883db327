import { BadRequest } from '@vitrine/model/bad-request.ts';
import { BUILTIN_SOURCE } from '@vitrine/model/dashboard.ts';
import type { Query, SourceRef } from '@vitrine/model/dashboard.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { builtinWeb } from '@vitrine/plugins/sources/builtin/web.ts';
import type { SourceSummary } from '../api/queries.ts';
import { sourceWebOf } from '../edit/panel/source-webs.ts';

/** What one half of the page asks, and how it shows the answer. */
export interface Pane {
  readonly queries: readonly Query[];
  readonly view: View;
}

/** auto draws each answer as what it is. */
export const VIEWS = ['auto', 'graph', 'table', 'both', 'heatmap', 'logs'] as const;
export type View = (typeof VIEWS)[number];

/** What the page opens with: nothing, asked of the default data source, or of Vitrine's own store where that cannot be asked. */
export function emptyPane(sources: readonly Pick<SourceSummary, 'uid' | 'type' | 'isDefault' | 'supported'>[]): Pane {
  const usual = sources.find(({ isDefault, supported }) => isDefault && supported);
  return paneOf(usual === undefined ? BUILTIN_SOURCE : { type: usual.type, uid: usual.uid });
}

/** A new query of a source. */
export function paneOf(source: SourceRef): Pane {
  return { queries: [{ refId: 'A', source, hidden: false, spec: sourceWebOf(source)?.newQuery ?? {} }], view: 'auto' };
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
    return { queries, view: VIEWS.find((view) => view === written.view) ?? 'auto' };
  } catch {
    return undefined;
  }
}

export function writePane({ queries, view }: Pane): string {
  return JSON.stringify({ queries, view });
}

/** Whether it is written in PromQL, which can be asked over a range or at an instant. */
export function isPromql({ source }: Pick<Query, 'source'>): boolean {
  return sourceWebOf(source)?.spec.parseQuery === builtinWeb.spec.parseQuery;
}

/** Whether there is anything to ask. */
export function isAsking({ queries }: Pick<Pane, 'queries'>): boolean {
  return queries.some((query) => !query.hidden && whyNotAsked(query) === undefined);
}

/** What a query lacks to be asked, as a sentence of its source's own reader; undefined where it can be, or nobody here can tell. */
export function whyNotAsked({ source, spec }: Pick<Query, 'source' | 'spec'>): string | undefined {
  try {
    sourceWebOf(source)?.spec.parseQuery(spec);
    return undefined;
  } catch (error) {
    if (error instanceof BadRequest) return error.message;
    throw error;
  }
}
