import type { ThresholdStep } from '@vitrine/model/field-config.ts';
import type { HeatGrid } from '@vitrine/compute/heat-grid.ts';
import { useCallback, useMemo, useState } from 'react';
import type { MouseEvent as ReactMouseEvent, ReactElement, ReactNode } from 'react';

import type { HeatColoring } from '../heat/heat-colors.ts';
import { HeatScale } from '../heat/heat-scale-bar.tsx';
import { INK } from '../theme/ink.ts';
import { STATUS_WORDS, statusOf } from '../theme/status.ts';
import { AnnotationLane } from './annotation-lane.tsx';
import type { ResolvedLink } from '@vitrine/compute/field/links.ts';
import { formatMark, useEventMarks } from './event-marks.ts';
import type { EventLook, MarkedContext } from './event-marks.ts';
import { Float } from './float.tsx';
import floatClasses from './float.module.css';
import { formatX } from './format-x.ts';
import classes from './heatmap-chart.module.css';
import { LinkItems } from './link-items.tsx';
import { rowOf, rowWindow } from './heat-rows.ts';
import { cellImage, hasRoundCells, paintCells, paintRoundCells, paintTexts } from './paint-heat.ts';
import type { PlotPicture, YAxis } from './plot.ts';
import { usePlot } from './use-plot.ts';
import { xRange } from './x-range.ts';

