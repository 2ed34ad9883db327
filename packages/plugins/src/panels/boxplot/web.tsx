import { displayOf, displayText } from '@vitrine/compute/field/display.ts';
import { BoxChart } from '@vitrine/ui/categorical/box-chart.tsx';
import { colorOf } from '@vitrine/ui/theme/color-mode.ts';
import { assignSlots } from '@vitrine/ui/theme/series-color.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { configured } from '../configured.ts';
import { boxesOf } from './boxes.ts';
import { boxplot } from './spec.ts';
import type { BoxPlotOptions } from './spec.ts';

const WHISKERS = {
  iqr: ['low (1.5 IQR)', 'high (1.5 IQR)'],
  percentiles: ['5 %', '95 %'],
  extremes: ['lowest', 'highest'],
} as const;

function BoxPlot({ options, field, data, width, height, title, context }: PanelProps<BoxPlotOptions>): ReactElement {
  const { theme } = context;
  const { xField, whiskers, sort } = options;
  const found = useMemo(() => {
    const boxes = boxesOf(configured(data.frames, field), xField, whiskers);
    if (sort === 'name') return boxes.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    return sort === 'median' ? boxes.toSorted((a, b) => b.box.median - a.box.median) : boxes;
  }, [data.frames, field, xField, whiskers, sort]);
  const boxes = useMemo(() => {
    const slots = assignSlots(found.map(({ name }) => name));
    return found.map(({ name, box, field: { config } }, index) => ({
      name,
      box,
      color: colorOf(
        config?.color?.mode === 'thresholds' ? undefined : config?.color,
        { slot: slots.get(name) ?? 0, index },
        theme,
      ),
    }));
  }, [found, theme]);
  const first = found[0]?.field;
  const say = useMemo(() => {
    const show = first === undefined ? undefined : displayOf(first);
    return (value: number) => (show === undefined ? String(value) : displayText(show(value)));
  }, [first]);
  if (first === undefined) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const areRaw = found.every(({ box }) => !Number.isNaN(box.mean));
  return (
    <BoxChart
      label={title}
      boxes={boxes}
      width={width}
      height={height}
      theme={theme}
      horizontal={options.orientation === 'horizontal' || (options.orientation === 'auto' && width < height)}
      showOutliers={options.outliers}
      unit={first.config?.unit ?? ''}
      decimals={first.config?.decimals}
      min={first.config?.min}
      max={first.config?.max}
      say={say}
      whiskers={areRaw ? WHISKERS[whiskers] : ['low', 'high']}
    />
  );
}

export const boxplotWeb: PanelWeb<BoxPlotOptions> = { spec: boxplot, Component: BoxPlot };
