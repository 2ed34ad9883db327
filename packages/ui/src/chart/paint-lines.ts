import { lowerBound, thin, thinCapacity } from '@vitrine/compute/downsample.ts';

import type { Surface } from './plot.ts';
import type { ChartSeries } from './series.ts';

/** How the lines of a chart are drawn. */
export interface LineLook {
  /** CSS pixels. */
  readonly lineWidth: number;
  /** Of the area under the line, 0 to 1. */
  readonly fillOpacity: number;
  /** "auto" shows points where they stand far apart; a point without neighbours is always shown. */
  readonly points: 'auto' | 'always' | 'never';
  readonly shape: 'linear' | 'step';
  /** Lines are drawn across missing values. */
  readonly spanGaps: boolean;
}

/** Points farther apart than this on average get dots of their own. */
const DOT_SPACING_PX = 28;
const DOT_RADIUS = 2.25;
const DIMMED = 0.14;

const DASHES = { solid: [], dashed: [5, 4], dotted: [0.5, 3.5] } as const;

let kept = new Uint32Array(0);

/** A line to be drawn: `base` is where its area ends below, for stacks. */
export interface Stroke {
  readonly series: ChartSeries;
  /** What is drawn: the series' own values or the sums of a stack. */
  readonly ys: Float64Array;
  readonly base: Float64Array | undefined;
  readonly dimmed: boolean;
  readonly raised: boolean;
}

/** Draws lines in their order. `xMin` and `xMax` are what the plot shows; points just outside are drawn so that lines reach its edges. */
export function paintLines(surface: Surface, strokes: readonly Stroke[], look: LineLook, xMin: number, xMax: number): void {
  const columns = Math.max(1, Math.round(surface.width));
  if (kept.length < thinCapacity(columns)) kept = new Uint32Array(thinCapacity(columns));
  // What the reader points at lies on top.
  for (const stroke of strokes) if (!stroke.raised) paintLine(surface, stroke, look, xMin, xMax, columns);
  for (const stroke of strokes) if (stroke.raised) paintLine(surface, stroke, look, xMin, xMax, columns);
}

function paintLine(surface: Surface, stroke: Stroke, look: LineLook, xMin: number, xMax: number, columns: number): void {
  const { ctx, ratio } = surface;
  const { series, ys } = stroke;
  const { xs } = series;
  const from = Math.max(0, lowerBound(xs, xMin) - 1);
  const to = Math.min(xs.length, lowerBound(xs, xMax) + 2);
  if (to <= from) return;
  const many = to - from > 2 * columns;
  const count = many ? thin(xs, ys, from, to, xMin, xMax, columns, grown(columns)) : 0;
  const length = many ? count : to - from;
  const at = many ? (n: number) => kept[n]! : (n: number) => from + n;

  ctx.globalAlpha = stroke.dimmed ? DIMMED : 1;
  ctx.strokeStyle = series.color;
  ctx.fillStyle = series.color;
  ctx.lineWidth = look.lineWidth * ratio * (stroke.raised ? 1.5 : 1);
  // Round joins cost as much as the line, and thin lines don't show them.
  ctx.lineJoin = ctx.lineWidth >= 3 * ratio ? 'round' : 'bevel';
  ctx.lineCap = series.style === 'dotted' ? 'round' : 'butt';
  ctx.setLineDash(DASHES[series.style].map((part) => part * ratio));

  if (look.fillOpacity > 0 || stroke.base !== undefined) paintArea(surface, stroke, look, at, length);

  const dots: number[] = [];
  const spacing =
    surface.width / ratio / Math.max(1, ((to - from - 1) * (xMax - xMin)) / Math.max(1e-9, xs[to - 1]! - xs[from]!));
  const allDots = look.points === 'always' || (look.points === 'auto' && !many && spacing > DOT_SPACING_PX);
  ctx.beginPath();
  let open = false;
  let lastY = 0;
  for (let n = 0; n < length; n++) {
    const index = at(n);
    const y = ys[index]!;
    if (Number.isNaN(y)) {
      if (!look.spanGaps) open = false;
      continue;
    }
    const px = surface.xToPx(xs[index]!);
    const py = clamp(surface.yToPx(y));
    if (open) {
      if (look.shape === 'step') ctx.lineTo(px, lastY);
      ctx.lineTo(px, py);
    } else ctx.moveTo(px, py);
    lastY = py;
    const alone = !open && (n + 1 >= length || Number.isNaN(ys[at(n + 1)]!));
    if (allDots || (alone && look.points !== 'never') || (alone && !look.spanGaps)) dots.push(px, py);
    open = true;
  }
  if (look.lineWidth > 0) ctx.stroke();
  if (dots.length > 0) {
    ctx.beginPath();
    const radius = Math.max(DOT_RADIUS, look.lineWidth * 1.25) * ratio;
    for (let n = 0; n < dots.length; n += 2) {
      ctx.moveTo(dots[n]! + radius, dots[n + 1]!);
      ctx.arc(dots[n]!, dots[n + 1]!, radius, 0, Math.PI * 2);
    }
    ctx.fill();
  }
  if (series.nanAt.length > 0) paintNaNs(surface, series, xMin, xMax);
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}

