import type { PanelSpec } from '../../contract.ts';

/** It has none: what is shown is chosen in the panel. */
export type FlameGraphOptions = Readonly<Record<string, never>>;

export const flamegraph: PanelSpec<FlameGraphOptions> = {
  kind: 'flamegraph',
  title: 'Flame graph',
  description: 'Where a program spends its time or memory.',
  parseOptions: () => ({}),
  fieldSettings: ['unit', 'decimals', 'noValue'],
  controls: [],
};
