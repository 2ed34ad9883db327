// A page that is signed in and notes whatever it should not do, and words made to do harm.
import { type Browser, expect, type Page } from '@playwright/test';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

export const EVIL = [
  '<img src=x onerror="window.__ran=1">',
  '<script>window.__ran=1</script>',
  '<svg onload="window.__ran=1"></svg><iframe src="javascript:parent.__ran=1"></iframe>',
  '[m](javascript:window.__ran=1)',
  '"><b onmouseover=window.__ran=1>b</b>',
  '${__proto__} ${constructor} $__data \u202Eecalp gnorw\u202C',
].join(' ');
/** For what may be 200 letters only. */
export const SHORT = '<img src=x onerror="window.__ran=1"><script>window.__ran=1</script>';
export const ADDRESSES = [
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '//evil.example/',
  '\\\\evil.example\\x',
  'vbscript:x',
];

export interface HostilePage {
  readonly vitrine: VitrineProcess;
  readonly page: Page;
  /** Errors, dialogs, requests to elsewhere and what the content policy stopped, so far. */
  readonly alarms: readonly string[];
  ask(method: string, path: string, body: unknown): Promise<{ status: number; text: string }>;
  /** Nothing ran, and nothing that is shown could. */
  expectNoHarm(where: string): Promise<void>;
  end(): Promise<void>;
}

export async function openHostilePage(browser: Browser): Promise<HostilePage> {
  const vitrine = await startVitrine('serve');
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const alarms: string[] = [];
  page.on('dialog', (dialog) => {
    alarms.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => alarms.push(String(error.stack ?? error).slice(0, 2_000)));
  page.on('console', (message) => {
    // Chromium says this of HTML that is only read, apart from the page, too: what stands in the page is looked at below.
    const isOfReading = /^(Executing inline event handler|Applying inline style)/.test(message.text());
    if (message.text().includes('Content Security Policy') && !isOfReading) alarms.push(message.text());
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(vitrine.url)) alarms.push(`asked ${request.url()}`);
  });
  await page.goto(vitrine.signInLink);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  return {
    vitrine,
    page,
    alarms,
    ask: (method, path, body) => page.evaluate(sendText, { method, path, text: JSON.stringify(body) }),
    async expectNoHarm(where) {
      expect(await page.evaluate(harmful, vitrine.url), where).toEqual([]);
      expect(await page.evaluate(() => (globalThis as { __ran?: number }).__ran), where).toBeUndefined();
      expect(alarms, where).toEqual([]);
    },
    async end() {
      await context.close();
      expect(await vitrine.stop()).toBe(0);
    },
  };
}

/** Runs in the page, which is signed in. As one text: Playwright is slow to hand over hundreds of thousands of objects. */
async function sendText({ method, path, text: body }: { method: string; path: string; text: string }) {
  const response = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body });
  return { status: response.status, text: await response.text() };
}

/** Runs in the page: elements that could run something, and addresses that lead elsewhere. */
function harmful(own: string): string[] {
  const found: string[] = [];
  for (const element of document.querySelectorAll('*')) {
    const isOwnScript = element.localName === 'script' && (element as HTMLScriptElement).src.startsWith(own);
    if (['script', 'iframe', 'object', 'embed', 'base'].includes(element.localName) && !isOwnScript)
      found.push(element.outerHTML);
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) found.push(`${name} on ${element.localName}`);
      if (!['href', 'src', 'xlink:href', 'action', 'formaction'].includes(name) || value.startsWith('#')) continue;
      const url = new URL(value, own);
      const isImage = element.localName === 'img' && (url.protocol === 'data:' || url.protocol === 'blob:');
      if (!['http:', 'https:', 'mailto:'].includes(url.protocol) && !isImage) found.push(`${name}="${value}"`);
      // An address without a scheme is meant to stay here.
      if (/^[\\/]{2}/.test(value)) found.push(`${name}="${value}"`);
    }
  }
  return found.map((line) => line.slice(0, 200));
}
