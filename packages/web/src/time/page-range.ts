import { endsWithClock, parseTimeRange } from '@vitrine/compute/time.ts';
import type { Calendar, TimeRange } from '@vitrine/compute/time.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';

/** The stretch of time a page shows. It moves with the clock while live, and all panels read it here. */
export interface PageRange {
  readonly text: TimeRangeText;
  readonly timeZone: string;
  /** Of the dashboard. */
  readonly calendar: Calendar | undefined;
  /** What is shown. */
  readonly get: () => TimeRange;
  /** What the text means just now; while live that is a little ahead of what is shown. */
  readonly read: () => TimeRange;
  readonly subscribe: (listener: () => void) => () => void;
  /** Shows what the text means just now. */
  readonly renew: () => void;
}

/** The text must be readable, see chosenRange. */
export function createPageRange(text: TimeRangeText, timeZone: string, now: () => number, calendar?: Calendar): PageRange {
  const listeners = new Set<() => void>();
  const read = (): TimeRange => parseTimeRange(text, now(), timeZone, calendar);
  let range = read();
  return {
    text,
    timeZone,
    calendar,
    get: () => range,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read,
    renew() {
      const next = read();
      if (next.fromMs === range.fromMs && next.toMs === range.toMs) return;
      range = next;
      for (const listener of listeners) listener();
    },
  };
}

/** The zone for the server, which does not know what clock a browser has. */
export function zoneName(timeZone: string): string {
  if (timeZone !== 'browser') return timeZone;
  return (browserZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Finding it takes half a millisecond, and each panel asks. */
let browserZone: string | undefined;

/** The range for a chart of this width: it stays the same object until it has moved by a pixel there. */
export function byThePixel(range: PageRange, widthPx: number): () => TimeRange {
  let shown = range.get();
  return () => {
    const next = range.get();
    const pixelMs = (next.toMs - next.fromMs) / Math.max(1, widthPx);
    const moved = Math.max(Math.abs(next.toMs - shown.toMs), Math.abs(next.fromMs - shown.fromMs));
    if (moved >= pixelMs) shown = next;
    return shown;
  };
}

/** Pixels that a page's widest chart may have: the range moves on when it has moved by one of them. */
const WIDEST_PX = 1_600;

/** Moves the range with the clock until the answer is called. Hidden pages stand still. */
export function slide(range: PageRange): () => void {
  if (!endsWithClock(range.text)) return () => {};
  const { fromMs, toMs } = range.get();
  const everyMs = Math.min(5_000, Math.max(16, (toMs - fromMs) / WIDEST_PX));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const wait = (): void => {
    timer = setTimeout(() => (frame = requestAnimationFrame(move)), everyMs);
  };
  // A frame is only asked for when there is a pixel to move by, and hidden pages get none.
  const move = (): void => {
    range.renew();
    wait();
  };
  wait();
  return () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
}
