import { useQueries } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import type { LibraryPanelAnswer } from '@vitrine/model/api.ts';
import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';
import { ApiError } from '../api/client.ts';
import { libraryPanelQuery, saveLibraryPanel } from './library-queries.ts';
import { saysTheSame, touchedLibraryPanels } from './shared-content.ts';

/** A library panel that is to say something else from now on. */
export interface LibraryChange {
  readonly known: LibraryPanelAnswer;
  readonly panel: Panel;
  /** Somebody else changed it since the dashboard was opened. */
  readonly isStale: boolean;
}

/** What saving a dashboard changes in the library; undefined while that is being looked up. */
export function useLibraryChanges(now: Dashboard, saved: Dashboard): readonly LibraryChange[] | undefined {
  const touched = touchedLibraryPanels(now, saved);
  const answers = useQueries({
    queries: touched.map((panel) => ({ ...libraryPanelQuery(panel.libraryPanel?.uid ?? ''), staleTime: 0, retry: false })),
  });
  if (answers.some(({ isFetching }) => isFetching)) return undefined;
  return touched.flatMap((panel, at) => {
    const known = answers[at]?.data;
    // One that is not there any more has nothing to be changed: the dashboard keeps what it said last.
    if (known === undefined || saysTheSame(known.panel, panel)) return [];
    const before = saved.panels.find(({ libraryPanel }) => libraryPanel?.uid === known.uid);
    return [{ known, panel, isStale: before !== undefined && !saysTheSame(before, known.panel) }];
  });
}

/** Throws ApiError where the server refuses one. */
export async function saveLibraryChanges(client: QueryClient, changes: readonly LibraryChange[]): Promise<void> {
  if (changes.length === 0) return;
  for (const { known, panel } of changes) {
    const { uid, name, description, folder, version } = known;
    try {
      await saveLibraryPanel(uid, { name, description, folder, panel, baseVersion: version });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new ApiError(error.status, error.code, `The library panel “${name}”: ${error.message}`, error.field, {
        cause: error,
      });
    }
  }
  // Other dashboards that are open or known in this page show them too.
  await client.invalidateQueries({ queryKey: ['library-panels'] });
  void client.invalidateQueries({ queryKey: ['dashboard'] });
  void client.invalidateQueries({ queryKey: ['panel-data'] });
}