function grown(columns: number): Uint32Array {
  // Two more columns: the points just outside of both edges.
  const capacity = thinCapacity(columns + 4);
  if (kept.length < capacity) kept = new Uint32Array(capacity);
  return kept;
}

function paintArea(surface: Surface, stroke: Stroke, look: LineLook, at: (n: number) => number, length: number): void {
  const { ctx, top, height } = surface;
  const { series, ys, base } = stroke;
  const { xs } = series;
  const alpha = ctx.globalAlpha;
  const floor = Math.min(top + height, Math.max(top, surface.yToPx(0)));
  const baseline = (index: number) => (base === undefined ? floor : clamp(surface.yToPx(base[index]!)));
  ctx.globalAlpha = alpha * (base === undefined ? look.fillOpacity : Math.max(look.fillOpacity, 0.3));
  ctx.beginPath();
  let start = -1;
  const close = (end: number) => {
    for (let n = end; n >= start; n--) {
      const index = at(n);
      if (Number.isNaN(ys[index]!)) continue;
      ctx.lineTo(surface.xToPx(xs[index]!), baseline(index));
      if (look.shape === 'step' && n > start) ctx.lineTo(surface.xToPx(xs[index]!), baseline(at(n - 1)));
    }
    ctx.closePath();
    start = -1;
  };
  let lastY = 0;
  for (let n = 0; n < length; n++) {
    const index = at(n);
    const y = ys[index]!;
    if (Number.isNaN(y)) {
      if (start >= 0 && !look.spanGaps) close(n - 1);
      continue;
    }
    const px = surface.xToPx(xs[index]!);
    const py = clamp(surface.yToPx(y));
    if (start < 0) {
      start = n;
      ctx.moveTo(px, py);
    } else {
      if (look.shape === 'step') ctx.lineTo(px, lastY);
      ctx.lineTo(px, py);
    }
    lastY = py;
  }
  if (start >= 0) close(length - 1);
  ctx.fill();
  ctx.globalAlpha = alpha;
}

/** A small cross on the floor of the plot for each NaN: it is a value, and mostly bad news. */
function paintNaNs({ ctx, top, height, ratio, xToPx }: Surface, series: ChartSeries, xMin: number, xMax: number): void {
  const arm = 2.5 * ratio;
  const y = top + height - 6 * ratio;
  ctx.setLineDash([]);
  ctx.lineWidth = 1.25 * ratio;
  ctx.beginPath();
  let before = -Infinity;
  for (const index of series.nanAt) {
    const x = series.xs[index]!;
    if (x < xMin || x > xMax) continue;
    const px = xToPx(x);
    if (px - before < 3 * arm) continue;
    before = px;
    ctx.moveTo(px - arm, y - arm);
    ctx.lineTo(px + arm, y + arm);
    ctx.moveTo(px - arm, y + arm);
    ctx.lineTo(px + arm, y - arm);
  }
  ctx.stroke();
}

/** Canvases lose precision far outside: infinities and outliers are drawn just beyond the edge. */
function clamp(px: number): number {
  return px > 1e5 ? 1e5 : px < -1e5 ? -1e5 : px;
}
