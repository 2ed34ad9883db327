/** What rounding took from `sum = a + b` (Knuth's two-sum): exact while all are finite, and without a branch. */
export function roundingOf(a: number, b: number, sum: number): number {
  const shareOfB = sum - a;
  return a - (sum - shareOfB) + (b - shareOfB);
}

/**
 * Compensated summation as Prometheus does it (Kahan's in Neumaier's form): what rounding takes is kept beside the sum and
 * added at the end. Gives the compensation after adding `value` to `sum`, where `next` is `sum + value`.
 */
export function compensate(sum: number, value: number, next: number, compensation: number): number {
  // An infinite sum has no low bits, and Inf - Inf would make a NaN of it.
  return next === Infinity || next === -Infinity ? 0 : compensation + roundingOf(sum, value, next);
}
