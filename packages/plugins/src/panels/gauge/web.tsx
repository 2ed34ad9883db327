import { valuesOf } from '@vitrine/compute/values.ts';
import { gaugeRange } from '@vitrine/ui/chart/gauge-range.ts';
import { Gauge } from '@vitrine/ui/chart/gauge.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { Cells, MOST_VALUES } from '../cells.tsx';
import { gauge } from './spec.ts';
import type { GaugeOptions } from './spec.ts';

const LEAST = { width: 110, height: 96 };

function GaugePanel({ options, field, data, width, height, title }: PanelProps<GaugeOptions>): ReactElement {
  const values = useMemo(() => valuesOf(data.frames, options.reduce, MOST_VALUES), [data.frames, options.reduce]);
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const { min, max } = gaugeRange(
    field,
    values.map(({ value }) => value),
  );
  return (
    <Cells values={values} width={width} height={height} aspect={1.25} least={LEAST} label={title}>
      {(value, size) => (
        <Gauge
          name={value.name}
          value={value.value}
          min={min}
          max={max}
          unit={value.unit ?? field.unit ?? ''}
          decimals={field.decimals}
          thresholds={field.thresholds?.steps ?? []}
          noValue={field.noValue ?? ''}
          showName={values.length > 1}
          width={size.width}
          height={size.height}
        />
      )}
    </Cells>
  );
}

export const gaugeWeb: PanelWeb<GaugeOptions> = { spec: gauge, Component: GaugePanel };
