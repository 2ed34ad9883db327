/**
 * TensorBoard's range of values without outliers: of the sorted finite values from the one at ⌈0.05·(n − 1)⌉ to the one at
 * ⌊0.95·(n − 1)⌋; all of them where there are no more than two. undefined where there is none. Reorders `values`.
 */
export function rangeWithoutOutliers(values: Float64Array): readonly [low: number, high: number] | undefined {
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value - value === 0) values[count++] = value;
  }
  if (count === 0) return undefined;
  const sorted = values.subarray(0, count).sort();
  if (count <= 2) return [sorted[0]!, sorted[count - 1]!];
  return [sorted[Math.ceil((count - 1) * 0.05)]!, sorted[Math.floor((count - 1) * 0.95)]!];
}
