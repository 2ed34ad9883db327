import type { Columns } from '../chunk/columns.ts';
import type { Contents } from '../contents.ts';
import { firstAtOrAfter } from '../head/head.ts';
import { cellEnd, cellOf } from './rollup-rows.ts';

/** A bucket stands for at least so many samples on average, or it would hardly be read faster, and take as much room. */
export const LEAST_SAMPLES = 12;

/**
 * To be called within the transaction that changes a series' chunks in a closed range: what was rolled up of them beside them is void
 * until it is built anew. `samples` are those that are there now, where some may have come that nothing was built of.
 */
export function doubtRollups({ db, rolledUp }: Contents, ref: number, fromMs: number, toMs: number, samples?: Columns): void {
  if (fromMs > rolledUp.reachMs) return;
  const rollups = db.needRollups();
  rollups.doubt(ref, fromMs, toMs);
  if (samples === undefined) return;
  const end = firstAtOrAfter(samples, Math.min(toMs, rolledUp.reachMs) + 1);
  for (const widthMs of rolledUp.widthsMs) {
    const reachMs = Math.floor(rolledUp.reachMs / widthMs) * widthMs;
    for (let at = firstAtOrAfter(samples, fromMs); at < end;) {
      const cellMs = cellOf((samples.timestampsMs[at] as number) - 1, widthMs);
      const next = Math.min(end, firstAtOrAfter(samples, cellEnd(cellMs, widthMs) + 1, at));
      if (next - at >= LEAST_SAMPLES)
        rollups.ask(ref, widthMs, cellMs, Math.min(reachMs, samples.timestampsMs[next - 1] as number));
      at = next;
    }
  }
}
