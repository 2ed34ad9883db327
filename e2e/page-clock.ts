import type { Page } from '@playwright/test';

/** What the page notes of itself while it is measured; times are of its `performance.now()`. */
interface Clock {
  /** Requests for panels' data, begun and ended. */
  asked: number;
  answered: number;
  /** When a chart was last drawn, by chart. */
  drawn: Map<unknown, number>;
  /** When the reader last let a button go. */
  releasedMs: number;
}

/** Lets a page note what it asks for and when its charts are drawn. Counts for pages that are opened after it. */
export async function watchPage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const clock: Clock = { asked: 0, answered: 0, drawn: new Map(), releasedMs: 0 };
    Object.assign(globalThis, { clock });
    const { fetch } = globalThis;
    globalThis.fetch = async (input, init) => {
      if (!String(input instanceof Request ? input.url : input).includes('/api/panel-data')) return fetch(input, init);
      clock.asked++;
      try {
        return await fetch(input, init);
      } finally {
        clock.answered++;
      }
    };
    // Every drawing of a chart begins so.
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function clear(...box) {
      clock.drawn.set(this.canvas, performance.now());
      clearRect.apply(this, box);
    };
    addEventListener('mouseup', () => (clock.releasedMs = performance.now()), { capture: true });
  });
}

/** What came of it, in milliseconds; undefined where it never came. */
export interface Painted {
  /** Until all charts were drawn at least once. */
  readonly firstMs: number;
  /** Until all were drawn with all that was asked for. */
  readonly allMs: number;
}

/** Since the page was navigated to, until that many charts are painted. */
export async function paintedSinceNavigation(page: Page, charts: number): Promise<Painted> {
  return page.evaluate(painted, { charts, since: 'navigation' as const });
}

/** Since the reader let a button go, until that many charts are painted again. */
export async function paintedSinceRelease(page: Page, charts: number): Promise<Painted> {
  return page.evaluate(painted, { charts, since: 'release' as const });
}

/** Runs in the page: looks in each frame. */
function painted({ charts, since }: { charts: number; since: 'navigation' | 'release' }): Promise<Painted> {
  const { clock } = globalThis as unknown as { clock: Clock };
  const sinceMs = since === 'navigation' ? 0 : clock.releasedMs;
  const deadlineMs = performance.now() + 20_000;
  return new Promise((resolve, reject) => {
    let firstMs: number | undefined;
    let lastDrawnMs = 0;
    let quietFrames = 0;
    const look = (): void => {
      const nowMs = performance.now();
      const drawn = [...clock.drawn.values()].filter((atMs) => atMs > sinceMs);
      if (drawn.length >= charts) firstMs ??= nowMs;
      const panels = [...document.querySelectorAll('[data-panel]')];
      const settled = panels.filter(
        (panel) => panel.getAttribute('aria-busy') !== 'true' && panel.getAttribute('data-state') === 'ready',
      );
      const newest = Math.max(0, ...drawn);
      quietFrames =
        newest === lastDrawnMs && settled.length === panels.length && clock.asked === clock.answered ? quietFrames + 1 : 0;
      lastDrawnMs = newest;
      if (firstMs !== undefined && quietFrames > 15) resolve({ firstMs: firstMs - sinceMs, allMs: newest - sinceMs });
      else if (nowMs > deadlineMs) reject(new Error(`${drawn.length} of ${charts} charts were drawn in 20 s`));
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** Times between frames over a stretch, in milliseconds, rising. */
export async function frameTimes(page: Page, forMs: number): Promise<number[]> {
  return page.evaluate(async (lasts) => {
    const times: number[] = [];
    const startMs = performance.now();
    let lastMs = startMs;
    await new Promise<void>((resolve) => {
      const frame = (atMs: number): void => {
        times.push(Math.max(0, atMs - lastMs));
        lastMs = atMs;
        if (atMs - startMs > lasts) resolve();
        else requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    return times.slice(1).toSorted((a, b) => a - b);
  }, forMs);
}
