import { drawable } from '@vitrine/ui/chart/series.ts';
import { Sparkline } from '@vitrine/ui/chart/sparkline.tsx';
import { statusOf, statusVariable } from '@vitrine/ui/theme/status.ts';
import { Figure, FIGURE_SHAPE, figureText } from '@vitrine/ui/widget/figure.tsx';
import { figureSize } from '@vitrine/ui/widget/figure-layout.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { Cells } from '../cells.tsx';
import type { CellSize } from '../cells.tsx';
import { singleValues } from '../single-values.ts';
import type { SingleValue } from '../single-values.ts';
import { stat } from './spec.ts';
import type { StatOptions } from './spec.ts';
import classes from './stat.module.css';

const LEAST = { width: 96, height: 44 };
const NAME_HEIGHT = 18;
/** Panels lower than this have smaller figures. */
const MOST_BELOW = 80;
/** Below this there is no room for a past. */
const SPARK_FROM_HEIGHT = 64;

function Stat({ options, field, data, width, height, title, context }: PanelProps<StatOptions>): ReactElement {
  const values = useMemo(
    () => singleValues(data.frames, options.reduceOptions, context.timeZone),
    [data.frames, options.reduceOptions, context.timeZone],
  );
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;
  const named = options.textMode !== 'value' && (options.textMode !== 'auto' || values.length > 1);

  const figures = values.map(({ shown: { numeric }, field: { config } }) => ({
    ...figureText(numeric, config?.unit ?? field.unit ?? '', field.decimals, field.noValue ?? ''),
    shape: statusOf(numeric, field.thresholds?.steps ?? []) === 'neutral' ? 0 : FIGURE_SHAPE,
  }));
  const heightsOf = (height: number, withSpark: boolean) => {
    const spark = withSpark && options.graphMode === 'area' && height >= SPARK_FROM_HEIGHT ? Math.floor(height * 0.42) : 0;
    return { spark, figure: (height - spark - (named ? NAME_HEIGHT : 0)) * 0.8 };
  };
  // Values side by side are compared: they stand in one size, the one at which all fit.
  const sizeOf = (size: CellSize) => {
    const { figure } = heightsOf(
      size.height,
      values.some(({ history }) => history !== undefined),
    );
    // Neighbours with shorter numbers should not shout.
    const most = figure < MOST_BELOW ? 30 : 40;
    return Math.min(...figures.map(({ text, suffix, shape }) => figureSize(text, suffix, size.width - shape, figure, most)));
  };

  const cell = (value: SingleValue, size: CellSize) => {
    const status = statusOf(value.shown.numeric, field.thresholds?.steps ?? []);
    const sparkHeight = heightsOf(size.height, value.history !== undefined).spark;
    return (
      <div className={classes.stat} data-spark={sparkHeight > 0 || undefined}>
        <div className={classes.words} style={{ height: size.height - sparkHeight }}>
          {named && <span className={classes.name}>{value.name}</span>}
          <Figure
            value={value.shown.numeric}
            unit={value.field.config?.unit ?? field.unit ?? ''}
            decimals={field.decimals}
            status={status}
            noValue={field.noValue ?? ''}
            size={sizeOf(size)}
          />
        </div>
        {value.history !== undefined && sparkHeight > 0 && (
          <Sparkline
            xs={value.history.xs}
            ys={drawable(value.history.field).ys}
            xMin={context.from}
            xMax={context.to}
            width={size.width}
            height={sparkHeight}
            color={status === 'neutral' ? 'var(--v-accent)' : statusVariable(status)}
          />
        )}
      </div>
    );
  };
  return (
    <Cells values={values} width={width} height={height} aspect={2.2} least={LEAST} label={title}>
      {cell}
    </Cells>
  );
}

export const statWeb: PanelWeb<StatOptions> = { spec: stat, Component: Stat };
