import { useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent, ReactElement, ReactNode } from 'react';

import floatClasses from '../chart/float.module.css';
import { Float } from '../chart/float.tsx';
import { sizedContext, usePixelRatio } from '../widget/use-pixel-ratio.ts';
import classes from './mark-chart.module.css';

/** Where a mark is, in CSS pixels from the chart's top left. */
export interface MarkBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MarkChartProps {
  readonly label: string;
  /** What kind of chart it is, and what is to be known before the marks: "bar chart", "12 bars, from 0 to 3 s". */
  readonly role: string;
  readonly summary: string;
  readonly width: number;
  readonly height: number;
  /** How many marks the arrow keys go through. */
  readonly marks: number;
  readonly boxOf: (mark: number) => MarkBox;
  /** What is set apart with the mark that is pointed at; the mark alone where absent. */
  readonly ringOf?: ((mark: number) => MarkBox) | undefined;
  /** The mark at a point; -1 where there is none. */
  readonly hit: (x: number, y: number) => number;
  /** In CSS pixels. Must not change from render to render without need: it is painted anew. */
  readonly paint: (ctx: CanvasRenderingContext2D) => void;
  /** How far ↑ and ↓ go; 1 for a single row of marks. */
  readonly stride?: number;
  /** undefined has no tooltip there. */
  readonly tooltip: (mark: number) => ReactNode;
  /** The marks as a table, for screen readers. */
  readonly spoken: ReactNode;
}

interface Pointed {
  readonly mark: number;
  readonly x: number;
  readonly y: number;
  readonly pinned: boolean;
}

/** A canvas of marks that can be pointed at, walked over with the arrow keys, and pinned by a click or Enter. */
export function MarkChart(props: MarkChartProps): ReactElement {
  const { label, role, summary, width, height, marks, boxOf, hit, paint, stride = 1, tooltip, spoken } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed>();
  const ratio = usePixelRatio();

  useLayoutEffect(() => {
    const ctx = sizedContext(canvas.current!, width, height, ratio);
    if (ctx === undefined) return;
    ctx.clearRect(0, 0, width, height);
    paint(ctx);
  }, [paint, width, height, ratio]);

  const mark = pointed !== undefined && pointed.mark < marks ? pointed.mark : -1;
  const box = mark < 0 ? undefined : (props.ringOf ?? boxOf)(mark);
  const at = (event: MouseEvent, pinned: boolean) => {
    const rect = host.current!.getBoundingClientRect();
    const found = hit(event.clientX - rect.left, event.clientY - rect.top);
    setPointed(found < 0 ? undefined : { mark: found, x: event.clientX, y: event.clientY, pinned });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && pointed !== undefined) {
      event.stopPropagation();
      setPointed(undefined);
      return;
    }
    if (event.key === 'Enter' && pointed !== undefined) {
      setPointed({ ...pointed, pinned: !pointed.pinned });
      return;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -stride, ArrowDown: stride, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || marks === 0 || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const from = mark < 0 ? (step > 0 ? -1 : marks) : mark;
    const next = Math.max(0, Math.min(marks - 1, Math.abs(step) > 1 && Number.isFinite(step) && mark < 0 ? 0 : from + step));
    const rect = host.current!.getBoundingClientRect();
    const target = boxOf(next);
    setPointed({
      mark: next,
      x: rect.left + target.x + target.width / 2,
      y: rect.top + target.y + target.height / 2,
      pinned: false,
    });
  };
  const content = mark < 0 ? undefined : tooltip(mark);
  return (
    <div
      ref={host}
      className={classes.chart}
      style={{ width, height }}
      tabIndex={0}
      role="group"
      aria-roledescription={role}
      aria-label={`${label}: ${summary}. Arrow keys go from mark to mark.`}
      onMouseMove={(event) => pointed?.pinned !== true && at(event, false)}
      onMouseLeave={() => pointed?.pinned !== true && setPointed(undefined)}
      onClick={(event) => at(event, pointed?.pinned !== true)}
      onKeyDown={onKey}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setPointed(undefined)}
    >
      <canvas ref={canvas} className={classes.canvas} style={{ width, height }} />
      {box !== undefined && (
        <div
          className={classes.ring}
          style={{
            width: Math.max(4, box.width) + 2,
            height: Math.max(4, box.height) + 2,
            transform: `translate(${box.x - 1}px, ${box.y - 1}px)`,
          }}
        />
      )}
      {content !== undefined && content !== null && pointed !== undefined && (
        <Float x={pointed.x} y={pointed.y} pinned={pointed.pinned}>
          {content}
          {pointed.pinned && (
            <button type="button" className={floatClasses.button} onClick={() => setPointed(undefined)}>
              Unpin
            </button>
          )}
        </Float>
      )}
      <div className={classes.srOnly}>
        <div aria-live="polite">{content}</div>
        {spoken}
      </div>
    </div>
  );
}
