import { findReducer } from '@vitrine/compute/reducers.ts';
import { drawable } from '@vitrine/ui/chart/series.ts';
import { Sparkline } from '@vitrine/ui/chart/sparkline.tsx';
import { textOn } from '@vitrine/ui/theme/color-name.ts';
import { Figure, FIGURE_SHAPE } from '@vitrine/ui/widget/figure.tsx';
import { figureSize } from '@vitrine/ui/widget/figure-layout.ts';
import { NoData } from '@vitrine/ui/widget/no-data.tsx';
import { useMemo } from 'react';
import type { CSSProperties, ReactElement } from 'react';

import type { PanelProps, PanelWeb } from '../../contract.ts';
import { CellLinks, Cells } from '../cells.tsx';
import type { CellSize } from '../cells.tsx';
import { singleValues } from '../single-values.ts';
import type { SingleValue } from '../single-values.ts';
import { linksOfValue, valueLooks } from '../value-look.ts';
import type { ValueLook } from '../value-look.ts';
import { stat } from './spec.ts';
import type { StatOptions } from './spec.ts';
import classes from './stat.module.css';

const LEAST = { width: 96, height: 44 };
const CHANGE_HEIGHT = 18;
/** Panels lower than this have smaller figures. */
const MOST_BELOW = 80;
/** Below this there is no room for a past. */
const SPARK_FROM_HEIGHT = 64;
/** From this aspect on a name stands beside its value. */
const WIDE_FROM = 4;
const PADDING = 8;

function Stat({ options, field, data, width, height, title, context }: PanelProps<StatOptions>): ReactElement {
  const { theme } = context;
  const values = useMemo(
    () => singleValues(data.frames, options.reduceOptions, context.timeZone),
    [data.frames, options.reduceOptions, context.timeZone],
  );
  const looks = useMemo(() => valueLooks(values, theme), [values, theme]);
  if (values.length === 0) return <NoData width={width} height={height} text={field.noValue ?? ''} />;

  const { textMode, colorMode, graphMode } = options;
  const named = textMode === 'value_and_name' || (textMode === 'auto' && values.length > 1);
  const figured = textMode !== 'none';
  // Where the name is all there is to say, as of versions and models, it is the figure.
  const figureOf = ({ name, shown }: SingleValue) =>
    textMode === 'name' ? { ...shown, prefix: '', text: name, suffix: '' } : shown;
  const filled = colorMode === 'background' || colorMode === 'background_solid';
  const changeHeight = Math.max(CHANGE_HEIGHT, (options.text.percentSize ?? 0) * 1.4);
  const layoutOf = (size: CellSize, withSpark: boolean) => {
    const box = filled ? { width: size.width - 2 * PADDING, height: size.height - PADDING } : size;
    const wide = options.wideLayout && named && figured && box.width / box.height > WIDE_FROM;
    const spark = withSpark && graphMode === 'area' && box.height >= SPARK_FROM_HEIGHT ? Math.floor(box.height * 0.42) : 0;
    const words = (named && !wide ? (options.text.titleSize ?? 12) * 1.5 : 0) + (options.showPercentChange ? changeHeight : 0);
    return { box, wide, spark, figure: (box.height - spark - words) * 0.8, room: wide ? box.width * 0.55 : box.width };
  };
  const shapeOf = (look: ValueLook) => (look.status === 'neutral' || filled ? 0 : FIGURE_SHAPE);
  // Values side by side are compared: they stand in one size, the one at which all fit.
  const sizeOf = (size: CellSize) => {
    if (options.text.valueSize !== undefined) return options.text.valueSize;
    const { figure, room } = layoutOf(
      size,
      values.some(({ history }) => history !== undefined),
    );
    // Neighbours with shorter numbers should not shout.
    const most = figure < MOST_BELOW ? 30 : 40;
    const sizes = values.map((value, index) => {
      const { prefix, text, suffix } = figureOf(value);
      return figureSize(prefix + text, suffix, room - shapeOf(looks[index]!), figure, most);
    });
    return Math.min(...sizes);
  };

  const cell = (value: SingleValue, size: CellSize, index: number) => {
    const look = looks[index]!;
    const { box, wide, spark } = layoutOf(size, value.history !== undefined);
    const paint = look.ink ?? 'var(--v-accent)';
    const onFill = filled && look.ink !== undefined ? textOn(look.ink, theme) : undefined;
    return (
      <div
        className={classes.stat}
        data-fill={filled && look.ink !== undefined ? colorMode : undefined}
        data-center={options.justifyMode === 'center' || undefined}
        style={
          { '--v-stat': paint, color: onFill, padding: filled ? `${PADDING / 2}px ${PADDING}px` : undefined } as CSSProperties
        }
      >
        <div className={classes.words} data-wide={wide || undefined} style={{ height: box.height - spark }}>
          {named && (
            <span className={classes.name} style={{ fontSize: options.text.titleSize, lineHeight: 1.5 }} title={value.name}>
              {value.name}
            </span>
          )}
          {figured && (
            <Figure
              shown={figureOf(value)}
              numeric={value.shown.numeric}
              unit={value.field.config?.unit ?? ''}
              status={filled ? 'neutral' : look.status}
              ink={onFill ?? (colorMode === 'value' ? look.ink : undefined)}
              size={sizeOf(size)}
            />
          )}
          {options.showPercentChange && (
            <Change
              value={value}
              mode={options.percentChangeColorMode}
              ink={look.ink}
              size={options.text.percentSize}
              height={changeHeight}
            />
          )}
        </div>
        {value.history !== undefined && spark > 0 && (
          <Sparkline
            xs={value.history.xs}
            ys={drawable(value.history.field).ys}
            xMin={context.from}
            xMax={context.to}
            width={box.width}
            height={spark}
            color={onFill ?? (colorMode === 'none' ? 'var(--v-accent)' : paint)}
          />
        )}
        <CellLinks links={linksOfValue(value, context)} />
      </div>
    );
  };
  return (
    <Cells
      values={values}
      width={width}
      height={height}
      aspect={2.2}
      least={LEAST}
      orientation={options.orientation}
      label={title}
    >
      {cell}
    </Cells>
  );
}

/** How far the last value is from the first, in percent of it; nothing where there is no past, or it began at zero. */
function Change({
  value,
  mode,
  ink,
  size,
  height,
}: {
  value: SingleValue;
  mode: StatOptions['percentChangeColorMode'];
  ink: string | undefined;
  size: number | undefined;
  height: number;
}): ReactElement | null {
  const change = value.history === undefined ? undefined : findReducer('diffperc')?.reduce(value.history.field);
  if (typeof change !== 'number' || !Number.isFinite(change)) return null;
  const good = change === 0 ? 'var(--v-dim)' : change > 0 === (mode !== 'inverted') ? 'var(--v-healthy)' : 'var(--v-critical)';
  return (
    <span
      className={classes.change}
      style={{
        color: mode === 'same_as_value' ? ink : good,
        height,
        fontSize: size,
        lineHeight: size === undefined ? undefined : `${height}px`,
      }}
    >
      {change > 0 ? '↗' : change < 0 ? '↘' : '→'} {Number(change.toPrecision(3))} %
    </span>
  );
}

export const statWeb: PanelWeb<StatOptions> = { spec: stat, Component: Stat };
