import type { Panel } from '@vitrine/model/dashboard.ts';
import { writeLibraryPanel } from '@vitrine/model/parse/library-panel.ts';
import type { DocumentStore } from './document-store.ts';
import { LibraryPanelChanged } from './library-panels.ts';

/** What stands in the addresses of library panels. */
const UID = /^[A-Za-z0-9_-]{1,64}$/;
/** As many letters as people may give to a name. */
const MAX_NAME = 200;
/** An import's word for a panel whose library panel did not come along: it says nothing to keep. */
const EMPTY_KIND = 'library-panel-ref';

/** Makes library panels of those that came along with a dashboard and are not here yet; one that is here stays as it is. */
export async function keepLibraryPanels(
  { libraryPanels }: Pick<DocumentStore, 'libraryPanels'>,
  panels: readonly Panel[],
  by: { readonly folder: string; readonly name: string; readonly nowMs: number },
): Promise<void> {
  const brought = new Map(
    panels.flatMap((panel): [string, Panel][] => {
      const uid = panel.libraryPanel?.uid ?? '';
      return UID.test(uid) && panel.kind !== EMPTY_KIND ? [[uid, panel]] : [];
    }),
  );
  for (const { uid } of await libraryPanels.find([...brought.keys()])) brought.delete(uid);
  for (const [uid, { libraryPanel, ...panel }] of brought) {
    const kept = libraryPanels.save({
      uid,
      name: (libraryPanel?.name || panel.title || uid).slice(0, MAX_NAME),
      description: panel.description,
      kind: panel.kind,
      folderUid: by.folder,
      updatedMs: by.nowMs,
      updatedBy: by.name,
      json: writeLibraryPanel({ ...panel, libraryPanel: undefined }),
      baseVersion: 0,
    });
    await kept.catch((error: unknown) => {
      // Somebody made it since: that one stays.
      if (!(error instanceof LibraryPanelChanged)) throw error;
    });
  }
}
