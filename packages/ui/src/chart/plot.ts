import 'uplot/dist/uPlot.min.css';
import './plot.css';

import { nearestIndex } from '@vitrine/compute/downsample.ts';
import { formatTick, formatTicks } from '@vitrine/model/unit.ts';
import type { XDomain } from '@vitrine/model/frame.ts';
import uPlot from 'uplot';

import type { Ink } from '../theme/ink.ts';
import type { Crosshair } from './crosshair.ts';
import { logTicks, valueTicks } from './ticks.ts';
import { timeTicks } from './time-axis.ts';

/** What a chart needs of its page. A panel's context is one. */
export interface ChartContext {
  readonly x: XDomain;
  /** The page's range; unix milliseconds in the time domain. */
  readonly from: number;
  readonly to: number;
  /** An IANA zone, "browser" or "UTC". */
  readonly timeZone: string;
  readonly theme: 'dark' | 'light';
  readonly cursor: Crosshair;
  zoomTo(from: number, to: number): void;
  zoomOut(): void;
}

/** The vertical axis. */
export type YAxis =
  | {
      readonly kind: 'value';
      readonly min: number;
      readonly max: number;
      readonly log: boolean;
      readonly unit: string;
      readonly decimals: number | undefined;
    }
  /** Rows of one height from the bottom up: `at` in rows, 0 to `rows`. */
  | { readonly kind: 'rows'; readonly rows: number; readonly labels: readonly { readonly at: number; readonly text: string }[] };

/** All that a plot draws. Painting is the owner's: the frame gives it axes, a cursor and the ways to zoom. */
export interface PlotPicture {
  readonly context: ChartContext;
  readonly ink: Ink;
  readonly xMin: number;
  readonly xMax: number;
  readonly y: YAxis;
  /** The x positions that the arrow keys step through; rising. */
  readonly stops: Float64Array;
  paint(surface: Surface): void;
}

/** Where to paint, in device pixels; clipped to the plotting area. */
export interface Surface {
  readonly ctx: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Device pixels of one CSS pixel. */
  readonly ratio: number;
  readonly xToPx: (x: number) => number;
  readonly yToPx: (y: number) => number;
}

/** Where the reader looks. `y` is undefined where the cursor came from another chart or the keyboard. */
export interface Hover {
  readonly x: number;
  readonly y: number | undefined;
  /** CSS pixels in the viewport; 0 where another chart is looked at. */
  readonly clientX: number;
  readonly clientY: number;
  readonly source: 'pointer' | 'keyboard' | 'shared';
  readonly pinned: boolean;
}

const AXIS_FONT = "11px 'Inter Variable', system-ui, sans-serif";
/** The mean width of a character in it. */
const AXIS_CHARACTER = 6.4;
const X_AXIS_HEIGHT = 22;
const RIGHT_PADDING = 8;
const Y_TICK_SPACE = 32;
/** More lines than this are a fence, however high the plot. */
const MOST_Y_TICKS = 9;
const X_TICK_SPACE = 90;
/** A drag shorter than this is a click. */
const LEAST_DRAG_PX = 4;

/** Measuring text is what a draw would spend most on, and labels come again and again. */
const labelWidths = new Map<string, number>();
const MOST_LABEL_WIDTHS = 4096;
// Before the font is there, widths are another font's.
if (typeof document !== 'undefined' && 'fonts' in document)
  document.fonts.addEventListener('loadingdone', () => labelWidths.clear());

function labelWidth(ctx: CanvasRenderingContext2D, text: string): number {
  const known = labelWidths.get(text);
  if (known !== undefined) return known;
  ctx.save();
  ctx.font = AXIS_FONT;
  const { width } = ctx.measureText(text);
  ctx.restore();
  if (labelWidths.size >= MOST_LABEL_WIDTHS) labelWidths.clear();
  labelWidths.set(text, width);
  return width;
}

/**
 * A uPlot instance that lives as long as its element: data, size, theme and scale change by `draw`, never by making a new one.
 * uPlot gives axes, scales, cursor and selection; lines and cells are painted by the picture, so that a thousand series
 * cost no thousand uPlot series.
 */
export class Plot {
  readonly #plot: uPlot;
  readonly #host: HTMLElement;
  readonly #listeners = new Set<() => void>();
  #picture: PlotPicture;
  #unsubscribe: () => void;
  #hover: Hover | undefined;
  /** Whether the pointer is over this plot. uPlot tells of its cursor also where only the scale under it has moved. */
  #isPointed = false;

