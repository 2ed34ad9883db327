// Every page and dialog under hard light: axe in both themes, the keyboard alone, a page at 200 %, and a phone.
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { EVERY_PAGE, furnish } from './every-page.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

let vitrine: VitrineProcess;
/** Cookies of who signed in: the link works once. */
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

test.beforeAll(async ({ browser }) => {
  vitrine = await startVitrine('serve');
  const page = await browser.newPage();
  await page.goto(vitrine.signInLink);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await furnish(vitrine, page);
  signedIn = await page.context().storageState();
  await page.context().close();
});

test.afterAll(async () => {
  expect(await vitrine?.stop()).toBe(0);
});

for (const { name, open } of EVERY_PAGE) {
  test(`${name}: axe finds nothing serious, dark or light`, async ({ browser }) => {
    const page = await newPage(browser, { width: 1440, height: 900 });
    await open(page, vitrine.url);
    const dark = await seriousOn(page);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
    expect({ dark, light: await seriousOn(page, true) }).toEqual({ dark: [], light: [] });
    await page.context().close();
  });
}

test('axe finds nothing serious where one signs in', async ({ browser }) => {
  const context = await browser.newContext({ colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto(vitrine.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await seriousOn(page)).toEqual([]);
  await page.context().close();
});

for (const { size, viewport, deviceScaleFactor } of [
  { size: 'at 200 %', viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
  { size: 'on a phone', viewport: { width: 390, height: 844 }, deviceScaleFactor: 1 },
]) {
  test(`${size} no page scrolls sideways, and nothing is out of reach`, async ({ browser }) => {
    const page = await newPage(browser, viewport, deviceScaleFactor);
    const found: string[] = [];
    for (const { name, open } of EVERY_PAGE) {
      await open(page, vitrine.url);
      found.push(...(await page.evaluate(outOfReach)).map((what) => `${name}: ${what}`));
    }
    expect(found).toEqual([]);
    await page.context().close();
  });
}

test('a panel is made, changed and saved by keyboard alone', async ({ browser }) => {
  const page = await newPage(browser, { width: 1440, height: 900 });
  await page.goto(`${vitrine.url}/d/light/edit`);
  await expect(page.getByRole('button', { name: /^Move Loss/ })).toBeVisible();
  await tabTo(page, 'Add');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem').first()).toBeVisible();
  await tabTo(page, 'Time series', 'ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'PromQL query' })).toBeVisible();
  await tabTo(page, 'PromQL query');
  await page.keyboard.type('train_loss');
  // Escape closes the completions; a second one leaves Tab to the page.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await tabTo(page, 'Title');
  await page.keyboard.type('By keyboard');
  await expect(page.getByRole('region', { name: 'By keyboard' })).toBeVisible();
  await tabTo(page, 'Back', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Save');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.type('by keyboard');
  await tabTo(page, 'Save');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.goto(`${vitrine.url}/d/light`);
  await expect(page.getByRole('region', { name: 'By keyboard' })).toBeVisible();
  await page.context().close();
});

async function newPage(browser: Browser, viewport: { width: number; height: number }, deviceScaleFactor = 1): Promise<Page> {
  const context = await browser.newContext({
    storageState: signedIn,
    viewport,
    deviceScaleFactor,
    colorScheme: 'dark',
    reducedMotion: 'reduce',
  });
  // A control that is not there fails at once, not with the whole test.
  context.setDefaultTimeout(10_000);
  return context.newPage();
}

/** One line a rule: its id and the elements that break it. */
async function seriousOn(page: Page, colorsOnly = false): Promise<string[]> {
  // What lies behind an open dialog is a page of its own here.
  const dialog = (await page.getByRole('dialog').count()) > 0;
  const all = new AxeBuilder({ page }).options({
    resultTypes: ['violations'],
    // Only colours differ between the themes.
    ...(colorsOnly ? { runOnly: ['color-contrast'] } : {}),
  });
  const { violations } = await (dialog ? all.include('[role=dialog]') : all).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`).join(' | ')}`,
    );
}

/** Presses Tab until what has the focus has this name. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let pressed = 0; pressed < 150; pressed++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(nameOfFocused);
    if (focused === name) return;
    seen.push(focused);
  }
  throw new Error(`Tab never came to "${name}", but to: ${seen.join(', ')}`);
}

/** Runs in the page. */
function nameOfFocused(): string {
  // Code editors live in a shadow of their own.
  const activeElement = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
  const label = activeElement?.id
    ? document.querySelector(`label[for="${CSS.escape(activeElement.id)}"]`)?.textContent
    : undefined;
  return (activeElement?.getAttribute('aria-label') ?? label ?? activeElement?.textContent ?? '').trim();
}

/** Runs in the page: what is wider than it, and controls that no scrolling brings into sight. */
function outOfReach(): string[] {
  const width = document.documentElement.clientWidth;
  const found: string[] = [];
  if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  for (const control of document.querySelectorAll('button, a[href], input, select, textarea, [tabindex="0"]')) {
    const { left, right, width: own, height } = control.getBoundingClientRect();
    if (own <= 1 || height <= 1 || getComputedStyle(control).visibility === 'hidden') continue;
    if (left >= -1 && right <= width + 1) continue;
    if (scrollsSideways(control)) continue;
    const name = control.getAttribute('aria-label') ?? control.textContent ?? '';
    found.push(`<${control.localName}> "${name.slice(0, 40)}" from ${Math.round(left)} to ${Math.round(right)}`);
  }
  return found;

  function scrollsSideways(element: Element): boolean {
    for (let above = element.parentElement; above !== null && above !== document.body; above = above.parentElement) {
      const { overflowX } = getComputedStyle(above);
      if ((overflowX === 'auto' || overflowX === 'scroll') && above.scrollWidth > above.clientWidth) return true;
    }
    return false;
  }
}
