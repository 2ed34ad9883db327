import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { findReducer } from '@vitrine/compute/reducers.ts';
import { BarChart } from '@vitrine/ui/categorical/bar-chart.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { barData } from './bars.ts';
import { barchart } from './spec.ts';
import type { BarChartOptions } from './spec.ts';

function Bars({ options, field, data, width, height, title, context }: PanelProps<BarChartOptions>): ReactElement {
  const { xField, colorByField, legend } = options;
  const { theme, timeZone } = context;
  const found = useMemo(
    () => barData(configured(data.frames, field), { xField, colorByField }, theme, timeZone),
    [data.frames, field, xField, colorByField, theme, timeZone],
  );
  const names = useMemo(
    () => ({
      rotation: options.xTickLabelRotation,
      mostLetters: options.xTickLabelMaxLength === 0 ? (options.xTickLabelRotation === 0 ? 60 : 20) : options.xTickLabelMaxLength,
      spacing: options.xTickLabelSpacing,
    }),
    [options.xTickLabelRotation, options.xTickLabelMaxLength, options.xTickLabelSpacing],
  );
  const reducers = useMemo(() => legend.calcs.flatMap((id) => findReducer(id) ?? []), [legend.calcs]);
  const legendItems = useMemo(
    () =>
      (found?.series ?? [])
        .filter(({ inLegend }) => inLegend)
        .map((one) => ({
          id: one.id,
          name: one.name,
          color: one.colorAt(0),
          values: reducers.map((reducer) => displayText(displayOf(one.field)(reducer.reduce(one.field)))),
        })),
    [found, reducers],
  );
  if (found === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const { config } = found.series[0]!.field;
  const axisLabel = config?.custom?.['axisLabel'];
  return (
    <BarChart
      label={title}
      categories={found.categories}
      {...(found.ticks === undefined ? {} : { ticks: found.ticks })}
      series={found.series}
      width={width}
      height={height}
      theme={theme}
      horizontal={options.orientation === 'horizontal' || (options.orientation === 'auto' && width < height)}
      stacking={options.stacking}
      groupWidth={options.groupWidth}
      barWidth={options.barWidth}
      showValue={options.showValue}
      names={names}
      unit={config?.unit ?? ''}
      decimals={config?.decimals}
      min={config?.min}
      max={config?.max}
      axisLabel={typeof axisLabel === 'string' ? axisLabel : ''}
      legend={{
        placement: legend.showLegend && legend.displayMode !== 'hidden' ? legend.placement : 'hidden',
        mode: legend.displayMode === 'table' && legend.calcs.length > 0 ? 'table' : 'list',
        heads: reducers.map(({ title: head }) => head),
      }}
      legendItems={legendItems}
      tooltip={options.tooltip}
    />
  );
}

export const barchartWeb: PanelWeb<BarChartOptions> = { spec: barchart, Component: Bars };
