import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import { finitePoints, inStretches, median, rollingMedian } from './measure.ts';
import type { WatchedRun } from './watched-run.ts';

/** Fewer points say nothing yet. */
const LEAST_POINTS = 20;
/** The first tenth is at least so many. */
const TENTH_POINTS = 10;
const STRETCHES = 500;

/** How large updates are beside the weights that they change. */
export interface UpdateSize {
  /** The median of all layers' medians, in the first half after its first twentieth: warm-up is over, and the decay to nothing has not come. */
  readonly ratio: number;
  /** The median of all layers' highest (of a running median of three) in the first tenth. */
  readonly peak: number;
  readonly layers: number;
  readonly metrics: readonly string[];
  /** What `ratio` is of, and what `peak` is of. */
  readonly half: Span;
  readonly tenth: Span;
}

export interface Span {
  readonly fromStep: number;
  readonly toStep: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** undefined where no layer's is logged, or too few points. */
export function updateSizeOf(run: WatchedRun): UpdateSize | undefined {
  const metrics: string[] = [];
  const medians: number[] = [];
  const peaks: number[] = [];
  let half: Span | undefined;
  let tenth: Span | undefined;
  for (const metric of run.roles.updateRatios) {
    const logged = run.curve(metric);
    if (logged === undefined) continue;
    const curve = finitePoints(logged);
    if (curve.length < LEAST_POINTS) continue;
    const early = Math.max(TENTH_POINTS, Math.floor(curve.length / 10));
    peaks.push(rollingMedian(curve.values.subarray(0, early), 3).reduce((most, value) => (value > most ? value : most), 0));
    tenth ??= spanOf(curve, 0, early);
    const coarse = inStretches(curve, STRETCHES);
    const from = Math.floor(coarse.length / 20);
    const to = Math.ceil(coarse.length / 2);
    metrics.push(metric);
    medians.push(median(coarse.values.subarray(from, to)));
    half ??= spanOf(coarse, from, to);
  }
  if (half === undefined || tenth === undefined) return undefined;
  return { ratio: median(medians), peak: median(peaks), layers: medians.length, metrics, half, tenth };
}

function spanOf({ steps, timesMs }: CurvePoints, from: number, to: number): Span {
  return { fromStep: steps[from]!, toStep: steps[to - 1]!, fromMs: timesMs[from]!, toMs: timesMs[to - 1]! };
}
