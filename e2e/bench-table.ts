/** A table of 100,000 rows: how fast it scrolls, sorts, filters and turns pages in Chromium. */
import type { CDPSession, Page } from '@playwright/test';

import { frameTimes } from './page-clock.ts';
import { SPEED } from './speed-data.ts';

/** Each series of `speed` is a row at each of these times. */
const TIMES = { everyMinutes: 1, forMinutes: 99 };
const SCROLL_FOR_MS = 3_000;
const WATCH_MS = 2_000;
/** What a flick of a finger moves a page by between two frames. */
const SCROLL_STEP = 90;
const SORTS = ['Value', 'replica', 'Time'] as const;

/** The dashboard `table`, for the data of speedData(): of the last two hours at least. */
export function tableDashboard(): unknown {
  const panel = (id: number, title: string, options: object, y: number): object => {
    return {
      id,
      title,
      type: 'table',
      gridPos: { x: 0, y, w: 24, h: 18 },
      interval: `${TIMES.everyMinutes}m`,
      maxDataPoints: 1_000,
      options,
      fieldConfig: { defaults: { custom: { filterable: true, footer: { reducers: ['mean', 'distinctCount'] } } }, overrides: [] },
      targets: [{ refId: 'A', expr: 'speed', format: 'table', range: true, instant: false }],
    };
  };
  return {
    uid: 'table',
    title: 'table',
    schemaVersion: 42,
    time: { from: `now-${TIMES.forMinutes}m`, to: 'now' },
    panels: [panel(1, 'Scrolled', {}, 0), panel(2, 'Paged', { enablePagination: true, pageSize: 50 }, 60)],
  };
}

/** Opens the dashboard `table` on a signed-in page. Prints one line for each figure. */
export async function benchTable(page: Page, url: string, print: (line: string) => void): Promise<void> {
  await page.goto(`${url}/d/table?refresh=off`);
  const grid = page.getByRole('grid', { name: 'Scrolled' });
  await grid.waitFor();
  const rows = Number(await grid.getAttribute('aria-rowcount')) - 1;
  print(`\nA table of ${rows.toLocaleString('en')} rows (${SPEED.panels * SPEED.seriesPerPanel} series at each time)`);
  const session = await page.context().newCDPSession(page);
  const cost = await workPerFrame(session, async () => {
    const [times] = await Promise.all([frameTimes(page, SCROLL_FOR_MS), scroll(page, 'Scrolled', SCROLL_FOR_MS)]);
    const at = (share: number): string => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1);
    print(`${'scrolling'.padEnd(60)} frames: median ${at(0.5)} ms, p95 ${at(0.95)} ms (goal 16.7 and 34 ms)`);
    return times.length;
  });
  print(`${'scrolling, the work of a frame'.padEnd(60)} script ${cost.scriptMs} ms, style and layout ${cost.layoutMs} ms`);
  for (const name of SORTS) {
    let tookMs = Number.NaN;
    const { taskMs } = await workPerFrame(session, async () => {
      tookMs = await sortMs(page, name);
      return 1;
    });
    print(`${`sorting by ${name}`.padEnd(60)} ${tookMs} ms (goal 100 ms), of which work ${taskMs} ms`);
  }
  const longest = async (name: string, work: () => Promise<void>): Promise<void> => {
    const [times] = await Promise.all([frameTimes(page, WATCH_MS), work()]);
    print(`${name.padEnd(60)} longest frame ${(times.at(-1) ?? Number.NaN).toFixed(0)} ms`);
  };
  await longest('a filter opened and typed into', async () => {
    await grid.getByRole('button', { name: 'Filter Value' }).click();
    await page.getByRole('searchbox', { name: 'Value contains' }).pressSequentially('7.5');
    await page.getByText(/^[\d,]+ of [\d,]+ rows/).waitFor();
  });
  await page.keyboard.press('Escape');
  const paged = page.getByRole('grid', { name: 'Paged' });
  await page.getByText('Paged').scrollIntoViewIfNeeded();
  await paged.waitFor();
  await longest('pages turned', async () => {
    for (let turned = 0; turned < 5; turned++) await page.getByRole('button', { name: 'Next page' }).click();
  });
}

/** Scrolls by as much in each frame. */
async function scroll(page: Page, name: string, forMs: number): Promise<void> {
  await page.getByRole('grid', { name }).evaluate(
    (grid, { lastsMs, step }) =>
      new Promise<void>((resolve) => {
        const startMs = performance.now();
        const frame = (atMs: number): void => {
          grid.scrollTop += step;
          if (atMs - startMs > lastsMs) resolve();
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    { lastsMs: forMs, step: SCROLL_STEP },
  );
}

/** From a click on a column's head to the frame after the one with the rows in their new order. */
async function sortMs(page: Page, column: string): Promise<number> {
  const button = page.getByRole('columnheader').filter({ has: page.getByRole('button', { name: column, exact: true }) });
  return button.first().evaluate(
    (head) =>
      new Promise<number>((resolve) => {
        const before = head.getAttribute('aria-sort');
        const startMs = performance.now();
        head.querySelector('button')?.click();
        const look = (): void => {
          if (head.getAttribute('aria-sort') === before) requestAnimationFrame(look);
          else requestAnimationFrame(() => resolve(Math.round(performance.now() - startMs)));
        };
        look();
      }),
  );
}

/** What frames cost the page on average; `work` answers how many there were. */
async function workPerFrame(
  session: CDPSession,
  work: () => Promise<number>,
): Promise<{ readonly taskMs: string; readonly scriptMs: string; readonly layoutMs: string }> {
  // Of the page's thread alone: what other processes take away does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<ReadonlyMap<string, number>> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return new Map(metrics.map(({ name, value }) => [name, value]));
  };
  const before = await read();
  const frames = await work();
  const after = await read();
  await session.send('Performance.disable');
  const mean = (...names: string[]): string =>
    ((names.reduce((sum, name) => sum + (after.get(name) ?? 0) - (before.get(name) ?? 0), 0) * 1_000) / frames).toFixed(2);
  return {
    taskMs: mean('TaskDuration'),
    scriptMs: mean('ScriptDuration'),
    layoutMs: mean('LayoutDuration', 'RecalcStyleDuration'),
  };
}
