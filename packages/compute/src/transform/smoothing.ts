import type { NumberField } from '@vitrine/model/frame.ts';

import { smoothCurves } from './each-curve.ts';
import { movingWindow } from './moving-window.ts';
import type { TransformationKind } from './transformation.ts';

/**
 * ASAP (Rong and Bailis, "ASAP: Prioritizing Attention via Time Series Smoothing", VLDB 2017): of all moving averages, the one
 * that makes the curve least rough (the standard deviation of its differences) and leaves its outliers as marked as they were
 * (its kurtosis does not fall).
 */
export const smoothing: TransformationKind = {
  id: 'smoothing',
  title: 'Smooth (ASAP)',
  description: 'Smooths curves as much as their outliers allow; `resolution` is how many points of the curve are looked at.',
  defaults: { resolution: 100, keepOriginal: false },
  apply(frames, options) {
    const resolution = Math.min(1_000, Math.max(2, Math.trunc(options.number('resolution', 100))));
    return smoothCurves(frames, options, (x, y) => asap(x, y, resolution));
  },
};

/** A curve smoothed; on the x that it had. */
function asap(x: Float64Array, y: NumberField, resolution: number): { values: Float64Array; present?: Uint8Array } {
  const points = averages(x, y, resolution);
  if (points.y.length < 4) return y;
  const window = bestWindow(points.y);
  const smooth = window === 1 ? points.y : slide(points.y, window);
  const values = new Float64Array(x.length);
  let at = 0;
  for (let row = 0; row < x.length; row++) {
    if (y.present?.[row] === 0) continue;
    if (!Number.isFinite(y.values[row]!)) {
      values[row] = y.values[row]!;
      continue;
    }
    while (at + 2 < points.x.length && points.x[at + 1]! < x[row]!) at++;
    values[row] = between(points.x, smooth, at, x[row]!);
  }
  return { values, ...(y.present !== undefined && { present: y.present }) };
}

/** On the line through two neighbours; beyond the ends the end's value. */
function between(xs: Float64Array, ys: Float64Array, at: number, x: number): number {
  const width = xs[at + 1]! - xs[at]!;
  const share = width > 0 ? Math.min(1, Math.max(0, (x - xs[at]!) / width)) : 0;
  return ys[at]! + (ys[at + 1]! - ys[at]!) * share;
}

/** The means of at most `count` stretches of equally many finite points. */
function averages(x: Float64Array, y: NumberField, count: number): { x: Float64Array; y: Float64Array } {
  const rows: number[] = [];
  for (let row = 0; row < x.length; row++) if (y.present?.[row] !== 0 && Number.isFinite(y.values[row]!)) rows.push(row);
  const buckets = Math.min(count, rows.length);
  const xs = new Float64Array(buckets);
  const ys = new Float64Array(buckets);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * rows.length) / buckets);
    const to = Math.floor(((bucket + 1) * rows.length) / buckets);
    for (let index = from; index < to; index++) {
      xs[bucket]! += x[rows[index]!]! / (to - from);
      ys[bucket]! += y.values[rows[index]!]! / (to - from);
    }
  }
  return { x: xs, y: ys };
}

function slide(values: Float64Array, window: number): Float64Array {
  const before = Math.floor(window / 2);
  return movingWindow({ values, present: new Uint8Array(values.length).fill(1) }, before, window - 1 - before, 'mean').values;
}

/** Up to a tenth of the points, as in the paper: wider windows only flatten. At most 1,000 points, so each is tried. */
function bestWindow(values: Float64Array): number {
  const kept = kurtosis(values);
  let best = 1;
  let least = roughness(values);
  for (let window = 2; window <= Math.max(2, Math.floor(values.length / 10)); window++) {
    const smooth = slide(values, window);
    const rough = roughness(smooth);
    if (rough < least && kurtosis(smooth) >= kept) {
      best = window;
      least = rough;
    }
  }
  return best;
}

function roughness(values: Float64Array): number {
  const differences = values.subarray(1).map((value, index) => value - values[index]!);
  return Math.sqrt(moment(differences, 2));
}

function kurtosis(values: Float64Array): number {
  const variance = moment(values, 2);
  return variance === 0 ? 0 : moment(values, 4) / (variance * variance);
}

/** The mean of the distances from the mean, to a power. */
function moment(values: Float64Array, power: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
}
