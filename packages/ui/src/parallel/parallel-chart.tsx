import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

import { AXIS_FONT, shortened } from '../categorical/axes.ts';
import { Float } from '../chart/float.tsx';
import floatClasses from '../chart/float.module.css';
import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { SpokenTable } from '../widget/spoken-table.tsx';
import { sizedContext, usePixelRatio } from '../widget/use-pixel-ratio.ts';
import { isWithin, MISSING_PLACE, nearestLine, shown } from './nearest-line.ts';
import classes from './parallel-chart.module.css';

export interface ParallelAxis {
  readonly name: string;
  /** From 0 at the bottom to 1. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface ParallelLine {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** By axis, 0 at the bottom to 1; NaN where there is no value. */
  readonly places: Float64Array;
  /** By axis, the value in words. */
  readonly texts: readonly string[];
}

/** A part of an axis, 0 to 1; lines that cross all brushed axes within their brushes stand out. */
export type Brush = readonly [low: number, high: number];

export interface ParallelChartProps {
  readonly label: string;
  readonly axes: readonly ParallelAxis[];
  readonly lines: readonly ParallelLine[];
  /** By axis. */
  readonly brushes: readonly (Brush | undefined)[];
  readonly onBrush: (axis: number, brush: Brush | undefined) => void;
  readonly onPick: (line: string) => void;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
}

const TOP = 34;
const BOTTOM = 34;
const SIDE = 64;
const REACH_PX = 14;
const LEAST_DRAG_PX = 4;
const KEY_STEP = 0.05;

