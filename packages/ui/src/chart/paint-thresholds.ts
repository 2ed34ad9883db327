import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { inkOf } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import type { GraphSettings } from './graph-settings.ts';
import type { ChartMark } from './annotations.ts';
import type { Surface } from './plot.ts';

/** Colours that say nothing: no area is tinted with them. */
const SILENT = new Set(['neutral', 'text', 'transparent']);

/** The thresholds of an axis, as lines, areas or both. */
export interface ThresholdPlan {
  readonly axis: number;
  readonly steps: readonly ThresholdStep[];
  readonly style: GraphSettings['thresholdStyle'];
  /** What the axis shows. */
  readonly min: number;
  readonly max: number;
}

export function paintThresholds(surface: Surface, { axis, steps, style, min, max }: ThresholdPlan, theme: ThemeName): void {
  const { ctx, left, width, ratio } = surface;
  const yToPx = surface.yOf(axis);
  for (const [index, { value, color: name }] of steps.entries()) {
    const color = inkOf(name, theme);
    if (style.area && !SILENT.has(name)) {
      const low = Math.max(value, min);
      const high = Math.min(steps[index + 1]?.value ?? Infinity, max);
      if (high > low) {
        ctx.globalAlpha = theme === 'dark' ? 0.09 : 0.08;
        ctx.fillStyle = color;
        ctx.fillRect(left, yToPx(high), width, yToPx(low) - yToPx(high));
        ctx.globalAlpha = 1;
      }
    }
    const drawn = style.line !== 'none' || style.area;
    if (!drawn || !Number.isFinite(value) || value <= min || value >= max) continue;
    const y = Math.round(yToPx(value)) + 0.5;
    ctx.strokeStyle = color;
    ctx.globalAlpha = style.line === 'none' ? 0.45 : 0.8;
    ctx.lineWidth = ratio;
    ctx.setLineDash(style.line === 'solid' ? [] : [4 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }
}

export function paintZero({ ctx, left, width, ratio, yToPx }: Surface, theme: ThemeName): void {
  const y = Math.round(yToPx(0)) + 0.5;
  ctx.strokeStyle = INK[theme].axis;
  ctx.lineWidth = ratio;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
}

/** How marks of events look, where a panel says so. */
export interface MarkLook {
  /** CSS pixels. */
  readonly lineWidth?: number | undefined;
  /** 0 to 1. */
  readonly regionOpacity?: number | undefined;
}

/** Tints of regions; under the lines. */
export function paintRegions(
  surface: Surface,
  marks: readonly ChartMark[],
  theme: ThemeName,
  opacity: number = theme === 'dark' ? 0.11 : 0.1,
): void {
  const { ctx, left, top, width, height, xToPx } = surface;
  for (const { from, to, event } of marks) {
    if (to <= from) continue;
    const start = Math.max(left, xToPx(from));
    const end = Math.min(left + width, xToPx(to));
    if (end <= start) continue;
    ctx.globalAlpha = opacity;
    ctx.fillStyle = inkOf(event.color, theme);
    ctx.fillRect(start, top, end - start, height);
  }
  ctx.globalAlpha = 1;
}

/** Lines of instants, and of both ends of regions. */
export function paintMarks(surface: Surface, marks: readonly ChartMark[], theme: ThemeName, lineWidth = 1): void {
  const { ctx, left, top, width, height, ratio, xToPx } = surface;
  if (lineWidth <= 0) return;
  ctx.lineWidth = lineWidth * ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.globalAlpha = 0.75;
  let before = -Infinity;
  for (const { from, to, event } of marks) {
    for (const at of to > from ? [from, to] : [from]) {
      const px = Math.round(xToPx(at)) + 0.5;
      // A thousand deployments in one pixel are one line.
      if (px === before || px < left || px > left + width) continue;
      before = px;
      ctx.strokeStyle = inkOf(event.color, theme);
      ctx.beginPath();
      ctx.moveTo(px, top);
      ctx.lineTo(px, top + height);
      ctx.stroke();
    }
  }
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}
