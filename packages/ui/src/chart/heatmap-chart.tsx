import { heatGrid } from '@vitrine/compute/heat-grid.ts';
import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';
import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import type { NumberField } from '@vitrine/model/frame.ts';
import { formatText } from '@vitrine/model/unit.ts';
import { useMemo } from 'react';
import type { ReactElement } from 'react';

import { heatGradient, heatPixels, heatShare, heatValue, pixelOf } from '../theme/heat-scale.ts';
import type { HeatCurve } from '../theme/heat-scale.ts';
import { INK } from '../theme/ink.ts';
import { STATUS_WORDS, statusInk, statusOf, statusOfColor } from '../theme/status.ts';
import { StatusShape } from '../widget/status-shape.tsx';
import { Float } from './float.tsx';
import floatClasses from './float.module.css';
import { formatX } from './format-x.ts';
import classes from './heatmap-chart.module.css';
import type { ChartContext, PlotPicture } from './plot.ts';
import { usePlot } from './use-plot.ts';
import { xRange } from './x-range.ts';

/** One row of a heatmap. */
export interface HeatRow {
  readonly name: string;
  readonly field: NumberField;
}

export interface HeatmapChartProps {
  readonly label: string;
  readonly xs: Float64Array;
  /** From the lowest to the highest. */
  readonly rows: readonly HeatRow[];
  /** Names stand in the middle of rows, or bounds at their upper edge. */
  readonly names: 'rows' | 'edges';
  /** How far apart points are; 0 finds out. */
  readonly step: number;
  readonly width: number;
  readonly height: number;
  readonly context: ChartContext;
  readonly unit: string;
  readonly decimals: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly curve: HeatCurve;
  /** Where there are any, cells have the colour of their status instead of one for their magnitude. */
  readonly thresholds: readonly ThresholdStep[];
  /** Zero is left blank, as an empty bucket is. */
  readonly blankZero: boolean;
  /** What a row is called in the tooltip. */
  readonly describe: (first: number, last: number) => string;
}

const SCALE_HEIGHT = 22;
const ROW_LABEL_SPACE = 16;
const MOST_COLUMNS = 4096;
const SCALE_FROM_HEIGHT = 110;
/** Below this there is no room for words beside the scale. */
const NOTE_FROM_WIDTH = 420;
/** Wide plots spare more letters for the names of rows. */
const NAME_LETTERS = { narrow: 18, wide: 28, wideFrom: 480 };
const SPOKEN_ROWS = 50;

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

