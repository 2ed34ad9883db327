import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';

import { AXIS_FONT } from '../categorical/axes.ts';
import type { HeatColoring } from '../heat/heat-colors.ts';
import { textOn } from '../theme/color-name.ts';
import type { ThemeName } from '../theme/ink.ts';
import type { Surface } from './plot.ts';

/** A grid of cells on a surface, in device pixels. */
export interface CellPlace {
  readonly grid: HeatGrid;
  /** The lowest row of the grid is on top. */
  readonly reversed: boolean;
  /** Cells that are left blank. */
  readonly isBlank: (value: number) => boolean;
  /** Of the first column, and how wide columns are. */
  readonly left: number;
  readonly width: number;
  /** Of rows from the bottom up, so they fall: one more than there are rows. */
  readonly edges: Float64Array;
}

/** Device pixels are CSS pixels times the surface's ratio; these are CSS pixels. */
const LEAST_CELL = 4;
const LEAST_TEXT = { width: 24, height: 12 };
const MOST_TEXTS = 5000;
/** More cells than these have no corners that anybody sees. */
const MOST_ROUND = 20_000;

/** One pixel a cell, stretched, with lines of the ground between cells that are large enough. */
export function paintCells(surface: Surface, image: HTMLCanvasElement, place: CellPlace, gap: number, ground: string): void {
  const { ctx, top, height, ratio } = surface;
  const { grid, left, width, edges } = place;
  const across = grid.columns * width;
  ctx.imageSmoothingEnabled = false;
  if (isEven(edges)) ctx.drawImage(image, left, edges[grid.rows]!, across, edges[0]! - edges[grid.rows]!);
  else {
    for (let row = 0; row < grid.rows; row++) {
      const [low, high] = [Math.round(edges[row]!), Math.round(edges[row + 1]!)];
      if (high > top + height || low < top) continue;
      ctx.drawImage(image, 0, grid.rows - 1 - row, grid.columns, 1, left, high, across, Math.max(1, low - high));
    }
  }
  const line = Math.max(0, Math.round(gap * ratio));
  if (line === 0) return;
  ctx.fillStyle = ground;
  const least = LEAST_CELL * ratio;
  for (let row = 1; row < grid.rows; row++) {
    if (edges[row - 1]! - edges[row]! >= 2 * least) ctx.fillRect(left, Math.round(edges[row]!), across, line);
  }
  if (width < least) return;
  for (let column = 1; column < grid.columns; column++) {
    ctx.fillRect(Math.round(left + column * width), top, line, height);
  }
}

/** Whether cells have room for corners of their own. */
export function hasRoundCells({ ratio }: Surface, { grid, width, edges }: CellPlace, radius: number): boolean {
  const high = (edges[0]! - edges[grid.rows]!) / grid.rows;
  return radius > 0 && grid.rows * grid.columns <= MOST_ROUND && Math.min(width, high) >= LEAST_CELL * ratio;
}

/** Cell by cell, with round corners of `radius` CSS pixels, at most half a cell. */
export function paintRoundCells(surface: Surface, place: CellPlace, gap: number, radius: number, coloring: HeatColoring): void {
  const { ctx, ratio } = surface;
  const line = Math.max(0, Math.round(gap * ratio));
  eachCell(surface, place, (value, { x, y, width, height }) => {
    const [wide, tall] = [Math.max(ratio, width - line), Math.max(ratio, height - line)];
    ctx.fillStyle = coloring.cssOf(value);
    ctx.beginPath();
    ctx.roundRect(x, y, wide, tall, Math.min(radius * ratio, wide / 2, tall / 2));
    ctx.fill();
  });
}

/** What cells say; where it is not `always`, only where it fits. */
export function paintTexts(
  surface: Surface,
  place: CellPlace,
  say: (value: number) => string,
  coloring: HeatColoring,
  theme: ThemeName,
  always: boolean,
): void {
  const { ctx, ratio } = surface;
  const { grid } = place;
  if (grid.rows * grid.columns > MOST_TEXTS) return;
  if (!always && place.width < LEAST_TEXT.width * ratio) return;
  ctx.font = AXIS_FONT.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  eachCell(surface, place, (value, { x, y, width, height }) => {
    const text = say(value);
    if (!always && (height < LEAST_TEXT.height * ratio || text.length * 6.4 * ratio > width)) return;
    ctx.fillStyle = textOn(coloring.cssOf(value), theme);
    ctx.fillText(text, x + width / 2, y + height / 2);
  });
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The cells in view that have a value. */
function eachCell(surface: Surface, place: CellPlace, visit: (value: number, box: Box) => void): void {
  const { grid, reversed, isBlank, left, width, edges } = place;
  const first = Math.max(0, Math.floor((surface.left - left) / width));
  const end = Math.min(grid.columns, Math.ceil((surface.left + surface.width - left) / width));
  for (let drawn = 0; drawn < grid.rows; drawn++) {
    const [low, high] = [edges[drawn]!, edges[drawn + 1]!];
    if (high > surface.top + surface.height || low < surface.top) continue;
    const row = reversed ? grid.rows - 1 - drawn : drawn;
    for (let column = first; column < end; column++) {
      const value = grid.values[row * grid.columns + column]!;
      if (Number.isNaN(value) || isBlank(value)) continue;
      visit(value, { x: left + column * width, y: high, width, height: low - high });
    }
  }
}

function isEven(edges: Float64Array): boolean {
  const step = edges[1]! - edges[0]!;
  return edges.every((edge, at) => Math.abs(edge - (edges[0]! + at * step)) < 0.5);
}

/** One pixel a cell; the plot stretches it. undefined where there is nothing to draw. */
export function cellImage(
  grid: HeatGrid,
  reversed: boolean,
  isBlank: (value: number) => boolean,
  pixel: (value: number) => number,
): HTMLCanvasElement | undefined {
  if (grid.columns === 0 || grid.rows === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = grid.columns;
  canvas.height = grid.rows;
  const ctx = canvas.getContext('2d');
  if (ctx === null) return undefined;
  const image = ctx.createImageData(grid.columns, grid.rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < grid.rows; row++) {
    const from = row * grid.columns;
    // Images start at the top, rows at the bottom.
    const to = (reversed ? row : grid.rows - 1 - row) * grid.columns;
    for (let column = 0; column < grid.columns; column++) {
      const value = grid.values[from + column]!;
      if (Number.isNaN(value) || isBlank(value)) continue;
      pixels[to + column] = pixel(value);
    }
  }
  ctx.putImageData(image, 0, 0);
  return canvas;
}
