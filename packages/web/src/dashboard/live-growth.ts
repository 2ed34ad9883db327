import type { LiveGrowth } from '@vitrine/model/api.ts';

/** undefined where it is not a notice of which panels have grown. */
export function readLiveGrowth(notice: unknown): LiveGrowth | undefined {
  const { panels, toMs } = (notice ?? {}) as Partial<LiveGrowth>;
  if (!Array.isArray(panels) || typeof toMs !== 'number') return undefined;
  return { panels: panels.filter((id) => typeof id === 'number'), toMs };
}
