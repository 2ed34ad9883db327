/** How much traffic there is, and how bad its pictures are, as functions of the time since it began. Pure. */

const NIGHT_PER_SECOND = 2;
const NOON_PER_SECOND = 20;
const QUIETEST_HOUR = 4;
const FIRST_HOUR = 8;

/** Requests a second at this moment of a compressed day: quietest at 4 in the night, busiest at 16; it begins at 8 in the morning. */
export function requestsPerSecond(elapsedMs: number, dayMs: number): number {
  const hour = FIRST_HOUR + (24 * elapsedMs) / dayMs;
  const share = (1 - Math.cos((2 * Math.PI * (hour - QUIETEST_HOUR)) / 24)) / 2;
  return NIGHT_PER_SECOND + (NOON_PER_SECOND - NIGHT_PER_SECOND) * share;
}

/** How degraded pictures are, 0 to 1: clean for four tenths of a cycle, worse and worse, at the worst for two tenths, then mended. */
export function severityAt(elapsedMs: number, cycleMs: number): number {
  const share = (elapsedMs / cycleMs) % 1;
  if (share < 0.4) return 0;
  if (share < 0.55) return (share - 0.4) / 0.15;
  if (share < 0.75) return 1;
  if (share < 0.8) return (0.8 - share) / 0.05;
  return 0;
}
