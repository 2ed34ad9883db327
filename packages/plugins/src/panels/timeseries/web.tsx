import { seriesFromFrames } from '@vitrine/ui/chart/series.ts';
import { TimeChart } from '@vitrine/ui/chart/time-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelContext, PanelProps, PanelWeb } from '../../contract.ts';
import { timeseries } from './spec.ts';
import type { TimeseriesOptions } from './spec.ts';

function Timeseries(props: PanelProps<TimeseriesOptions>): ReactElement {
  const { options, field, data, width, height, title } = props;
  const context = useInZone(props.context, options.timezone[0]);
  const series = useMemo(
    () => seriesFromFrames(data.frames, context.theme, context.timeZone),
    [data.frames, context.theme, context.timeZone],
  );
  if (!series.some(({ xs }) => xs.length > 0)) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  return (
    <TimeChart
      label={title}
      series={series}
      frames={data.frames}
      width={width}
      height={height}
      context={context}
      legend={options.legend}
      tooltip={options.tooltip}
    />
  );
}

/** The page's context with the panel's own time zone, where it has one. */
function useInZone(context: PanelContext, zone: string | undefined): PanelContext {
  return useMemo(
    () => (zone === undefined || zone === '' ? context : { ...context, timeZone: zone === 'utc' ? 'UTC' : zone }),
    [context, zone],
  );
}

export const timeseriesWeb: PanelWeb<TimeseriesOptions> = { spec: timeseries, Component: Timeseries };
