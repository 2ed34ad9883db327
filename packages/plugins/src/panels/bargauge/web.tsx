import { displayOf, thresholdsOf } from '@vitrine/compute/field/display.ts';
import { autoOrientation, BarGauge, LEAST_COLUMN } from '@vitrine/ui/chart/bar-gauge.tsx';
import { gaugeRange } from '@vitrine/ui/chart/gauge-range.ts';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { CellLinks } from '../cells.tsx';
import { singleValues } from '../single-values.ts';
import { linksOfValue, valueLooks } from '../value-look.ts';
import { bargauge } from './spec.ts';
import type { BarGaugeOptions } from './spec.ts';

const SILENT = new Set(['neutral', 'text', 'transparent']);

function BarGaugePanel({ options, field, data, width, height, title, context }: PanelProps<BarGaugeOptions>): ReactElement {
  const { theme, timeZone } = context;
  const { reduceOptions, sort } = options;
  const values = useMemo(() => {
    const found = singleValues(data.frames, reduceOptions, timeZone);
    if (sort === 'none') return found;
    const sign = sort === 'ascending' ? 1 : -1;
    const rank = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? Infinity : sign * value);
    return found.toSorted((a, b) => {
      const [x, y] = [rank(a.shown.numeric), rank(b.shown.numeric)];
      return x === y ? 0 : x - y;
    });
  }, [data.frames, reduceOptions, sort, timeZone]);
  const looks = useMemo(() => valueLooks(values, theme), [values, theme]);
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const numbers = values.map(({ shown }) => shown.numeric);
  const bars = values.map((value, index) => {
    const { config = {} } = value.field;
    const range = gaugeRange(config, config.fieldMinMax === true ? [numbers[index]] : numbers);
    // Shares are those of the bar's own ends.
    const display = displayOf({ ...value.field, config: { ...config, ...range } }, { timeZone });
    const ink = looks[index]!.ink;
    return {
      id: value.id,
      name: value.name,
      shown: value.shown,
      numeric: value.shown.numeric,
      unit: config.unit ?? '',
      status: looks[index]!.status,
      ink,
      ...range,
      bands: thresholdsOf({ config: { ...config, ...range } })
        .filter(({ color }) => !SILENT.has(color))
        .map(({ value: at, color }) => ({ value: at, ink: inkOf(color, theme) })),
      inkAt: (at: number) => {
        const { color } = display(at);
        return color === undefined ? (ink ?? 'var(--v-accent)') : inkOf(color, theme);
      },
      links: <CellLinks links={linksOfValue(value, context)} inline />,
    };
  });
  const manual = options.sizing === 'manual';
  return (
    <BarGauge
      label={title}
      bars={bars}
      orientation={options.orientation === 'auto' ? autoOrientation(bars.length, width, height) : options.orientation}
      leastColumn={manual ? options.minVizWidth : LEAST_COLUMN}
      displayMode={options.displayMode}
      valueMode={options.valueMode}
      namePlacement={options.namePlacement}
      showUnfilled={options.showUnfilled}
      thickness={manual ? { min: options.minVizHeight, max: options.maxVizHeight } : { min: 4, max: Infinity }}
      nameSize={options.text.titleSize}
      valueSize={options.text.valueSize}
      width={width}
      height={height}
    />
  );
}

export const bargaugeWeb: PanelWeb<BarGaugeOptions> = { spec: bargauge, Component: BarGaugePanel };
