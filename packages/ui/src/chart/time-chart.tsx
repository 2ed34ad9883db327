import { lowerBound } from '@vitrine/compute/downsample.ts';
import { stack } from '@vitrine/compute/stack.ts';
import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';

import { INK } from '../theme/ink.ts';
import { statusInk, statusOfColor } from '../theme/status.ts';
import { ChartTooltip } from './chart-tooltip.tsx';
import { formatX } from './format-x.ts';
import { LEGEND_HEAD, LEGEND_ROW, legendNeeds, LegendTable, legendWidthWithin } from './legend-table.tsx';
import type { LegendNeeds } from './legend-table.tsx';
import { paintLines } from './paint-lines.ts';
import type { LineLook, Stroke } from './paint-lines.ts';
import type { ChartContext, PlotPicture, Surface } from './plot.ts';
import { nearestReading, readAll } from './reading.ts';
import type { Reading } from './reading.ts';
import type { ChartSeries } from './series.ts';
import { summaryOf } from './series.ts';
import classes from './time-chart.module.css';
import { usePlot } from './use-plot.ts';
import { xRange } from './x-range.ts';
import { valueRange } from './value-range.ts';
import type { RangeLimits } from './value-range.ts';

export interface TimeChartProps {
  /** What the chart is called by a screen reader. */
  readonly label: string;
  readonly series: readonly ChartSeries[];
  readonly width: number;
  readonly height: number;
  readonly context: ChartContext;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly limits: RangeLimits;
  readonly look: LineLook;
  readonly stacked: boolean;
  readonly thresholds: readonly ThresholdStep[];
  readonly thresholdStyle: 'off' | 'line' | 'area';
  readonly legend: 'bottom' | 'right' | 'hidden';
}

/** Beside a line's ends the cursor still reads it within so many pixels. */
const REACH_PX = 10;
const LEAST_PLOT_HEIGHT = 96;
/** Of the height: what the legend may take to show all of its rows, and what it takes where it can't. */
const LEGEND_SHARE = { all: 0.55, some: 0.38 };
/** A legend beside its plot: its share of the width, and more of it, up to `names`, where names and one number need that. */
const RIGHT_LEGEND = { names: 250, share: 0.36, most: 460, plot: 240 };
/** Rows of the table that stands in for a chart without a legend. */
const SPOKEN_ROWS = 50;

export interface ChartLayout {
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly legendWidth: number;
  readonly legendHeight: number;
}

/**
 * Divides the room between plot and legend: the plot comes first, a legend that would squeeze it is left out, and one beside a narrow
 * plot goes below it. Pure.
 */
export function chartLayout(
  width: number,
  height: number,
  legend: TimeChartProps['legend'],
  count: number,
  needs: LegendNeeds,
): ChartLayout {
  const alone = { plotWidth: Math.max(0, width), plotHeight: Math.max(0, height), legendWidth: 0, legendHeight: 0 };
  if (legend === 'hidden' || count === 0) return alone;
  if (legend === 'right') {
    const base = Math.min(RIGHT_LEGEND.names, needs.name + needs.number);
    const most = Math.min(RIGHT_LEGEND.most, Math.max(base, Math.floor(width * RIGHT_LEGEND.share)));
    const legendWidth = legendWidthWithin(most, needs);
    if (width - legendWidth >= RIGHT_LEGEND.plot)
      return { plotWidth: width - legendWidth, plotHeight: height, legendWidth, legendHeight: height };
  }
  // Whole rows: half a row looks like a mistake.
  const rowsIn = (room: number) => Math.floor((room - LEGEND_HEAD) / LEGEND_ROW);
  const share = count <= rowsIn(height * LEGEND_SHARE.all) ? LEGEND_SHARE.all : LEGEND_SHARE.some;
  const rows = Math.min(count, Math.max(1, rowsIn(Math.min(height * share, height - LEAST_PLOT_HEIGHT))));
  const legendHeight = LEGEND_HEAD + rows * LEGEND_ROW;
  if (height - legendHeight < LEAST_PLOT_HEIGHT) return alone;
  return { plotWidth: width, plotHeight: height - legendHeight, legendWidth: width, legendHeight };
}