/** A point to be marked on the cells. */
export interface HeatMark {
  readonly x: number;
  /** In rows from the bottom, or a value where the grid's axis has values. */
  readonly y: number;
  /** What it says: its labels. */
  readonly lines: readonly string[];
  /** Where it leads, once what is told of it is pinned. */
  readonly links: readonly ResolvedLink[];
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
  /** An axis of values instead of names, with the edges of the grid's rows on it: one more than there are rows, rising. */
  readonly yAxis?: { readonly axis: Extract<YAxis, { kind: 'value' }>; readonly edges: Float64Array } | undefined;
  readonly reversed: boolean;
  /** Rows are not named beside the plot. */
  readonly namesHidden: boolean;
  readonly width: number;
  readonly height: number;
  readonly context: MarkedContext;
  readonly events: EventLook;
  /** What a drag chooses. With Shift it always chooses both. */
  readonly selects: 'x' | 'y' | 'xy';
  readonly coloring: HeatColoring;
  /** Where there are any, cells have the colour of their status and the scale says its words. */
  readonly thresholds: readonly ThresholdStep[];
  /** Cells that are left blank. */
  readonly isBlank: (value: number) => boolean;
  /** CSS pixels between cells. */
  readonly gap: number;
  /** Of the corners of cells, in CSS pixels; at most half a cell. */
  readonly radius: number;
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
/** Marks of which the tooltip says what they are. */
const MOST_TOLD = 3;
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
  const { label, grid, xs, names, place, yAxis, reversed, width, height, coloring, isBlank } = props;
  const { thresholds, gap, radius, showValue, say, describe, marks, markColor, namesHidden } = props;
  const scaleHeight = props.legend && height >= SCALE_FROM_HEIGHT ? SCALE_HEIGHT : 0;
  const plotHeight = height - scaleHeight;
  const [chosen, setChosen] = useState<ChosenHeight>();
  // What was chosen among names means nothing among values.
  const zoomed = chosen?.named === (yAxis === undefined) ? chosen.range : undefined;
  const context = usePlotContext(props.context, zoomed !== undefined, setChosen, props.selects);
  const { theme } = context;
  const events = useEventMarks(props.context, props.events, plotHeight);
  const [low, high] = yAxis === undefined ? rowWindow(zoomed, grid.rows) : (zoomed ?? [yAxis.axis.min, yAxis.axis.max]);
  const image = useMemo(() => cellImage(grid, reversed, isBlank, coloring.pixelOf), [grid, reversed, isBlank, coloring]);
  const zoomY = useCallback(
    ([range]: readonly (readonly [number, number])[]) =>
      setChosen({ named: yAxis === undefined, range: yAxis === undefined ? [low + range![0], low + range![1]] : range! }),
    [yAxis, low],
  );
  const picture = useMemo<PlotPicture>(() => {
    const [xMin, xMax] = xRange(context, [{ xs }]);
    const ink = INK[theme];
    const letters = width < NAME_LETTERS.wideFrom ? NAME_LETTERS.narrow : NAME_LETTERS.wide;
    return {
      context,
      ink,
      xMin,
      xMax,
      y:
        yAxis === undefined
          ? {
              kind: 'rows',
              rows: high - low,
              labels: namesHidden ? [] : labelsWithin(names, grid, place, reversed, low, high, plotHeight, letters),
            }
          : { ...yAxis.axis, min: low, max: high },
      stops: xs,
      ...events.plot,
      zoomY,
      paint(surface) {
        const { ctx, left: start, top, width: across, height: room, xToPx, yToPx, ratio } = surface;
        const left = xToPx(grid.x0 - grid.step / 2);
        const cells = {
          grid,
          reversed,
          isBlank,
          left,
          width: (xToPx(grid.x0 + (grid.columns - 0.5) * grid.step) - left) / Math.max(1, grid.columns),
          edges: Float64Array.from({ length: grid.rows + 1 }, (_, edge) =>
            yToPx(yAxis === undefined ? edge - low : yAxis.edges[edge]!),
          ),
        };
        ctx.save();
        ctx.beginPath();
        // Cells beyond what is shown would stand in the air around the plot.
        ctx.rect(start, top, across, room);
        ctx.clip();
        if (image !== undefined) {
          if (hasRoundCells(surface, cells, radius)) paintRoundCells(surface, cells, gap, radius, coloring);
          else paintCells(surface, image, cells, gap, ink.panel);
          if (showValue !== 'never') paintTexts(surface, cells, say, coloring, theme, showValue === 'always');
        }
        ctx.restore();
        events.paint(surface);
        ctx.fillStyle = markColor;
        ctx.strokeStyle = ink.panel;
        ctx.lineWidth = ratio;
        for (const { x, y } of marks) {
          const at = { x: xToPx(x), y: yToPx(yAxis === undefined ? (reversed ? grid.rows - y : y) - low : y) };
          if (at.y < top || at.y > top + room) continue;
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
    low,
    high,
    zoomY,
    events,
    reversed,
    namesHidden,
    plotHeight,
    width,
    gap,
    radius,
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
  const drawnRow = hover?.y === undefined ? -1 : yAxis === undefined ? Math.floor(hover.y + low) : rowOf(yAxis.edges, hover.y);
  const isOnRow = drawnRow >= 0 && drawnRow < grid.rows;
  const row = yAxis === undefined && reversed ? grid.rows - 1 - drawnRow : drawnRow;
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
  const told = near.slice(0, MOST_TOLD);
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
        {told.map(({ lines }, at) => (
          <div key={at} className={floatClasses.more}>
            ◆ {lines.slice(0, MOST_MARK_LINES).join(', ')}
          </div>
        ))}
        {hover?.pinned === true && told.some(({ links }) => links.length > 0) && (
          <div className={floatClasses.links}>
            <LinkItems links={told.flatMap(({ links }) => links)} />
          </div>
        )}
      </>
    );
  } else if (inside && hover !== undefined && hover.source === 'keyboard') {
    // The keyboard has no height: the whole column is told.
    body = <ColumnText grid={grid} column={column} names={names} describe={describe} words={words} isBlank={isBlank} />;
  }
  return (
    <div
      className={classes.heatmap}
      style={{ width, height }}
      data-selects={props.selects}
      onMouseDownCapture={props.selects === 'x' ? undefined : dragWithShift}
    >
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
      {plot !== undefined && events.hasLane && (
        <AnnotationLane
          plot={plot}
          marks={events.marks}
          xMin={picture.xMin}
          xMax={picture.xMax}
          width={width}
          theme={theme}
          formatX={(mark) => formatMark(mark, context)}
          onEdit={props.context.editAnnotation}
        />
      )}
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

/** A part of the height: in rows from the bottom where rows have names, else in values. */
interface ChosenHeight {
  readonly named: boolean;
  readonly range: readonly [number, number];
}

/** The way back from a zoom into the height goes first through that. Where a drag chooses the height alone, x stays. */
function usePlotContext(
  context: MarkedContext,
  isZoomed: boolean,
  set: (chosen: undefined) => void,
  selects: HeatmapChartProps['selects'],
): MarkedContext {
  return useMemo(
    () => ({
      ...context,
      ...(isZoomed ? { zoomOut: () => set(undefined) } : {}),
      ...(selects === 'y' ? { zoomTo: () => {} } : {}),
    }),
    [context, isZoomed, set, selects],
  );
}

/** A plot takes the height of a drag where Shift is held: here it is as if it were. */
function dragWithShift(event: ReactMouseEvent): void {
  const { nativeEvent: given, target } = event;
  if (given.button !== 0 || given.shiftKey || given.ctrlKey || given.metaKey) return;
  if (!(target instanceof Element) || !target.classList.contains('u-over')) return;
  event.stopPropagation();
  const { clientX, clientY, screenX, screenY, view } = given;
  target.dispatchEvent(
    new MouseEvent('mousedown', {
      bubbles: true,
      cancelable: true,
      shiftKey: true,
      clientX,
      clientY,
      screenX,
      screenY,
      view,
    }),
  );
}

/** Names of the rows in view, in rows from the lowest of them. */
function labelsWithin(
  names: readonly string[],
  { rows, fieldsPerRow }: HeatGrid,
  place: 'rows' | 'edges',
  reversed: boolean,
  low: number,
  high: number,
  height: number,
  letters: number,
): { readonly at: number; readonly text: string }[] {
  // As if all rows were drawn as high as these.
  const whole = ((height - 30) * rows) / Math.max(1, high - low);
  const labels = rowLabels(names, rows, fieldsPerRow, whole, place, letters);
  return (reversed ? labels.map(({ at, text }) => ({ at: rows - at, text })).toReversed() : labels)
    .filter(({ at }) => at >= low && at <= high)
    .map(({ at, text }) => ({ at: at - low, text }));
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
