import { lowerBound, thin, thinCapacity } from '@vitrine/compute/downsample.ts';

import { faded } from '../theme/color-name.ts';
import { paintBars } from './paint-bars.ts';
import type { Surface } from './plot.ts';
import type { ChartSeries } from './series.ts';
import type { Stroke } from './strokes.ts';
import { inkAt, valueGradient } from './value-ink.ts';

/** How a stroke stands out among the others. */
export interface Emphasis {
  readonly dimmed: boolean;
  readonly raised: boolean;
}

/** Points farther apart than this on average get dots of their own. */
const DOT_SPACING_PX = 28;
const DIMMED = 0.14;
const DASHES = { solid: [], dashed: [5, 4], dotted: [0.5, 3.5] } as const;
/** Beyond so many lines each covers the others' detail: half the columns draw them in half the time. */
const CROWD = 400;
/** Values stand beside their points where there is room for them. */
const VALUE_SPACING_PX = 44;
/** Enough marks to see that there are many; two numbers each. */
const MOST_INFINITIES = 4_000;

let kept = new Uint32Array(0);
/** The points of one stroke in device pixels, reused from stroke to stroke; `ends` closes each unbroken run. */
let px = new Float64Array(4096);
let py = new Float64Array(4096);
let pb = new Float64Array(4096);
let rows = new Uint32Array(4096);
const ends: number[] = [];
/** Where the stroke is infinite: x in device pixels, and the sign. */
const infinities: number[] = [];

/** Draws strokes in their order. `xMin` and `xMax` are what the plot shows; points just outside are drawn so that lines reach its edges. */
export function paintLines(
  surface: Surface,
  strokes: readonly Stroke[],
  emphasis: (stroke: Stroke) => Emphasis,
  xMin: number,
  xMax: number,
  /** Whether what stands closer than the pixels is thinned: where x is even. */
  thins = true,
): void {
  const columns = !thins
    ? Infinity
    : Math.max(1, Math.round(strokes.length > CROWD ? surface.width / surface.ratio / 2 : surface.width));
  // What the reader points at lies on top.
  for (const pass of [false, true]) {
    for (const stroke of strokes) {
      const how = emphasis(stroke);
      if (how.raised !== pass) continue;
      if (stroke.series.look.drawStyle === 'bars') paintBars(surface, stroke, how.dimmed ? DIMMED : 1, xMin, xMax);
      else paintLine(surface, stroke, how, xMin, xMax, columns);
    }
  }
}

function paintLine(surface: Surface, stroke: Stroke, how: Emphasis, xMin: number, xMax: number, columns: number): void {
  const { ctx, ratio } = surface;
  const { series, ys } = stroke;
  const { xs, look } = series;
  const from = Math.max(0, lowerBound(xs, xMin) - 1);
  const to = Math.min(xs.length, lowerBound(xs, xMax) + 2);
  if (to <= from) return;
  const many = to - from > 2 * columns;
  const yToPx = surface.yOf(stroke.axis);
  const length = many ? thin(xs, ys, from, to, xMin, xMax, columns, room(columns)) : to - from;
  layOut(surface, stroke, yToPx, from, length, many);

  ctx.globalAlpha = how.dimmed ? DIMMED : 1;
  const ink =
    look.gradient === 'scheme' && series.inks.length > 0
      ? valueGradient(ctx, series.inks, yToPx, surface.top, surface.top + surface.height)
      : series.color;
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.lineWidth = look.lineWidth * ratio * (how.raised ? 1.5 : 1);
  // Round joins cost as much as the line, and thin lines don't show them.
  ctx.lineJoin = ctx.lineWidth >= 3 * ratio ? 'round' : 'bevel';
  ctx.lineCap = look.roundCap || (look.dash === undefined && series.style === 'dotted') ? 'round' : 'butt';
  ctx.setLineDash((look.dash ?? DASHES[series.style]).map((part) => part * ratio));

  const isLine = look.drawStyle === 'line';
  const piled = look.stacking !== 'none' && stroke.base !== undefined;
  const opacity = isLine ? (piled && look.fillOpacity === 0 ? 0 : look.fillOpacity) : 0;
  if (opacity > 0) paintArea(surface, stroke, ink, opacity);
  if (isLine && look.lineWidth > 0) {
    ctx.beginPath();
    let start = 0;
    for (const end of ends) {
      trace(ctx, start, end, look.interpolation, false);
      start = end;
    }
    ctx.stroke();
  }
  const span = Math.max(1e-9, xs[to - 1]! - xs[from]!);
  const spacing = surface.width / ratio / Math.max(1, ((to - from - 1) * (xMax - xMin)) / span);
  const all = !isLine || look.points === 'always' || (look.points === 'auto' && !many && spacing > DOT_SPACING_PX);
  paintDots(surface, stroke, all, look.points === 'never' && isLine && look.spanNulls > 0);
  ctx.setLineDash([]);
  if (look.showValues && spacing > VALUE_SPACING_PX) paintValues(surface, stroke);
  if (series.nanAt.length > 0) paintNaNs(surface, series, xMin, xMax);
  if (infinities.length > 0) paintInfinities(surface);
  ctx.globalAlpha = 1;
}

