import { valuesOf } from '@vitrine/compute/values.ts';
import { gaugeRange } from '@vitrine/ui/chart/gauge-range.ts';
import { BarGauge } from '@vitrine/ui/chart/bar-gauge.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { MOST_VALUES } from '../cells.tsx';
import { bargauge } from './spec.ts';
import type { BarGaugeOptions } from './spec.ts';

function BarGaugePanel({ options, field, data, width, height, title }: PanelProps<BarGaugeOptions>): ReactElement {
  const { reduce, sort } = options;
  const values = useMemo(() => {
    const found = valuesOf(data.frames, reduce, MOST_VALUES);
    if (sort === 'none') return found;
    const sign = sort === 'ascending' ? 1 : -1;
    const rank = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? Infinity : sign * value);
    return found.toSorted((a, b) => (rank(a.value) === rank(b.value) ? 0 : rank(a.value) - rank(b.value)));
  }, [data.frames, reduce, sort]);
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const range = gaugeRange(
    field,
    values.map(({ value }) => value),
  );
  return (
    <BarGauge
      label={title}
      bars={values.map(({ id, name, value, unit }) => ({ id, name, value, unit: unit ?? field.unit ?? '' }))}
      {...range}
      decimals={field.decimals}
      thresholds={field.thresholds?.steps ?? []}
      noValue={field.noValue ?? ''}
      width={width}
      height={height}
    />
  );
}

export const bargaugeWeb: PanelWeb<BarGaugeOptions> = { spec: bargauge, Component: BarGaugePanel };
