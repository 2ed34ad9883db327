import { useLayoutEffect, useRef, useState } from 'react';
import type { PointerEvent, ReactElement } from 'react';

import { INK } from '../theme/ink.ts';
import type { ThemeName } from '../theme/ink.ts';
import { sizedContext, usePixelRatio } from '../widget/use-pixel-ratio.ts';
import type { TraceSpan } from './trace-model.ts';
import type { TraceTree } from './trace-tree.ts';
import classes from './trace-view.module.css';

export interface TraceMinimapProps {
  readonly spans: readonly TraceSpan[];
  readonly tree: TraceTree;
  readonly colorOf: (service: string) => string;
  readonly width: number;
  readonly height: number;
  readonly theme: ThemeName;
  /** Unix milliseconds. */
  readonly window: readonly [fromMs: number, toMs: number];
  readonly onWindow: (window: readonly [fromMs: number, toMs: number] | undefined) => void;
}

/** The whole trace at a glance. A drag shows a part of it, a double click all again. */
export function TraceMinimap({ spans, tree, colorOf, width, height, theme, window, onWindow }: TraceMinimapProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const [drag, setDrag] = useState<readonly [number, number]>();
  const total = Math.max(1e-9, tree.toMs - tree.fromMs);
  const xOf = (atMs: number) => ((atMs - tree.fromMs) / total) * width;
  useLayoutEffect(() => {
    const ctx = sizedContext(canvas.current!, width, height, ratio);
    if (ctx === undefined) return;
    ctx.clearRect(0, 0, width, height);
    const line = Math.min(3, height / Math.max(1, tree.order.length));
    tree.order.forEach((span, at) => {
      const { startMs, durationMs, service, isError } = spans[span]!;
      ctx.fillStyle = isError ? INK[theme].critical : colorOf(service);
      const x = ((startMs - tree.fromMs) / total) * width;
      ctx.fillRect(x, at * line, Math.max(1, (durationMs / total) * width), Math.max(0.6, line * 0.8));
    });
  }, [spans, tree, colorOf, width, height, theme, total, ratio]);
  const at = (event: PointerEvent) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(width, event.clientX - left));
  };
  const [from, to] = drag === undefined ? [xOf(window[0]), xOf(window[1])] : [Math.min(...drag), Math.max(...drag)];
  const isPart = to - from < width - 1;
  return (
    <div
      className={classes.minimap}
      style={{ width, height }}
      title="Drag to show a part, double click for all"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture?.(event.pointerId);
        setDrag([at(event), at(event)]);
      }}
      onPointerMove={(event) => drag !== undefined && setDrag([drag[0], at(event)])}
      onPointerUp={() => {
        // A click is no choice.
        if (drag !== undefined && to - from > 3) {
          onWindow([tree.fromMs + (from / width) * total, tree.fromMs + (to / width) * total]);
        }
        setDrag(undefined);
      }}
      onDoubleClick={() => onWindow(undefined)}
    >
      <canvas ref={canvas} style={{ width, height }} aria-hidden="true" />
      {isPart && (
        <>
          <div className={classes.shade} style={{ left: 0, width: from }} />
          <div className={classes.shade} style={{ left: to, width: Math.max(0, width - to) }} />
        </>
      )}
    </div>
  );
}