function room(columns: number): Uint32Array {
  // Two more columns: the points just outside of both edges.
  const capacity = thinCapacity(columns + 4);
  if (kept.length < capacity) kept = new Uint32Array(capacity);
  return kept;
}

/** Fills the buffers with the points of a stroke, cut into runs where the line breaks. */
function layOut(
  { xToPx }: Surface,
  { series: { xs, look }, ys, base }: Stroke,
  yToPx: (y: number) => number,
  from: number,
  length: number,
  many: boolean,
): void {
  if (px.length < length) {
    px = new Float64Array(length * 2);
    py = new Float64Array(length * 2);
    pb = new Float64Array(length * 2);
    rows = new Uint32Array(length * 2);
  }
  ends.length = 0;
  infinities.length = 0;
  let count = 0;
  let gap = false;
  let lastX = 0;
  for (let n = 0; n < length; n++) {
    const index = many ? kept[n]! : from + n;
    const y = ys[index]!;
    if (Number.isNaN(y)) {
      gap = true;
      continue;
    }
    const x = xs[index]!;
    if (y - y !== 0) {
      // Nothing leads to an infinity: a mark stands at the edge beyond which it lies.
      if (infinities.length < MOST_INFINITIES) infinities.push(xToPx(x), y);
      if (count > 0 && ends.at(-1) !== count) ends.push(count);
      gap = false;
      continue;
    }
    const broken = (gap && !(x - lastX <= look.spanNulls)) || x - lastX > look.insertNulls;
    if (broken && count > 0 && ends.at(-1) !== count) ends.push(count);
    px[count] = xToPx(x);
    py[count] = clamp(yToPx(y));
    const b = base?.[index];
    if (b !== undefined) pb[count] = Number.isNaN(b) ? py[count]! : clamp(yToPx(b));
    rows[count] = index;
    count++;
    gap = false;
    lastX = x;
  }
  if (count > 0 && ends.at(-1) !== count) ends.push(count);
}

/** Adds a run to the path, forwards; or, for the lower edge of an area, its base backwards to where it began. */
function trace(
  ctx: CanvasRenderingContext2D,
  start: number,
  end: number,
  shape: ChartSeries['look']['interpolation'],
  joined: boolean,
): void {
  if (joined) ctx.lineTo(px[start]!, py[start]!);
  else ctx.moveTo(px[start]!, py[start]!);
  if (shape === 'smooth' && end - start > 2) {
    traceSmooth(ctx, py, start, end);
    return;
  }
  for (let n = start + 1; n < end; n++) {
    if (shape === 'stepAfter') ctx.lineTo(px[n]!, py[n - 1]!);
    else if (shape === 'stepBefore') ctx.lineTo(px[n - 1]!, py[n]!);
    ctx.lineTo(px[n]!, py[n]!);
  }
}

/** A cubic through all points that never goes beyond them (Fritsch and Butland 1984). */
function traceSmooth(ctx: CanvasRenderingContext2D, values: Float64Array, start: number, end: number): void {
  const slope = (n: number) => (values[n + 1]! - values[n]!) / Math.max(1e-9, px[n + 1]! - px[n]!);
  let tangent = slope(start);
  for (let n = start; n < end - 1; n++) {
    const here = slope(n);
    const next = n + 2 < end ? slope(n + 1) : here;
    const tangentNext =
      here * next <= 0 ? 0 : n + 2 < end ? harmonic(here, next, px[n + 1]! - px[n]!, px[n + 2]! - px[n + 1]!) : here;
    const third = (px[n + 1]! - px[n]!) / 3;
    ctx.bezierCurveTo(
      px[n]! + third,
      values[n]! + tangent * third,
      px[n + 1]! - third,
      values[n + 1]! - tangentNext * third,
      px[n + 1]!,
      values[n + 1]!,
    );
    tangent = tangentNext;
  }
}

function harmonic(a: number, b: number, widthA: number, widthB: number): number {
  const share = (widthA + 2 * widthB) / (3 * (widthA + widthB));
  return (a * b) / (share * b + (1 - share) * a);
}

