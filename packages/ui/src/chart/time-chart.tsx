import { thresholdsOf } from '@vitrine/compute/field/display.ts';
import { resolveLinks } from '@vitrine/compute/field/links.ts';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import type { AnnotationEvent, Frame } from '@vitrine/model/frame.ts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';

import { INK } from '../theme/ink.ts';
import { SpokenTable } from '../widget/spoken-table.tsx';
import { AnnotationLane, LANE_HEIGHT } from './annotation-lane.tsx';
import { marksOf } from './annotations.ts';
import type { ChartMark } from './annotations.ts';
import { axisKey, axisRange, planAxes } from './axes.ts';
import { ChartTooltip } from './chart-tooltip.tsx';
import type { Choice } from './chart-tooltip.tsx';
import { exemplarsOf, nearestExemplar, withinEdges } from './exemplars.ts';
import type { Exemplar } from './exemplars.ts';
import { formatX } from './format-x.ts';
import { calcText, calcTitle, chartLayout, legendNeeds, mayHaveLegend } from './legend-layout.ts';
import type { LegendChoice } from './legend-layout.ts';
import { LegendList, LegendTable } from './legend-table.tsx';
import { paintLines } from './paint-lines.ts';
import { paintMarks, paintRegions, paintThresholds, paintZero } from './paint-thresholds.ts';
import type { ThresholdPlan } from './paint-thresholds.ts';
import type { ChartContext, PlotPicture, Surface, YAxis } from './plot.ts';
import { nearestReading, readAll } from './reading.ts';
import type { Reading, ReadingSort } from './reading.ts';
import type { ChartSeries } from './series.ts';
import { strokesOf } from './strokes.ts';
import type { Stroke } from './strokes.ts';
import classes from './time-chart.module.css';
import { usePlot } from './use-plot.ts';
import { xRange } from './x-range.ts';

/** What a chart of lines needs of its page besides what every chart needs. A panel's context is one. */
export interface LineChartContext extends ChartContext {
  readonly annotations: readonly AnnotationEvent[];
  readonly annotate?: (from: number, to: number) => void;
  readonly editAnnotation?: (event: AnnotationEvent) => void;
  readonly replace: (text: string, scope?: { readonly frame?: Frame; readonly field?: number; readonly row?: number }) => string;
  readonly choose?: (variable: string, value: string) => void;
}

/** What the tooltip tells. */
export interface TooltipChoice {
  readonly mode: 'single' | 'multi' | 'none';
  readonly sort: ReadingSort;
  readonly hideZeros: boolean;
  readonly maxWidth: number | undefined;
  readonly maxHeight: number | undefined;
}

export interface TimeChartProps {
  /** What the chart is called by a screen reader. */
  readonly label: string;
  readonly series: readonly ChartSeries[];
  /** All frames of the answer: exemplars are among them. */
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
  readonly context: LineChartContext;
  readonly legend: LegendChoice;
  readonly tooltip: TooltipChoice;
  /** Where an annotation's time stands on x; undefined where it has no place. Absent: x is time. */
  readonly timeToX?: ((timeMs: number) => number | undefined) | undefined;
  /** The x axis where it is neither time nor the domain's. */
  readonly xAxis?: PlotPicture['xAxis'];
  /** An x in words, where it is neither time nor the domain's. */
  readonly showX?: ((x: number) => string) | undefined;
  /** How x is laid out where it is not even. */
  readonly xScale?: PlotPicture['xScale'];
  /** Marks besides the page's annotations, on this chart's x. */
  readonly marks?: readonly ChartMark[] | undefined;
  /** What else is known of the point that the tooltip goes by, as names and values. */
  readonly about?: ((reading: Reading) => readonly (readonly [name: string, value: string])[]) | undefined;
  /** Whether outliers may lie beyond the value axis. */
  readonly clipOutliers?: boolean;
}

