import { fieldNames } from '@vitrine/compute/field/field-names.ts';
import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { timeToX } from '@vitrine/ui/chart/annotations.ts';
import { seriesFromFrames } from '@vitrine/ui/chart/series.ts';
import type { PickX } from '@vitrine/ui/chart/series.ts';
import { TimeChart } from '@vitrine/ui/chart/time-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { trend } from './spec.ts';
import type { TrendOptions } from './spec.ts';
import { useOwnX } from '../use-own-x.ts';
import { pickXField, timeMapOf } from '../x-field.ts';

function Trend({ options, field, data, width, height, title, context }: PanelProps<TrendOptions>): ReactElement {
  const { frames } = data;
  const pickX = useMemo(() => pickXField(frames, options.xField), [frames, options.xField]);
  const series = useMemo(
    () => seriesFromFrames(frames, context.theme, context.timeZone, pickX),
    [frames, context.theme, context.timeZone, pickX],
  );
  const x = useMemo(() => xOf(frames, pickX), [frames, pickX]);
  const map = useMemo(() => timeMapOf(frames, pickX), [frames, pickX]);
  // A page that does not go by time goes by such an x itself.
  const own = useOwnX(context, context.x !== 'time', x?.name ?? '', map);
  const toX = useMemo(() => (map === undefined ? () => undefined : timeToX(map.times, map.xs)), [map]);
  const axis = useMemo(() => axisOf(x), [x]);
  if (x === undefined || axis === undefined || !series.some(({ xs }) => xs.length > 0)) {
    const hint =
      x === undefined && options.xField !== ''
        ? `No column of numbers is called "${options.xField}".`
        : 'A trend needs a column of numbers for x, and one more to draw.';
    return <NoData width={width} height={height} text={field.noValue ?? ''} hint={hint} />;
  }
  return (
    <TimeChart
      label={title}
      series={series}
      frames={frames}
      width={width}
      height={height}
      context={own}
      legend={options.legend}
      tooltip={options.tooltip}
      timeToX={toX}
      xAxis={axis.xAxis}
      showX={axis.show}
    />
  );
}

function xOf(frames: readonly Frame[], pickX: PickX): { readonly field: Field; readonly name: string } | undefined {
  for (const [at, frame] of frames.entries()) {
    const column = pickX(frame);
    if (column !== undefined) return { field: frame.fields[column]!, name: fieldNames(frames)[at]![column]! };
  }
  return undefined;
}

function axisOf(x: { readonly field: Field; readonly name: string } | undefined) {
  if (x === undefined) return undefined;
  const { config } = x.field;
  const display = displayOf(x.field);
  return {
    xAxis: { unit: config?.unit ?? 'short', decimals: config?.decimals, label: x.name },
    show: (value: number) => `${x.name} ${displayText(display(value))}`,
  };
}

export const trendWeb: PanelWeb<TrendOptions> = { spec: trend, Component: Trend };
