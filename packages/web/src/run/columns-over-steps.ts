/** Columns of one width over steps, and what stands in each. */
export interface StepColumns {
  /** The steps themselves, rising. */
  readonly xs: Float64Array;
  /** The middle of the first column, and from one middle to the next. */
  readonly x0: number;
  readonly step: number;
  /** By column: the place among the given steps of what was logged last at or before it; undefined before the first. */
  readonly sources: readonly (number | undefined)[];
}

const MOST_COLUMNS = 600;

/**
 * Columns as wide as the smallest distance between steps, at most 600 of them. What is logged every 100 steps holds until the next one:
 * a column shows the newest within it or before. Of several of one step the last one logged stands. Pure.
 */
export function columnsOverSteps(steps: readonly number[]): StepColumns {
  const byStep = new Map(steps.map((step, place) => [step, place]));
  const rising = [...byStep.keys()].toSorted((a, b) => a - b);
  const first = rising[0];
  const last = rising.at(-1);
  if (first === undefined || last === undefined) return { xs: new Float64Array(), x0: 0, step: 1, sources: [] };
  let width = Infinity;
  for (let at = 1; at < rising.length; at++) width = Math.min(width, rising[at]! - rising[at - 1]!);
  if (width === Infinity) width = 1;
  width = Math.max(width, (last - first) / (MOST_COLUMNS - 1));
  let at = 0;
  const sources = Array.from({ length: Math.round((last - first) / width) + 1 }, (_, column) => {
    // To the column's right edge, which belongs to the next one.
    const here = first + (column + 0.499999) * width;
    while (at + 1 < rising.length && rising[at + 1]! <= here) at++;
    return byStep.get(rising[at]!);
  });
  return { xs: Float64Array.from(rising), x0: first, step: width, sources };
}
