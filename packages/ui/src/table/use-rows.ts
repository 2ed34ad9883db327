import { useCallback, useEffect, useMemo, useState } from 'react';
import type { RefObject } from 'react';

/** A row that is to be made. */
export interface RowItem {
  readonly index: number;
  /** CSS pixels from the top of the first row. */
  readonly start: number;
}

export interface Rows {
  readonly items: readonly RowItem[];
  /** The height of all rows. */
  readonly total: number;
  /** No more rows than these are ever made at once while none is higher than the rest. */
  readonly most: number;
  /** A ref for rows whose height only the browser knows; the element tells its row by `data-index`. */
  readonly measure: (element: HTMLElement | null) => void;
  /** Brings a row into view. */
  scrollTo(index: number): void;
}

export interface RowsRequest {
  readonly count: number;
  /** The height of rows as long as nobody has measured them. */
  readonly rowHeight: number;
  /** Rows that are higher by so much. */
  readonly extra?: ReadonlyMap<number, number>;
  readonly viewHeight: number;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Measured heights hold as long as this stays the same. */
  readonly measuredFor?: string;
}

/** Rows made beyond the edges, so that scrolling never shows a blank. */
const OVERSCAN_PX = 160;

/** Rows of one or many heights inside a scrolling element of known height: a hundred thousand cost what fits on it. */
export function useRows({ count, rowHeight, extra, viewHeight, scroller, measuredFor = '' }: RowsRequest): Rows {
  const [top, setTop] = useState(0);
  const [measured, setMeasured] = useState<{ readonly of: string; readonly heights: ReadonlyMap<number, number> }>();
  const heights = measured?.of === measuredFor ? measured.heights : undefined;
  const starts = useMemo(() => rowStarts(count, rowHeight, extra, heights), [count, rowHeight, extra, heights]);
  const total = starts === undefined ? count * rowHeight : starts[count]!;
  const startOf = (index: number) => (starts === undefined ? index * rowHeight : starts[index]!);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    // Rounded to rows: scrolling by pixels renders nothing anew.
    const onScroll = () => setTop(Math.floor(element.scrollTop / rowHeight) * rowHeight);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroller, rowHeight]);
  const measure = useCallback(
    (element: HTMLElement | null) => {
      const index = Number(element?.dataset['index']);
      const height = element?.offsetHeight ?? 0;
      if (!(height > 0) || !Number.isInteger(index)) return;
      setMeasured((now) => {
        const known = now?.of === measuredFor ? now.heights : undefined;
        return known?.get(index) === height ? now : { of: measuredFor, heights: new Map(known).set(index, height) };
      });
    },
    [measuredFor],
  );
  const scrollTo = (index: number) => {
    const element = scroller.current;
    if (element === null) return;
    const [from, to] = [startOf(index), startOf(index + 1)];
    if (from < element.scrollTop) element.scrollTo({ top: from });
    else if (to > element.scrollTop + viewHeight) element.scrollTo({ top: to - viewHeight });
  };

  const seen = Math.min(top, Math.max(0, total - viewHeight));
  const items: RowItem[] = [];
  for (let index = firstAfter(starts, count, rowHeight, seen - OVERSCAN_PX); index < count; index++) {
    const start = startOf(index);
    if (start > seen + viewHeight + OVERSCAN_PX) break;
    items.push({ index, start });
  }
  const most = Math.ceil((viewHeight + 2 * OVERSCAN_PX) / rowHeight) + 2;
  return { items, total, most, measure, scrollTo };
}

/** Where each row starts, and where the last ends; undefined where all have one height. */
function rowStarts(
  count: number,
  rowHeight: number,
  extra: ReadonlyMap<number, number> | undefined,
  heights: ReadonlyMap<number, number> | undefined,
): Float64Array | undefined {
  if ((extra?.size ?? 0) === 0 && (heights?.size ?? 0) === 0) return undefined;
  const starts = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) {
    starts[index + 1] = starts[index]! + (heights?.get(index) ?? rowHeight + (extra?.get(index) ?? 0));
  }
  return starts;
}

/** The first row that ends after `top`. */
function firstAfter(starts: Float64Array | undefined, count: number, rowHeight: number, top: number): number {
  if (starts === undefined) return Math.max(0, Math.min(count, Math.floor(top / rowHeight)));
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle + 1]! <= top) low = middle + 1;
    else high = middle;
  }
  return low;
}
