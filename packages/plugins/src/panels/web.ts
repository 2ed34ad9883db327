import type { PanelWeb } from '../contract.ts';
import { eraseOptions } from './erase.ts';
import { timeseriesWeb } from './timeseries/web.tsx';

const PANELS: readonly PanelWeb<unknown>[] = [eraseOptions(timeseriesWeb)];

const BY_KIND = new Map(PANELS.map((panel) => [panel.spec.kind, panel]));

/** The page's half of a built-in panel. Kinds that a first look rarely needs load when they are first drawn: wrap them in Suspense. */
export function panelWeb(kind: string): PanelWeb<unknown> | undefined {
  return BY_KIND.get(kind);
}
