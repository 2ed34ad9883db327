import { BadRequest } from '@vitrine/model/bad-request.ts';
import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';
import { parseLibraryPanel } from '@vitrine/model/parse/library-panel.ts';

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
 * that is not there, or cannot be read, leaves what it said last, and a sentence.
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
    if (shared instanceof BadRequest) {
      notices.push(
        `The library panel "${known.name}" cannot be read (${shared.message}); panel ${panel.id} shows what it said last.`,
      );
      return panel;
    }
    return { ...shared, id, grid, repeat, libraryPanel: { uid: known.uid, name: known.name } };
  });
  return { dashboard: notices.length === 0 && library.length === 0 ? dashboard : { ...dashboard, panels }, notices, lost };
}

/** What a saved library panel says; the problem where this Vitrine cannot read it, as one that a newer one saved. */
export function readLibraryPanel(json: string): Panel | BadRequest {
  try {
    return parseLibraryPanel(JSON.parse(json));
  } catch (error) {
    if (error instanceof BadRequest) return error;
    throw error;
  }
}
