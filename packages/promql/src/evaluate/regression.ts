import { compensate } from './kahan.ts';
import { eachWindow, type Samples } from './range-window.ts';

interface Line {
  slope: number;
  intercept: number;
}

const line: Line = { slope: 0, intercept: 0 };

/** Least squares over the samples [lo, hi): slope a second, and the value at `interceptMs`. The answer is reused. */
function regress({ timestampsMs, values }: Samples, lo: number, hi: number, interceptMs: number): Line {
  const first = values[lo]!;
  let constant = true;
  let [sumX, lostX, sumY, lostY, sumXY, lostXY, sumX2, lostX2] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = lo; i < hi; i++) {
    const x = (timestampsMs[i]! - interceptMs) / 1000;
    const y = values[i]!;
    if (i > lo && y !== first) constant = false;
    let next = sumX + x;
    lostX = compensate(sumX, x, next, lostX);
    sumX = next;
    next = sumY + y;
    lostY = compensate(sumY, y, next, lostY);
    sumY = next;
    next = sumXY + x * y;
    lostXY = compensate(sumXY, x * y, next, lostXY);
    sumXY = next;
    next = sumX2 + x * x;
    lostX2 = compensate(sumX2, x * x, next, lostX2);
    sumX2 = next;
  }
  if (constant) {
    const infinite = first === Infinity || first === -Infinity;
    line.slope = infinite ? Number.NaN : 0;
    line.intercept = infinite ? Number.NaN : first;
    return line;
  }
  const n = hi - lo;
  const x = sumX + lostX;
  const y = sumY + lostY;
  const covariance = sumXY + lostXY - (x * y) / n;
  const variance = sumX2 + lostX2 - (x * x) / n;
  line.slope = covariance / variance;
  line.intercept = y / n - (line.slope * x) / n;
  return line;
}

/** deriv(): about the first sample's time, which keeps the numbers small. */
export const deriv = eachWindow(2, (samples, lo, hi) => regress(samples, lo, hi, samples.timestampsMs[lo]!).slope);

/** predict_linear(v, t): where the line will be t seconds after the evaluation's time. */
export const predictLinear = eachWindow(2, (samples, lo, hi, step, { args, gridStartMs, gridStepMs }) => {
  const { slope, intercept } = regress(samples, lo, hi, gridStartMs + step * gridStepMs);
  return slope * args[0]![step]! + intercept;
});

/** double_exponential_smoothing(v, sf, tf): Holt's linear method. */
export const doubleExponentialSmoothing = eachWindow(2, ({ values }, lo, hi, step, { args }) => {
  const smoothing = args[0]![step]!;
  const trending = args[1]![step]!;
  let level = values[lo]!;
  let trend = values[lo + 1]! - level;
  for (let i = lo + 1; i < hi; i++) {
    const before = level;
    level = smoothing * values[i]! + (1 - smoothing) * (before + trend);
    trend = trending * (level - before) + (1 - trending) * trend;
  }
  return level;
});
