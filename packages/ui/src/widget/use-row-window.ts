import { useCallback, useState } from 'react';
import type { UIEvent } from 'react';

/** Rows made beyond the edges, so that scrolling never shows a blank. */
const OVERSCAN = 3;

export interface RowWindow {
  /** Rows `start <= index < end` are to be made. */
  readonly start: number;
  readonly end: number;
}

/** Which of `count` rows of one height are in view. Pure. */
export function rowsInView(count: number, rowHeight: number, scrollTop: number, viewHeight: number): RowWindow {
  const start = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight) - OVERSCAN));
  const end = Math.max(start, Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + OVERSCAN));
  return { start, end };
}

/** Rows of one height inside a scrolling element of known height: thousands cost what fits on it. */
export function useRowWindow(
  count: number,
  rowHeight: number,
  viewHeight: number,
): RowWindow & { readonly onScroll: (event: UIEvent<HTMLElement>) => void } {
  // Rounded to rows: scrolling by pixels renders nothing anew.
  const [top, setTop] = useState(0);
  const onScroll = useCallback(
    (event: UIEvent<HTMLElement>) => setTop(Math.floor(event.currentTarget.scrollTop / rowHeight) * rowHeight),
    [rowHeight],
  );
  return { ...rowsInView(count, rowHeight, Math.min(top, Math.max(0, count * rowHeight - viewHeight)), viewHeight), onScroll };
}
