import type { NativeHistogram } from '@vitrine/model/native-histogram.ts';
import { divide, scale } from './scale.ts';
import { HistogramSum } from './sum.ts';

/** Exact, as it is a power of two, and small enough for 2^64 histograms of the largest numbers. */
const SHRINK = 2 ** -64;

/** The mean of native histograms: their sum over their number, even where the sum itself is past the largest float64. */
export class HistogramMean {
  readonly #total: HistogramSum;
  #length = 1;
  /** What the sum is scaled by. */
  #factor = 1;

  constructor(first: NativeHistogram) {
    this.#total = new HistogramSum(first);
  }

  /** As of HistogramSum. */
  get collided(): boolean {
    return this.#total.collided;
  }

  /** As of HistogramSum. */
  get reconciled(): boolean {
    return this.#total.reconciled;
  }

  /** False, and nothing has changed, where one has exponential buckets and the other custom ones. */
  add(next: NativeHistogram): boolean {
    if (this.#factor === 1 && this.#total.overflowsWith(next)) {
      this.#factor = SHRINK;
      this.#total.scale(SHRINK);
    }
    if (!this.#total.add(this.#factor === 1 ? next : scale(next, SHRINK))) return false;
    this.#length++;
    return true;
  }

  result(): NativeHistogram {
    const mean = divide(this.#total.result(), this.#length);
    return this.#factor === 1 ? mean : scale(mean, 1 / SHRINK);
  }
}
