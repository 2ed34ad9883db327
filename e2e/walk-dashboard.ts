import type { Page } from '@playwright/test';

/** What came of one panel in the browser. */
export interface WalkedPanel {
  /** Its id, or the id and what tells it from the other copies of a repeat. */
  readonly key: string;
  readonly title: string;
  /** As the page calls it, or `blank`: ready, and yet nothing is drawn. */
  readonly state: string;
  /** The sentence of its failure box; "" where there is none. */
  readonly alert: string;
  /** What its notices say; "" where there are none. */
  readonly notices: string;
}

export interface Walk {
  readonly panels: readonly WalkedPanel[];
  /** Uncaught errors. */
  readonly pageErrors: readonly string[];
  readonly consoleErrors: readonly string[];
  readonly wallMs: number;
}

/** How long a screenful of panels may take on a busy machine before what is still on its way is noted as such. */
const SETTLES_WITHIN_MS = 30_000;
const DRAWS_WITHIN_MS = 5_000;
const SETTLED = ['ready', 'empty', 'failed', 'forbidden', 'stale'];

/** Opens a dashboard, unfolds all its rows, and goes through it from top to bottom, waiting at each place for what is seen. */
export async function walkDashboard(page: Page, address: string): Promise<Walk> {
  const pageErrors: string[] = [];
  const consoleErrors: string[] = [];
  page.on('pageerror', (error) => pageErrors.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error')
      consoleErrors.push(`${message.text()} ${new URL(message.location().url || address).pathname}`);
  });
  const startMs = performance.now();
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).first().waitFor({ timeout: SETTLES_WITHIN_MS });
  const folded = page.locator('h2 button[aria-expanded=false]');
  while ((await folded.count()) > 0) await folded.first().click();

  const seen = new Map<string, WalkedPanel>();
  const { height: viewHeight } = page.viewportSize() ?? { height: 900 };
  for (let top = 0; ; top += viewHeight - 200) {
    await page.evaluate(scrollTo, top);
    await until(() => page.evaluate(isSettled, SETTLED), SETTLES_WITHIN_MS);
    await until(() => page.evaluate(isDrawn), DRAWS_WITHIN_MS);
    for (const panel of await page.evaluate(panelsInView)) seen.set(panel.key, panel);
    if (top + viewHeight >= (await page.evaluate(() => document.scrollingElement?.scrollHeight ?? 0))) break;
  }
  page.removeAllListeners('pageerror');
  page.removeAllListeners('console');
  return { panels: [...seen.values()], pageErrors, consoleErrors, wallMs: performance.now() - startMs };
}

/** Asks until the answer is yes, or the time is up. */
async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await isSo()) && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 50));
}

// These run in the page.

/** Comes back when what came into view has been told: a panel that failed asks again then. */
async function scrollTo(top: number): Promise<void> {
  window.scrollTo(0, top);
  for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

function isSettled(settled: readonly string[]): boolean {
  return [...document.querySelectorAll('[data-panel]')].every((panel) => {
    const { top, bottom } = panel.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) return true;
    return settled.includes(panel.getAttribute('data-state') ?? '') && panel.getAttribute('aria-busy') !== 'true';
  });
}

function isDrawn(): boolean {
  return [...document.querySelectorAll('[data-panel][data-state=ready]')].every((panel) => {
    const { top, bottom } = panel.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) return true;
    const body = panel.querySelector('header + div');
    return body?.textContent !== '' || body.querySelector('canvas, svg, img') !== null;
  });
}

function panelsInView(): WalkedPanel[] {
  return [...document.querySelectorAll('[data-panel]')]
    .filter((panel) => {
      const { top, bottom } = panel.getBoundingClientRect();
      return bottom >= 0 && top <= innerHeight;
    })
    .map((panel) => {
      const body = panel.querySelector('header + div');
      const isBlank = body?.textContent === '' && body.querySelector('canvas, svg, img') === null;
      const state = panel.getAttribute('data-state') ?? '';
      return {
        key: panel.getAttribute('data-panel') ?? '',
        title: panel.querySelector('h2')?.textContent ?? '',
        state: state === 'ready' && isBlank ? 'blank' : state,
        alert: panel.querySelector('[role=alert]')?.textContent ?? '',
        notices: panel.querySelector('header button[data-level]')?.getAttribute('aria-label') ?? '',
      };
    });
}
