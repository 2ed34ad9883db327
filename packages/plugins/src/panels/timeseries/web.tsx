import { overTime, seriesFromFrames } from '@vitrine/ui/chart/series.ts';
import { TimeChart } from '@vitrine/ui/chart/time-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { useInZone } from '../use-in-zone.ts';
import { useTimeOnX } from '../use-time-on-x.ts';
import { pickXField } from '../x-field.ts';
import { timeseries } from './spec.ts';
import type { TimeseriesOptions } from './spec.ts';

function Timeseries(props: PanelProps<TimeseriesOptions>): ReactElement {
  const { options, field, data, width, height, title } = props;
  const context = useInZone(props.context, options.timezone);
  const { x, theme, timeZone } = context;
  const pickX = useMemo(() => (x === 'time' ? overTime : pickXField(data.frames, '')), [x, data.frames]);
  const series = useMemo(() => seriesFromFrames(data.frames, theme, timeZone, pickX), [data.frames, theme, timeZone, pickX]);
  const onX = useTimeOnX(context, data.frames, pickX);
  if (!series.some(({ xs }) => xs.length > 0)) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  return (
    <TimeChart
      label={title}
      series={series}
      frames={data.frames}
      width={width}
      height={height}
      context={onX.context}
      legend={options.legend}
      tooltip={options.tooltip}
      timeToX={onX.timeToX}
    />
  );
}

export const timeseriesWeb: PanelWeb<TimeseriesOptions> = { spec: timeseries, Component: Timeseries };
