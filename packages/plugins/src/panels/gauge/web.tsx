import { displayOf, displayText, thresholdsOf } from '@vitrine/compute/field/display.ts';
import { gaugeRange } from '@vitrine/ui/chart/gauge-range.ts';
import { Gauge } from '@vitrine/ui/chart/gauge.tsx';
import { drawable } from '@vitrine/ui/chart/series.ts';
import { Sparkline } from '@vitrine/ui/chart/sparkline.tsx';
import { inkOf } from '@vitrine/ui/theme/color-name.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { CellLinks, Cells } from '../cells.tsx';
import { singleValues } from '../single-values.ts';
import { linksOfValue, valueLooks } from '../value-look.ts';
import { gauge } from './spec.ts';
import type { GaugeOptions } from './spec.ts';

const LEAST = { width: 110, height: 96 };
/** Colours that say nothing are no band. */
const SILENT = new Set(['neutral', 'text', 'transparent']);

function GaugePanel({ options, field, data, width, height, title, context }: PanelProps<GaugeOptions>): ReactElement {
  const { theme, timeZone } = context;
  const values = useMemo(
    () => singleValues(data.frames, options.reduceOptions, timeZone),
    [data.frames, options.reduceOptions, timeZone],
  );
  const looks = useMemo(() => valueLooks(values, theme), [values, theme]);
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const numbers = values.map(({ shown }) => shown.numeric);
  const { textMode } = options;
  const showName = textMode === 'value_and_name' || textMode === 'name' || (textMode === 'auto' && values.length > 1);
  const least = options.sizing === 'manual' ? { width: options.minVizWidth, height: options.minVizHeight } : LEAST;
  return (
    <Cells
      values={values}
      width={width}
      height={height}
      aspect={1.25}
      least={least}
      orientation={options.orientation}
      label={title}
    >
      {(value, size, index) => {
        const { config = {} } = value.field;
        const range = gaugeRange(config, config.fieldMinMax === true ? [numbers[index]] : numbers);
        const display = displayOf(value.field, { timeZone });
        const look = looks[index]!;
        const { history } = value;
        return (
          <>
            <Gauge
              name={value.name}
              shown={value.shown}
              numeric={value.shown.numeric}
              unit={config.unit ?? ''}
              status={look.status}
              ink={look.ink}
              {...range}
              bands={thresholdsOf({ config: { ...config, ...range } })
                .filter(({ color }) => !SILENT.has(color))
                .map(({ value: at, color }) => ({ value: at, ink: inkOf(color, theme) }))}
              look={options}
              showName={showName}
              showValue={textMode !== 'name' && textMode !== 'none'}
              nameSize={options.text.titleSize}
              valueSize={options.text.valueSize}
              show={(end) => displayText(display(end))}
              renderInside={
                options.sparkline && history !== undefined
                  ? (wide, tall) => (
                      <Sparkline
                        xs={history.xs}
                        ys={drawable(history.field).ys}
                        xMin={context.from}
                        xMax={context.to}
                        width={wide}
                        height={tall}
                        color={look.ink ?? 'var(--v-accent)'}
                      />
                    )
                  : undefined
              }
              width={size.width}
              height={size.height}
            />
            <CellLinks links={linksOfValue(value, context)} />
          </>
        );
      }}
    </Cells>
  );
}

export const gaugeWeb: PanelWeb<GaugeOptions> = { spec: gauge, Component: GaugePanel };
