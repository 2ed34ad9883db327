import { isDeepStrictEqual } from 'node:util';
import { type EmaState, smoothEma, smoothGaussian, smoothMean, smoothTwema } from '@vitrine/compute/curve/smooth.ts';
import { stretchStarts } from '@vitrine/compute/curve/restarts.ts';
import { type CurveOverX, elapsedOf, valuesAtSteps, withX } from '@vitrine/compute/curve/x.ts';
import type { CurvePoints } from '@vitrine/model/curve-store.ts';
import type { LoggedCurve } from '@vitrine/tsdb/curves/curve-reader.ts';
import type { CurveX, Smoothing } from '@vitrine/model/run-api.ts';
import { lengthened, withRoom } from './roomy.ts';

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

interface Smoothed {
  readonly view: CurveView;
  readonly smoothing: Smoothing;
  readonly values: Float64Array;
  /** Where an exponential average goes on; undefined where it cannot. */
  readonly state: EmaState | undefined;
}

/** A curve in memory, with what was computed from it. */
export class LoadedCurve {
  readonly version: string;
  readonly points: LoggedCurve;
  readonly #views = new Map<string, CurveView>();
  /** The newest: while somebody drags the slider, what it left behind is not needed. */
  #smoothed: Smoothed | undefined;

  constructor(points: LoggedCurve) {
    this.points = points;
    this.version = points.version;
  }

  /**
   * With what was logged since behind it. Its own columns are lengthened, which may be done once; what is computed over steps, and its
   * exponential average, go on from where they were.
   */
  grown(tail: LoggedCurve): LoadedCurve {
    const { points } = this;
    const epochs =
      points.epochs === undefined && tail.epochs === undefined
        ? undefined
        : lengthened(points.epochs ?? none(points.length), tail.epochs ?? none(tail.length));
    const grown = new LoadedCurve({
      length: points.length + tail.length,
      steps: lengthened(points.steps, tail.steps),
      times: points.times.followedBy(tail.times),
      values: lengthened(points.values, tail.values),
      epochs,
      version: tail.version,
    });
    const known = this.#views.get('step');
    if (known === undefined) return grown;
    const view = viewOf(grown.points, { xs: grown.points.steps, rows: undefined }, known.starts, points.length);
    grown.#views.set('step', view);
    if (this.#smoothed?.view === known) grown.#smoothed = smoothOn(this.#smoothed, view);
    return grown;
  }

  /** What it all takes in memory. */
  get bytes(): number {
    const { steps, times, values, epochs } = this.points;
    const buffers = new Set([steps.buffer, values.buffer, epochs?.buffer, this.#smoothed?.values.buffer]);
    for (const { xs, ys, steps: own, places } of this.#views.values())
      for (const column of [xs, ys, own, places]) buffers.add(column?.buffer);
    let { bytes } = times;
    for (const buffer of buffers) bytes += buffer?.byteLength ?? 0;
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
    if (this.#smoothed?.view !== view || !isDeepStrictEqual(this.#smoothed.smoothing, smoothing))
      this.#smoothed = smoothView(view, smoothing);
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

/** `known` are the starts of the stretches of the first `from` points, where they are known. */
function viewOf(
  { length, values, times, steps }: LoggedCurve,
  { xs, rows }: CurveOverX,
  known?: Uint32Array,
  from = 0,
): CurveView {
  const missing = length - xs.length;
  const own = rows === undefined ? steps : pick(steps, rows);
  // A step that goes back is a restart, whatever x is: clocks and other metrics may go back without one.
  const starts = known === undefined ? stretchStarts(own) : startsOn(known, own, from);
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

/** The starts of the stretches, of which those of the first `from` steps are known. */
function startsOn(known: Uint32Array, steps: Float64Array, from: number): Uint32Array {
  const since: number[] = [];
  for (let index = Math.max(1, from); index < steps.length; index++) if (steps[index]! < steps[index - 1]!) since.push(index);
  return since.length === 0 ? known : Uint32Array.of(...known, ...since);
}

function none(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

/** What was smoothed goes on over the same view grown; undefined where all of it is to be smoothed anew. */
function smoothOn({ view: known, smoothing, values, state: before }: Smoothed, view: CurveView): Smoothed | undefined {
  if (smoothing.kind !== 'ema' || before === undefined) return undefined;
  const { ys, starts } = view;
  const out = withRoom(values, ys.length);
  let state: EmaState | undefined = before;
  for (let stretch = known.starts.length - 1; stretch < starts.length; stretch++) {
    const isNew = stretch >= known.starts.length;
    const from = isNew ? starts[stretch]! : known.ys.length;
    state = smoothEma(ys, smoothing.weight, out, from, starts[stretch + 1] ?? ys.length, isNew ? undefined : state);
  }
  return { view, smoothing, values: out, state };
}

function smoothView(view: CurveView, smoothing: Exclude<Smoothing, { kind: 'none' }>): Smoothed {
  const { xs, ys, starts } = view;
  let state: EmaState | undefined;
  const out = new Float64Array(ys.length);
  const range = smoothing.kind === 'twema' ? extentOf(xs) : 0;
  for (let stretch = 0; stretch < starts.length; stretch++) {
    const from = starts[stretch]!;
    const to = starts[stretch + 1] ?? ys.length;
    switch (smoothing.kind) {
      case 'ema':
        state = smoothEma(ys, smoothing.weight, out, from, to);
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
  return { view, smoothing, values: out, state };
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
