import type { RollupPart, RollupWanted } from '@vitrine/model/sample-store.ts';

/** Nobody keeps buckets of less. */
const LEAST_EVERY_MS = 60_000;

/**
 * How a part of buckets does as well as all samples, where everything computed begins and ends at one of these times or whole multiples of
 * the spans (milliseconds, 0 for none) before or behind it; undefined where it does not.
 */
export function rollupWanted(part: RollupPart, timeMs: number, ...spansMs: readonly number[]): RollupWanted | undefined {
  const everyMs = spansMs.reduce(commonFactor, Math.abs(timeMs));
  return everyMs >= LEAST_EVERY_MS && Number.isSafeInteger(everyMs) ? { everyMs, part } : undefined;
}

/** Less than the least that is asked for where they are no whole numbers. */
function commonFactor(a: number, b: number): number {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return 0;
  let [one, other] = [a, b];
  while (other !== 0) [one, other] = [other, one % other];
  return one;
}