  constructor(host: HTMLElement, picture: PlotPicture, width: number, height: number) {
    this.#host = host;
    this.#picture = picture;
    // On the way down, so that this is known before uPlot hears of the pointer.
    host.addEventListener('mousemove', this.#onPointer, true);
    host.addEventListener('mouseleave', this.#onPointer, true);
    this.#plot = new uPlot(
      this.#options(width, height),
      [
        [picture.xMin, picture.xMax],
        [null, null],
      ],
      host,
    );
    this.#bind(this.#plot.over);
    this.#unsubscribe = this.#follow(picture.context.cursor);
  }

  get hover(): Hover | undefined {
    return this.#hover;
  }

  /** Hears each change of `hover`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The hover where this chart is the one looked at: what other charts say does not concern its tooltip. */
  readonly ownHover = (): Hover | undefined => (this.#hover?.source === 'shared' ? undefined : this.#hover);

  draw(picture: PlotPicture): void {
    const before = this.#picture;
    this.#picture = picture;
    if (before.context.cursor !== picture.context.cursor) {
      this.#unsubscribe();
      this.#unsubscribe = this.#follow(picture.context.cursor);
    }
    const { yMin, yMax } = this.#yRange();
    this.#plot.batch(() => {
      if (before.xMin !== picture.xMin || before.xMax !== picture.xMax) {
        this.#plot.setData(
          [
            [picture.xMin, picture.xMax],
            [null, null],
          ],
          false,
        );
        this.#plot.setScale('x', { min: picture.xMin, max: picture.xMax });
      }
      this.#plot.setScale('y', { min: yMin, max: yMax });
      this.#plot.redraw(false, true);
    });
    // Under the pointer the crosshair stays where the pointer is, its height too.
    if (this.#hover !== undefined && !this.#hover.pinned && this.#hover.source !== 'pointer') this.#place(this.#hover.x);
  }

  /** Paints again with the same axes, for a change of emphasis. */
  repaint(): void {
    this.#plot.redraw(false, false);
  }

  resize(width: number, height: number): void {
    if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
  }

  /** CSS pixels from the top of the plotting area. */
  yToCss(y: number): number {
    return this.#plot.valToPos(y, 'y');
  }

  xToCss(x: number): number {
    return this.#plot.valToPos(x, 'x');
  }

  /** The element over the plotting area: marks are put in it. */
  get over(): HTMLElement {
    return this.#plot.over;
  }

  unpin(): void {
    if (this.#hover?.pinned) this.#setHover(undefined);
  }

  destroy(): void {
    if (this.#hover !== undefined) this.#picture.context.cursor.set(undefined, this);
    this.#unsubscribe();
    this.#host.removeEventListener('keydown', this.#onKey);
    this.#host.removeEventListener('blur', this.#onBlur);
    this.#host.removeEventListener('mousemove', this.#onPointer, true);
    this.#host.removeEventListener('mouseleave', this.#onPointer, true);
    this.#listeners.clear();
    this.#plot.destroy();
  }

  #yRange(): { yMin: number; yMax: number } {
    const { y } = this.#picture;
    return y.kind === 'value' ? { yMin: y.min, yMax: y.max } : { yMin: 0, yMax: Math.max(1, y.rows) };
  }

  #isLog(): boolean {
    const { y } = this.#picture;
    return y.kind === 'value' && y.log;
  }