function paintArea(surface: Surface, stroke: Stroke, ink: CanvasGradient | string, opacity: number): void {
  const { ctx, top, height } = surface;
  const { series, base } = stroke;
  const { interpolation, gradient } = series.look;
  const alpha = ctx.globalAlpha;
  const floor = Math.min(top + height, Math.max(top, surface.yOf(stroke.axis)(0)));
  ctx.beginPath();
  let start = 0;
  for (const end of ends) {
    trace(ctx, start, end, interpolation, false);
    if (base === undefined) {
      ctx.lineTo(px[end - 1]!, floor);
      ctx.lineTo(px[start]!, floor);
    } else {
      ctx.lineTo(px[end - 1]!, pb[end - 1]!);
      for (let n = end - 2; n >= start; n--) {
        if (interpolation === 'stepAfter') ctx.lineTo(px[n + 1]!, pb[n]!);
        else if (interpolation === 'stepBefore') ctx.lineTo(px[n]!, pb[n + 1]!);
        ctx.lineTo(px[n]!, pb[n]!);
      }
    }
    ctx.closePath();
    start = end;
  }
  if (gradient === 'opacity' || gradient === 'hue') {
    const fade = ctx.createLinearGradient(0, top, 0, Math.max(top + 1, floor));
    fade.addColorStop(0, faded(series.color, gradient === 'hue' ? opacity : Math.min(1, opacity * 1.6)));
    fade.addColorStop(1, faded(series.color, gradient === 'hue' ? opacity * 0.35 : 0.01));
    ctx.fillStyle = fade;
  } else {
    ctx.globalAlpha = alpha * opacity;
    ctx.fillStyle = ink;
  }
  ctx.fill();
  ctx.globalAlpha = alpha;
  ctx.fillStyle = ink;
}

/** Dots at all points, or only at those without neighbours, which no line would show. */
function paintDots({ ctx, ratio }: Surface, { series }: Stroke, all: boolean, none: boolean): void {
  if (none) return;
  const { look } = series;
  const radius = Math.max(look.pointSize / 2, look.drawStyle === 'line' ? look.lineWidth * 0.9 : 0) * ratio;
  ctx.beginPath();
  let start = 0;
  let drawn = false;
  for (const end of ends) {
    if (all || end - start === 1) {
      for (let n = start; n < end; n++) {
        ctx.moveTo(px[n]! + radius, py[n]!);
        ctx.arc(px[n]!, py[n]!, radius, 0, Math.PI * 2);
      }
      drawn = true;
    }
    start = end;
  }
  if (drawn) ctx.fill();
}

function paintValues({ ctx, top, ratio }: Surface, { series }: Stroke): void {
  ctx.font = `${11 * ratio}px 'Inter Variable', system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  const end = ends.at(-1) ?? 0;
  for (let n = 0; n < end; n++) {
    const value = series.ys[rows[n]!]!;
    ctx.fillStyle = inkAt(series.inks, value) ?? series.color;
    ctx.fillText(series.show(value), px[n]!, Math.max(top + 14 * ratio, py[n]! - 5 * ratio));
  }
}

/** A small triangle on the floor of the plot for each NaN, as TensorBoard draws it: it is a value, and mostly bad news. */
function paintNaNs({ ctx, top, height, ratio, xToPx }: Surface, series: ChartSeries, xMin: number, xMax: number): void {
  const floor = top + height - 3 * ratio;
  ctx.fillStyle = series.color;
  ctx.beginPath();
  let before = -Infinity;
  for (const index of series.nanAt) {
    const x = series.xs[index]!;
    if (x < xMin || x > xMax) continue;
    const at = xToPx(x);
    if (at - before < 8 * ratio) continue;
    before = at;
    traceTriangle(ctx, at, floor, -7 * ratio);
  }
  ctx.fill();
}

/** At the edge beyond which an infinity lies, a triangle that points there. */
function paintInfinities({ ctx, top, height, ratio }: Surface): void {
  ctx.beginPath();
  const before = [-Infinity, -Infinity];
  for (let at = 0; at < infinities.length; at += 2) {
    const x = infinities[at]!;
    const isAbove = infinities[at + 1]! > 0;
    const side = isAbove ? 0 : 1;
    if (x - before[side]! < 8 * ratio) continue;
    before[side] = x;
    if (isAbove) traceTriangle(ctx, x, top + 8 * ratio, -7 * ratio);
    else traceTriangle(ctx, x, top + height - 8 * ratio, 7 * ratio);
  }
  ctx.fill();
}

/** With its base at `y` and its tip `tall` below it. */
function traceTriangle(ctx: CanvasRenderingContext2D, x: number, y: number, tall: number): void {
  const half = Math.abs(tall) / 2;
  ctx.moveTo(x - half, y);
  ctx.lineTo(x + half, y);
  ctx.lineTo(x, y + tall);
  ctx.closePath();
}

/** Canvases lose precision far outside: outliers are drawn just beyond the edge. */
function clamp(at: number): number {
  return at > 1e5 ? 1e5 : at < -1e5 ? -1e5 : at;
}
