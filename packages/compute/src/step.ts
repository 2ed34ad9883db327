const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that people read off an axis without reckoning, in milliseconds, rising. */
const NICE_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** No panel is wider than this many points, whatever its width says. */
const MOST_POINTS = 11_000;

/** A query's grid: closed at both ends, both multiples of the step. Unix milliseconds. */
export interface Grid {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface GridRequest {
  /** Half-open. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly widthPx: number;
  /** No finer than this; 1 s where it is not given. */
  readonly minStepMs?: number;
}

/** The smallest nice step that puts at most one point on a pixel. Beyond a year a multiple of a year. */
export function stepFor({ fromMs, toMs, widthPx, minStepMs = SECOND }: GridRequest): number {
  const points = Math.min(MOST_POINTS, Math.max(1, Math.floor(widthPx)));
  const wanted = Math.max(minStepMs, (toMs - fromMs) / points);
  return NICE_STEPS_MS.find((step) => step >= wanted) ?? Math.ceil(wanted / (365 * DAY)) * 365 * DAY;
}

/**
 * Snaps a range to the step: the start down and the end up, so that the newest sample is seen at the last grid time, and
 * so that two requests for nearly the same range ask for the same grid times.
 */
export function alignToStep(fromMs: number, toMs: number, stepMs: number): Grid {
  const start = Math.floor(fromMs / stepMs) * stepMs;
  return { fromMs: start, toMs: Math.max(start, Math.ceil(toMs / stepMs) * stepMs), stepMs };
}

/** The grid of a panel `widthPx` wide. */
export function gridFor(request: GridRequest): Grid {
  return alignToStep(request.fromMs, request.toMs, stepFor(request));
}
