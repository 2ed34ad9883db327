import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';

/** The uids of the library panels that a dashboard shows. */
export function libraryPanelsOf({ panels }: Dashboard): string[] {
  return [...new Set(panels.flatMap(({ libraryPanel }) => (libraryPanel === undefined ? [] : [libraryPanel.uid])))];
}

export interface KnownLibraryPanel {
  readonly uid: string;
  readonly name: string;
  readonly json: string;
}

export interface FilledDashboard {
  readonly dashboard: Dashboard;
  /** Sentences about library panels that are not there. */
  readonly notices: readonly string[];
  /** Ids of the panels that name them. */
  readonly lost: readonly number[];
}

/**
 * Puts what library panels say now where a dashboard names them; place, id and repeat stay the dashboard's. A library panel
 * that is not there leaves what it said last, and a sentence.
 */
export function fillLibraryPanels(dashboard: Dashboard, library: readonly KnownLibraryPanel[]): FilledDashboard {
  const byUid = new Map(library.map((it) => [it.uid, it]));
  const notices: string[] = [];
  const lost: number[] = [];
  const panels = dashboard.panels.map((panel): Panel => {
    const { libraryPanel } = panel;
    if (libraryPanel === undefined) return panel;
    const known = byUid.get(libraryPanel.uid);
    if (known === undefined) {
      lost.push(panel.id);
      notices.push(
        `The library panel "${libraryPanel.name || libraryPanel.uid}" is not there any more; panel ${panel.id} shows what it said last.`,
      );
      return panel;
    }
    const { id, grid, repeat } = panel;
    const shared = readLibraryPanel(known.json);
    return { ...shared, id, grid, repeat, libraryPanel: { uid: known.uid, name: known.name } };
  });
  return { dashboard: notices.length === 0 && library.length === 0 ? dashboard : { ...dashboard, panels }, notices, lost };
}

export function readLibraryPanel(json: string): Panel {
  return parsePanel(new Read('panel', JSON.parse(json)));
}
