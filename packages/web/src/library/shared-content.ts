import type { Dashboard, Panel } from '@vitrine/model/dashboard.ts';

/** What of a panel a library panel says; id, place and repeat stay the dashboard's. */
type SharedContent = Omit<Panel, 'id' | 'grid' | 'repeat' | 'libraryPanel'>;

function sharedContent({ id: _i, grid: _g, repeat: _r, libraryPanel: _l, ...content }: Panel): SharedContent {
  return content;
}

/** Whether two panels say the same, whatever the order in which it was written down. */
export function saysTheSame(a: Panel, b: Panel): boolean {
  return a === b || canonical(sharedContent(a)) === canonical(sharedContent(b));
}

/** Hands what a panel says on to the others on the dashboard that show the same library panel. */
export function spreadContent(dashboard: Dashboard, id: number): Dashboard {
  const source = dashboard.panels.find((panel) => panel.id === id);
  const uid = source?.libraryPanel?.uid;
  if (source === undefined || uid === undefined) return dashboard;
  const isCopy = (panel: Panel): boolean => panel.id !== id && panel.libraryPanel?.uid === uid;
  if (!dashboard.panels.some(isCopy)) return dashboard;
  const content = sharedContent(source);
  return { ...dashboard, panels: dashboard.panels.map((panel) => (isCopy(panel) ? { ...panel, ...content } : panel)) };
}

/**
 * Of each library panel on a dashboard one panel that shows it, where it may not say what was saved: because it was changed
 * here, or because it came onto the dashboard here.
 */
export function touchedLibraryPanels(now: Dashboard, saved: Dashboard): readonly Panel[] {
  const touched = new Map<string, Panel>();
  for (const panel of now.panels) {
    const { libraryPanel } = panel;
    if (libraryPanel === undefined || touched.has(libraryPanel.uid)) continue;
    const before = saved.panels.find((one) => one.libraryPanel?.uid === libraryPanel.uid);
    if (before === undefined || !saysTheSame(before, panel)) touched.set(libraryPanel.uid, panel);
  }
  return [...touched.values()];
}

/** JSON with the keys of every object in order, and without what is undefined. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
