import { lowerBound } from '@vitrine/compute/downsample.ts';

import type { Surface } from './plot.ts';
import type { Stroke } from './strokes.ts';
import { inkAt } from './value-ink.ts';

/** Bars thinner than this touch each other. */
const LEAST_GAP_PX = 3;

/** The least distance between two neighbours, from which bars take their width; `span` where there is one point only. */
function leastDistance(xs: Float64Array, from: number, to: number, span: number): number {
  let least = Infinity;
  for (let index = from + 1; index < to; index++) {
    const distance = xs[index]! - xs[index - 1]!;
    if (distance > 0 && distance < least) least = distance;
  }
  return Number.isFinite(least) ? least : span / 10;
}

/** A bar from the base to the value at each point. */
export function paintBars(surface: Surface, stroke: Stroke, alpha: number, xMin: number, xMax: number): void {
  const { ctx, ratio, xToPx, width } = surface;
  const { series, ys, base } = stroke;
  const { xs, look, inks } = series;
  const yToPx = surface.yOf(stroke.axis);
  const from = Math.max(0, lowerBound(xs, xMin) - 1);
  const to = Math.min(xs.length, lowerBound(xs, xMax) + 2);
  if (to <= from) return;
  const pitch = (leastDistance(xs, from, to, xMax - xMin) * width) / (xMax - xMin);
  const wanted = Math.min(pitch * look.barWidthFactor, look.barMaxWidth * ratio);
  const wide = Math.max(ratio, pitch - wanted < LEAST_GAP_PX * ratio && pitch < 12 * ratio ? pitch * 0.85 : wanted);
  const shift = look.barAlignment === 0 ? -wide / 2 : look.barAlignment === -1 ? -wide : 0;
  const byValue = look.gradient === 'scheme' && inks.length > 0;
  const floor = clamp(yToPx(0));
  ctx.setLineDash([]);
  ctx.lineWidth = Math.min(look.lineWidth, wide / ratio / 4) * ratio;
  const opacity = look.fillOpacity === 0 ? 0.12 : look.fillOpacity;
  const bar = (index: number) => {
    const y = ys[index]!;
    const low = base === undefined ? floor : clamp(yToPx(base[index]!));
    const high = clamp(yToPx(y));
    // What is there is seen: a bar of a very small value has a height.
    const height = Math.max(Math.abs(high - low), y === 0 ? 0 : ratio);
    ctx.rect(xToPx(xs[index]!) + shift, Math.min(low, high), wide, height);
  };
  const paint = (ink: string) => {
    ctx.fillStyle = ink;
    ctx.strokeStyle = ink;
    ctx.globalAlpha = alpha * opacity;
    ctx.fill();
    ctx.globalAlpha = alpha;
    if (look.lineWidth > 0 && wide > 3 * ratio) ctx.stroke();
  };
  if (!byValue) ctx.beginPath();
  for (let index = from; index < to; index++) {
    if (Number.isNaN(ys[index]!)) continue;
    if (byValue) ctx.beginPath();
    bar(index);
    if (byValue) paint(inkAt(inks, series.ys[index]!) ?? series.color);
  }
  if (!byValue) paint(series.color);
  if (look.showValues && pitch > 24 * ratio) {
    ctx.font = `${11 * ratio}px 'Inter Variable', system-ui, sans-serif`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'bottom';
    ctx.fillStyle = series.color;
    for (let index = from; index < to; index++) {
      if (Number.isNaN(ys[index]!)) continue;
      ctx.fillText(series.show(series.ys[index]!), xToPx(xs[index]!) + shift + wide / 2, clamp(yToPx(ys[index]!)) - 3 * ratio);
    }
  }
  ctx.globalAlpha = 1;
}

function clamp(at: number): number {
  return at > 1e5 ? 1e5 : at < -1e5 ? -1e5 : at;
}
