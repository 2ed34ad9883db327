import { fieldName } from '@vitrine/compute/field-name.ts';
import { LegendList, legendRoom, pickLegend } from '@vitrine/ui/categorical/legend-list.tsx';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import { graphSettings } from '@vitrine/ui/chart/graph-settings.ts';
import type { YAxis } from '@vitrine/ui/chart/plot.ts';
import { valueRange } from '@vitrine/ui/chart/value-range.ts';
import { XYChart } from '@vitrine/ui/chart/xy-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo, useState } from 'react';
import type { ReactElement } from 'react';

import type { PanelContext, PanelProps, PanelWeb } from '../../contract.ts';
import { xychart } from './spec.ts';
import type { XYChartOptions } from './spec.ts';
import { xySeries } from './xy-series.ts';

interface Zoom {
  readonly x?: readonly [number, number];
  readonly y?: readonly [number, number];
}

const NOT_ZOOMED: Zoom = {};

function XYChartPanel({ options, field, data, width, height, title, context }: PanelProps<XYChartOptions>): ReactElement {
  const { theme, timeZone } = context;
  const all = useMemo(() => xySeries(data.frames, options, theme, timeZone), [data.frames, options, theme, timeZone]);
  const [shown, setShown] = useState<ReadonlySet<string>>();
  const [zoom, setZoom] = useState(NOT_ZOOMED);
  const cursor = useMemo(() => createCrosshair(), []);
  const series = useMemo(() => (shown === undefined ? all : all.filter(({ id }) => shown.has(id))), [all, shown]);
  const first = all[0];
  const own = useMemo(
    (): PanelContext => ({
      ...context,
      // What stands here stands at no time of the page.
      x: first?.x.type === 'time' ? 'time' : 'step',
      cursor: first?.x.type === 'time' ? context.cursor : cursor,
      zoomTo: (from, to) => setZoom((now) => ({ ...now, x: [from, to] })),
      zoomOut: () => setZoom(NOT_ZOOMED),
    }),
    [context, cursor, first?.x.type],
  );
  const [xMin, xMax] = useMemo(() => {
    if (zoom.x !== undefined) return zoom.x;
    const { min, max, custom } = first?.x.config ?? {};
    const { scale, softMin, softMax } = graphSettings(custom).axis;
    const log = scale.kind === 'log' && first?.x.type !== 'time';
    const [low, high] = extent(
      series.map(({ xs }) => xs),
      log,
    );
    return first?.x.type === 'time' ? widened(low, high) : valueRange(low, high, { min, max, softMin, softMax, log });
  }, [series, zoom.x, first]);
  const y = useMemo((): YAxis => {
    const { config } = first?.y ?? {};
    const settings = graphSettings(config?.custom).axis;
    const log = settings.scale.kind === 'log';
    const [low, high] = extent(
      series.map(({ ys }) => ys),
      log,
    );
    const [min, max] =
      zoom.y ??
      valueRange(low, high, { min: config?.min, max: config?.max, softMin: settings.softMin, softMax: settings.softMax, log });
    return {
      kind: 'value',
      min,
      max,
      scale: settings.scale,
      unit: config?.unit ?? '',
      decimals: config?.decimals,
      label: settings.label || (all.length === 1 ? first!.name : ''),
      side: settings.placement === 'right' ? 'right' : 'left',
      visible: settings.placement !== 'hidden',
      grid: settings.grid ?? true,
      border: settings.border,
      width: settings.width,
    };
  }, [series, zoom.y, first, all.length]);
  const xAxis = useMemo(
    () =>
      first === undefined || first.x.type === 'time'
        ? undefined
        : {
            unit: first.x.config?.unit ?? 'short',
            decimals: first.x.config?.decimals,
            label: graphSettings(first.x.config?.custom).axis.label || fieldName(first.x, first.frame, data.frames),
          },
    [first, data.frames],
  );
  const { scale: xScale } = graphSettings(first?.x.config?.custom).axis;
  const zoomY = useMemo(
    () => (ranges: readonly (readonly [number, number])[]) => setZoom((now) => ({ ...now, y: ranges[0]! })),
    [],
  );
  if (!all.some(({ xs }) => xs.length > 0)) {
    return (
      <NoData
        width={width}
        height={height}
        text={field.noValue ?? ''}
        hint="An XY chart needs two columns of numbers in one frame."
      />
    );
  }
  const { legend } = options;
  const items = all
    .filter(({ y: { config } }) => !graphSettings(config?.custom).hide.legend)
    .map(({ id, name, color }) => ({ id, name, color, values: [] }));
  const placement = legend.showLegend && legend.displayMode !== 'hidden' && all.length > 1 ? legend.placement : 'hidden';
  const room = legendRoom(width, height, placement, items, 'list', legend.width);
  const ids = all.map(({ id }) => id);
  return (
    <div
      style={{
        width,
        height,
        display: 'flex',
        flexDirection: placement === 'right' ? 'row' : 'column',
        gap: placement === 'right' ? 8 : 0,
      }}
    >
      <XYChart
        label={title}
        series={series}
        width={room.chart.width}
        height={room.chart.height}
        context={own}
        xMin={xMin}
        xMax={xMax}
        xAxis={xAxis}
        xScale={xScale.kind === 'linear' || xAxis === undefined ? undefined : xScale}
        y={y}
        zoomY={zoomY}
        tells={options.tooltip.mode !== 'none'}
      />
      {room.legend !== undefined && (
        <LegendList
          items={items}
          heads={[]}
          mode="list"
          width={room.legend.width}
          height={room.legend.height}
          shown={shown}
          onPick={(id, add) => setShown((now) => pickLegend(now, ids, id, add))}
        />
      )}
    </div>
  );
}

/** Of what has a place: a logarithm has none for zero and below. */
function extent(columns: readonly Float64Array[], log = false): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const values of columns) {
    for (const value of values) {
      if (log && value <= 0) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [Number.NaN, Number.NaN];
}

function widened(low: number, high: number): readonly [number, number] {
  return low < high ? [low, high] : [low - 60_000, low + 60_000];
}

export const xychartWeb: PanelWeb<XYChartOptions> = { spec: xychart, Component: XYChartPanel };
