/**
 * Average precision, Σ (Rₙ − Rₙ₋₁) Pₙ over rising recall, as scikit-learn's average_precision_score: no interpolation, which would be too
 * kind. 0 to 1; NaN where there is no point. Pure.
 */
export function averagePrecision(precision: readonly number[], recall: readonly number[]): number {
  const points = precision
    .map((value, at) => ({ value, recall: recall[at] ?? Number.NaN }))
    .filter((point) => Number.isFinite(point.value) && Number.isFinite(point.recall))
    // Of equal recalls the highest precision counts; they come first then, and the others add nothing.
    .toSorted((a, b) => a.recall - b.recall || b.value - a.value);
  if (points.length === 0) return Number.NaN;
  let sum = 0;
  let before = 0;
  for (const point of points) {
    sum += (point.recall - before) * point.value;
    before = point.recall;
  }
  return sum;
}
