import { formatTicks } from '@vitrine/model/unit.ts';

import { valueTicks } from '../chart/ticks.ts';
import type { Ink } from '../theme/ink.ts';

/** Axes of charts that are no time charts. Sizes in CSS pixels. */

export const AXIS_FONT = "11px 'Inter Variable', system-ui, sans-serif";
/** The mean width of a character in it. */
const CHARACTER = 6.2;
const TICK_ROOM = { x: 64, y: 30 };
const MOST_TICKS = 9;
/** CSS pixels. */
const WORD_FROM = 48;

/** The plotting area inside a chart. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function textWidth(text: string): number {
  return Math.ceil(text.length * CHARACTER);
}

export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text;
}

/** A value axis: from where to where, and its lines. */
export interface ValueAxis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
}

/** Round ends around what there is, unless they are given; `length` is the room along the axis. */
export function valueAxis(
  low: number,
  high: number,
  limits: { readonly min?: number | undefined; readonly max?: number | undefined },
  length: number,
  across: 'x' | 'y',
  unit: string,
  decimals?: number,
): ValueAxis {
  let min = limits.min ?? (Number.isFinite(low) ? low : 0);
  let max = limits.max ?? (Number.isFinite(high) ? high : min + 1);
  if (!(max > min)) [min, max] = min === 0 ? [0, 1] : [min - Math.abs(min) / 2, min + Math.abs(min) / 2];
  const most = Math.min(MOST_TICKS, Math.max(2, Math.floor(length / TICK_ROOM[across])));
  const rough = valueTicks(min, max, most, unit);
  const step = rough.length > 1 ? rough[1]! - rough[0]! : 0;
  if (step > 0) {
    if (limits.min === undefined && min !== 0) min = Math.floor(min / step + 1e-9) * step;
    if (limits.max === undefined && max !== 0) max = Math.ceil(max / step - 1e-9) * step;
  }
  const ticks = valueTicks(min, max, most + 1, unit);
  return { min, max, ticks, labels: formatTicks(ticks, unit, decimals) };
}

export function drawValueAxis(ctx: CanvasRenderingContext2D, axis: ValueAxis, area: Area, along: 'x' | 'y', ink: Ink): void {
  ctx.font = AXIS_FONT;
  ctx.lineWidth = 1;
  const { ticks, labels, min, max } = axis;
  for (const [index, tick] of ticks.entries()) {
    const share = (tick - min) / (max - min);
    ctx.fillStyle = tick === 0 ? ink.axis : ink.grid;
    if (along === 'y') {
      const y = Math.round(area.top + area.height * (1 - share));
      ctx.fillRect(area.left, y, area.width, 1);
      ctx.fillStyle = ink.faint;
      ctx.textAlign = 'right';
      ctx.textBaseline = 'middle';
      ctx.fillText(labels[index] ?? '', area.left - 6, y);
    } else {
      const x = Math.round(area.left + area.width * share);
      ctx.fillRect(x, area.top, 1, area.height);
      ctx.fillStyle = ink.faint;
      ctx.textAlign = share > 0.97 ? 'right' : 'center';
      ctx.textBaseline = 'top';
      ctx.fillText(labels[index] ?? '', x, area.top + area.height + 6);
    }
  }
}

/** Which of `count` band labels there is room for, evenly: every n-th. `room` is a band's length, `needed` a label's. */
function bandStep(count: number, room: number, needed: number): number {
  return Math.max(1, Math.min(count, Math.ceil(needed / Math.max(1e-6, room))));
}

export interface BandLabels {
  /** Degrees, clockwise; 0 is upright. */
  readonly rotation: number;
  readonly mostLetters: number;
  /** Least distance; negative leaves out from the end. */
  readonly spacing: number;
}

/** Names of bands below the area. */
export function drawBandsBelow(
  ctx: CanvasRenderingContext2D,
  names: readonly string[],
  area: Area,
  ink: Ink,
  { rotation, mostLetters, spacing }: BandLabels,
): void {
  const band = area.width / Math.max(1, names.length);
  // Where bands are wide enough for a word, names are shortened rather than left out.
  const fits = rotation === 0 && band >= WORD_FROM ? Math.floor((band - 8) / CHARACTER) : mostLetters;
  const texts = names.map((name) => shortened(name, Math.min(fits, mostLetters)));
  const longest = texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
  const needed = Math.max(rotation === 0 ? longest + 8 : 14, Math.abs(spacing));
  const step = bandStep(names.length, band, needed);
  // Counting from the end keeps the newest.
  const offset = spacing < 0 ? (names.length - 1) % step : 0;
  ctx.font = AXIS_FONT;
  ctx.fillStyle = ink.faint;
  ctx.textBaseline = rotation === 0 ? 'top' : 'middle';
  for (let at = offset; at < names.length; at += step) {
    const x = area.left + (at + 0.5) * band;
    const y = area.top + area.height + 6;
    if (rotation === 0) {
      const half = textWidth(texts[at]!) / 2;
      if (x + half > area.left + area.width + 10 && at > 0) continue;
      ctx.textAlign = 'center';
      ctx.fillText(texts[at]!, Math.max(half, x), y);
    } else {
      ctx.save();
      ctx.translate(x, y + 3);
      ctx.rotate((rotation * Math.PI) / 180);
      ctx.textAlign = rotation > 0 ? 'left' : 'right';
      ctx.fillText(texts[at]!, 0, 0);
      ctx.restore();
    }
  }
}

/** Names of the edges between bands that join. */
export function drawEdgesBelow(ctx: CanvasRenderingContext2D, edges: readonly string[], area: Area, ink: Ink): void {
  const band = area.width / Math.max(1, edges.length - 1);
  const longest = edges.reduce((most, text) => Math.max(most, textWidth(text)), 0);
  const step = bandStep(edges.length, band, longest + 14);
  ctx.font = AXIS_FONT;
  ctx.fillStyle = ink.faint;
  ctx.textBaseline = 'top';
  for (let at = 0; at < edges.length; at += step) {
    const x = area.left + at * band;
    if (x + textWidth(edges[at]!) / 2 > area.left + area.width + 10) continue;
    ctx.textAlign = 'center';
    ctx.fillText(edges[at]!, x, area.top + area.height + 6);
  }
}

/** How high the names below need to be. */
export function bandsHeight(names: readonly string[], { rotation, mostLetters }: BandLabels, most: number): number {
  if (rotation === 0) return 22;
  const longest = names.reduce((length, name) => Math.max(length, textWidth(shortened(name, mostLetters))), 0);
  const angle = (Math.abs(rotation) * Math.PI) / 180;
  return Math.min(most, Math.ceil(Math.sin(angle) * longest + Math.cos(angle) * 12) + 12);
}

/** Names of bands at the left, the first on top. */
export function drawBandsLeft(
  ctx: CanvasRenderingContext2D,
  names: readonly string[],
  area: Area,
  ink: Ink,
  mostLetters: number,
): void {
  const band = area.height / Math.max(1, names.length);
  const step = bandStep(names.length, band, 15);
  ctx.font = AXIS_FONT;
  ctx.fillStyle = ink.faint;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  const fits = Math.max(1, Math.floor((area.left - 10) / CHARACTER));
  for (let at = 0; at < names.length; at += step) {
    ctx.fillText(shortened(names[at]!, Math.min(fits, mostLetters)), area.left - 6, area.top + (at + 0.5) * band);
  }
}
