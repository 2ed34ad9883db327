import type { PanelSpec } from '../../contract.ts';

/** It has none: the trace says it all. */
export type TracesOptions = Readonly<Record<string, never>>;

export const traces: PanelSpec<TracesOptions> = {
  kind: 'traces',
  title: 'Traces',
  description: 'One trace as a waterfall of its spans.',
  parseOptions: () => ({}),
  fieldSettings: ['links', 'noValue'],
  controls: [],
};
