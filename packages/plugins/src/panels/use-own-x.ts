import { interpolate } from '@vitrine/ui/chart/annotations.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import { mappedCursor } from '@vitrine/ui/chart/step-map.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';
import { useMemo, useState } from 'react';

import type { PanelContext } from '../contract.ts';

/**
 * The page's context in a panel's own x, where the page goes by another one: the panel zooms for itself, and where the page goes by time and
 * `map` says when each x was, the crosshair and what is written down go by that. `x` names it: a zoom into steps says nothing of epochs.
 */
export function useOwnX(context: PanelContext, isPages: boolean, x: string, map: TimeMap | undefined): PanelContext {
  const [zoom, setZoom] = useState<{ readonly x: string; readonly from: number; readonly to: number }>();
  const zoomed = zoom?.x === x ? zoom : undefined;
  const { cursor: shared, annotate: annotateTime } = context;
  const times = context.x === 'time' ? map : undefined;
  const cursor = useMemo(() => (times === undefined ? createCrosshair() : mappedCursor(shared, times)), [shared, times]);
  return useMemo(() => {
    if (isPages) return context;
    const { annotate: _, ...rest } = context;
    const annotate = (from: number, to: number) => {
      const [start, end] = [from, to].map((at) => interpolate(times!.xs, times!.times, at));
      if (start !== undefined && end !== undefined) annotateTime?.(start, end);
    };
    return {
      ...rest,
      // No range: the data's.
      from: zoomed?.from ?? 0,
      to: zoomed?.to ?? 0,
      cursor,
      zoomTo: (from, to) => setZoom({ x, from, to }),
      zoomOut: () => setZoom(undefined),
      ...(times === undefined || annotateTime === undefined ? {} : { annotate }),
    };
  }, [context, isPages, cursor, times, annotateTime, x, zoomed]);
}
