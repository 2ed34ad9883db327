import { rangeWithoutOutliers } from '@vitrine/compute/curve/outliers.ts';
import { lowerBound } from '@vitrine/compute/downsample.ts';
import { stack } from '@vitrine/compute/stack.ts';

import type { ChartSeries } from './series.ts';

/** What is drawn of a series: itself, turned round, piled up. */
export interface Stroke {
  readonly series: ChartSeries;
  /** Index into the chart's axes. */
  readonly axis: number;
  readonly ys: Float64Array;
  /** Where its area ends below, where that is no one height: the pile under it, or the line that its band reaches to. */
  readonly base: Float64Array | undefined;
}

/** The strokes of the series to be drawn, in their order. `axisOf` answers the axis of a series. Pure. */
export function strokesOf(series: readonly ChartSeries[], axisOf: (series: ChartSeries) => number): Stroke[] {
  const plain = series.map((one): Stroke => ({ series: one, axis: axisOf(one), ys: turned(one), base: undefined }));
  const piles = new Map<string, Stroke[]>();
  for (const stroke of plain) {
    const { stacking, stackGroup, drawStyle } = stroke.series.look;
    if (stacking === 'none') continue;
    const key = `${stacking} ${stroke.axis} ${drawStyle === 'bars'} ${stackGroup}`;
    const pile = piles.get(key);
    if (pile === undefined) piles.set(key, [stroke]);
    else pile.push(stroke);
  }
  const piled = new Map<Stroke, Stroke>();
  for (const pile of piles.values()) {
    const lines = pile.map(({ series: { xs }, ys }) => ({ xs, ys }));
    const stacked = stack(pile[0]!.series.look.stacking === 'percent' ? shares(lines) : lines);
    for (const [index, stroke] of pile.entries()) {
      piled.set(stroke, { ...stroke, ys: stacked[index]!.tops, base: stacked[index]!.bases });
    }
  }
  const byName = new Map(plain.map((stroke) => [stroke.series.name, stroke]));
  return plain.map((stroke) => {
    const below = stroke.series.look.fillBelowTo === '' ? undefined : byName.get(stroke.series.look.fillBelowTo);
    if (below !== undefined && below !== stroke) return { ...stroke, base: over(stroke.series.xs, below) };
    return piled.get(stroke) ?? stroke;
  });
}

const turnings = new WeakMap<Float64Array, { readonly negative?: Float64Array; readonly constant?: Float64Array }>();

/** The values as the transform wants them; computed once for each column. */
function turned({ ys, look }: ChartSeries): Float64Array {
  if (!look.negativeY && !look.constant) return ys;
  const known = turnings.get(ys) ?? {};
  const kind = look.negativeY ? 'negative' : 'constant';
  const found = known[kind];
  if (found !== undefined) return found;
  const first = ys.find((y) => !Number.isNaN(y)) ?? Number.NaN;
  const made = look.negativeY ? ys.map((y) => -y) : new Float64Array(ys.length).fill(first);
  turnings.set(ys, { ...known, [kind]: made });
  return made;
}

/** Each value as its share of what stands at its x; a share of nothing is nothing. */
function shares(lines: readonly { readonly xs: Float64Array; readonly ys: Float64Array }[]): typeof lines {
  const totals = new Map<number, number>();
  for (const { xs, ys } of lines) {
    for (let index = 0; index < ys.length; index++) {
      const y = ys[index]!;
      if (!Number.isNaN(y)) totals.set(xs[index]!, (totals.get(xs[index]!) ?? 0) + Math.abs(y));
    }
  }
  return lines.map(({ xs, ys }) => ({
    xs,
    ys: ys.map((y, index) => {
      const total = totals.get(xs[index]!) ?? 0;
      return Number.isNaN(y) ? y : total === 0 ? 0 : y / total;
    }),
  }));
}

/** The values of another line at these x; NaN where it has none there. */
function over(xs: Float64Array, { series, ys }: Stroke): Float64Array {
  if (series.xs === xs) return ys;
  const found = new Float64Array(xs.length);
  for (let index = 0; index < xs.length; index++) {
    const at = lowerBound(series.xs, xs[index]!);
    found[index] = series.xs[at] === xs[index] ? ys[at]! : Number.NaN;
  }
  return found;
}

/** Lowest and highest finite value in view; NaN, NaN where there is none. A logarithm sees positive values only. */
export function extremes(strokes: readonly Stroke[], xMin: number, xMax: number, log: boolean): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { series, ys, base } of strokes) {
    const to = Math.min(ys.length, lowerBound(series.xs, xMax) + 1);
    for (let index = lowerBound(series.xs, xMin); index < to; index++) {
      const y = ys[index]!;
      if (y - y !== 0 || (log && y <= 0)) continue;
      if (y < low) low = y;
      if (y > high) high = y;
      const b = base?.[index];
      if (b !== undefined && b < low && (!log || b > 0)) low = b;
      if (b !== undefined && b > high) high = b;
    }
  }
  return low <= high ? [low, high] : [Number.NaN, Number.NaN];
}

/** A thinned line has up to seven points where it had thousands: the first of each of so many stretches of x stands for all. */
const SAMPLED_STRETCHES = 1_000;

/** As `extremes`, without TensorBoard's outliers, of the lines that are told of: what stands faintly behind them does not count. */
export function usualExtremes(strokes: readonly Stroke[], xMin: number, xMax: number, log: boolean): readonly [number, number] {
  const values: number[] = [];
  const perX = SAMPLED_STRETCHES / (xMax - xMin);
  for (const { series, ys } of strokes) {
    if (series.look.hide.tooltip) continue;
    const to = Math.min(ys.length, lowerBound(series.xs, xMax) + 1);
    let before = -1;
    for (let index = lowerBound(series.xs, xMin); index < to; index++) {
      const y = ys[index]!;
      if (y - y !== 0 || (log && y <= 0)) continue;
      const stretch = Math.floor((series.xs[index]! - xMin) * perX);
      if (stretch === before) continue;
      before = stretch;
      values.push(y);
    }
  }
  return rangeWithoutOutliers(Float64Array.from(values)) ?? extremes(strokes, xMin, xMax, log);
}