/** Beside a line's ends the cursor still reads it within so many pixels. */
const REACH_PX = 10;
/** From the middle of one to its edge. */
const EXEMPLAR_PX = 4;
const EXEMPLAR_REACH_PX = 10;
/** Rows of the table that stands in for a chart without a legend. */
const SPOKEN_ROWS = 20;
const SPOKEN_CALCS = ['lastNotNull', 'min', 'max', 'mean'];
/** Below this a lane would squeeze the plot. */
const LANE_FROM_HEIGHT = 80;

const NO_SERIES: readonly ChartSeries[] = [];
const NO_MARKS: readonly ChartMark[] = [];
const ownerOf = (one: ChartSeries) => one.owner ?? one.id;
const sameX = (timeMs: number) => timeMs;
const NO_LINKS: readonly ResolvedLink[] = [];

/** Lines over time, steps or epochs, with everything the page's charts share: crosshair, zoom, annotations, tooltip, legend, keyboard. */
export function TimeChart(props: TimeChartProps): ReactElement {
  const { series, frames, width, height, legend, tooltip, timeToX = sameX, xAxis, xScale } = props;
  const { marks: ownMarks = NO_MARKS, clipOutliers = false } = props;
  const [shown, setShown] = useState<ReadonlySet<string>>();
  const [zoomedY, setZoomedY] = useState<ReadonlyMap<string, readonly [number, number]>>();
  const emphasis = useRef<string>(undefined);
  const context = useZoomOut(props.context, zoomedY !== undefined, setZoomedY);
  const { theme } = context;

  const own = useMemo(() => series.filter(({ owner }) => owner === undefined), [series]);
  const listed = useMemo(() => series.filter(({ look }) => !look.hide.legend), [series]);
  const hasLegend = mayHaveLegend(width, height, legend);
  const needs = useMemo(() => legendNeeds(hasLegend ? listed : NO_SERIES), [listed, hasLegend]);
  const layout = chartLayout(width, height, legend, listed.length, needs);
  const isOn = useCallback((one: ChartSeries) => shown?.has(ownerOf(one)) ?? !one.look.hide.viz, [shown]);

  const [xMin, xMax] = xRange(context, series);
  const axes = useMemo(() => planAxes(series.filter((one) => !one.look.hide.viz || shown?.has(ownerOf(one)))), [series, shown]);
  const strokes = useMemo(() => {
    const visible = series.filter(isOn);
    // A solo of a line that has gone must not leave the chart empty.
    const drawn = visible.length === 0 ? series.filter(({ look }) => !look.hide.viz) : visible;
    const keys = new Map(axes.map(({ key }, index) => [key, index]));
    return strokesOf(drawn, (one) => keys.get(axisKey(one)) ?? 0);
  }, [series, isOn, axes]);
  const byId = useMemo(() => new Map(strokes.map((stroke) => [stroke.series.id, stroke])), [strokes]);

  const ranges = useMemo(
    () =>
      axes.map((axis, index) => {
        const found = zoomedY?.get(axis.key);
        return (
          found ??
          axisRange(
            axis,
            strokes.filter((stroke) => stroke.axis === index),
            xMin,
            xMax,
            clipOutliers,
          )
        );
      }),
    [axes, strokes, xMin, xMax, zoomedY, clipOutliers],
  );
  const marks = useMemo(() => [...marksOf(context.annotations, timeToX), ...ownMarks], [context.annotations, timeToX, ownMarks]);
  const exemplars = useMemo(() => (timeToX === sameX ? exemplarsOf(frames) : []), [frames, timeToX]);
  const hasLane = marks.length > 0 && layout.plotHeight >= LANE_FROM_HEIGHT;

  const picture = useMemo<PlotPicture>(() => {
    const ink = INK[theme];
    const scaled = axes.map((axis, index): YAxis => ({
      kind: 'value',
      min: ranges[index]![0],
      max: ranges[index]![1],
      scale: axis.settings.scale,
      unit: axis.unit,
      decimals: axis.decimals,
      side: axis.side,
      visible: axis.visible,
      label: axisLabel(axis.label, axis.settings.scale.kind),
      grid: axis.grid,
      border: axis.settings.border,
      color: axis.color,
      width: axis.settings.width,
    }));
    const thresholds = drawnThresholds(strokes, ranges);
    const { annotate } = context;
    return {
      context,
      ink,
      xMin,
      xMax,
      y: scaled[0]!,
      moreY: scaled.slice(1),
      ...(xAxis === undefined ? {} : { xAxis }),
      xScale,
      above: hasLane ? LANE_HEIGHT : 0,
      stops: longest(strokes),
      annotate,
      zoomY: (chosen) => setZoomedY(new Map(axes.map(({ key }, index) => [key, chosen[index]!]))),
      paint(surface) {
        paintRegions(surface, marks, theme);
        for (const plan of thresholds) paintThresholds(surface, plan, theme);
        const [low, high] = ranges[0]!;
        if (axes[0]!.settings.scale.kind !== 'log' && low < 0 && high > 0) paintZero(surface, theme);
        const raised = emphasis.current;
        paintLines(
          surface,
          strokes,
          ({ series: one }) => {
            const isRaised = ownerOf(one) === raised;
            return { raised: isRaised, dimmed: raised !== undefined && !isRaised };
          },
          xMin,
          xMax,
          xScale === undefined || xScale.kind === 'linear',
        );
        paintMarks(surface, marks, theme);
        paintExemplars(surface, exemplars, ink.text, ink.panel);
      },
    };
  }, [context, theme, axes, ranges, strokes, xMin, xMax, xAxis, xScale, hasLane, marks, exemplars]);

  const { host, plot, hover } = usePlot(picture, layout.plotWidth, layout.plotHeight);
  const reach = (REACH_PX / Math.max(1, layout.plotWidth)) * (xMax - xMin);

  const drawnAt = useCallback(
    (reading: Reading) => {
      const stroke = byId.get(reading.series.id);
      return plot === undefined || stroke === undefined ? 0 : plot.yToCss(stroke.ys[reading.index]!, stroke.axis);
    },
    [plot, byId],
  );
  const readings = useMemo(() => {
    if (hover === undefined) return [];
    const told = strokes.flatMap(({ series: one }) => (one.look.hide.tooltip ? [] : [one]));
    const all = readAll(told, hover, reach, tooltip.sort);
    return tooltip.hideZeros ? all.filter(({ value }) => value !== 0) : all;
  }, [hover, strokes, reach, tooltip.sort, tooltip.hideZeros]);
  const nearest = useMemo(
    () => (plot === undefined || hover?.y === undefined ? undefined : nearestReading(readings, plot.yToCss(hover.y), drawnAt)),
    [plot, hover, readings, drawnAt],
  );
  const exemplar = useMemo(() => {
    if (plot === undefined || hover?.y === undefined || exemplars.length === 0) return undefined;
    const height = plot.over.clientHeight;
    const place = ({ x, y }: Exemplar) => ({
      left: plot.xToCss(x),
      top: withinEdges(plot.yToCss(y), height, EXEMPLAR_PX),
    });
    return nearestExemplar(exemplars, { left: plot.xToCss(hover.x), top: plot.yToCss(hover.y) }, place, EXEMPLAR_REACH_PX);
  }, [plot, hover, exemplars]);

  const dot = useRef<HTMLDivElement>(undefined);
  useEffect(() => {
    if (plot === undefined) return;
    const element = (dot.current ??= Object.assign(document.createElement('div'), { className: 'v-plot-dot' }));
    if (element.parentElement !== plot.over) plot.over.append(element);
    element.hidden = nearest === undefined;
    if (nearest === undefined) return;
    element.style.background = nearest.series.color;
    element.style.transform = `translate(${plot.xToCss(nearest.x)}px, ${drawnAt(nearest)}px)`;
  }, [plot, nearest, drawnAt]);

  const pick = useCallback(
    (id: string, add: boolean) =>
      setShown((now) => {
        if (!add) return now?.size === 1 && now.has(id) ? undefined : new Set([id]);
        const next = new Set(now ?? series.filter(({ look }) => !look.hide.viz).map(ownerOf));
        if (!next.delete(id)) next.add(id);
        return next.size === 0 || next.size === own.length ? undefined : next;
      }),
    [series, own],
  );
  const emphasise = useCallback(
    (id: string | undefined) => {
      if (emphasis.current === id) return;
      emphasis.current = id;
      plot?.repaint();
    },
    [plot],
  );
  const linksOf = useCallback(
    (one: ChartSeries, row?: number) => {
      const links = one.field.config?.links;
      if (links === undefined || links.length === 0) return NO_LINKS;
      return resolveLinks(links, { frame: one.frame, field: one.column, ...(row === undefined ? {} : { row }) }, context.replace);
    },
    [context],
  );

  const showX = (x: number) => props.showX?.(x) ?? formatX(x, context);
  const formatMark = ({ from, to }: ChartMark) => (to > from ? `${showX(from)} to ${showX(to)}` : showX(from));
  const at = nearest ?? readings[0];
  const aside = [
    ...(at === undefined ? [] : (props.about?.(at) ?? [])),
    ...(exemplar === undefined
      ? []
      : [['exemplar', (at?.series ?? strokes[0]?.series)?.show(exemplar.y) ?? String(exemplar.y)] as const, ...exemplar.labels]),
  ];
  const told = tooltip.mode === 'single' ? (nearest === undefined ? readings.slice(0, 1) : [nearest]) : readings;
  const spoken = hover?.source === 'keyboard' ? `${showX(hover.x)}: ${speak(readings)}` : '';
  const Legend = legend.displayMode === 'list' ? LegendList : LegendTable;
  return (
    <div
      className={classes.chart}
      data-side={layout.legendWidth > 0 && layout.plotWidth < width ? 'right' : 'bottom'}
      style={{ width, height }}
    >
      <div
        ref={host}
        className="v-plot"
        tabIndex={0}
        role="group"
        aria-roledescription="chart"
        aria-label={`${props.label}: ${own.length} series. Arrow keys move the cursor, Enter pins it, Escape leaves.`}
        style={{ width: layout.plotWidth, height: layout.plotHeight }}
      />
      {layout.legendHeight > 0 ? (
        <Legend
          series={listed}
          choice={legend}
          isOn={isOn}
          width={layout.legendWidth}
          height={layout.legendHeight}
          needs={needs}
          plot={plot}
          reach={reach}
          linksOf={linksOf}
          onPick={pick}
          onHover={emphasise}
        />
      ) : (
        <div className={classes.srOnly}>
          <SpokenTable
            caption={props.label}
            head={['Series', ...SPOKEN_CALCS.map(calcTitle)]}
            count={own.length}
            most={SPOKEN_ROWS}
            row={(at) => [own[at]!.name, ...SPOKEN_CALCS.map((id) => calcText(own[at]!, id))]}
          />
        </div>
      )}
      <div className={classes.srOnly} aria-live="polite">
        {spoken}
      </div>
      {plot !== undefined && hasLane && (
        <AnnotationLane
          plot={plot}
          marks={marks}
          xMin={xMin}
          xMax={xMax}
          width={layout.plotWidth}
          theme={theme}
          formatX={formatMark}
          onEdit={context.editAnnotation}
        />
      )}
      {hover !== undefined && plot !== undefined && tooltip.mode !== 'none' && (
        <ChartTooltip
          hover={hover}
          xText={showX(at?.x ?? hover.x)}
          readings={told}
          nearest={nearest}
          aside={aside}
          links={hover.pinned ? [...linksOfExemplar(exemplar, context), ...linksOfReading(nearest, linksOf)] : NO_LINKS}
          choices={hover.pinned ? choicesOf(nearest, context) : []}
          onChoose={({ variable, value }) => context.choose?.(variable, value)}
          maxWidth={tooltip.maxWidth}
          maxHeight={tooltip.maxHeight}
          onClose={() => plot.unpin()}
        />
      )}
    </div>
  );
}

