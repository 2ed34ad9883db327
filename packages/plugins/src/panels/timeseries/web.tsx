import { timeToX } from '@vitrine/ui/chart/annotations.ts';
import { overTime, seriesFromFrames } from '@vitrine/ui/chart/series.ts';
import { TimeChart } from '@vitrine/ui/chart/time-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelContext, PanelProps, PanelWeb } from '../../contract.ts';
import { pickXField, timeMapOf } from '../x-field.ts';
import { timeseries } from './spec.ts';
import type { TimeseriesOptions } from './spec.ts';

/** Without times beside the steps nobody knows where an event stands among them. */
const nowhere = () => undefined;

function Timeseries(props: PanelProps<TimeseriesOptions>): ReactElement {
  const { options, field, data, width, height, title } = props;
  const context = useInZone(props.context, options.timezone[0]);
  const { x, theme, timeZone } = context;
  const pickX = useMemo(() => (x === 'time' ? overTime : pickXField(data.frames, '')), [x, data.frames]);
  const series = useMemo(() => seriesFromFrames(data.frames, theme, timeZone, pickX), [data.frames, theme, timeZone, pickX]);
  const toX = useMemo(() => {
    if (x === 'time') return undefined;
    const map = timeMapOf(data.frames, pickX);
    return map === undefined ? nowhere : timeToX(map.times, map.xs);
  }, [x, data.frames, pickX]);
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
      timeToX={toX}
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
