import { endsWithClock, parseTimeRange } from '@vitrine/compute/time.ts';
import type { TimeRange } from '@vitrine/compute/time.ts';
import type { TimeRangeText } from '@vitrine/model/dashboard.ts';

/** The stretch of time a page shows. It moves with the clock while live, and all panels read it here. */
export interface PageRange {
  readonly text: TimeRangeText;
  readonly timeZone: string;
  get(): TimeRange;
  subscribe(listener: () => void): () => void;
  /** Reads the text again, against the clock's now. */
  renew(): void;
}

/** The text must be readable (see chosenRange); a relative one that stops being so keeps the last range. */
export function createPageRange(text: TimeRangeText, timeZone: string, now: () => number): PageRange {
  const listeners = new Set<() => void>();
  let range = parseTimeRange(text, now(), timeZone);
  return {
    text,
    timeZone,
    get: () => range,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    renew() {
      const next = parseTimeRange(text, now(), timeZone);
      if (next.fromMs === range.fromMs && next.toMs === range.toMs) return;
      range = next;
      for (const listener of listeners) listener();
    },
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
