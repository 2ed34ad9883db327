import { displayOf, displayText, thresholdsOf } from '@vitrine/compute/field/display.ts';
import { findReducer } from '@vitrine/compute/reducers.ts';
import type { Reducer } from '@vitrine/compute/reducers.ts';
import type { Field } from '@vitrine/model/frame.ts';
import { BarChart } from '@vitrine/ui/categorical/bar-chart.tsx';
import { graphSettings } from '@vitrine/ui/chart/graph-settings.ts';
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
  const sortedBy = legend.sortBy;
  const reducers = useMemo(() => legend.calcs.flatMap((id) => findReducer(id) ?? []), [legend.calcs]);
  const legendItems = useMemo(
    () =>
      ordered(
        (found?.series ?? []).filter(({ inLegend }) => inLegend),
        reducers.find(({ title: head }) => head === sortedBy),
        sortedBy === 'Name',
        legend.sortDesc,
      )
        .slice(0, legend.limit)
        .map((one) => ({
          id: one.id,
          name: one.name,
          color: one.colorAt(0),
          values: reducers.map((reducer) => displayText(displayOf(one.field)(reducer.reduce(one.field)))),
        })),
    [found, reducers, sortedBy, legend.sortDesc, legend.limit],
  );
  const settings = graphSettings(found?.series[0]?.field.config?.custom);
  const { softMin, softMax } = settings.axis;
  const soft = useMemo(() => ({ min: softMin, max: softMax }), [softMin, softMax]);
  const thresholds = useMemo(() => {
    const field = found?.series[0]?.field;
    return { steps: field === undefined ? [] : thresholdsOf(field), style: settings.thresholdStyle };
  }, [found, settings]);
  if (found === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const { config } = found.series[0]!.field;
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
      axisLabel={settings.axis.label}
      soft={soft}
      axisHidden={settings.axis.placement === 'hidden'}
      thresholds={thresholds}
      radius={options.barRadius}
      valueSize={options.text.valueSize}
      highlightsGroup={options.fullHighlight}
      legend={{
        placement: legend.showLegend && legend.displayMode !== 'hidden' ? legend.placement : 'hidden',
        mode: legend.displayMode === 'table' && legend.calcs.length > 0 ? 'table' : 'list',
        heads: reducers.map(({ title: head }) => head),
        width: legend.width,
      }}
      legendItems={legendItems}
      tooltip={options.tooltip}
    />
  );
}

/** By what a reducer says, or by name; as answered where the legend names neither. What has no number comes last. */
function ordered<One extends { readonly name: string; readonly field: Field }>(
  series: readonly One[],
  reducer: Pick<Reducer, 'reduce'> | undefined,
  byName: boolean,
  descending: boolean,
): readonly One[] {
  const sign = descending ? -1 : 1;
  if (byName) return series.toSorted((a, b) => sign * a.name.localeCompare(b.name, 'en', { numeric: true }));
  if (reducer === undefined) return series;
  const rank = ({ field }: One) => {
    const value = reducer.reduce(field);
    return typeof value === 'number' && !Number.isNaN(value) ? sign * value : Infinity;
  };
  return series
    .map((one) => ({ one, at: rank(one) }))
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ one }) => one);
}

export const barchartWeb: PanelWeb<BarChartOptions> = { spec: barchart, Component: Bars };
