import { formatDurationMs } from '@vitrine/model/duration.ts';

/** What a query's `$__…` stand for. */
export interface Interpolation {
  readonly stepMs: number;
  readonly rangeMs: number;
  /** How often the samples come in. */
  readonly scrapeIntervalMs: number;
}

const REFERENCE = /\$(?:\{(\w+)\}|(\w+))/g;

/**
 * Replaces `$__interval`, `$__interval_ms`, `$__rate_interval`, `$__range`, `$__range_s` and `$__range_ms`, also written
 * `${__interval}`. Other `$names` are left as they stand, so that the query's own error names them.
 *
 * The rate interval is the shortest window over which rate() has samples at every step: the step plus one scrape, and
 * never less than four scrapes.
 */
export function interpolate(text: string, { stepMs, rangeMs, scrapeIntervalMs }: Interpolation): string {
  const rateMs = Math.max(stepMs + scrapeIntervalMs, 4 * scrapeIntervalMs);
  const values: Readonly<Record<string, string>> = {
    __interval: formatDurationMs(stepMs),
    __interval_ms: String(stepMs),
    __rate_interval: formatDurationMs(rateMs),
    __range: formatDurationMs(Math.max(1_000, Math.ceil(rangeMs / 1_000) * 1_000)),
    __range_s: String(Math.max(1, Math.ceil(rangeMs / 1_000))),
    __range_ms: String(Math.max(1, rangeMs)),
  };
  return text.replace(
    REFERENCE,
    (whole, braced: string | undefined, bare: string | undefined) => values[braced ?? bare ?? ''] ?? whole,
  );
}
