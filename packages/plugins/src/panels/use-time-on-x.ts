import type { Frame } from '@vitrine/model/frame.ts';
import { interpolate, timeToX } from '@vitrine/ui/chart/annotations.ts';
import type { PickX } from '@vitrine/ui/chart/series.ts';
import { useMemo } from 'react';

import type { PanelContext } from '../contract.ts';
import { pickXField, timeMapOf } from './x-field.ts';

/** Without times beside the steps nobody knows where an event stands among them. */
const nowhere = () => undefined;

/**
 * Where an event's time stands on the page's x (undefined: x is time), and the page's context, in which what is written down at an x
 * is written down at its time; nothing can be where rows have no times.
 */
export function useTimeOnX(
  context: PanelContext,
  frames: readonly Frame[],
  pickX?: PickX,
): { readonly context: PanelContext; readonly timeToX: ((timeMs: number) => number | undefined) | undefined } {
  return useMemo(() => {
    if (context.x === 'time') return { context, timeToX: undefined };
    const map = timeMapOf(frames, pickX ?? pickXField(frames, ''));
    const { annotate, ...rest } = context;
    if (map === undefined || annotate === undefined)
      return { context: rest, timeToX: map === undefined ? nowhere : timeToX(map.times, map.xs) };
    const annotateX = (from: number, to: number) => {
      const [start, end] = [from, to].map((x) => interpolate(map.xs, map.times, x));
      if (start !== undefined && end !== undefined) annotate(start, end);
    };
    return { context: { ...rest, annotate: annotateX }, timeToX: timeToX(map.times, map.xs) };
  }, [context, frames, pickX]);
}
