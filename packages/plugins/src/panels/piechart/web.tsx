import { displayText } from '@vitrine/compute/field/display.ts';
import { PieChart } from '@vitrine/ui/categorical/pie-chart.tsx';
import { colorOf } from '@vitrine/ui/theme/color-mode.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import { assignSlots } from '@vitrine/ui/theme/series-color.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { singleValues } from '../single-values.ts';
import { piechart } from './spec.ts';
import type { PieOptions } from './spec.ts';

function Pie({ options, field, data, width, height, title, context }: PanelProps<PieOptions>): ReactElement {
  const { reduceOptions, legend } = options;
  const { theme, timeZone } = context;
  const values = useMemo(() => {
    const found = singleValues(configured(data.frames, field), reduceOptions, timeZone);
    const slots = assignSlots(found.map(({ name }) => name));
    return found.map(({ id, name, shown, index, field: { config } }) => ({
      id,
      name,
      value: shown.numeric ?? Number.NaN,
      text: displayText(shown),
      color:
        shown.color === undefined
          ? colorOf(config?.color, { slot: slots.get(name) ?? 0, index }, theme)
          : inkOf(shown.color, theme),
    }));
  }, [data.frames, field, reduceOptions, theme, timeZone]);
  if (!values.some(({ value }) => value > 0)) {
    const hint = values.length > 0 ? 'A pie has slices for values above zero only, and there is none.' : undefined;
    return <NoData width={width} height={height} text={field.noValue ?? ''} {...(hint === undefined ? {} : { hint })} />;
  }
  return (
    <PieChart
      label={title}
      values={values}
      width={width}
      height={height}
      theme={theme}
      donut={options.pieType === 'donut'}
      sort={options.sort}
      labels={options.displayLabels}
      legend={{
        placement: legend.showLegend && legend.displayMode !== 'hidden' ? legend.placement : 'hidden',
        mode: legend.displayMode === 'table' && legend.values.length > 0 ? 'table' : 'list',
        values: legend.values,
        width: legend.width,
      }}
      tooltip={options.tooltip.mode}
    />
  );
}

export const piechartWeb: PanelWeb<PieOptions> = { spec: piechart, Component: Pie };
