import { median } from './measure.ts';

/** Whether a series grows, and how fast: the median of all slopes (Theil 1950, Sen 1968) and Kendall's test (Mann 1945). */
export interface Trend {
  /** Of y a unit of x. */
  readonly slope: number;
  /** The chance that a series without a trend has this one or a stronger; one-sided, by the normal approximation. */
  readonly p: number;
}

/** O(n²): a few hundred points. Both arrays are finite and of one length; x rises. */
export function trendOf(xs: Float64Array, ys: Float64Array): Trend {
  const n = ys.length;
  const slopes: number[] = [];
  let score = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      score += Math.sign(ys[j]! - ys[i]!);
      const dx = xs[j]! - xs[i]!;
      if (dx > 0) slopes.push((ys[j]! - ys[i]!) / dx);
    }
  }
  // Ties make the score's variance smaller (Kendall 1975).
  const ties = [...Map.groupBy(ys, (y) => y).values()].map((group) => group.length);
  const variance = (n * (n - 1) * (2 * n + 5) - ties.reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0)) / 18;
  const z = variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
  return { slope: slopes.length === 0 ? 0 : median(slopes), p: upperTail(z) };
}

/** P(Z > z) of the standard normal distribution, by Abramowitz and Stegun 26.2.17: to 7.5e-8. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}