/** Lines over time, steps or epochs, with everything the page's charts share: crosshair, zoom, tooltip, legend, keyboard. */
export function TimeChart(props: TimeChartProps): ReactElement {
  const { series, context, unit, decimals, limits, look, stacked, thresholds, thresholdStyle, width, height } = props;
  const [shown, setShown] = useState<ReadonlySet<string>>();
  const emphasis = useRef<string>(undefined);
  const needs = useMemo(() => legendNeeds(series, decimals), [series, decimals]);
  const layout = chartLayout(width, height, props.legend, series.length, needs);

  const strokes = useMemo(() => {
    const visible = shown === undefined ? series : series.filter(({ id }) => shown.has(id));
    // A solo of a line that has gone must not leave the chart empty.
    const drawn = visible.length === 0 ? series : visible;
    const piles = stacked ? stack(drawn) : undefined;
    return drawn.map((one, index) => ({ series: one, ys: piles?.[index]?.tops ?? one.ys, base: piles?.[index]?.bases }));
  }, [series, shown, stacked]);

  const [xMin, xMax] = xRange(context, series);
  const { min, max, softMin, softMax, log } = limits;
  const [yMin, yMax] = useMemo(() => {
    const [low, high] = extremes(strokes, xMin, xMax, log === true);
    const toZero = look.fillOpacity > 0 && !log && low > 0 && stacked ? 0 : low;
    return valueRange(toZero, high, { min, max, softMin, softMax, log });
  }, [strokes, xMin, xMax, min, max, softMin, softMax, log, look.fillOpacity, stacked]);

  const picture = useMemo<PlotPicture>(() => {
    const ink = INK[context.theme];
    return {
      context,
      ink,
      xMin,
      xMax,
      y: { kind: 'value', min: yMin, max: yMax, log: log === true, unit, decimals },
      stops: longest(strokes),
      paint(surface) {
        if (thresholdStyle !== 'off') paintThresholds(surface, thresholds, thresholdStyle, yMin, yMax, context.theme);
        if (!log && yMin < 0 && yMax > 0) paintZero(surface, ink.axis);
        const raised = emphasis.current;
        const list = strokes.map<Stroke>((stroke) => ({
          ...stroke,
          raised: stroke.series.id === raised,
          dimmed: raised !== undefined && stroke.series.id !== raised,
        }));
        paintLines(surface, list, look, xMin, xMax);
      },
    };
  }, [context, xMin, xMax, yMin, yMax, log, unit, decimals, strokes, thresholdStyle, thresholds, look]);

  const { host, plot, hover } = usePlot(picture, layout.plotWidth, layout.plotHeight);
  const reach = (REACH_PX / Math.max(1, layout.plotWidth)) * (xMax - xMin);

  const drawnAt = useCallback(
    (reading: Reading) => {
      const stroke = strokes.find((one) => one.series.id === reading.series.id);
      return plot === undefined || stroke === undefined ? 0 : plot.yToCss(stroke.ys[reading.index]!);
    },
    [plot, strokes],
  );
  const readings = useMemo(
    () =>
      hover !== undefined
        ? readAll(
            strokes.map((stroke) => stroke.series),
            hover,
            reach,
          )
        : [],
    [hover, strokes, reach],
  );
  const nearest = useMemo(
    () => (plot === undefined || hover?.y === undefined ? undefined : nearestReading(readings, plot.yToCss(hover.y), drawnAt)),
    [plot, hover, readings, drawnAt],
  );

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
        const next = new Set(now ?? series.map((one) => one.id));
        if (!next.delete(id)) next.add(id);
        return next.size === 0 || next.size === series.length ? undefined : next;
      }),
    [series],
  );
  const emphasise = useCallback(
    (id: string | undefined) => {
      if (emphasis.current === id) return;
      emphasis.current = id;
      plot?.repaint();
    },
    [plot],
  );

  const spoken = hover?.source === 'keyboard' ? `${formatX(hover.x, context)}: ${speak(readings, decimals)}` : '';
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
        aria-label={`${props.label}: ${series.length} series. Arrow keys move the cursor, Enter pins it, Escape leaves.`}
        style={{ width: layout.plotWidth, height: layout.plotHeight }}
      />
      {layout.legendHeight > 0 ? (
        <LegendTable
          series={series}
          shown={shown}
          width={layout.legendWidth}
          height={layout.legendHeight}
          needs={needs}
          decimals={decimals}
          plot={plot}
          reach={reach}
          onPick={pick}
          onHover={emphasise}
        />
      ) : (
        <SpokenTable label={props.label} series={series} decimals={decimals} />
      )}
      <div className={classes.srOnly} aria-live="polite">
        {spoken}
      </div>
      {hover !== undefined && plot !== undefined && (
        <ChartTooltip
          hover={hover}
          xText={formatX(nearest?.x ?? readings[0]?.x ?? hover.x, context)}
          readings={readings}
          nearest={nearest}
          decimals={decimals}
          onClose={() => plot.unpin()}
        />
      )}
    </div>
  );
}

