// The demo's real processes in a real browser: three networks train, then the healthy one is served.
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

/** Long enough for the healthy run to learn, short enough for a test. */
const TRAINING_MINUTES = '1';
const SCREENSHOTS = 'test-results/screenshots';

let vitrine: VitrineProcess;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  vitrine = await startVitrine('demo', ['--minutes', TRAINING_MINUTES]);
  context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
});

test.afterAll(async () => {
  await context?.close();
  expect(await vitrine?.stop()).toBe(0);
});

test('the printed link signs in, once', async ({ browser }) => {
  await page.goto(vitrine.signInLink);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  const other = await browser.newPage();
  await other.goto(vitrine.signInLink);
  await expect(other.getByRole('navigation', { name: 'Pages' })).toBeHidden();
  await expect(other.getByText(/link/i).first()).toBeVisible();
  await other.close();
});

test('training curves appear and grow without a reload', async () => {
  await page.goto(`${vitrine.url}/d/training?from=now-5m&to=now`);
  await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
  for (const title of ['Loss', 'Accuracy', 'Learning rate']) await expect(curves(title)).not.toHaveCount(0, { timeout: 60_000 });
  await page.screenshot({ path: `${SCREENSHOTS}/training-first.png` });

  const step = panel('Step');
  const before = await firstNumber(step);
  await expect.poll(() => firstNumber(step), { timeout: 20_000 }).toBeGreaterThan(before);
  expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
});

test('the tooltip stays with the pointer while the page moves on', async () => {
  const tooltip = page.getByRole('tooltip').filter({ hasText: 'healthy train' });
  // The training has just begun: the pointer looks for a place where its curve already is, and well before the newest sample.
  await expect(async () => {
    const box = await panel('Loss').locator('.u-over').boundingBox();
    if (box === null) throw new Error('the plot has no box');
    await page.mouse.move(box.x + box.width * 0.96, box.y + box.height * 0.4);
    await page.mouse.move(box.x + box.width * 0.96, box.y + box.height * 0.5);
    await expect(tooltip).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 40_000 });
  const before = await firstNumber(panel('Step'));
  await expect.poll(() => firstNumber(panel('Step')), { timeout: 20_000 }).toBeGreaterThan(before + 10);
  await expect(page.getByRole('tooltip')).toHaveCount(1);
  await expect(tooltip).toBeVisible();
});

test('a drag zooms into the range, and the browser goes back', async () => {
  const plot = panel('Loss').locator('.u-over');
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error('the plot has no box');
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.5, { steps: 8 });
  await page.mouse.up();
  await expect(page).not.toHaveURL(/from=now-5m/);
  await page.goBack();
  await expect(page).toHaveURL(/from=now-5m/);
});

test('the legend shows one line alone, and all again', async () => {
  const lines = panel('Learning rate').getByRole('table', { name: 'Legend' }).getByRole('button', { pressed: true });
  const count = await lines.count();
  expect(count).toBeGreaterThan(1);
  await lines.first().click();
  await expect(lines).toHaveCount(1);
  await lines.first().click();
  await expect(lines).toHaveCount(count);
});

