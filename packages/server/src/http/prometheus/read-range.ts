import type { QueryLimits, Selector, SeriesSamples } from '@vitrine/model/sample-store.ts';
import { print } from '@vitrine/promql/print.ts';
import type { OwnSamples } from './own-samples.ts';
import { MAX_TIME_MS } from './params.ts';

/** PromQL's durations end at 292 years. */
const LONGEST_MS = 290 * 365 * 86_400_000;

/** The samples of a closed range as they are stored, stale markers among them. */
export async function readRange(
  samples: Pick<OwnSamples, 'evaluate'>,
  matchers: Selector,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  limits: QueryLimits,
  signal: AbortSignal,
): Promise<readonly SeriesSamples[]> {
  const endMs = Math.min(toMs, MAX_TIME_MS);
  const range = Math.min(endMs - fromMs + 1, LONGEST_MS);
  if (!(range > 0)) return [];
  const span = { from: 0, to: 0 };
  const selector = { kind: 'vectorSelector', name: '', matchers, offset: 0, at: undefined, extension: undefined, span } as const;
  const expr = print({ kind: 'matrixSelector', selector, range, span });
  const result = await samples.evaluate({ expr, startMs: endMs, endMs, stepMs: 0, limits, keepsStale: true }, signal);
  return result.kind === 'samples' ? result.series : [];
}