/** The way back from a zoom into the height goes first through that. */
function useZoomOut(context: LineChartContext, isZoomed: boolean, set: (zoomed: undefined) => void): LineChartContext {
  return useMemo(() => (isZoomed ? { ...context, zoomOut: () => set(undefined) } : context), [context, isZoomed, set]);
}

function axisLabel(label: string, scale: 'linear' | 'log' | 'symlog'): string {
  if (scale === 'linear') return label;
  const word = scale === 'log' ? 'log' : 'symmetric log';
  return label === '' ? word : `${label} (${word})`;
}

/** The thresholds of each axis: those of its first series that wants them drawn. */
function drawnThresholds(strokes: readonly Stroke[], ranges: readonly (readonly [number, number])[]): readonly ThresholdPlan[] {
  const plans = new Map<number, ThresholdPlan>();
  for (const { axis, series } of strokes) {
    const style = series.look.thresholdStyle;
    if (plans.has(axis) || (style.line === 'none' && !style.area)) continue;
    const [min, max] = ranges[axis]!;
    plans.set(axis, { axis, style, min, max, steps: thresholdsOf({ config: { ...series.field.config, min, max } }) });
  }
  return [...plans.values()];
}

function linksOfReading(
  nearest: Reading | undefined,
  linksOf: (series: ChartSeries, row?: number) => readonly ResolvedLink[],
): readonly ResolvedLink[] {
  if (nearest === undefined) return NO_LINKS;
  const { series, index } = nearest;
  return linksOf(series, series.rows === undefined ? index : series.rows[index]);
}

