import { gaugeRange } from '@vitrine/ui/chart/gauge-range.ts';
import { Gauge } from '@vitrine/ui/chart/gauge.tsx';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { Cells } from '../cells.tsx';
import { singleValues } from '../single-values.ts';
import { gauge } from './spec.ts';
import type { GaugeOptions } from './spec.ts';

const LEAST = { width: 110, height: 96 };

function GaugePanel({ options, field, data, width, height, title, context }: PanelProps<GaugeOptions>): ReactElement {
  const values = useMemo(
    () => singleValues(data.frames, options.reduceOptions, context.timeZone),
    [data.frames, options.reduceOptions, context.timeZone],
  );
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const { min, max } = gaugeRange(
    field,
    values.map(({ shown }) => shown.numeric),
  );
  return (
    <Cells values={values} width={width} height={height} aspect={1.25} least={LEAST} label={title}>
      {(value, size) => (
        <Gauge
          name={value.name}
          value={value.shown.numeric}
          min={min}
          max={max}
          unit={value.field.config?.unit ?? field.unit ?? ''}
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
