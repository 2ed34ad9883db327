import type { ChartContext } from './plot.ts';
import { withFiniteSpan } from './value-range.ts';

/** The page's range; where it has none in this domain, the data's. */
export function xRange(
  context: Pick<ChartContext, 'from' | 'to'>,
  series: readonly { readonly xs: Float64Array }[],
): readonly [number, number] {
  if (context.to > context.from) return [context.from, context.to];
  let low = Infinity;
  let high = -Infinity;
  for (const { xs } of series) {
    if (xs.length === 0) continue;
    low = Math.min(low, xs[0]!);
    high = Math.max(high, xs[xs.length - 1]!);
  }
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 1, high + 1] : withFiniteSpan(low, high);
}
