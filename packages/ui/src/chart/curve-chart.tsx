import type { CurveX } from '@vitrine/model/run-api.ts';
import type { Frame } from '@vitrine/model/frame.ts';
import { formatExact } from '@vitrine/model/unit.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import { NoData } from '../widget/no-data.tsx';
import { aboutPoint } from './about-point.ts';
import { timeToX } from './annotations.ts';
import { curveSeries } from './curve-series.ts';
import type { ScaleSettings } from './graph-settings.ts';
import type { LegendChoice } from './legend-layout.ts';
import { regionMarks } from './region-marks.ts';
import type { CurveRegion } from './region-marks.ts';
import { timeMapOfCurves } from './step-map.ts';
import { TimeChart } from './time-chart.tsx';
import type { LineChartContext, TooltipChoice } from './time-chart.tsx';
import { xRange } from './x-range.ts';

export interface CurveChartProps {
  /** What the chart is called by a screen reader. */
  readonly title: string;
  /** As `POST /api/runs/curves` answers them: x, value, time, step; labels run, metric, part, group. */
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
  /** Cursor and range go by the chart's x; `to` not above `from` shows all there is. Annotations go by time. */
  readonly context: LineChartContext;
  /** What x is; "elapsed" and "time" in milliseconds. */
  readonly x: CurveX['kind'];
  /** What x is called where it is a metric. */
  readonly xLabel?: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  /** TensorBoard's rule: the value axis shows the middle 90 % of what is drawn. */
  readonly clipOutliers?: boolean;
  /** Findings, as tints with a flag above that tells the sentence. */
  readonly regions?: readonly CurveRegion[];
  /** The colour of a run, or of a group by its title, on all charts of the page: see runColors() and groupColors() of theme/run-color.ts. */
  readonly colorOf?: (name: string) => string | undefined;
  readonly legend?: LegendChoice;
  readonly tooltip?: TooltipChoice;
}

const LEGEND: LegendChoice = {
  showLegend: true,
  displayMode: 'list',
  placement: 'bottom',
  calcs: [],
  sortBy: '',
  sortDesc: false,
  width: undefined,
  limit: undefined,
};
const TOOLTIP: TooltipChoice = { mode: 'multi', sort: 'none', hideZeros: false, maxWidth: undefined, maxHeight: undefined };
const LOG: ScaleSettings = { kind: 'log', base: 10 };
const NO_REGIONS: readonly CurveRegion[] = [];
const nowhere = () => undefined;

/** Curves of runs over steps, epochs or time: raw behind smoothed, bands, restarts, what is not finite, findings. */
export function CurveChart(props: CurveChartProps): ReactElement {
  const { title, frames, width, height, context, x, xLabel, logX = false, logY = false, clipOutliers = false } = props;
  const { regions = NO_REGIONS, colorOf, legend = LEGEND, tooltip = TOOLTIP } = props;
  const { theme } = context;
  const series = useMemo(() => curveSeries(frames, { theme, logY, colorOf }), [frames, theme, logY, colorOf]);
  const toX = useMemo(() => timeOnX(frames, x), [frames, x]);
  const marks = useMemo(() => regionMarks(frames, regions, x), [frames, regions, x]);
  // A logarithm has no place for zero and what is below it.
  const leastX = useMemo(() => (logX ? leastPositive(series.map(({ xs }) => xs)) : undefined), [series, logX]);
  const own = useMemo((): LineChartContext => {
    const [from, to] = xRange(context, series);
    const start = leastX === undefined ? from : Math.max(from, leastX);
    return { ...context, x: x === 'metric' ? 'step' : x, from: start, to: to > start ? to : start + 1 };
  }, [context, series, leastX, x]);
  const axis = useMemo(
    () =>
      x === 'metric'
        ? { xAxis: { unit: 'short', label: xLabel ?? '' }, showX: (at: number) => `${xLabel ?? 'x'} ${formatExact(at, 'none')}` }
        : {},
    [x, xLabel],
  );
  if (!series.some(({ xs }) => xs.length > 0))
    return <NoData width={width} height={height} text="" hint="None of these runs has a point of it over this x yet." />;
  return (
    <TimeChart
      label={title}
      series={series}
      frames={frames}
      width={width}
      height={height}
      context={own}
      legend={legend}
      tooltip={tooltip}
      timeToX={toX}
      marks={marks}
      about={(reading) => aboutPoint(reading, x, context.timeZone)}
      clipOutliers={clipOutliers}
      xScale={leastX === undefined ? undefined : LOG}
      {...axis}
    />
  );
}

/** Where a time stands on x; the same function throughout where x is time. */
function timeOnX(frames: readonly Frame[], x: CurveX['kind']): ((timeMs: number) => number | undefined) | undefined {
  if (x === 'time') return undefined;
  const map = timeMapOfCurves(frames);
  return map === undefined ? nowhere : timeToX(map.times, map.xs);
}

function leastPositive(all: readonly Float64Array[]): number | undefined {
  let least = Infinity;
  for (const xs of all) {
    const found = xs.find((x) => x > 0);
    if (found !== undefined && found < least) least = found;
  }
  return least === Infinity ? undefined : least;
}
