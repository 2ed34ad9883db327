import type { PanelSpec } from '@vitrine/plugins/contract.ts';
import { panelSpecs } from '@vitrine/plugins/panels/specs.ts';
import { addedPanelSpecs } from '@vitrine/plugins/panels/web.ts';
import { usePagePlugins } from './page-plugins.ts';

/** All kinds of panels in the order in which a picker shows them, those of plugins last; anew when a plugin brings some. */
export function usePanelSpecs(): readonly PanelSpec<unknown>[] {
  usePagePlugins();
  return [...panelSpecs, ...addedPanelSpecs()];
}

/** What people call a kind of panels. */
export function useKindName(): (kind: string) => string {
  const specs = usePanelSpecs();
  return (kind) => specs.find((spec) => spec.kind === kind)?.title ?? kind;
}
