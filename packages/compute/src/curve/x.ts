import type { CurvePoints } from '@vitrine/model/curve-store.ts';

/** The points of a curve over some x: `rows` are those of the points that have one, in their order; undefined where all have. */
export interface CurveOverX {
  readonly xs: Float64Array;
  readonly rows: Uint32Array | undefined;
}

/** x in milliseconds since the run's start. */
export function elapsedOf(timesMs: Float64Array, startedMs: number): Float64Array {
  const xs = new Float64Array(timesMs.length);
  for (let index = 0; index < xs.length; index++) xs[index] = timesMs[index]! - startedMs;
  return xs;
}

/** Leaves out the points whose x is no finite number. */
export function withX(xs: Float64Array): CurveOverX {
  let missing = 0;
  for (let index = 0; index < xs.length; index++) if (xs[index]! - xs[index]! !== 0) missing++;
  if (missing === 0) return { xs, rows: undefined };
  const rows = new Uint32Array(xs.length - missing);
  const kept = new Float64Array(rows.length);
  let count = 0;
  for (let index = 0; index < xs.length; index++) {
    if (xs[index]! - xs[index]! !== 0) continue;
    rows[count] = index;
    kept[count++] = xs[index]!;
  }
  return { xs: kept, rows };
}

/**
 * For each step the value that another metric of the run has at that very step, its last where it has several; NaN where it has none.
 * Where `carries`, a step in between has the one before: for what holds until it changes, as an epoch does.
 */
export function valuesAtSteps(steps: Float64Array, other: Pick<CurvePoints, 'steps' | 'values'>, carries: boolean): Float64Array {
  const order = orderOfSteps(other.steps);
  const found = new Float64Array(steps.length).fill(Number.NaN);
  let at = -1;
  let before = -Infinity;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index]!;
    if (step < before) at = -1;
    before = step;
    at = lastUpTo(other.steps, order, step, at);
    if (at < 0) continue;
    const row = order[at]!;
    if (carries || other.steps[row] === step) found[index] = other.values[row]!;
  }
  return found;
}

/**
 * The last place in `order` whose step is not above `step`, `from` where there is none behind it. It looks ever farther ahead: steps mostly
 * rise by one, and those of several ranks that log by turns go back and forth.
 */
function lastUpTo(steps: Float64Array, order: Uint32Array, step: number, from: number): number {
  let low = from;
  let reach = 1;
  while (low + reach < order.length && steps[order[low + reach]!]! <= step) {
    low += reach;
    reach *= 2;
  }
  let high = Math.min(order.length, low + reach);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[order[middle]!]! <= step) low = middle;
    else high = middle;
  }
  return low;
}

function orderOfSteps(steps: Float64Array): Uint32Array {
  const order = new Uint32Array(steps.length);
  let rising = true;
  for (let index = 0; index < steps.length; index++) {
    order[index] = index;
    if (index > 0 && steps[index]! < steps[index - 1]!) rising = false;
  }
  return rising ? order : order.sort((a, b) => steps[a]! - steps[b]! || a - b);
}
