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
  const { shape, lineWidth, fillOpacity, points, spanGaps, softMin, softMax, scale } = options;
  const look = useMemo(
    () => ({ shape, lineWidth, fillOpacity, points, spanGaps }),
    [shape, lineWidth, fillOpacity, points, spanGaps],
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
      limits={{ min: field.min, max: field.max, softMin, softMax, log: scale === 'log' }}
      look={look}
      stacked={options.stacked}
      thresholds={field.thresholds?.steps ?? []}
      thresholdStyle={options.thresholds}
      legend={options.legend}
    />
  );
}

export const timeseriesWeb: PanelWeb<TimeseriesOptions> = { spec: timeseries, Component: Timeseries };
