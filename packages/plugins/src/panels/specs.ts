import type { PanelSpec } from '../contract.ts';
import { timeseries } from './timeseries/spec.ts';

/** All built-in panels in the order in which a picker shows them. */
export const panelSpecs: readonly PanelSpec<unknown>[] = [timeseries];

const BY_KIND = new Map(panelSpecs.map((spec) => [spec.kind, spec]));

export function panelSpec(kind: string): PanelSpec<unknown> | undefined {
  return BY_KIND.get(kind);
}
