import { smoothEma, smoothGaussian, smoothMean, smoothTwema } from '@vitrine/compute/curve/smooth.ts';
import { stretchStarts } from '@vitrine/compute/curve/restarts.ts';
import { type CurveOverX, elapsedOf, valuesAtSteps, withX } from '@vitrine/compute/curve/x.ts';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import type { LoggedCurve } from '@vitrine/tsdb/curves/curve-reader.ts';
import type { CurveX, Smoothing } from '@vitrine/model/run-api.ts';

/** A curve's points over one x, stretch by stretch; within a stretch x does not fall. Columns are one length. */
export interface CurveView {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly steps: Float64Array;
  /** Of all points that were logged. */
  readonly times: LoggedCurve['times'];
  /** Where among those each point is; undefined where these are all of them in their order. */
  readonly places: Uint32Array | undefined;
  /** Where stretches begin, the first at 0. */
  readonly starts: Uint32Array;
  /** Points that have no x. */
  readonly missing: number;
}

/** The other metrics of the same run, where an x needs one. */
export interface OtherMetrics {
  version(metric: string): string;
  read(metric: string): Pick<CurvePoints, 'steps' | 'values'>;
}

/** What a run's loggers mostly call the epoch where points carry none themselves. */
export const EPOCH_METRIC = 'epoch';

/** So many x of a curve are kept at a time. */
const MOST_VIEWS = 3;

/** A curve in memory, with what was computed from it. */
export class LoadedCurve {
  readonly version: string;
  readonly points: LoggedCurve;
  readonly #views = new Map<string, CurveView>();
  /** The newest: while somebody drags the slider, what it left behind is not needed. */
  #smoothed: { readonly view: CurveView; readonly key: string; readonly values: Float64Array } | undefined;

  constructor(points: LoggedCurve) {
    this.points = points;
    this.version = points.version;
  }

  /** What it all takes in memory. */
  get bytes(): number {
    const { steps, times, values, epochs } = this.points;
    const columns = new Set<Float64Array | Uint32Array | undefined>([steps, values, epochs, this.#smoothed?.values]);
    for (const view of this.#views.values())
      for (const column of [view.xs, view.ys, view.steps, view.places]) columns.add(column);
    let { bytes } = times;
    for (const column of columns) bytes += column?.byteLength ?? 0;
    return bytes;
  }

  view(x: CurveX, startedMs: number, others: OtherMetrics): CurveView {
    const [key, make] = this.#xOf(x, startedMs, others);
    let view = this.#views.get(key);
    if (view === undefined) {
      if (this.#views.size >= MOST_VIEWS) this.#views.clear();
      const xs = make();
      // What every point has needs no search for those that have none.
      const found = x.kind === 'epoch' || x.kind === 'metric' ? withX(xs) : { xs, rows: undefined };
      this.#views.set(key, (view = viewOf(this.points, found)));
    }
    return view;
  }

  /** The view's values smoothed, each stretch for itself; `ys` itself where nothing is to be smoothed. */
  smooth(view: CurveView, smoothing: Smoothing): Float64Array {
    if (smoothing.kind === 'none') return view.ys;
    const key = JSON.stringify(smoothing);
    if (this.#smoothed?.view !== view || this.#smoothed.key !== key)
      this.#smoothed = { view, key, values: smoothView(view, smoothing) };
    return this.#smoothed.values;
  }

  #xOf(x: CurveX, startedMs: number, others: OtherMetrics): readonly [key: string, make: () => Float64Array] {
    const { steps, times, epochs } = this.points;
    switch (x.kind) {
      case 'step':
        return ['step', () => steps];
      case 'time':
        return ['time', () => times.all()];
      case 'elapsed':
        return [`elapsed ${startedMs}`, () => elapsedOf(times.all(), startedMs)];
      case 'epoch':
        if (epochs !== undefined) return ['epoch', () => epochs];
        return [`epoch ${others.version(EPOCH_METRIC)}`, () => valuesAtSteps(steps, others.read(EPOCH_METRIC), true)];
      case 'metric':
        return [`metric ${x.metric} ${others.version(x.metric)}`, () => valuesAtSteps(steps, others.read(x.metric), false)];
    }
  }
}

function viewOf({ length, values, times, steps }: LoggedCurve, { xs, rows }: CurveOverX): CurveView {
  const missing = length - xs.length;
  const own = rows === undefined ? steps : pick(steps, rows);
  // A step that goes back is a restart, whatever x is: clocks and other metrics may go back without one.
  const starts = stretchStarts(own);
  // Steps rise in each stretch: that is what a stretch is.
  const order = xs === steps ? undefined : risingOrder(xs, starts);
  const at = order === undefined ? rows : rows === undefined ? order : Uint32Array.from(order, (row) => rows[row]!);
  if (at === undefined) return { xs, ys: values, times, places: undefined, steps, starts, missing };
  return {
    xs: order === undefined ? xs : pick(xs, order),
    ys: pick(values, at),
    times,
    places: at,
    steps: pick(steps, at),
    starts,
    missing,
  };
}

/** The rows so that x falls in no stretch; undefined where that is so already. */
function risingOrder(xs: Float64Array, starts: Uint32Array): Uint32Array | undefined {
  let order: Uint32Array | undefined;
  for (let stretch = 0; stretch < starts.length; stretch++) {
    const from = starts[stretch]!;
    const to = starts[stretch + 1] ?? xs.length;
    let isRising = true;
    for (let row = from + 1; row < to && isRising; row++) isRising = xs[row]! >= xs[row - 1]!;
    if (isRising) continue;
    order ??= Uint32Array.from(xs.keys());
    order.subarray(from, to).sort((a, b) => xs[a]! - xs[b]! || a - b);
  }
  return order;
}

function pick(values: Float64Array, rows: Uint32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) picked[index] = values[rows[index]!]!;
  return picked;
}

function smoothView({ xs, ys, starts }: CurveView, smoothing: Exclude<Smoothing, { kind: 'none' }>): Float64Array {
  const out = new Float64Array(ys.length);
  const range = smoothing.kind === 'twema' ? extentOf(xs) : 0;
  for (let stretch = 0; stretch < starts.length; stretch++) {
    const from = starts[stretch]!;
    const to = starts[stretch + 1] ?? ys.length;
    switch (smoothing.kind) {
      case 'ema':
        smoothEma(ys, smoothing.weight, out, from, to);
        break;
      case 'twema':
        smoothTwema(xs, ys, smoothing.weight, range, out, from, to);
        break;
      case 'gaussian':
        smoothGaussian(ys, smoothing.points, out, from, to, ys.length);
        break;
      case 'mean':
        smoothMean(ys, smoothing.points, out, from, to);
        break;
    }
  }
  return out;
}

function extentOf(xs: Float64Array): number {
  let low = Infinity;
  let high = -Infinity;
  for (let index = 0; index < xs.length; index++) {
    if (xs[index]! < low) low = xs[index]!;
    if (xs[index]! > high) high = xs[index]!;
  }
  return high > low ? high - low : 0;
}
