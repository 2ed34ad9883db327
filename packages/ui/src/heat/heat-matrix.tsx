import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import { useCallback, useMemo } from 'react';
import type { ReactElement, ReactNode } from 'react';

import { AXIS_FONT, drawBandsBelow, drawBandsLeft, shortened, textWidth } from '../categorical/axes.ts';
import type { Area } from '../categorical/axes.ts';
import { MarkChart } from '../categorical/mark-chart.tsx';
import { SpokenTable } from '../widget/spoken-table.tsx';
import classes from '../chart/heatmap-chart.module.css';
import { textOn } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import type { HeatColoring } from './heat-colors.ts';
import { HeatScale } from './heat-scale-bar.tsx';

export interface HeatMatrixProps {
  readonly label: string;
  /** From left to right. */
  readonly columns: readonly string[];
  /** From the top down. */
  readonly rows: readonly string[];
  /** Row by row from the top; NaN where there is nothing. */
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  readonly coloring: HeatColoring;
  readonly thresholds: readonly ThresholdStep[];
  readonly isBlank: (value: number) => boolean;
  readonly gap: number;
  /** Of the corners of cells, in CSS pixels; at most half a cell. */
  readonly radius?: number;
  readonly showValue: 'auto' | 'always' | 'never';
  readonly say: (value: number) => string;
  readonly legend: boolean;
  readonly hasTooltip: boolean;
  /** What a cell says when pointed at; its names and value where absent. */
  readonly describe?: (row: number, column: number) => ReactNode;
  /** Sets the diagonal apart. */
  readonly diagonal?: boolean;
  /** What rows and columns are. */
  readonly titles?: { readonly rows: string; readonly columns: string };
}

const SCALE_HEIGHT = 22;
const LETTERS = 28;

/** Categories over categories. */
export function HeatMatrix(props: HeatMatrixProps): ReactElement {
  const { label, columns, rows, values, width, theme, coloring, isBlank, gap, radius = 0, showValue, say } = props;
  const scale = props.legend && props.height >= 110 ? SCALE_HEIGHT : 0;
  const height = props.height - scale;
  const area = useMemo<Area>(() => {
    const widest = rows.reduce((most, name) => Math.max(most, textWidth(shortened(name, LETTERS))), 0);
    const title = props.titles === undefined ? 0 : 16;
    const left = Math.min(width * 0.4, widest + 12 + title);
    return { left, top: 6, width: Math.max(10, width - left - 8), height: Math.max(10, height - 32 - title) };
  }, [rows, width, height, props.titles]);
  const cell = { width: area.width / Math.max(1, columns.length), height: area.height / Math.max(1, rows.length) };
  const { width: cellWidth, height: cellHeight } = cell;

  const paint = useCallback(
    (ctx: CanvasRenderingContext2D) => {
      const space = Math.min(gap, cellWidth / 3, cellHeight / 3);
      ctx.font = AXIS_FONT;
      for (let row = 0; row < rows.length; row++) {
        for (let column = 0; column < columns.length; column++) {
          const value = values[row * columns.length + column]!;
          if (Number.isNaN(value) || isBlank(value)) continue;
          const x = area.left + column * cellWidth;
          const y = area.top + row * cellHeight;
          ctx.fillStyle = coloring.cssOf(value);
          const [wide, tall] = [Math.max(1, cellWidth - space), Math.max(1, cellHeight - space)];
          ctx.beginPath();
          ctx.roundRect(x, y, wide, tall, Math.min(radius, wide / 2, tall / 2));
          ctx.fill();
          if (showValue === 'never' || cellHeight < 12) continue;
          const text = say(value);
          if (showValue === 'auto' && textWidth(text) > cellWidth - 4) continue;
          ctx.fillStyle = textOn(coloring.cssOf(value), theme);
          ctx.textAlign = 'center';
          ctx.textBaseline = 'middle';
          ctx.fillText(text, x + cellWidth / 2, y + cellHeight / 2);
        }
      }
      const ink = INK[theme];
      if (props.diagonal === true && Math.min(cellWidth, cellHeight) >= 4) {
        ctx.strokeStyle = ink.text;
        ctx.lineWidth = 1;
        for (let at = 0; at < Math.min(rows.length, columns.length); at++) {
          ctx.strokeRect(
            area.left + at * cellWidth + 0.5,
            area.top + at * cellHeight + 0.5,
            cellWidth - space - 1,
            cellHeight - space - 1,
          );
        }
      }
      if (props.titles !== undefined) {
        ctx.fillStyle = ink.dim;
        ctx.textAlign = 'center';
        ctx.textBaseline = 'middle';
        ctx.fillText(props.titles.columns, area.left + area.width / 2, height - 7);
        ctx.save();
        ctx.translate(7, area.top + area.height / 2);
        ctx.rotate(-Math.PI / 2);
        ctx.fillText(props.titles.rows, 0, 0);
        ctx.restore();
      }
      drawBandsLeft(ctx, rows, area, ink, LETTERS);
      drawBandsBelow(ctx, columns, area, ink, { rotation: 0, mostLetters: LETTERS, spacing: 0 });
    },
    [
      area,
      rows,
      columns,
      values,
      isBlank,
      coloring,
      gap,
      radius,
      showValue,
      say,
      theme,
      cellWidth,
      cellHeight,
      props.diagonal,
      props.titles,
      height,
    ],
  );
  const boxOf = useCallback(
    (mark: number) => ({
      x: area.left + (mark % columns.length) * cellWidth,
      y: area.top + Math.floor(mark / columns.length) * cellHeight,
      width: cellWidth,
      height: cellHeight,
    }),
    [area, columns.length, cellWidth, cellHeight],
  );
  const hit = useCallback(
    (x: number, y: number) => {
      const column = Math.floor((x - area.left) / cellWidth);
      const row = Math.floor((y - area.top) / cellHeight);
      return column < 0 || row < 0 || column >= columns.length || row >= rows.length ? -1 : row * columns.length + column;
    },
    [area, columns.length, rows.length, cellWidth, cellHeight],
  );
  const words = (value: number) => (Number.isNaN(value) ? 'no value' : say(value));
  const tooltipOf = (mark: number) => {
    if (!props.hasTooltip) return undefined;
    const own = props.describe?.(Math.floor(mark / columns.length), mark % columns.length);
    if (own !== undefined) return own;
    return (
      <div className={classes.reading}>
        <span>
          {rows[Math.floor(mark / columns.length)]} · {columns[mark % columns.length]}
        </span>
        <strong>{words(values[mark]!)}</strong>
      </div>
    );
  };
  return (
    <div className={classes.heatmap} style={{ width, height: props.height }}>
      <MarkChart
        label={label}
        role="heatmap"
        summary={`${rows.length} rows and ${columns.length} columns, from ${say(coloring.min)} to ${say(coloring.max)}`}
        width={width}
        height={height}
        marks={rows.length * columns.length}
        stride={columns.length}
        boxOf={boxOf}
        hit={hit}
        paint={paint}
        tooltip={tooltipOf}
        spoken={
          <SpokenTable
            caption={label}
            head={['', ...columns.slice(0, 50)]}
            count={rows.length}
            row={(row) => [rows[row]!, ...columns.slice(0, 50).map((_, column) => words(values[row * columns.length + column]!))]}
          />
        }
      />
      {scale > 0 && <HeatScale coloring={coloring} say={say} at={undefined} width={width} note thresholds={props.thresholds} />}
    </div>
  );
}