test('a quick range goes into the URL, and keys open what they promise', async () => {
  await page.getByRole('button', { name: /^Time range/ }).click();
  await page.getByRole('button', { name: 'Last 15 minutes', exact: true }).click();
  await expect(page).toHaveURL(/from=now-15m/);
  await expect(page.getByRole('list', { name: 'Quick ranges' })).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('the healthy run learns, and the far too high learning rate does not', async () => {
  await page.goto(`${vitrine.url}/d/training?from=now-5m&to=now&panel=4`);
  await expect.poll(() => lastOf('Loss', 'healthy train'), { timeout: 90_000, intervals: [1000] }).toBeLessThan(0.6);
  expect(await lastOf('Loss', 'hot-lr train')).toBeGreaterThan(1.5);
  await page.screenshot({ path: `${SCREENSHOTS}/loss-full.png` });
  await page.goto(`${vitrine.url}/d/training?from=now-5m&to=now&panel=5`);
  await expect.poll(() => lastOf('Accuracy', 'healthy validation'), { timeout: 30_000, intervals: [1000] }).toBeGreaterThan(80);
  // In a run this short even it learns a little.
  const behind = async () => (await lastOf('Accuracy', 'healthy validation')) - (await lastOf('Accuracy', 'hot-lr validation'));
  await expect.poll(behind, { timeout: 60_000, intervals: [1000] }).toBeGreaterThan(20);
});

test('the trained model is served: requests, errors, latency and confidence appear', async () => {
  await page.goto(`${vitrine.url}/d/inference?from=now-5m&to=now`);
  await expect.poll(() => firstNumber(panel('Requests')), { timeout: 90_000, intervals: [1000] }).toBeGreaterThan(0);
  await expect(panel('Requests by status').getByRole('row', { name: /^200/ })).toBeVisible({ timeout: 30_000 });
  await expect(panel('Requests by status').getByRole('row', { name: /^400/ })).toBeVisible({ timeout: 60_000 });
  await expect(panel('Requests by status').getByRole('row', { name: /^500/ })).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => firstNumber(panel('Latency, p95')), { timeout: 30_000 }).toBeGreaterThan(0);
  await expect(panel('Confidence').locator('canvas')).not.toHaveCount(0);
});

test('its trainings are runs, and what is wrong with them is named', async () => {
  await page.goto(`${vitrine.url}/runs`);
  // By its box: "Overfitting" may be said of others too.
  const row = (run: string) => page.getByRole('grid', { name: 'Runs' }).getByRole('row', { name: `Select ${run}` });
  await expect(row('overfit')).toContainText('Overfitting', { timeout: 60_000 });
  await expect(row('healthy')).toContainText('Finished', { timeout: 60_000 });
  await expect(row('healthy')).not.toContainText('Overfitting');
  await expect(page.getByRole('article', { name: 'training_loss' })).toBeVisible();
});

test('every panel of every dashboard is drawn, dark and light, wide and narrow', async () => {
  test.setTimeout(180_000);
  for (const uid of ['training', 'inference', 'host', 'vitrine']) {
    for (const [name, width, height, scheme] of [
      // So high that all panels are in view: the others ask for nothing.
      ['dark', 1440, 3600, 'dark'],
      ['light', 1440, 900, 'light'],
      ['phone', 390, 900, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto(`${vitrine.url}/d/${uid}?from=now-5m&to=now`);
      await expect(page.locator('section[data-panel]').first()).toBeVisible();
      await expect.poll(notDrawn, { timeout: 20_000 }).toEqual([]);
      await expect(page.getByRole('alert')).toHaveCount(0);
      await page.screenshot({ path: `${SCREENSHOTS}/${uid}-${name}.png` });
    }
  }
});

test('nothing was complained about in the console', () => {
  expect(complaints).toEqual([]);
});

function panel(title: string): Locator {
  return page.getByRole('region', { name: title, exact: true });
}

/** The lines of a chart, by its legend. */
function curves(title: string): Locator {
  return panel(title).getByRole('table', { name: 'Legend' }).getByRole('button');
}

/** The newest value of one line as its legend reads it. */
async function lastOf(title: string, name: string): Promise<number> {
  const row = panel(title).getByRole('row').filter({ hasText: name });
  const head = await panel(title).getByRole('columnheader').allInnerTexts();
  const column = head.findIndex((text) => text.includes('last'));
  const cells = await row.first().getByRole('cell').allInnerTexts();
  return Number.parseFloat((cells[column] ?? '').replace('−', '-'));
}

/** The first number that a panel shows. */
async function firstNumber(region: Locator): Promise<number> {
  const text = (await region.allInnerTexts()).join(' ');
  return Number.parseFloat(/\d[\d.]*/.exec(text.replaceAll(/[, ](?=\d{3})/g, ''))?.[0] ?? 'NaN');
}

/** The panels in view that show nothing below their title, not even that there is nothing. */
async function notDrawn(): Promise<string[]> {
  const blank: string[] = [];
  const height = page.viewportSize()?.height ?? 0;
  for (const section of await page.locator('section[data-panel]').all()) {
    const box = await section.boundingBox();
    if (box === null || box.y >= height || box.y + box.height <= 0) continue;
    const state = await section.getAttribute('data-state');
    const title = await section.getByRole('heading').first().innerText();
    const pictures = await section.locator('canvas, table, ul, [role="table"], [role="meter"], [role="img"]').count();
    const says = (await section.innerText()).trim().length > title.length;
    if ((state !== 'ready' && state !== 'empty') || (pictures === 0 && !says)) blank.push(`${title}: ${state}`);
  }
  return blank;
}
