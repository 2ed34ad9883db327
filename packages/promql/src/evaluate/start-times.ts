import type { SeriesNotes } from './series-notes.ts';
import type { Samples } from './range-window.ts';

/** What samples say about when their counting began; `startsMs` is NaN where they say nothing. */
type Starts = Pick<Samples, 'timestampsMs'> & { readonly startsMs: Float64Array };

/**
 * Whether a counter began anew between a sample and the one before it, as start times tell. A start at the sample's own
 * time or behind it means that it is not known (OpenTelemetry's convention), and says nothing.
 */
export function startedAnew({ timestampsMs, startsMs }: Starts, at: number): boolean {
  const startMs = startsMs[at]!;
  const beforeMs = timestampsMs[at - 1]!;
  if (!(startMs < timestampsMs[at]!) || startMs < beforeMs) return false;
  if (startMs > beforeMs) return true;
  // It goes on where the sample before it ended: a delta, or a counter whose start is not known, which the sample before tells apart.
  return startsMs[at - 1]! < beforeMs;
}

/** Warns, once a window, of a sample that began to count before the sample before it was taken, and not when that did. */
export function noteOverlaps({ timestampsMs, startsMs }: Starts, lo: number, hi: number, notes: SeriesNotes): void {
  for (let at = lo + 1; at < hi; at++) {
    if (startsMs[at]! < timestampsMs[at - 1]! && startsMs[at] !== startsMs[at - 1]) return notes.startsOverlap();
  }
}
