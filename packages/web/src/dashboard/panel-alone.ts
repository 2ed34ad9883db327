import type { Arranged, ShownPanel } from './arrange.ts';

/** Where it stands alone. */
const WHOLE_PAGE = { x: 0, y: 0, w: 24, h: 18 };

/** One panel as a dashboard of its own. */
export function panelAlone({ key, panel, local }: Pick<ShownPanel, 'key' | 'panel' | 'local'>): Arranged {
  const shown = { key, panel: { ...panel, grid: WHOLE_PAGE }, local, repeat: undefined, isPending: false };
  return { kind: 'grid', panels: [shown] };
}