function linksOfExemplar(exemplar: Exemplar | undefined, context: LineChartContext): readonly ResolvedLink[] {
  if (exemplar === undefined) return NO_LINKS;
  const { frame, row } = exemplar;
  return frame.fields.flatMap(({ config }, field) => resolveLinks(config?.links ?? [], { frame, field, row }, context.replace));
}

/** The labels of a line that are variables of the page. */
function choicesOf(nearest: Reading | undefined, { choose, replace }: LineChartContext): readonly Choice[] {
  if (nearest === undefined || choose === undefined) return [];
  return Object.entries(nearest.series.field.labels ?? {}).flatMap(([variable, value]) => {
    const reference = `\${${variable}}`;
    return replace(reference) === reference ? [] : [{ variable, value }];
  });
}

function speak(readings: readonly Reading[]): string {
  if (readings.length === 0) return 'no value';
  return readings
    .slice(0, 8)
    .map(({ series, x, value, isNaN }) => {
      const also = series.also?.(x) ?? '';
      return `${series.name} ${isNaN ? 'NaN' : series.show(value)}${also === '' ? '' : ` (${also})`}`;
    })
    .join(', ');
}

function longest(strokes: readonly Stroke[]): Float64Array {
  let best = new Float64Array();
  for (const { series } of strokes) if (series.xs.length > best.length) best = series.xs as Float64Array<ArrayBuffer>;
  return best;
}

/** Small diamonds: no point of a line looks like that. */
function paintExemplars(
  { ctx, ratio, top: upper, height, xToPx, yToPx }: Surface,
  exemplars: readonly Exemplar[],
  color: string,
  edge: string,
): void {
  if (exemplars.length === 0) return;
  const arm = EXEMPLAR_PX * ratio;
  ctx.fillStyle = color;
  ctx.strokeStyle = edge;
  ctx.lineWidth = ratio;
  ctx.setLineDash([]);
  ctx.beginPath();
  for (const { x, y } of exemplars) {
    const [left, top] = [xToPx(x), upper + withinEdges(yToPx(y) - upper, height, arm)];
    ctx.moveTo(left, top - arm);
    ctx.lineTo(left + arm, top);
    ctx.lineTo(left, top + arm);
    ctx.lineTo(left - arm, top);
    ctx.closePath();
  }
  ctx.fill();
  ctx.stroke();
}
