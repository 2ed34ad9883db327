import type { PanelWeb } from '@vitrine/plugins/contract.ts';
import { panels } from '@vitrine/plugins/panels/web.ts';

const byKind = new Map(panels.map((panel) => [panel.spec.kind, panel]));

/** The plugin that draws this kind, where there is one. */
export function panelOfKind(kind: string): PanelWeb<unknown> | undefined {
  return byKind.get(kind);
}
