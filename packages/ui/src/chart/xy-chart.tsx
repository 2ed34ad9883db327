import { useMemo } from 'react';
import type { ReactElement } from 'react';

import { INK } from '../theme/ink.ts';
import classes from './float.module.css';
import { Float } from './float.tsx';
import type { ChartContext, Plot, PlotPicture, Surface, YAxis } from './plot.ts';
import { usePlot } from './use-plot.ts';

/** Points of one series, each with both x and y. */
export interface XYSeries {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** The row of each point, for what is told of it. */
  readonly rows: Uint32Array;
  readonly points: boolean;
  readonly lines: boolean;
  /** CSS pixels. */
  readonly radius: number;
  readonly shape: 'circle' | 'square';
  readonly strokeWidth: number;
  /** Of the inside of points, 0 to 1. */
  readonly opacity: number;
  readonly lineWidth: number;
  readonly dash: readonly number[];
  /** Of each point, where they differ. */
  readonly radii: Float64Array | undefined;
  readonly inks: readonly string[] | undefined;
  /** What is told of a row. */
  readonly describe: (row: number) => readonly (readonly [name: string, value: string])[];
}

export interface XYChartProps {
  readonly label: string;
  readonly series: readonly XYSeries[];
  readonly width: number;
  readonly height: number;
  readonly context: ChartContext;
  readonly xMin: number;
  readonly xMax: number;
  /** undefined: x is time. */
  readonly xAxis: PlotPicture['xAxis'] | undefined;
  readonly y: YAxis;
  readonly zoomY: NonNullable<PlotPicture['zoomY']>;
  readonly tells: boolean;
}

/** A pointer this near to a point's edge reads it. */
const REACH_PX = 12;

interface Point {
  readonly series: XYSeries;
  readonly index: number;
}

/** Points, lines or both, where two columns meet. */
export function XYChart(props: XYChartProps): ReactElement {
  const { label, series, width, height, context, xMin, xMax, xAxis, y, zoomY, tells } = props;
  const picture = useMemo<PlotPicture>(
    () => ({
      context,
      ink: INK[context.theme],
      xMin,
      xMax,
      y,
      ...(xAxis === undefined ? {} : { xAxis }),
      stops: Float64Array.from(new Set(series.flatMap(({ xs }) => [...xs]))).toSorted(),
      zoomY,
      paint(surface) {
        for (const one of series) if (one.lines) paintLine(surface, one);
        for (const one of series) if (one.points) paintPoints(surface, one);
      },
    }),
    [context, series, xMin, xMax, xAxis, y, zoomY],
  );
  const { host, plot, hover } = usePlot(picture, width, height);
  const point = useMemo(
    () => (plot === undefined || hover?.y === undefined ? undefined : nearestPoint(series, plot, hover.x, hover.y)),
    [plot, hover, series],
  );
  return (
    <>
      <div
        ref={host}
        className="v-plot"
        tabIndex={0}
        role="group"
        aria-roledescription="chart"
        aria-label={`${label}: ${series.length} series, ${series.reduce((count, { xs }) => count + xs.length, 0)} points.`}
        style={{ width, height }}
      />
      {tells && hover !== undefined && point !== undefined && (
        <Float x={hover.clientX} y={hover.clientY} pinned={hover.pinned}>
          <div className={classes.head}>
            <span>{point.series.name}</span>
          </div>
          <dl className={classes.aside}>
            {point.series.describe(point.series.rows[point.index]!).map(([name, value], at) => (
              // By place: two columns may have one name.
              <div key={at}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </Float>
      )}
    </>
  );
}

/** The point whose edge is nearest to a place on the plot, within reach. */
function nearestPoint(series: readonly XYSeries[], plot: Plot, x: number, y: number): Point | undefined {
  const [left, top] = [plot.xToCss(x), plot.yToCss(y)];
  let best: Point | undefined;
  let least = REACH_PX;
  for (const one of series) {
    for (let index = 0; index < one.xs.length; index++) {
      const distance =
        Math.hypot(plot.xToCss(one.xs[index]!) - left, plot.yToCss(one.ys[index]!) - top) - (one.radii?.[index] ?? one.radius);
      if (distance < least) [best, least] = [{ series: one, index }, distance];
    }
  }
  return best;
}

function paintLine({ ctx, ratio, xToPx, yToPx }: Surface, series: XYSeries): void {
  ctx.strokeStyle = series.color;
  ctx.lineWidth = Math.max(1, series.lineWidth) * ratio;
  ctx.lineJoin = 'round';
  ctx.setLineDash(series.dash.map((part) => part * ratio));
  ctx.beginPath();
  // In the order of the rows: a path, not a function of x.
  for (let index = 0; index < series.xs.length; index++) ctx.lineTo(xToPx(series.xs[index]!), yToPx(series.ys[index]!));
  ctx.stroke();
  ctx.setLineDash([]);
}

function paintPoints({ ctx, ratio, xToPx, yToPx }: Surface, series: XYSeries): void {
  ctx.lineWidth = series.strokeWidth * ratio;
  for (let index = 0; index < series.xs.length; index++) {
    const ink = series.inks?.[index] ?? series.color;
    const radius = (series.radii?.[index] ?? series.radius) * ratio;
    const [x, y] = [xToPx(series.xs[index]!), yToPx(series.ys[index]!)];
    ctx.beginPath();
    if (series.shape === 'square') ctx.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.globalAlpha = series.opacity;
    ctx.fillStyle = ink;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = ink;
    if (series.strokeWidth > 0) ctx.stroke();
  }
}
