import 'uplot/dist/uPlot.min.css';
import './plot.css';

import { nearestIndex } from '@vitrine/compute/downsample.ts';
import { formatTick, formatTicks } from '@vitrine/model/unit.ts';
import type { XDomain } from '@vitrine/model/frame.ts';
import uPlot from 'uplot';

import type { Ink } from '../theme/ink.ts';
import { hasRoom, ticksForTwo, withoutCutLabels } from './axis-labels.ts';
import type { AxisTicks } from './axis-labels.ts';
import type { Crosshair } from './crosshair.ts';
import type { ScaleSettings } from './graph-settings.ts';
import { scaleOf, scaleTicks } from './scale.ts';
import { valueTicks } from './ticks.ts';
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
  /** What charts share of the pointer; the crosshair where absent. */
  readonly share?: 'off' | 'crosshair' | 'tooltip';
  zoomTo(from: number, to: number): void;
  zoomOut(): void;
}

/** A vertical axis. */
export type YAxis =
  | {
      readonly kind: 'value';
      readonly min: number;
      readonly max: number;
      /** Linear where absent. */
      readonly scale?: ScaleSettings;
      readonly unit: string;
      readonly decimals: number | undefined;
      /** Left where absent. */
      readonly side?: 'left' | 'right';
      /** Shown where absent. */
      readonly visible?: boolean;
      /** Stands along the axis. */
      readonly label?: string;
      /** Lines across the plot; drawn where absent. */
      readonly grid?: boolean;
      readonly border?: boolean;
      /** Of the ticks' text; faint where absent. */
      readonly color?: string | undefined;
      /** CSS pixels; as wide as the widest tick where absent. */
      readonly width?: number | undefined;
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
  /** Further axes; what is drawn on them asks the surface for `yOf`. */
  readonly moreY?: readonly YAxis[];
  /** The x axis where it is neither time nor the domain's: its unit and what it is called. */
  readonly xAxis?: { readonly unit: string; readonly decimals?: number | undefined; readonly label?: string };
  /** How x is laid out where it is not even; all of it must have a place there. */
  readonly xScale?: ScaleSettings | undefined;
  /** CSS pixels kept free above the plot, for marks. */
  readonly above?: number;
  /** The user chose a part of the height too: from where to where on each axis. */
  readonly zoomY?: (ranges: readonly (readonly [min: number, max: number])[]) => void;
  /** The user wants to write down what happened there; both ends equal for an instant. */
  readonly annotate?: ((from: number, to: number) => void) | undefined;
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
  /** On the first axis. */
  readonly yToPx: (y: number) => number;
  /** On one of the axes: 0 is the first, then `moreY`. */
  readonly yOf: (axis: number) => (y: number) => number;
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

const LINEAR: ScaleSettings = { kind: 'linear' };
const AXIS_LABEL_HEIGHT = 16;

function axesOf({ y, moreY }: PlotPicture): readonly YAxis[] {
  return moreY === undefined ? [y] : [y, ...moreY];
}

function isEven({ xScale }: PlotPicture): boolean {
  return xScale === undefined || xScale.kind === 'linear';
}

const scaleKey = (axis: number) => (axis === 0 ? 'y' : `y${axis}`);

function isVisible(axis: YAxis): boolean {
  return axis.kind === 'rows' || axis.visible !== false;
}

function rangeOf(axis: YAxis): { min: number; max: number } {
  return axis.kind === 'value' ? { min: axis.min, max: axis.max } : { min: 0, max: Math.max(1, axis.rows) };
}

function scaleIn(axis: YAxis) {
  return scaleOf(axis.kind === 'value' ? (axis.scale ?? LINEAR) : LINEAR);
}

/** What uPlot needs to know of an axis' label; nothing where it has none. */
function label(text: () => string, given: string | undefined): Partial<uPlot.Axis> {
  if (given === undefined || given === '') return {};
  return { label: text, labelSize: AXIS_LABEL_HEIGHT, labelFont: AXIS_FONT, labelGap: 0 };
}

/** What of a picture uPlot takes once and for all: a change of it needs a new plot. */
export function plotShape(picture: PlotPicture): string {
  const axes = axesOf(picture).map((axis) =>
    axis.kind === 'rows'
      ? 'rows'
      : [axis.side, isVisible(axis), axis.grid, axis.border, axis.width, axis.label !== undefined && axis.label !== ''].join(),
  );
  return [picture.above ?? 0, (picture.xAxis?.label ?? '') !== '', isEven(picture), ...axes].join(' ');
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
  readonly #layoutListeners = new Set<() => void>();
  #picture: PlotPicture;
  #unsubscribe: () => void;
  #hover: Hover | undefined;
  /** Whether the pointer is over this plot. uPlot tells of its cursor also where only the scale under it has moved. */
  #isPointed = false;
  /** A plot for other axes has taken its place, and effects of the same commit still know this one. */
  #isDestroyed = false;
  /** What the drag that goes on is for. */
  #drag: 'zoom' | 'annotate' = 'zoom';

  constructor(host: HTMLElement, picture: PlotPicture, width: number, height: number) {
    this.#host = host;
    this.#picture = picture;
    // On the way down, so that this is known before uPlot hears of the pointer.
    host.addEventListener('mousemove', this.#onPointer, true);
    host.addEventListener('mouseleave', this.#onPointer, true);
    host.addEventListener('mousedown', this.#onDown, true);
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

  /** The hover where this chart is the one looked at: what other charts say does not concern its tooltip, unless tooltips are shared. */
  readonly ownHover = (): Hover | undefined =>
    this.#hover?.source === 'shared' && this.#picture.context.share !== 'tooltip' ? undefined : this.#hover;

  /** Hears each layout of the plot: its axes may have become wider. */
  readonly onLayout = (listener: () => void): (() => void) => {
    this.#layoutListeners.add(listener);
    return () => this.#layoutListeners.delete(listener);
  };

  draw(picture: PlotPicture): void {
    if (this.#isDestroyed) return;
    const before = this.#picture;
    this.#picture = picture;
    if (before.context.cursor !== picture.context.cursor) {
      this.#unsubscribe();
      this.#unsubscribe = this.#follow(picture.context.cursor);
    }
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
      for (const [index, axis] of axesOf(picture).entries()) this.#plot.setScale(scaleKey(index), rangeOf(axis));
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
    if (this.#isDestroyed) return;
    if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
  }

  /** CSS pixels from the top of the plotting area. */
  yToCss(y: number, axis = 0): number {
    return this.#plot.valToPos(y, scaleKey(axis));
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
    this.#isDestroyed = true;
    if (this.#hover !== undefined) this.#picture.context.cursor.set(undefined, this);
    this.#unsubscribe();
    this.#host.removeEventListener('keydown', this.#onKey);
    this.#host.removeEventListener('blur', this.#onBlur);
    this.#host.removeEventListener('mousemove', this.#onPointer, true);
    this.#host.removeEventListener('mouseleave', this.#onPointer, true);
    this.#host.removeEventListener('mousedown', this.#onDown, true);
    this.#listeners.clear();
    this.#plot.destroy();
  }

  #options(width: number, height: number): uPlot.Options {
    const ink = () => this.#picture.ink;
    return {
      width,
      height,
      padding: [8 + (this.#picture.above ?? 0), RIGHT_PADDING, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, auto: false, range: () => [this.#picture.xMin, this.#picture.xMax], ...this.#xDistribution() },
        ...Object.fromEntries(axesOf(this.#picture).map((_, index) => [scaleKey(index), this.#scale(index)])),
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
          values: (u) => this.#xTicks(u.bbox.width / uPlot.pxRatio).labels as string[],
          ...label(() => this.#picture.xAxis?.label ?? '', this.#picture.xAxis?.label),
        },
        ...axesOf(this.#picture).flatMap((axis, index) => (isVisible(axis) ? [this.#yAxis(index)] : [])),
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
        draw: [
          (u) => {
            this.#paint(u);
            for (const listener of this.#layoutListeners) listener();
          },
        ],
        setCursor: [(u) => this.#onCursor(u)],
        setSelect: [(u) => this.#onSelect(u)],
      },
    };
  }

  #axis(index: number): YAxis {
    return axesOf(this.#picture)[index] ?? this.#picture.y;
  }

  #xDistribution(): Partial<uPlot.Scale> {
    if (isEven(this.#picture)) return {};
    const scale = () => scaleOf(this.#picture.xScale ?? LINEAR);
    return { distr: 100, fwd: (value) => scale().forward(value), bwd: (value) => scale().backward(value) };
  }

  #scale(index: number): uPlot.Scale {
    return {
      auto: false,
      // A scale that may turn logarithmic without a new plot.
      distr: 100,
      fwd: (value) => scaleIn(this.#axis(index)).forward(value),
      bwd: (value) => scaleIn(this.#axis(index)).backward(value),
      range: () => {
        const { min, max } = rangeOf(this.#axis(index));
        return [min, max];
      },
    };
  }

  #yAxis(index: number): uPlot.Axis {
    const ink = () => this.#picture.ink;
    const axis = (): YAxis => this.#axis(index);
    const asked = axis();
    const value = asked.kind === 'value' ? asked : undefined;
    return {
      scale: scaleKey(index),
      side: value?.side === 'right' ? 1 : 3,
      stroke: () => {
        const now = axis();
        return now.kind === 'value' && now.color !== undefined ? now.color : ink().faint;
      },
      font: AXIS_FONT,
      size: (u, values) => value?.width ?? this.#axisWidth(u, values),
      gap: 6,
      grid: {
        show: value?.grid ?? true,
        stroke: () => (axis().kind === 'rows' ? 'transparent' : ink().grid),
        width: 1,
      },
      ticks: { show: false },
      // uPlot would leave out what is no power of ten, taking the scale for a logarithm.
      filter: (_, splits) => splits,
      border: { show: value?.border === true, stroke: () => ink().axis, width: 1 },
      splits: (u) => this.#yTicks(axis(), u.bbox.height / uPlot.pxRatio),
      values: (_, splits) => this.#yLabels(axis(), splits),
      ...label(() => {
        const now = axis();
        return now.kind === 'value' ? (now.label ?? '') : '';
      }, value?.label),
    };
  }

  #xTicks(widthCss: number): AxisTicks {
    const { xMin, xMax, xScale = LINEAR } = this.#picture;
    const { forward } = scaleOf(xScale);
    const low = forward(xMin);
    const perPx = (forward(xMax) - low) / widthCss;
    const place = (x: number) => (forward(x) - low) / perPx;
    return ticksForTwo(
      Math.max(2, Math.floor(widthCss / X_TICK_SPACE)),
      (most) => withoutCutLabels(this.#xTicksFor(most), place, widthCss + RIGHT_PADDING),
      (ticks) => hasRoom(ticks, place),
    );
  }

  #xTicksFor(most: number): AxisTicks {
    const { xMin, xMax, context, xAxis, xScale } = this.#picture;
    if (xScale !== undefined && xScale.kind !== 'linear') {
      const unit = xAxis?.unit ?? (context.x === 'elapsed' ? 'ms' : 'short');
      const at = scaleTicks(xScale, xMin, xMax, most, unit);
      return { at, labels: at.map((tick) => formatTick(tick, unit)) };
    }
    if (xAxis !== undefined) {
      const at = valueTicks(xMin, xMax, most, xAxis.unit);
      return { at, labels: formatTicks(at, xAxis.unit, xAxis.decimals) };
    }
    if (context.x === 'time') return timeTicks(xMin, xMax, most, context.timeZone);
    const unit = context.x === 'elapsed' ? 'ms' : 'short';
    const at = valueTicks(xMin, xMax, most, unit).filter((tick) => context.x === 'elapsed' || Number.isInteger(tick));
    return { at, labels: formatTicks(at, unit) };
  }

  #yTicks(y: YAxis, heightCss: number): number[] {
    if (y.kind === 'rows') return y.labels.map((label) => label.at);
    const most = Math.min(MOST_Y_TICKS, Math.max(2, Math.floor(heightCss / Y_TICK_SPACE)));
    const ticksFor = (lines: number) => scaleTicks(y.scale ?? LINEAR, y.min, y.max, lines, y.unit);
    const ticks = ticksFor(most);
    // A line more where there was one alone, which tells no scale.
    return ticks.length < 2 ? ([ticksFor(most + 1), ticksFor(most + 2)].find(({ length }) => length > 1) ?? ticks) : ticks;
  }

  #yLabels(y: YAxis, ticks: readonly number[]): string[] {
    if (y.kind === 'rows') return y.labels.map((label) => label.text);
    // Ticks of a logarithm are far apart: each has a prefix of its own.
    return (y.scale ?? LINEAR).kind === 'linear'
      ? formatTicks(ticks, y.unit, y.decimals)
      : ticks.map((tick) => formatTick(tick, y.unit));
  }

  /** As wide as the widest label, so that the plot has the rest. */
  #axisWidth(u: uPlot, values: readonly string[] | null): number {
    if (values === null || values.length === 0) return 12;
    return Math.ceil(Math.max(...values.map((value) => labelWidth(u.ctx, value ?? '')))) + 10;
  }

  #paint(u: uPlot): void {
    const { left, top, width, height } = u.bbox;
    if (width <= 0 || height <= 0) return;
    const { xMin, xMax, xScale = LINEAR } = this.#picture;
    const { forward: forwardX } = scaleOf(xScale);
    const lowX = forwardX(xMin);
    const perX = width / (forwardX(xMax) - lowX);
    const bottom = top + height;
    const onAxis = axesOf(this.#picture).map((axis) => {
      const { min, max } = rangeOf(axis);
      const { forward } = scaleIn(axis);
      const low = forward(min);
      const perY = height / (forward(max) - low);
      return (y: number) => bottom - (forward(y) - low) * perY;
    });
    const yOf = (axis: number) => onAxis[axis] ?? onAxis[0]!;
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
      xToPx: isEven(this.#picture) ? (x) => left + (x - xMin) * perX : (x) => left + (forwardX(x) - lowX) * perX,
      yToPx: yOf(0),
      yOf,
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
      if (origin === this || this.#hover?.pinned || this.#picture.context.share === 'off') return;
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
    if (source === 'shared' && this.#picture.context.share !== 'tooltip')
      return { x, y: undefined, clientX: 0, clientY: 0, source, pinned: false };
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

  readonly #onDown = (event: MouseEvent): void => {
    this.#drag = (event.ctrlKey || event.metaKey) && this.#picture.annotate !== undefined ? 'annotate' : 'zoom';
    const { drag } = this.#plot.cursor;
    if (drag !== undefined) drag.y = event.shiftKey && this.#picture.zoomY !== undefined;
  };

  #onSelect(u: uPlot): void {
    const { left, width, top, height } = u.select;
    const both = u.cursor.drag?.y === true;
    if (u.cursor.drag !== undefined) u.cursor.drag.y = false;
    if (width < LEAST_DRAG_PX && !(both && height >= LEAST_DRAG_PX)) return;
    const from = u.posToVal(left, 'x');
    const to = u.posToVal(left + width, 'x');
    const tall = u.over.clientHeight;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#setHover(undefined);
    if (this.#drag === 'annotate') {
      this.#picture.annotate?.(from, to);
      return;
    }
    if (both && height >= LEAST_DRAG_PX && height < tall) {
      const onAxis = (_: YAxis, axis: number) =>
        [u.posToVal(top + height, scaleKey(axis)), u.posToVal(top, scaleKey(axis))] as const;
      this.#picture.zoomY?.(axesOf(this.#picture).map(onAxis));
    }
    if (width >= LEAST_DRAG_PX) this.#picture.context.zoomTo(from, to);
  }

  // uPlot swallows the click that ends a drag, so each click here is meant.
  readonly #onClick = (event: MouseEvent): void => {
    // Pointer moves come a frame late: the click knows where it was.
    const rect = this.#plot.over.getBoundingClientRect();
    const left = event.clientX - rect.left;
    const top = event.clientY - rect.top;
    const hover = this.#at(this.#plot.posToVal(left, 'x'), top, 'pointer');
    if ((event.ctrlKey || event.metaKey) && this.#picture.annotate !== undefined) {
      this.#picture.annotate(hover.x, hover.x);
      event.stopPropagation();
      return;
    }
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