  #options(width: number, height: number): uPlot.Options {
    const ink = () => this.#picture.ink;
    return {
      width,
      height,
      padding: [8, RIGHT_PADDING, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, auto: false, range: () => [this.#picture.xMin, this.#picture.xMax] },
        y: {
          auto: false,
          // A scale that may turn logarithmic without a new plot.
          distr: 100,
          fwd: (value) => (this.#isLog() ? Math.log10(Math.max(value, Number.MIN_VALUE)) : value),
          bwd: (value) => (this.#isLog() ? 10 ** value : value),
          range: () => {
            const { yMin, yMax } = this.#yRange();
            return [yMin, yMax];
          },
        },
      },
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      axes: [
        {
          stroke: () => ink().faint,
          font: AXIS_FONT,
          size: X_AXIS_HEIGHT,
          gap: 5,
          grid: { stroke: () => ink().grid, width: 1 },
          ticks: { show: false },
          filter: (_, splits) => splits,
          border: { show: true, stroke: () => ink().axis, width: 1 },
          splits: (u) => this.#xTicks(u.bbox.width / uPlot.pxRatio).at as number[],
          values: (u) => this.#xLabels(u.bbox.width / uPlot.pxRatio),
        },
        {
          stroke: () => ink().faint,
          font: AXIS_FONT,
          size: (u, values) => this.#axisWidth(u, values),
          gap: 6,
          grid: { show: true, stroke: () => (this.#picture.y.kind === 'rows' ? 'transparent' : ink().grid), width: 1 },
          ticks: { show: false },
          // uPlot would leave out what is no power of ten, taking the scale for a logarithm.
          filter: (_, splits) => splits,
          border: { show: false },
          splits: (u) => this.#yTicks(u.bbox.height / uPlot.pxRatio),
          values: (_, splits) => this.#yLabels(splits),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        // A pinned crosshair stays where its tooltip reads.
        move: (u, left, top) => (this.#hover?.pinned ? [u.valToPos(this.#hover.x, 'x'), top] : [left, top]),
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
        bind: {
          dblclick: () => () => {
            // The first of the two clicks has pinned.
            this.#setHover(undefined);
            this.#picture.context.zoomOut();
            return null;
          },
        },
      },
      hooks: {
        draw: [(u) => this.#paint(u)],
        setCursor: [(u) => this.#onCursor(u)],
        setSelect: [(u) => this.#onSelect(u)],
      },
    };
  }

  #xTicks(widthCss: number): { at: readonly number[]; labels: readonly string[] } {
    const { xMin, xMax, context } = this.#picture;
    const most = Math.max(2, Math.floor(widthCss / X_TICK_SPACE));
    if (context.x === 'time') return timeTicks(xMin, xMax, most, context.timeZone);
    const unit = context.x === 'elapsed' ? 'ms' : 'short';
    const at = valueTicks(xMin, xMax, most, unit).filter((tick) => context.x === 'elapsed' || Number.isInteger(tick));
    return { at, labels: formatTicks(at, unit) };
  }

  /** A label that the plot's right edge would cut is left out; the line stays. */
  #xLabels(widthCss: number): string[] {
    const { xMin, xMax } = this.#picture;
    const { at, labels } = this.#xTicks(widthCss);
    return labels.map((label, index) => {
      const left = ((at[index]! - xMin) / (xMax - xMin)) * widthCss;
      return left + (label.length * AXIS_CHARACTER) / 2 > widthCss + RIGHT_PADDING ? '' : label;
    });
  }

  #yTicks(heightCss: number): number[] {
    const { y } = this.#picture;
    if (y.kind === 'rows') return y.labels.map((label) => label.at);
    const most = Math.min(MOST_Y_TICKS, Math.max(2, Math.floor(heightCss / Y_TICK_SPACE)));
    return y.log ? logTicks(y.min, y.max, most) : valueTicks(y.min, y.max, most, y.unit);
  }

  #yLabels(ticks: readonly number[]): string[] {
    const { y } = this.#picture;
    if (y.kind === 'rows') return y.labels.map((label) => label.text);
    return y.log ? ticks.map((tick) => formatTick(tick, y.unit)) : formatTicks(ticks, y.unit, y.decimals);
  }

  /** As wide as the widest label, so that the plot has the rest. */
  #axisWidth(u: uPlot, values: readonly string[] | null): number {
    if (values === null || values.length === 0) return 12;
    return Math.ceil(Math.max(...values.map((value) => labelWidth(u.ctx, value ?? '')))) + 10;
  }

  #paint(u: uPlot): void {
    const { left, top, width, height } = u.bbox;
    if (width <= 0 || height <= 0) return;
    const { xMin, xMax } = this.#picture;
    const { yMin, yMax } = this.#yRange();
    const perX = width / (xMax - xMin);
    const log = this.#isLog();
    const low = log ? Math.log10(yMin) : yMin;
    const perY = height / ((log ? Math.log10(yMax) : yMax) - low);
    const bottom = top + height;
    const { ctx } = u;
    ctx.save();
    ctx.beginPath();
    // A little more, so that a dot on the edge is whole.
    const edge = 3 * uPlot.pxRatio;
    ctx.rect(left - edge, top - edge, width + 2 * edge, height + edge);
    ctx.clip();
    this.#picture.paint({
      ctx,
      left,
      top,
      width,
      height,
      ratio: uPlot.pxRatio,
      xToPx: (x) => left + (x - xMin) * perX,
      // A logarithm has no zero: what is not above it lies far below the plot.
      yToPx: log ? (y) => (y > 0 ? bottom - (Math.log10(y) - low) * perY : bottom + 1e4) : (y) => bottom - (y - low) * perY,
    });
    ctx.restore();
  }

  #bind(over: HTMLElement): void {
    over.addEventListener('click', this.#onClick);
    this.#host.addEventListener('keydown', this.#onKey);
    this.#host.addEventListener('blur', this.#onBlur);
  }

  #follow(cursor: Crosshair): () => void {
    return cursor.subscribe((x, origin) => {
      if (origin === this || this.#hover?.pinned) return;
      if (x === undefined || x < this.#picture.xMin || x > this.#picture.xMax) this.#setHover(undefined);
      else this.#setHover(this.#at(x, undefined, 'shared'));
      this.#place(x);
    });
  }

  /** Puts the crosshair there without telling anybody. */
  #place(x: number | undefined): void {
    const left = x === undefined || x < this.#picture.xMin || x > this.#picture.xMax ? -10 : this.#plot.valToPos(x, 'x');
    this.#plot.setCursor({ left, top: left < 0 ? -10 : 0 }, false);
  }

  #at(x: number, topCss: number | undefined, source: Hover['source']): Hover {
    // Measuring would lay the page out for each chart that only follows.
    if (source === 'shared') return { x, y: undefined, clientX: 0, clientY: 0, source, pinned: false };
    const rect = this.#plot.over.getBoundingClientRect();
    return {
      x,
      y: topCss === undefined ? undefined : this.#plot.posToVal(topCss, 'y'),
      clientX: rect.left + this.#plot.valToPos(x, 'x'),
      clientY: rect.top + (topCss ?? rect.height / 3),
      source,
      pinned: false,
    };
  }

