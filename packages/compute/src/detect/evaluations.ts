import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { finitePoints, inStretches, median } from './measure.ts';
import type { WatchedRun } from './watched-run.ts';

/** More evaluations than that are judged by the medians of stretches of them. */
const MOST = 200;

/** Training and validation loss side by side: one entry an evaluation, columns of equal length. */
export interface Evaluations {
  readonly trainMetric: string;
  readonly valMetric: string;
  readonly length: number;
  readonly steps: Float64Array;
  readonly timesMs: Float64Array;
  readonly val: Float64Array;
  /** The median of what training logged since the evaluation before; NaN before its first point. */
  readonly train: Float64Array;
}

/** undefined where either loss is missing. Both count steps from the same beginning. */
export function evaluationsOf(run: WatchedRun): Evaluations | undefined {
  const { pairedLoss: trainLoss, valLoss } = run.roles;
  const trained = run.curve(trainLoss);
  const validated = run.curve(valLoss);
  if (trainLoss === undefined || valLoss === undefined || trained === undefined || validated === undefined) return undefined;
  const val = inStretches(finitePoints(validated), MOST);
  if (val.length === 0) return undefined;
  return {
    trainMetric: trainLoss,
    valMetric: valLoss,
    length: val.length,
    steps: val.steps,
    timesMs: val.timesMs,
    val: val.values,
    train: levelsUpTo(finitePoints(trained), val.steps),
  };
}

function levelsUpTo({ steps, values, length }: CurvePoints, ends: Float64Array): Float64Array {
  const levels = new Float64Array(ends.length).fill(Number.NaN);
  let at = 0;
  for (let i = 0; i < ends.length; i++) {
    const from = at;
    while (at < length && steps[at]! <= ends[i]!) at++;
    // Where training logged nothing between two evaluations, what it logged last stands.
    if (at > from) levels[i] = median(values.subarray(from, at));
    else if (at > 0) levels[i] = values[at - 1]!;
  }
  return levels;
}
