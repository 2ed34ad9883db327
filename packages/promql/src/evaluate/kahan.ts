/**
 * Neumaier's compensated summation, as Prometheus uses it: the lost low bits are kept beside the sum and added at
 * the end. Gives the compensation after adding `value` to `sum`, where `next` is `sum + value`.
 */
export function compensate(sum: number, value: number, next: number, compensation: number): number {
  // An infinite sum has no low bits, and Inf - Inf would make a NaN of it.
  if (next === Infinity || next === -Infinity) return 0;
  return Math.abs(sum) >= Math.abs(value) ? compensation + (sum - next + value) : compensation + (value - next + sum);
}
