import type { RollupPart, RollupWanted } from '@vitrine/model/sample-store.ts';

/** Nobody keeps buckets of less. */
const LEAST_EVERY_MS = 60_000;

/**
 * How a part of buckets does as well as all samples of windows so long (0 for what is the last), the first of which ends at a time and the
 * others at whole multiples of a step (0 for none) behind it; undefined where it does not. Milliseconds.
 */
export function rollupWanted(part: RollupPart, firstEndMs: number, stepMs: number, rangeMs: number): RollupWanted | undefined {
  const everyMs = commonFactor(Math.abs(firstEndMs), stepMs);
  return everyMs >= LEAST_EVERY_MS && Number.isSafeInteger(rangeMs) ? { everyMs, rangeMs, part } : undefined;
}

/** Less than the least that is asked for where they are no whole numbers. */
function commonFactor(a: number, b: number): number {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return 0;
  let [one, other] = [a, b];
  while (other !== 0) [one, other] = [other, one % other];
  return one;
}