/** A grid of colours over the page's x: series × time, or the buckets of a histogram. */
export function HeatmapChart(props: HeatmapChartProps): ReactElement {
  const { label, xs, rows, names, step, width, height, context, unit, decimals, curve, blankZero, describe } = props;
  const scaleHeight = height >= SCALE_FROM_HEIGHT ? SCALE_HEIGHT : 0;
  const plotHeight = height - scaleHeight;
  const rowsThatFit = Math.max(8, Math.floor(plotHeight - 30));
  const grid = useMemo(
    () =>
      heatGrid(
        xs,
        rows.map((row) => row.field),
        step,
        MOST_COLUMNS,
        rowsThatFit,
      ),
    [xs, rows, step, rowsThatFit],
  );
  const min = props.min ?? (blankZero ? 0 : Number.isNaN(grid.min) ? 0 : grid.min);
  const max = props.max ?? (Number.isNaN(grid.max) ? 1 : grid.max);
  const { theme } = context;
  const { thresholds } = props;
  const image = useMemo(() => {
    const heat = heatPixels(theme);
    const pixel =
      thresholds.length > 0
        ? statusPixels(thresholds, theme)
        : (value: number) => heat[Math.round(heatShare(value, min, max, curve) * (heat.length - 1))]!;
    return drawCells(grid, blankZero, pixel);
  }, [grid, min, max, curve, blankZero, theme, thresholds]);
  const picture = useMemo<PlotPicture>(() => {
    const [xMin, xMax] = xRange(context, [{ xs }]);
    return {
      context,
      ink: INK[context.theme],
      xMin,
      xMax,
      y: {
        kind: 'rows',
        rows: grid.rows,
        labels: rowLabels(
          rows.map((row) => row.name),
          grid.rows,
          grid.fieldsPerRow,
          plotHeight - 30,
          names,
          width < NAME_LETTERS.wideFrom ? NAME_LETTERS.narrow : NAME_LETTERS.wide,
        ),
      },
      stops: xs,
      paint({ ctx, top, height: room, xToPx, ratio }) {
        if (image === undefined) return;
        const left = xToPx(grid.x0 - grid.step / 2);
        const right = xToPx(grid.x0 + (grid.columns - 0.5) * grid.step);
        ctx.imageSmoothingEnabled = false;
        ctx.drawImage(image, left, top, right - left, room);
        // Hairlines between rows that are high enough to need them.
        const rowHeight = room / grid.rows;
        if (rowHeight < 8 * ratio) return;
        ctx.fillStyle = INK[context.theme].panel;
        for (let row = 1; row < grid.rows; row++) ctx.fillRect(left, Math.round(top + row * rowHeight), right - left, ratio);
      },
    };
  }, [grid, image, context, xs, rows, names, plotHeight, width]);
  const { host, plot, hover } = usePlot(picture, width, plotHeight);

  const column = hover === undefined ? -1 : Math.round((hover.x - grid.x0) / grid.step);
  const inside = column >= 0 && column < grid.columns;
  const row = hover?.y === undefined ? -1 : Math.floor(hover.y);
  const cell = inside && row >= 0 && row < grid.rows ? grid.values[row * grid.columns + column]! : undefined;
  const last = Math.min(rows.length, (row + 1) * grid.fieldsPerRow) - 1;
  const say = (value: number) => (Number.isNaN(value) ? 'no value' : formatText(value, unit, decimals));
  return (
    <div className={classes.heatmap} style={{ width, height }}>
      <div
        ref={host}
        className="v-plot"
        tabIndex={0}
        role="group"
        aria-roledescription="heatmap"
        aria-label={`${label}: ${rows.length} rows, from ${say(min)} to ${say(max)}. Arrow keys move the cursor.`}
        style={{ width, height: plotHeight }}
      />
      {scaleHeight > 0 && thresholds.length > 0 && (
        <div className={classes.scale}>
          {thresholds
            .map(({ value, color }) => ({ value, status: statusOfColor(color) }))
            .map(({ value, status }) => (
              <span key={value} className={classes.status}>
                <StatusShape status={status} size={9} />
                {STATUS_WORDS[status]}
                {Number.isFinite(value) && ` from ${formatText(value, unit, decimals)}`}
              </span>
            ))}
        </div>
      )}
      {scaleHeight > 0 && thresholds.length === 0 && (
        <div className={classes.scale} aria-hidden="true">
          <span>{formatText(min, unit, decimals)}</span>
          <span className={classes.bar} style={{ background: heatGradient(context.theme) }}>
            {cell !== undefined && !Number.isNaN(cell) && (
              <span className={classes.mark} style={{ left: `${heatShare(cell, min, max, curve) * 100}%` }} />
            )}
          </span>
          <span>{formatText(max, unit, decimals)}</span>
          {curve === 'sqrt' && width >= NOTE_FROM_WIDTH && (
            <span className={classes.note}>√ scale, middle {formatText(heatValue(0.5, min, max, curve), unit, decimals)}</span>
          )}
        </div>
      )}
      {cell !== undefined && hover !== undefined && plot !== undefined && (
        <Float x={hover.clientX} y={hover.clientY} pinned={hover.pinned}>
          <div className={floatClasses.head}>
            <span>{formatX(grid.x0 + column * grid.step, context)}</span>
            {hover.pinned && (
              <button type="button" className={floatClasses.button} onClick={() => plot.unpin()} aria-label="Unpin">
                ✕
              </button>
            )}
          </div>
          <div className={classes.reading}>
            <span>{describe(row * grid.fieldsPerRow, last)}</span>
            <strong>{[say(cell), STATUS_WORDS[statusOf(cell, thresholds)]].filter((part) => part !== '').join(', ')}</strong>
          </div>
          {grid.fieldsPerRow > 1 && (
            <div className={floatClasses.more}>the highest of {last - row * grid.fieldsPerRow + 1} rows</div>
          )}
        </Float>
      )}
      <div className={classes.srOnly}>
        <table>
          <caption>{label}</caption>
          <tbody>
            {rows.slice(0, SPOKEN_ROWS).map(({ name, field }) => (
              <tr key={name}>
                <th>{name}</th>
                <td>{field.values.length === 0 ? 'no value' : say(field.values[field.values.length - 1]!)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The colour of a value's status, as a pixel. */
function statusPixels(thresholds: readonly ThresholdStep[], theme: ChartContext['theme']): (value: number) => number {
  const pixels = new Map(thresholds.map(({ color }) => [statusOfColor(color), pixelOf(statusInk(statusOfColor(color), theme))]));
  const unknown = pixelOf(statusInk('unknown', theme));
  return (value) => pixels.get(statusOf(value, thresholds)) ?? unknown;
}

/** One pixel a cell; the plot stretches it. undefined where there is nothing to draw. */
function drawCells(grid: HeatGrid, blankZero: boolean, pixel: (value: number) => number): HTMLCanvasElement | undefined {
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
    const to = (grid.rows - 1 - row) * grid.columns;
    for (let column = 0; column < grid.columns; column++) {
      const value = grid.values[from + column]!;
      if (Number.isNaN(value) || (blankZero && value === 0)) continue;
      pixels[to + column] = pixel(value);
    }
  }
  ctx.putImageData(image, 0, 0);
  return canvas;
}
