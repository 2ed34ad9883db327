import type { RollupTier, StoreOptions } from '../store-options.ts';

/** The tiers that are kept for longer than samples, and than each other, the finest first. */
export function tiersOf({ timeMs, rollups = [] }: StoreOptions['retention']): readonly RollupTier[] {
  return timeMs > 0 ? rollups.filter(({ keptMs }) => keptMs > timeMs) : [];
}
