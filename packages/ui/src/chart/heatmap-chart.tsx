import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';
import { useMemo } from 'react';
import type { ReactElement, ReactNode } from 'react';

import { AXIS_FONT } from '../categorical/axes.ts';
import type { HeatColoring } from '../heat/heat-colors.ts';
import { HeatScale } from '../heat/heat-scale-bar.tsx';
import { textOn } from '../theme/color-name.ts';
import { INK } from '../theme/ink.ts';
import { STATUS_WORDS, statusOf } from '../theme/status.ts';
import { Float } from './float.tsx';
import floatClasses from './float.module.css';
import { formatX } from './format-x.ts';
import classes from './heatmap-chart.module.css';
import type { ChartContext, PlotPicture, YAxis } from './plot.ts';
import { usePlot } from './use-plot.ts';
import type { AbsoluteStep } from './value-ink.ts';
import { xRange } from './x-range.ts';

/** A point to be marked on the cells. */
export interface HeatMark {
  readonly x: number;
  /** In rows from the bottom, or a value where the grid's axis has values. */
  readonly y: number;
  /** What it says: its labels. */
  readonly lines: readonly string[];
}

export interface HeatmapChartProps {
  readonly label: string;
  readonly grid: HeatGrid;
  /** Where the arrow keys stop; rising. */
  readonly xs: Float64Array;
  /** Of the fields from the lowest to the highest; `grid.fieldsPerRow` of them share a row. */
  readonly names: readonly string[];
  /** Names stand in the middle of rows, or bounds at their upper edge. */
  readonly place: 'rows' | 'edges';
  /** An axis of values instead of names: the grid's rows lie evenly along its scale. */
  readonly yAxis?: Extract<YAxis, { kind: 'value' }> | undefined;
  readonly reversed: boolean;
  readonly width: number;
  readonly height: number;
  readonly context: ChartContext;
  readonly coloring: HeatColoring;
  /** Where there are any, cells have the colour of their status and the scale says its words. */
  readonly thresholds: readonly AbsoluteStep[];
  /** Cells that are left blank. */
  readonly isBlank: (value: number) => boolean;
  /** CSS pixels between cells. */
  readonly gap: number;
  readonly showValue: 'auto' | 'always' | 'never';
  readonly say: (value: number) => string;
  /** What rows are called in the tooltip. */
  readonly describe: (first: number, last: number) => string;
  readonly legend: boolean;
  readonly tooltip: { readonly mode: 'single' | 'multi' | 'none'; readonly histogram: boolean; readonly scale: boolean };
  readonly marks: readonly HeatMark[];
  readonly markColor: string;
}

const SCALE_HEIGHT = 22;
const ROW_LABEL_SPACE = 16;
const SCALE_FROM_HEIGHT = 110;
/** Wide plots spare more letters for the names of rows. */
const NAME_LETTERS = { narrow: 18, wide: 28, wideFrom: 480 };
const SPOKEN_ROWS = 50;
/** Cells below this size have no gaps, and below those no text. CSS pixels. */
const LEAST_CELL = 4;
const LEAST_TEXT = { width: 24, height: 12 };
const MOST_TEXTS = 5000;
const MOST_MARK_LINES = 8;

/** Names for as many rows as there is room for, evenly. Pure. */
export function rowLabels(
  names: readonly string[],
  gridRows: number,
  perRow: number,
  heightCss: number,
  place: 'rows' | 'edges',
  mostLetters: number = NAME_LETTERS.narrow,
): { readonly at: number; readonly text: string }[] {
  const room = Math.max(1, Math.floor(heightCss / ROW_LABEL_SPACE));
  const every = Math.ceil(gridRows / room);
  const labels: { at: number; text: string }[] = [];
  for (let row = 0; row < gridRows; row += every) {
    const name = names[place === 'edges' ? Math.min(names.length, (row + 1) * perRow) - 1 : row * perRow];
    if (name !== undefined) labels.push({ at: place === 'edges' ? row + 1 : row + 0.5, text: shortened(name, mostLetters) });
  }
  return labels;
}