/** One axis a column, one line a row. A drag along an axis chooses a part of it; so do ↑ and ↓ on its name, with Shift for the upper end. */
export function ParallelChart(props: ParallelChartProps): ReactElement {
  const { label, axes, lines, brushes, onBrush, onPick, width, height, theme } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const ratio = usePixelRatio();
  const [pointed, setPointed] = useState<{ readonly line: number; readonly x: number; readonly y: number }>();
  const drag = useRef<{ readonly axis: number; readonly from: number; readonly y: number } | undefined>(undefined);
  const room = height - TOP - BOTTOM;
  const pitch = axes.length > 1 ? (width - 2 * SIDE) / (axes.length - 1) : 0;
  const xOf = useCallback((axis: number) => (axes.length > 1 ? SIDE + axis * pitch : width / 2), [axes.length, pitch, width]);
  const yOf = useCallback((place: number) => TOP + (1 - place) * room, [room]);
  const within = useMemo(() => lines.map(({ places }) => isWithin(places, brushes)), [lines, brushes]);
  const line = pointed === undefined ? -1 : pointed.line;

  useLayoutEffect(() => {
    const ctx = sizedContext(canvas.current!, width, height, ratio);
    if (ctx === undefined) return;
    const ink = INK[theme];
    ctx.clearRect(0, 0, width, height);
    const draw = (at: number, alpha: number, thickness: number, color: string) => {
      ctx.globalAlpha = alpha;
      ctx.strokeStyle = color;
      ctx.lineWidth = thickness;
      ctx.beginPath();
      for (const [axis, place] of lines[at]!.places.entries()) {
        const [x, y] = [xOf(axis), yOf(shown(place))];
        if (axis === 0) ctx.moveTo(x, y);
        else {
          const before = xOf(axis - 1);
          const half = (before + x) / 2;
          ctx.bezierCurveTo(half, yOf(shown(lines[at]!.places[axis - 1]!)), half, y, x, y);
        }
      }
      ctx.stroke();
      ctx.globalAlpha = 1;
    };
    ctx.lineJoin = 'round';
    // Many lines are a texture: each steps back.
    const alpha = Math.max(0.25, Math.min(0.85, 40 / Math.max(1, lines.length)));
    for (const at of lines.keys()) if (!within[at]) draw(at, 0.35, 1, ink.border);
    for (const at of lines.keys()) if (within[at]) draw(at, line < 0 ? alpha : alpha * 0.4, 1.5, lines[at]!.color);
    if (line >= 0 && line < lines.length) draw(line, 1, 2.5, lines[line]!.color);
    ctx.font = AXIS_FONT;
    ctx.textBaseline = 'middle';
    const isMissing = axes.map((_, axis) => lines.some(({ places }) => Number.isNaN(places[axis])));
    for (const [axis, { ticks }] of axes.entries()) {
      const x = Math.round(xOf(axis));
      ctx.fillStyle = ink.axis;
      ctx.fillRect(x, TOP, 1, room);
      const brush = brushes[axis];
      if (brush !== undefined) {
        ctx.fillStyle = ink.accent;
        ctx.globalAlpha = 0.28;
        ctx.fillRect(x - 6, yOf(brush[1]), 13, Math.max(2, yOf(brush[0]) - yOf(brush[1])));
        ctx.globalAlpha = 1;
        ctx.fillRect(x - 6, yOf(brush[1]) - 1, 13, 2);
        ctx.fillRect(x - 6, yOf(brush[0]) - 1, 13, 2);
      }
      ctx.textAlign = axis === axes.length - 1 && axis > 0 ? 'right' : 'left';
      const side = axis === axes.length - 1 && axis > 0 ? -8 : 8;
      const letters = Math.max(4, Math.floor((pitch > 0 ? pitch * 0.7 : width / 2) / 6.2));
      for (const { at, text } of ticks) {
        ctx.fillStyle = ink.axis;
        ctx.fillRect(x - 3, Math.round(yOf(at)), 7, 1);
        written(ctx, shortened(text, letters), x + side, yOf(at), ink.text, ink.panel);
      }
      if (isMissing[axis]) written(ctx, 'none', x + side, yOf(MISSING_PLACE), ink.faint, ink.panel);
    }
  }, [axes, lines, brushes, within, line, width, height, ratio, theme, room, pitch, xOf, yOf]);

  const placeAt = (event: PointerEvent) => {
    const rect = host.current!.getBoundingClientRect();
    const [x, y] = [event.clientX - rect.left, event.clientY - rect.top];
    const axis = axes.length > 1 ? (x - SIDE) / pitch : 0;
    return { x, y, axis, place: 1 - (y - TOP) / room };
  };
  const onDown = (event: PointerEvent) => {
    const { x, y, axis, place } = placeAt(event);
    const nearest = Math.max(0, Math.min(axes.length - 1, Math.round(axis)));
    if (event.button !== 0 || Math.abs(xOf(nearest) - x) > REACH_PX) return;
    drag.current = { axis: nearest, from: Math.max(0, Math.min(1, place)), y };
    host.current!.setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  const onMove = (event: PointerEvent) => {
    const { y, axis, place } = placeAt(event);
    const going = drag.current;
    if (going !== undefined) {
      if (Math.abs(y - going.y) < LEAST_DRAG_PX) return;
      const to = Math.max(0, Math.min(1, place));
      onBrush(going.axis, [Math.min(going.from, to), Math.max(going.from, to)]);
      return;
    }
    const shownLines = lines.flatMap((_, at) => (within[at] ? [at] : []));
    const found = nearestLine(
      shownLines.map((at) => lines[at]!.places),
      axis,
      place,
      REACH_PX / room,
    );
    setPointed(found < 0 ? undefined : { line: shownLines[found]!, x: event.clientX, y: event.clientY });
  };
  const onUp = (event: PointerEvent) => {
    const going = drag.current;
    drag.current = undefined;
    const { y } = placeAt(event);
    if (going !== undefined) {
      // A click on an axis takes its brush away.
      if (Math.abs(y - going.y) < LEAST_DRAG_PX) onBrush(going.axis, undefined);
    } else if (line >= 0) onPick(lines[line]!.id);
  };
  const told = lines[line];
  return (
    <div className={classes.chart} style={{ width, height }}>
      <div
        ref={host}
        className={classes.plot}
        role="group"
        aria-roledescription="parallel coordinates"
        aria-label={`${label}: ${lines.length} lines over ${axes.length} axes`}
        style={{ width, height }}
        data-on-line={line >= 0 || undefined}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerLeave={() => setPointed(undefined)}
      >
        <canvas ref={canvas} style={{ width, height }} />
      </div>
      {axes.map(({ name }, axis) => (
        <button
          // Two axes may show one thing.
          key={axis}
          type="button"
          className={classes.name}
          data-brushed={brushes[axis] !== undefined || undefined}
          title={name}
          aria-label={`${name}: ${brushText(brushes[axis])}. Up and down move the lower end, with Shift the upper one.`}
          style={{ transform: `translateX(${Math.round(xOf(axis) - nameWidth(pitch) / 2)}px)`, width: nameWidth(pitch) }}
          onClick={() => onBrush(axis, undefined)}
          onKeyDown={(event) => {
            const next = keyedBrush(event, brushes[axis]);
            if (next === undefined) return;
            event.preventDefault();
            onBrush(axis, next[0] <= 0 && next[1] >= 1 ? undefined : next);
          }}
        >
          {name}
        </button>
      ))}
      {told !== undefined && pointed !== undefined && (
        <Float x={pointed.x} y={pointed.y} pinned={false}>
          <div className={floatClasses.head}>
            <span>{told.name}</span>
          </div>
          <dl className={floatClasses.aside}>
            {axes.map(({ name }, axis) => (
              <div key={axis}>
                <dt>{name}</dt>
                <dd>{told.texts[axis]}</dd>
              </div>
            ))}
          </dl>
        </Float>
      )}
      <div className={classes.srOnly}>
        <SpokenTable
          caption={label}
          head={['', ...axes.map(({ name }) => name)]}
          count={lines.length}
          row={(at) => [lines[at]!.name, ...lines[at]!.texts]}
        />
      </div>
    </div>
  );
}

function nameWidth(pitch: number): number {
  return Math.round(Math.max(56, Math.min(2 * SIDE, pitch - 8)));
}

function brushText(brush: Brush | undefined): string {
  return brush === undefined ? 'all' : `${Math.round(brush[0] * 100)} to ${Math.round(brush[1] * 100)} % of it`;
}

function keyedBrush({ key, shiftKey }: KeyboardEvent, [low, high]: Brush = [0, 1]): Brush | undefined {
  const step = key === 'ArrowUp' ? KEY_STEP : key === 'ArrowDown' ? -KEY_STEP : undefined;
  if (step === undefined) return undefined;
  return shiftKey ? [low, Math.max(low, Math.min(1, high + step))] : [Math.min(high, Math.max(0, low + step)), high];
}

/** Text with a rim of the panel's colour, so that it is read over lines. */
function written(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, ink: string, rim: string): void {
  ctx.lineWidth = 5;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = rim;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = ink;
  ctx.fillText(text, x, y);
}
