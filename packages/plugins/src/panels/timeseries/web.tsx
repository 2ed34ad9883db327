import { graphSettings } from '@vitrine/ui/chart/graph-settings.ts';
import { seriesFromFrames } from '@vitrine/ui/chart/series.ts';
import { TimeChart } from '@vitrine/ui/chart/time-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { timeseries } from './spec.ts';
import type { TimeseriesOptions } from './spec.ts';

function Timeseries({ options, field, data, width, height, title, context }: PanelProps<TimeseriesOptions>): ReactElement {
  const series = useMemo(
    () => seriesFromFrames(data.frames, field.unit ?? '', context.theme),
    [data.frames, field.unit, context.theme],
  );
  const settings = graphSettings(field.custom);
  const look = useMemo(
    () => ({
      shape: settings.interpolation.startsWith('step') ? ('step' as const) : ('linear' as const),
      lineWidth: settings.lineWidth,
      fillOpacity: settings.fillOpacity,
      points: settings.points,
      spanGaps: settings.spanNulls > 0,
    }),
    [settings],
  );
  if (!series.some(({ xs }) => xs.length > 0)) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  return (
    <TimeChart
      label={title}
      series={series}
      width={width}
      height={height}
      context={context}
      unit={field.unit ?? ''}
      decimals={field.decimals}
      limits={{
        min: field.min,
        max: field.max,
        softMin: settings.axis.softMin,
        softMax: settings.axis.softMax,
        log: settings.axis.scale.kind === 'log',
      }}
      look={look}
      stacked={settings.stacking !== 'none'}
      thresholds={field.thresholds?.steps ?? []}
      thresholdStyle={settings.thresholdStyle.area ? 'area' : settings.thresholdStyle.line === 'none' ? 'off' : 'line'}
      legend={options.legend.showLegend ? options.legend.placement : 'hidden'}
    />
  );
}

export const timeseriesWeb: PanelWeb<TimeseriesOptions> = { spec: timeseries, Component: Timeseries };
