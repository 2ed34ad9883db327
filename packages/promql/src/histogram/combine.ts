import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { HistogramSum } from './sum.ts';

/** A sum or difference of two histograms, and what is to be said about it. */
export interface Combined {
  readonly histogram: NativeHistogram;
  /** One said "reset", the other "not reset": the hint is now "unknown". */
  readonly collided: boolean;
  /** Their custom bounds differ: only those that both have are left. */
  readonly reconciled: boolean;
}

/** The sum of two histograms; undefined where one has exponential buckets and the other custom ones. */
export function add(a: NativeHistogram, b: NativeHistogram): Combined | undefined {
  return combine(a, b, 1);
}

/** The difference of two histograms; undefined as of add(). The hint is that of the sum: the caller knows better. */
export function subtract(a: NativeHistogram, b: NativeHistogram): Combined | undefined {
  return combine(a, b, -1);
}

function combine(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Combined | undefined {
  const sum = new HistogramSum(a);
  if (!sum.add(b, sign)) return undefined;
  return { histogram: sum.result(), collided: sum.collided, reconciled: sum.reconciled };
}
