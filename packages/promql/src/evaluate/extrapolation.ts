/** A window's left-open range. */
export interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

/** The samples within a window that an increase was taken between. */
export interface Sampled {
  readonly firstMs: number;
  readonly lastMs: number;
  /** How many there are. */
  readonly count: number;
  /** When the counting of the first began: the increase was taken from then on where that is within the window. */
  readonly startedMs: number;
  /** The first value as a share of the increase, where a counter may not go below zero; else Infinity. */
  readonly firstShare: number;
}

/** Whether the first sample of a window tells that its counting began within it: from zero, which then is a sample too. */
export function beganWithin({ startMs }: Range, startedMs: number, firstMs: number): boolean {
  return startedMs > startMs && startedMs < firstMs;
}

/**
 * By how much an increase between samples is to be multiplied to stand for the whole window, as Prometheus does
 * (https://github.com/prometheus/prometheus/blob/main/promql/functions.go, extrapolatedRate): drawn on to the window's
 * ends themselves where a sample could be expected there (within 110% of the mean distance), else by half that
 * distance; a counter never below zero; not before its start.
 */
export function extrapolationOf(range: Range, { firstMs, lastMs, count, startedMs, firstShare }: Sampled): number {
  const betweenMs = count > 1 ? (lastMs - firstMs) / (count - 1) : 0;
  const thresholdMs = betweenMs * 1.1;
  let sampledMs = lastMs - firstMs;
  let toStartMs = 0;
  if (beganWithin(range, startedMs, firstMs)) {
    sampledMs = lastMs - startedMs;
  } else {
    toStartMs = firstMs - range.startMs;
    if (toStartMs >= thresholdMs) toStartMs = betweenMs / 2;
    toStartMs = Math.min(toStartMs, sampledMs * firstShare);
  }
  let toEndMs = range.endMs - lastMs;
  if (toEndMs >= thresholdMs) toEndMs = betweenMs / 2;
  return sampledMs === 0 ? 1 : (sampledMs + toStartMs + toEndMs) / sampledMs;
}
