import { useLayoutEffect, useRef } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { createPortal } from 'react-dom';

import classes from './float.module.css';

const MARGIN = 8;
const OFFSET = 14;

/** Where a box of this size goes beside a point: right of it, else left of it, never outside the viewport. Pure. */
export function placeBeside(
  point: { readonly x: number; readonly y: number },
  box: { readonly width: number; readonly height: number },
  viewport: { readonly width: number; readonly height: number },
): { readonly left: number; readonly top: number } {
  const right = point.x + OFFSET;
  const fitsRight = right + box.width + MARGIN <= viewport.width;
  const left = fitsRight ? right : point.x - OFFSET - box.width;
  return {
    left: Math.max(MARGIN, Math.min(left, viewport.width - box.width - MARGIN)),
    top: Math.max(MARGIN, Math.min(point.y - box.height / 3, viewport.height - box.height - MARGIN)),
  };
}

/** A box beside the pointer, over everything. Only a pinned one takes clicks. */
export function Float({ x, y, pinned, children }: { x: number; y: number; pinned: boolean; children: ReactNode }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const place = placeBeside({ x, y }, { width, height }, { width: window.innerWidth, height: window.innerHeight });
    element.style.transform = `translate(${Math.round(place.left)}px, ${Math.round(place.top)}px)`;
  });
  return createPortal(
    <div ref={box} className={classes.float} data-pinned={pinned || undefined} role="tooltip">
      {children}
    </div>,
    document.body,
  );
}
