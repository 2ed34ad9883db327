import type { QueryLimits, Selector, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { print } from '@vitrine/promql/print.ts';
import type { OwnSamples } from '../../own/own-samples.ts';
import { MAX_TIME_MS } from './params.ts';

/** PromQL's durations end at 292 years. */
const LONGEST_MS = 290 * 365 * 86_400_000;
/** Nothing is stored that is further ahead of the clock. */
const AHEAD_MS = 600_000;

/** The samples of a closed range as they are stored, stale markers among them. */
export async function readRange(
  samples: Pick<OwnSamples, 'evaluate'>,
  matchers: Selector,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  limits: QueryLimits,
  signal: AbortSignal,
): Promise<readonly SeriesSamples[]> {
  // A range is cut at its begin: one without an end has to end where the samples do.
  const latestMs = toMs - fromMs < LONGEST_MS ? MAX_TIME_MS : Date.now() + AHEAD_MS;
  const endMs = Math.min(toMs, latestMs);
  const range = Math.min(endMs - fromMs + 1, LONGEST_MS);
  if (!(range > 0)) return [];
  const span = { from: 0, to: 0 };
  const selector = { kind: 'vectorSelector', name: '', matchers, offset: 0, at: undefined, extension: undefined, span } as const;
  const expr = print({ kind: 'matrixSelector', selector, range, span });
  const result = await samples.evaluate({ expr, startMs: endMs, endMs, stepMs: 0, limits, keepsStale: true }, signal);
  return result.kind === 'samples' ? result.series : [];
}
