import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

export interface SignedInPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console and the page complained about, as it comes. */
  readonly complaints: readonly string[];
}

/** A page in the dark theme, 1440 × 900, on which the printed link has signed in. */
export async function signedInPage(browser: Browser, vitrine: VitrineProcess): Promise<SignedInPage> {
  const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(vitrine.signInLink);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  return { context, page, complaints };
}

export interface ServedPage extends SignedInPage {
  /** Where it is served: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly folder: string;
  close(): Promise<void>;
}

/** A Vitrine of its own with nothing in it, and a page signed in on it. */
export async function servedPage(browser: Browser): Promise<ServedPage> {
  const vitrine = await startVitrine('serve');
  const signedIn = await signedInPage(browser, vitrine);
  return {
    ...signedIn,
    url: vitrine.url,
    folder: vitrine.folder,
    async close() {
      await signedIn.context.close();
      await vitrine.stop();
    },
  };
}