function shortened(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** A grid of colours over the page's x: series × time, the buckets of a histogram, or counted points. */
export function HeatmapChart(props: HeatmapChartProps): ReactElement {
  const { label, grid, xs, names, place, yAxis, reversed, width, height, context, coloring, isBlank } = props;
  const { thresholds, gap, showValue, say, describe, marks, markColor } = props;
  const scaleHeight = props.legend && height >= SCALE_FROM_HEIGHT ? SCALE_HEIGHT : 0;
  const plotHeight = height - scaleHeight;
  const { theme } = context;
  const image = useMemo(() => drawCells(grid, reversed, isBlank, coloring.pixelOf), [grid, reversed, isBlank, coloring]);
  const picture = useMemo<PlotPicture>(() => {
    const [xMin, xMax] = xRange(context, [{ xs }]);
    const ink = INK[theme];
    const letters = width < NAME_LETTERS.wideFrom ? NAME_LETTERS.narrow : NAME_LETTERS.wide;
    const labels = rowLabels(names, grid.rows, grid.fieldsPerRow, plotHeight - 30, place, letters);
    return {
      context,
      ink,
      xMin,
      xMax,
      y: yAxis ?? {
        kind: 'rows',
        rows: grid.rows,
        labels: reversed ? labels.map(({ at, text }) => ({ at: grid.rows - at, text })).toReversed() : labels,
      },
      stops: xs,
      paint({ ctx, top, height: room, xToPx, yToPx, ratio }) {
        if (image === undefined) return;
        const left = xToPx(grid.x0 - grid.step / 2);
        const right = xToPx(grid.x0 + (grid.columns - 0.5) * grid.step);
        ctx.imageSmoothingEnabled = false;
        ctx.drawImage(image, left, top, right - left, room);
        const cell = { width: (right - left) / grid.columns, height: room / grid.rows };
        const line = Math.max(0, Math.round(gap * ratio));
        ctx.fillStyle = ink.panel;
        if (line > 0 && cell.height >= 2 * LEAST_CELL * ratio) {
          for (let row = 1; row < grid.rows; row++) ctx.fillRect(left, Math.round(top + row * cell.height), right - left, line);
        }
        if (line > 0 && cell.width >= LEAST_CELL * ratio) {
          for (let column = 1; column < grid.columns; column++) {
            ctx.fillRect(Math.round(left + column * cell.width), top, line, room);
          }
        }
        if (showValue !== 'never') {
          paintTexts(ctx, grid, reversed, isBlank, say, coloring, theme, { left, top, cell, ratio }, showValue === 'always');
        }
        ctx.fillStyle = markColor;
        ctx.strokeStyle = ink.panel;
        ctx.lineWidth = ratio;
        for (const { x, y } of marks) {
          const at = { x: xToPx(x), y: yToPx(yAxis === undefined && reversed ? grid.rows - y : y) };
          const size = 4 * ratio;
          ctx.beginPath();
          ctx.moveTo(at.x, at.y - size);
          ctx.lineTo(at.x + size, at.y);
          ctx.lineTo(at.x, at.y + size);
          ctx.lineTo(at.x - size, at.y);
          ctx.closePath();
          ctx.fill();
          ctx.stroke();
        }
      },
    };
  }, [
    grid,
    image,
    context,
    theme,
    xs,
    names,
    place,
    yAxis,
    reversed,
    plotHeight,
    width,
    gap,
    showValue,
    say,
    coloring,
    isBlank,
    marks,
    markColor,
  ]);
  const { host, plot, hover } = usePlot(picture, width, plotHeight);

  const column = hover === undefined ? -1 : Math.round((hover.x - grid.x0) / grid.step);
  const inside = column >= 0 && column < grid.columns;
  const share =
    hover?.y === undefined || plot === undefined ? Number.NaN : 1 - plot.yToCss(hover.y) / Math.max(1, plot.over.clientHeight);
  const drawnRow = yAxis === undefined ? Math.floor(hover?.y ?? -1) : Math.floor(share * grid.rows);
  const row = yAxis === undefined && reversed ? grid.rows - 1 - drawnRow : drawnRow;
  const isOnRow = hover?.y !== undefined && row >= 0 && row < grid.rows;
  const cell = inside && isOnRow ? grid.values[row * grid.columns + column]! : undefined;
  const last = Math.min(names.length, (row + 1) * grid.fieldsPerRow) - 1;
  const words = (value: number) =>
    [Number.isNaN(value) ? 'no value' : say(value), STATUS_WORDS[statusOf(value, thresholds)]]
      .filter((part) => part !== '')
      .join(', ');
  const near =
    cell === undefined || hover === undefined
      ? []
      : marks.filter(({ x, y }) => Math.abs(x - hover.x) <= grid.step && (yAxis !== undefined || Math.floor(y) === row));
  let body: ReactNode;
  if (cell !== undefined) {
    body = (
      <>
        <div className={classes.reading}>
          <span>{describe(row * grid.fieldsPerRow, last)}</span>
          <strong>{words(cell)}</strong>
        </div>
        {grid.fieldsPerRow > 1 && (
          <div className={floatClasses.more}>the highest of {last - row * grid.fieldsPerRow + 1} rows</div>
        )}
        {props.tooltip.histogram && <ColumnShape grid={grid} column={column} row={row} reversed={reversed} coloring={coloring} />}
        {props.tooltip.scale && thresholds.length === 0 && (
          <HeatScale coloring={coloring} say={say} at={cell} width={180} note={false} />
        )}
        {near.slice(0, 3).map(({ lines }, at) => (
          <div key={at} className={floatClasses.more}>
            ◆ {lines.slice(0, MOST_MARK_LINES).join(', ')}
          </div>
        ))}
      </>
    );
  } else if (inside && hover !== undefined && hover.source === 'keyboard') {
    // The keyboard has no height: the whole column is told.
    body = <ColumnText grid={grid} column={column} names={names} describe={describe} words={words} isBlank={isBlank} />;
  }
  return (
    <div className={classes.heatmap} style={{ width, height }}>
      <div
        ref={host}
        className="v-plot"
        tabIndex={0}
        role="group"
        aria-roledescription="heatmap"
        aria-label={`${label}: ${grid.rows} rows, from ${say(coloring.min)} to ${say(coloring.max)}. Arrow keys move the cursor.`}
        style={{ width, height: plotHeight }}
      />
      {scaleHeight > 0 && <HeatScale coloring={coloring} say={say} at={cell} width={width} note thresholds={thresholds} />}
      {body !== undefined && hover !== undefined && plot !== undefined && props.tooltip.mode !== 'none' && (
        <Float x={hover.clientX} y={hover.clientY} pinned={hover.pinned}>
          <div className={floatClasses.head}>
            <span>{formatX(grid.x0 + column * grid.step, context)}</span>
            {hover.pinned && (
              <button type="button" className={floatClasses.button} onClick={() => plot.unpin()} aria-label="Unpin">
                ✕
              </button>
            )}
          </div>
          {body}
        </Float>
      )}
      <div className={classes.srOnly}>
        <table>
          <caption>{label}</caption>
          <tbody>
            {Array.from({ length: Math.min(grid.rows, SPOKEN_ROWS) }, (_, at) => (
              <tr key={at}>
                <th>{describe(at * grid.fieldsPerRow, Math.min(names.length, (at + 1) * grid.fieldsPerRow) - 1)}</th>
                <td>{words(grid.values[(at + 1) * grid.columns - 1] ?? Number.NaN)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const SHAPE = { width: 180, height: 48 };

/** How the values of the column at the cursor are spread over its rows. */
function ColumnShape(props: {
  grid: HeatGrid;
  column: number;
  row: number;
  reversed: boolean;
  coloring: HeatColoring;
}): ReactElement {
  const { grid, column, row, reversed, coloring } = props;
  const values = Array.from({ length: grid.rows }, (_, at) => grid.values[at * grid.columns + column]!);
  const most = Math.max(...values.filter((value) => value > 0), 0);
  const width = SHAPE.width / grid.rows;
  return (
    <svg width={SHAPE.width} height={SHAPE.height} aria-hidden="true">
      {values.map((value, at) => {
        const height = most > 0 && value > 0 ? (value / most) * (SHAPE.height - 4) : 0;
        const place = reversed ? grid.rows - 1 - at : at;
        return (
          <rect
            // Rows stay where they are.
            key={at}
            x={place * width}
            y={SHAPE.height - height}
            width={Math.max(1, width - 1)}
            height={height}
            fill={at === row ? 'var(--v-text)' : coloring.cssOf(value)}
          />
        );
      })}
    </svg>
  );
}

const MOST_COLUMN_ROWS = 12;

function ColumnText(props: {
  grid: HeatGrid;
  column: number;
  names: readonly string[];
  describe: (first: number, last: number) => string;
  words: (value: number) => string;
  isBlank: (value: number) => boolean;
}): ReactElement {
  const { grid, column, names, describe, words, isBlank } = props;
  const rows = Array.from({ length: grid.rows }, (_, row) => ({ row, value: grid.values[row * grid.columns + column]! }))
    .filter(({ value }) => !Number.isNaN(value) && !isBlank(value))
    .toSorted((a, b) => b.value - a.value);
  return (
    <>
      {rows.slice(0, MOST_COLUMN_ROWS).map(({ row, value }) => (
        <div key={row} className={classes.reading}>
          <span>{describe(row * grid.fieldsPerRow, Math.min(names.length, (row + 1) * grid.fieldsPerRow) - 1)}</span>
          <strong>{words(value)}</strong>
        </div>
      ))}
      {rows.length === 0 && <div className={floatClasses.more}>No value here</div>}
      {rows.length > MOST_COLUMN_ROWS && <div className={floatClasses.more}>{rows.length - MOST_COLUMN_ROWS} lower</div>}
    </>
  );
}

function paintTexts(
  ctx: CanvasRenderingContext2D,
  grid: HeatGrid,
  reversed: boolean,
  isBlank: (value: number) => boolean,
  say: (value: number) => string,
  coloring: HeatColoring,
  theme: ChartContext['theme'],
  place: {
    readonly left: number;
    readonly top: number;
    readonly cell: { width: number; height: number };
    readonly ratio: number;
  },
  always: boolean,
): void {
  const { left, top, cell, ratio } = place;
  if (grid.rows * grid.columns > MOST_TEXTS) return;
  if (!always && (cell.width < LEAST_TEXT.width * ratio || cell.height < LEAST_TEXT.height * ratio)) return;
  ctx.save();
  ctx.font = AXIS_FONT.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const value = grid.values[row * grid.columns + column]!;
      if (Number.isNaN(value) || isBlank(value)) continue;
      const text = say(value);
      if (!always && text.length * 6.4 * ratio > cell.width) continue;
      ctx.fillStyle = textOn(coloring.cssOf(value), theme);
      const drawn = reversed ? row : grid.rows - 1 - row;
      ctx.fillText(text, left + (column + 0.5) * cell.width, top + (drawn + 0.5) * cell.height);
    }
  }
  ctx.restore();
}

/** One pixel a cell; the plot stretches it. undefined where there is nothing to draw. */
function drawCells(
  grid: HeatGrid,
  reversed: boolean,
  isBlank: (value: number) => boolean,
  pixel: (value: number) => number,
): HTMLCanvasElement | undefined {
  if (grid.columns === 0 || grid.rows === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = grid.columns;
  canvas.height = grid.rows;
  const ctx = canvas.getContext('2d');
  if (ctx === null) return undefined;
  const image = ctx.createImageData(grid.columns, grid.rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < grid.rows; row++) {
    const from = row * grid.columns;
    // Images start at the top, rows at the bottom.
    const to = (reversed ? row : grid.rows - 1 - row) * grid.columns;
    for (let column = 0; column < grid.columns; column++) {
      const value = grid.values[from + column]!;
      if (Number.isNaN(value) || isBlank(value)) continue;
      pixels[to + column] = pixel(value);
    }
  }
  ctx.putImageData(image, 0, 0);
  return canvas;
}
