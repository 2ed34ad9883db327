import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { HistogramMean } from '../histogram/mean.ts';
import { HistogramSum } from '../histogram/sum.ts';
import type { MixedRule } from './mixed-windows.ts';

/** sum_over_time() of native histograms; of a window with numbers too there is none. */
export const sumHistograms: MixedRule = overTime(HistogramSum);
/** avg_over_time(), likewise. */
export const averageHistograms: MixedRule = overTime(HistogramMean);

/** first_over_time() and last_over_time(), of whatever kind the sample is. */
export const firstOfAny: MixedRule =
  ({ histograms, values }) =>
  ({ lo }) =>
    histograms?.[lo] ?? values[lo]!;
export const lastOfAny: MixedRule =
  ({ histograms, values }) =>
  ({ hi }) =>
    histograms?.[hi - 1] ?? values[hi - 1]!;

interface Total {
  readonly reconciled: boolean;
  add(next: NativeHistogram): boolean;
  result(): NativeHistogram;
}

function overTime(Kind: new (first: NativeHistogram) => Total): MixedRule {
  return ({ histograms }, { notes }) =>
    ({ lo, hi, numbers }) => {
      if (numbers > 0) return notes.mixed();
      const total = new Kind(histograms![lo]!);
      const hints = new Set([histograms![lo]!.reset]);
      for (let at = lo + 1; at < hi; at++) {
        const next = histograms![at]!;
        if (!total.add(next)) return notes.mixedSchemas();
        hints.add(next.reset);
      }
      if (hints.has('reset') && hints.has('not reset')) notes.collided('aggregation');
      if (total.reconciled) notes.reconciled('aggregation');
      return total.result();
    };
}
