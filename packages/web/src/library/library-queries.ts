import { queryOptions } from '@tanstack/react-query';
import type { LibraryPanelAnswer, LibraryPanelSummary, SaveLibraryPanelRequest } from '@vitrine/model/api.ts';
import { parsePanel } from '@vitrine/model/parse/panel.ts';
import { Read } from '@vitrine/model/parse/read.ts';
import { ask, askJson } from '../api/client.ts';

const PATH = '/api/library-panels';

/** Those whose name holds the text; all of them where it is empty. */
export function libraryPanelsQuery(text: string) {
  return queryOptions({
    queryKey: ['library-panels', 'list', text],
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ q: text });
      return (await askJson<{ panels: readonly LibraryPanelSummary[] }>(`${PATH}?${search}`, { signal })).panels;
    },
  });
}

export function libraryPanelQuery(uid: string) {
  return queryOptions({
    queryKey: ['library-panels', 'one', uid],
    queryFn: async ({ signal }) => readAnswer(await askJson<LibraryPanelAnswer>(pathOf(uid), { signal })),
  });
}

/** Makes one where `uid` is undefined. */
export async function saveLibraryPanel(uid: string | undefined, body: SaveLibraryPanelRequest): Promise<LibraryPanelAnswer> {
  const panel = { ...body.panel, libraryPanel: undefined, repeat: undefined };
  const [path, method] = uid === undefined ? ([PATH, 'POST'] as const) : ([pathOf(uid), 'PUT'] as const);
  return readAnswer(await askJson<LibraryPanelAnswer>(path, { method, body: { ...body, panel } }));
}

/** Throws ApiError `library_panel_in_use`, which names them, while dashboards show it. */
export async function removeLibraryPanel(uid: string): Promise<void> {
  await ask(pathOf(uid), { method: 'DELETE' });
}

function pathOf(uid: string): string {
  return `${PATH}/${encodeURIComponent(uid)}`;
}

function readAnswer(answer: LibraryPanelAnswer): LibraryPanelAnswer {
  return { ...answer, panel: parsePanel(new Read('panel', answer.panel)) };
}
