import { useCallback, useMemo } from 'react';
import type { ReactElement, ReactNode } from 'react';

import { INK } from '../theme/ink.ts';
import classes from './float.module.css';
import { Float } from './float.tsx';
import type { ScaleSettings } from './graph-settings.ts';
import type { ChartContext, Plot, PlotPicture, Surface, YAxis } from './plot.ts';
import { usePlot } from './use-plot.ts';
import { paintTicks, SHARES, sharesOf, ticksOf, X_LABEL_HEIGHT, XTicks } from './x-ticks.tsx';
import type { XScale } from './x-ticks.tsx';

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
  /** How x is laid out where it is not even. */
  readonly xScale: Exclude<ScaleSettings, { kind: 'linear' }> | undefined;
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
  const { xScale: settings, xMin, xMax, xAxis } = props;
  const scale = useMemo(
    (): XScale | undefined =>
      settings === undefined ? undefined : { settings, min: xMin, max: xMax, unit: xAxis?.unit ?? '', label: xAxis?.label ?? '' },
    [settings, xMin, xMax, xAxis],
  );
  return scale === undefined ? <EvenChart {...props} /> : <ScaledChart {...props} scale={scale} />;
}

/** Over shares of the way along the axis, with ticks of its own. */
function ScaledChart({ scale, ...props }: XYChartProps & { readonly scale: XScale }): ReactElement {
  const { context, series, width } = props;
  const shares = useMemo(() => sharesOf(scale), [scale]);
  const shared = useMemo(
    () => series.map((one): XYSeries => ({ ...one, xs: one.xs.map((x) => shares.forward(x)) })),
    [series, shares],
  );
  const own = useMemo(
    (): ChartContext => ({
      ...context,
      x: 'step',
      zoomTo: (from, to) => context.zoomTo(shares.backward(from), shares.backward(to)),
    }),
    [context, shares],
  );
  const lines = useMemo(() => ticksOf(scale, width).map(([x]) => shares.forward(x)), [scale, width, shares]);
  const renderTicks = useCallback((plot: Plot) => <XTicks plot={plot} scale={scale} width={width} />, [scale, width]);
  const below = scale.label === '' ? 0 : X_LABEL_HEIGHT;
  return (
    <EvenChart
      {...props}
      series={shared}
      context={own}
      xMin={SHARES.min}
      xMax={SHARES.max}
      xAxis={undefined}
      height={props.height - below}
      below={below}
      lines={lines}
      renderTicks={renderTicks}
    />
  );
}

interface EvenChartProps extends XYChartProps {
  /** Lines across the plot besides those of the axis, in x. */
  readonly lines?: readonly number[];
  /** CSS pixels kept free below the plot. */
  readonly below?: number;
  readonly renderTicks?: (plot: Plot) => ReactNode;
}

const NO_LINES: readonly number[] = [];

function EvenChart(props: EvenChartProps): ReactElement {
  const { label, series, width, height, context, xMin, xMax, xAxis, y, zoomY, tells, lines = NO_LINES } = props;
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
        paintTicks(surface, lines, INK[context.theme]);
        for (const one of series) if (one.lines) paintLine(surface, one);
        for (const one of series) if (one.points) paintPoints(surface, one);
      },
    }),
    [context, series, xMin, xMax, xAxis, y, zoomY, lines],
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
        style={{ width, height, marginBottom: props.below }}
      />
      {plot !== undefined && props.renderTicks?.(plot)}
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