/** What a reader without sight gets where there is no legend. */
function SpokenTable({
  label,
  series,
  decimals,
}: {
  label: string;
  series: readonly ChartSeries[];
  decimals: number | undefined;
}): ReactElement {
  return (
    <div className={classes.srOnly}>
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th>Series</th>
            <th>Last</th>
            <th>Min</th>
            <th>Max</th>
            <th>Mean</th>
          </tr>
        </thead>
        <tbody>
          {series.slice(0, SPOKEN_ROWS).map((one) => {
            const { last, min, max, mean } = summaryOf(one);
            return (
              <tr key={one.id}>
                <th>{one.name}</th>
                {[last, min, max, mean].map((value, index) => (
                  // The four columns never move.
                  <td key={index}>{formatText(value, one.unit, decimals)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function speak(readings: readonly Reading[], decimals: number | undefined): string {
  if (readings.length === 0) return 'no value';
  return readings
    .slice(0, 8)
    .map(({ series, value, isNaN }) => `${series.name} ${isNaN ? 'NaN' : formatText(value, series.unit, decimals)}`)
    .join(', ');
}

/** Lowest and highest finite value in view; NaN, NaN where there is none. A logarithm sees positive values only. */
function extremes(
  strokes: readonly { readonly series: ChartSeries; readonly ys: Float64Array; readonly base: Float64Array | undefined }[],
  xMin: number,
  xMax: number,
  log: boolean,
): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { series, ys, base } of strokes) {
    const to = Math.min(ys.length, lowerBound(series.xs, xMax) + 1);
    for (let index = lowerBound(series.xs, xMin); index < to; index++) {
      const y = ys[index]!;
      if (y - y !== 0 || (log && y <= 0)) continue;
      if (y < low) low = y;
      if (y > high) high = y;
      if (base !== undefined && base[index]! < low) low = base[index]!;
    }
  }
  return low <= high ? [low, high] : [Number.NaN, Number.NaN];
}

function longest(strokes: readonly { readonly series: ChartSeries }[]): Float64Array {
  let best = new Float64Array();
  for (const { series } of strokes) if (series.xs.length > best.length) best = series.xs as Float64Array<ArrayBuffer>;
  return best;
}

function paintZero({ ctx, left, width, ratio, yToPx }: Surface, color: string): void {
  const y = Math.round(yToPx(0)) + 0.5;
  ctx.strokeStyle = color;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
}

function paintThresholds(
  { ctx, left, width, ratio, yToPx }: Surface,
  thresholds: readonly ThresholdStep[],
  style: 'line' | 'area',
  yMin: number,
  yMax: number,
  theme: 'dark' | 'light',
): void {
  thresholds.forEach(({ value, color: name }, index) => {
    const status = statusOfColor(name);
    const color = statusInk(status, theme);
    if (style === 'area') {
      if (status === 'neutral') return;
      const low = Math.max(value, yMin);
      const high = Math.min(thresholds[index + 1]?.value ?? Infinity, yMax);
      if (!(high > low)) return;
      ctx.globalAlpha = theme === 'dark' ? 0.09 : 0.08;
      ctx.fillStyle = color;
      ctx.fillRect(left, yToPx(high), width, yToPx(low) - yToPx(high));
      ctx.globalAlpha = 1;
    }
    if (!Number.isFinite(value) || value <= yMin || value >= yMax) return;
    const y = Math.round(yToPx(value)) + 0.5;
    ctx.strokeStyle = color;
    ctx.globalAlpha = 0.75;
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  });
}
