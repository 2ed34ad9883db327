import type { AnnotationEvent } from '@vitrine/model/frame.ts';
import { useMemo } from 'react';

import { LANE_HEIGHT } from './annotation-lane.tsx';
import { marksOf } from './annotations.ts';
import type { ChartMark } from './annotations.ts';
import { formatX } from './format-x.ts';
import { paintMarks, paintRegions } from './paint-thresholds.ts';
import type { MarkLook } from './paint-thresholds.ts';
import type { ChartContext, PlotPicture, Surface } from './plot.ts';

/** What a chart that marks events needs of its page. A panel's context is one. */
export interface MarkedContext extends ChartContext {
  readonly annotations: readonly AnnotationEvent[];
  readonly annotate?: (from: number, to: number) => void;
  readonly editAnnotation?: (event: AnnotationEvent) => void;
}

/** How a chart marks events. */
export interface EventLook extends MarkLook {
  /** Where an event's time stands on x; undefined where it has no place. Absent: x is time. */
  readonly timeToX?: ((timeMs: number) => number | undefined) | undefined;
}

export interface EventMarks {
  readonly marks: readonly ChartMark[];
  readonly hasLane: boolean;
  /** What the plot needs to know of them. */
  readonly plot: Pick<PlotPicture, 'above' | 'annotate'>;
  /** Over what is drawn already: cells and bands would hide what lies below them. */
  readonly paint: (surface: Surface) => void;
}

/** Below this a lane would squeeze the plot. */
const LANE_FROM_HEIGHT = 80;

const sameX = (timeMs: number) => timeMs;

/** The page's events on a chart of cells or bands: a lane of flags above it, lines and tints over it. */
export function useEventMarks(context: MarkedContext, look: EventLook, height: number): EventMarks {
  const { annotations, annotate, theme } = context;
  const { timeToX = sameX, lineWidth, regionOpacity } = look;
  const marks = useMemo(() => marksOf(annotations, timeToX), [annotations, timeToX]);
  const hasLane = marks.length > 0 && height >= LANE_FROM_HEIGHT;
  return useMemo(
    () => ({
      marks,
      hasLane,
      plot: { above: hasLane ? LANE_HEIGHT : 0, annotate },
      paint(surface) {
        paintRegions(surface, marks, theme, regionOpacity);
        paintMarks(surface, marks, theme, lineWidth);
      },
    }),
    [marks, hasLane, annotate, theme, lineWidth, regionOpacity],
  );
}

/** When it was, in words. */
export function formatMark({ from, to }: ChartMark, context: ChartContext): string {
  return to > from ? `${formatX(from, context)} to ${formatX(to, context)}` : formatX(from, context);
}
