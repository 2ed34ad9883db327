import { interpolate } from '@vitrine/ui/chart/annotations.ts';
import { createCrosshair } from '@vitrine/ui/chart/crosshair.ts';
import { mappedCursor } from '@vitrine/ui/chart/step-map.ts';
import type { TimeMap } from '@vitrine/ui/chart/step-map.ts';
import { useContext, useEffect, useMemo, useState } from 'react';

import type { PanelContext } from '../contract.ts';
import { ZoomedXContext } from './zoomed-x.ts';
import type { OwnZoom } from './zoomed-x.ts';

/**
 * The page's context in a panel's own x. A page's range is one of time: over anything else the panel zooms for itself, and where `map`
 * says when each x was, the crosshair and what is written down go by that. `x` names it; "" where it is not known.
 */
export function useOwnX(context: PanelContext, isPages: boolean, x: string, map: TimeMap | undefined): PanelContext {
  const ownState = useState<OwnZoom>();
  const asked = useContext(ZoomedXContext);
  const [zoom, onZoom] = asked === undefined ? ownState : [asked.zoom, asked.onZoom];
  const zoomed = zoom?.x === x ? zoom : undefined;
  const isPast = zoom !== undefined && x !== '' && zoom.x !== x;
  useEffect(() => {
    if (isPast) onZoom(undefined);
  }, [isPast, onZoom]);
  const { cursor: shared, annotate: annotateTime } = context;
  const isTime = context.x === 'time';
  const cursor = useMemo(() => {
    if (isPages) return shared;
    return !isTime || map === undefined ? createCrosshair() : mappedCursor(shared, map);
  }, [shared, isPages, isTime, map]);
  return useMemo(() => {
    if (isPages && isTime) return context;
    const { annotate: _, ...rest } = context;
    const annotate = (from: number, to: number) => {
      const [start, end] = [from, to].map((at) => interpolate(map!.xs, map!.times, at));
      if (start !== undefined && end !== undefined) annotateTime?.(start, end);
    };
    return {
      ...rest,
      // No range: the data's.
      from: zoomed?.from ?? 0,
      to: zoomed?.to ?? 0,
      cursor,
      zoomTo: (from, to) => onZoom({ x, from, to }),
      zoomOut: () => onZoom(undefined),
      ...(map === undefined || annotateTime === undefined ? {} : { annotate }),
    };
  }, [context, isPages, isTime, cursor, map, annotateTime, x, zoomed, onZoom]);
}