  #setHover(hover: Hover | undefined): void {
    if (hover === this.#hover) return;
    this.#hover = hover;
    for (const listener of this.#listeners) listener();
  }

  #onCursor(u: uPlot): void {
    const { left, top } = u.cursor;
    if (this.#hover?.pinned) {
      // The pointer has left the plot, and uPlot hidden the line.
      if (left !== undefined && left < 0) this.#place(this.#hover.x);
      return;
    }
    if (left === undefined || top === undefined || left < 0) {
      if (this.#hover?.source !== 'pointer') return;
      this.#setHover(undefined);
      this.#picture.context.cursor.set(undefined, this);
      return;
    }
    if (!this.#isPointed) return;
    const x = u.posToVal(left, 'x');
    this.#setHover(this.#at(x, top, 'pointer'));
    this.#picture.context.cursor.set(x, this);
  }

  readonly #onPointer = (event: MouseEvent): void => {
    const { over } = this.#plot;
    if (event.type === 'mousemove') this.#isPointed = event.target instanceof Node && over.contains(event.target);
    else if (event.target === over || event.target === this.#host) this.#isPointed = false;
  };

  #onSelect(u: uPlot): void {
    const { left, width } = u.select;
    if (width < LEAST_DRAG_PX) return;
    const from = u.posToVal(left, 'x');
    const to = u.posToVal(left + width, 'x');
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#setHover(undefined);
    this.#picture.context.zoomTo(from, to);
  }

  // uPlot swallows the click that ends a drag, so each click here is meant.
  readonly #onClick = (event: MouseEvent): void => {
    // Pointer moves come a frame late: the click knows where it was.
    const rect = this.#plot.over.getBoundingClientRect();
    const left = event.clientX - rect.left;
    const top = event.clientY - rect.top;
    const hover = this.#at(this.#plot.posToVal(left, 'x'), top, 'pointer');
    this.#setHover({ ...hover, pinned: this.#hover?.pinned !== true });
    this.#plot.setCursor({ left, top }, false);
    this.#host.focus({ preventScroll: true });
    event.stopPropagation();
  };

  readonly #onBlur = (): void => {
    if (this.#hover?.source !== 'keyboard' || this.#hover.pinned) return;
    this.#setHover(undefined);
    this.#place(undefined);
    this.#picture.context.cursor.set(undefined, this);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      if (this.#hover === undefined) return;
      this.#setHover(undefined);
      this.#place(undefined);
      this.#picture.context.cursor.set(undefined, this);
      event.stopPropagation();
      return;
    }
    if (event.key === 'Enter' && this.#hover !== undefined) {
      this.#setHover({ ...this.#hover, pinned: !this.#hover.pinned });
      return;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    const { stops, xMin, xMax } = this.#picture;
    if (step === undefined || stops.length === 0 || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const jump = event.shiftKey ? step * 10 : step;
    const current = this.#hover === undefined ? -1 : nearestIndex(stops, this.#hover.x);
    const start = current < 0 ? (jump > 0 ? -1 : stops.length) : current;
    const stop = Math.min(stops.length - 1, Math.max(0, start + jump));
    const x = Math.min(xMax, Math.max(xMin, stops[stop]!));
    this.#setHover(this.#at(x, undefined, 'keyboard'));
    this.#place(x);
    this.#picture.context.cursor.set(x, this);
  };
}
