import { gaugeRange } from '@vitrine/ui/chart/gauge-range.ts';
import { BarGauge } from '@vitrine/ui/chart/bar-gauge.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { singleValues } from '../single-values.ts';
import { bargauge } from './spec.ts';
import type { BarGaugeOptions } from './spec.ts';

function BarGaugePanel({ options, field, data, width, height, title, context }: PanelProps<BarGaugeOptions>): ReactElement {
  const { reduceOptions, sort } = options;
  const values = useMemo(() => {
    const found = singleValues(data.frames, reduceOptions, context.timeZone);
    if (sort === 'none') return found;
    const sign = sort === 'ascending' ? 1 : -1;
    const rank = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? Infinity : sign * value);
    return found.toSorted((a, b) =>
      rank(a.shown.numeric) === rank(b.shown.numeric) ? 0 : rank(a.shown.numeric) - rank(b.shown.numeric),
    );
  }, [data.frames, reduceOptions, sort, context.timeZone]);
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const range = gaugeRange(
    field,
    values.map(({ shown }) => shown.numeric),
  );
  return (
    <BarGauge
      label={title}
      bars={values.map(({ id, name, shown, field: { config } }) => ({
        id,
        name,
        value: shown.numeric,
        unit: config?.unit ?? field.unit ?? '',
      }))}
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
