// What keeps dashboards fast: each panel asks once and only while it is seen, a live one only for what is new, and of many
// series the server sends few. How fast that is, `npm run bench -- --page` tells.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import type { PanelDataRequest } from '@vitrine/model/api.ts';
import { encodeWriteRequest, packSnappy } from '@vitrine/server/ingest/remote-write/encode-remote-write.ts';
import { remoteWriteRequests, sendAll } from '../bench/remote-write.ts';
import { SPEED, speedDashboards, speedData } from './speed-data.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

const STEP_MS = 30_000;
const RANGE_MS = 3_600_000;

interface Asked extends PanelDataRequest {
  readonly bytes: number;
}

const folder = mkdtempSync(join(tmpdir(), 'vitrine-speed-'));
let vitrine: VitrineProcess;
let context: BrowserContext;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  mkdirSync(join(folder, 'dashboards'));
  for (const [name, dashboard] of Object.entries(speedDashboards('now-1h')))
    writeFileSync(join(folder, 'dashboards', `${name}.json`), JSON.stringify(dashboard));
  vitrine = await startVitrine('serve', ['--dashboards', join(folder, 'dashboards')]);
  const toMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  await sendAll(`${vitrine.url}/api/v1/write`, remoteWriteRequests(speedData(toMs - RANGE_MS, toMs, STEP_MS)), 1);
  context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1600, height: 1400 } });
  const page = await context.newPage();
  await page.goto(vitrine.signInLink);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await page.close();
});

test.afterAll(async () => {
  await context?.close();
  await vitrine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('twenty panels of fifty series ask once each, and once again where the reader zooms', async () => {
  const { page, asked } = await open('twenty', 'off');
  await expect(ready(page)).toHaveCount(SPEED.panels);
  await expect(page.locator('[data-panel] canvas').first()).toBeVisible();
  expect(asked.map(({ panel }) => panel).toSorted((a, b) => a - b)).toEqual(upTo(SPEED.panels));

  const before = asked.length;
  const box = await boxOf(page);
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => asked.length).toBe(before + SPEED.panels);
  await expect(page.locator('[data-panel][aria-busy=true]')).toHaveCount(0);
  const zoomed = asked.slice(before);
  expect(zoomed.map(({ panel }) => panel).toSorted((a, b) => a - b)).toEqual(upTo(SPEED.panels));
  for (const { fromMs, toMs } of zoomed) expect((toMs - fromMs) / RANGE_MS).toBeCloseTo(0.25, 1);
  await page.close();
});

test('a live dashboard asks only for what is new', async () => {
  const { page, asked } = await open('twenty', 'live');
  await expect(ready(page)).toHaveCount(SPEED.panels);
  await expect(page.getByRole('button', { name: 'Live' })).toHaveAttribute('data-state', 'live');
  const whole = Math.min(...asked.filter(({ sinceMs }) => sinceMs === undefined).map(({ bytes }) => bytes));
  const before = asked.length;
  await writeNow();
  await expect.poll(() => new Set(asked.slice(before).map(({ panel }) => panel)).size, { timeout: 30_000 }).toBe(SPEED.panels);
  const parts = asked.slice(before);
  for (const { sinceMs, toMs, bytes } of parts) {
    expect(sinceMs).toBeGreaterThan(toMs - RANGE_MS / 10);
    expect(bytes).toBeLessThan(whole / 2);
  }
  await page.close();
});

test('of 172 panels only those that are seen ask', async () => {
  const { page, asked } = await open('long', 'off');
  await expect(page.locator('[data-panel]')).toHaveCount(SPEED.longPanels);
  await expect(ready(page).first()).toBeVisible();
  await expect(page.locator('[data-panel][aria-busy=true]')).toHaveCount(0);
  const atFirst = new Set(asked.map(({ panel }) => panel));
  expect(atFirst.size).toBeGreaterThan(5);
  expect(atFirst.size).toBeLessThan(24);
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expect(page.locator(`[data-panel="${SPEED.longPanels}"]`)).toHaveAttribute('data-state', 'ready');
  // What was flown over on the way is not asked for.
  expect(new Set(asked.map(({ panel }) => panel)).size).toBeLessThan(48);
  await page.close();
});

test('of 2,000 series fifty are shown, chosen by the server, with the range of the rest', async () => {
  const { page, asked } = await open('fleet', 'off');
  const panel = page.getByRole('region', { name: 'Fleet', exact: true });
  await expect(panel).toHaveAttribute('data-state', 'ready');
  await expect(
    panel.getByRole('button', { name: /Showing 50 of 2,000 series, those with the highest last value/ }),
  ).toBeVisible();
  for (const [item, top, said] of [
    [
      'The 10 with the highest peak',
      { limit: 10, by: 'max', envelope: true },
      /Showing 10 of 2,000 series, those with the highest maximum/,
    ],
    [
      'The 10 highest on average',
      { limit: 10, by: 'mean', envelope: true },
      /Showing 10 of 2,000 series, those with the highest mean/,
    ],
    ['The 50 highest now', { limit: 50, by: 'last', envelope: true }, /Showing 50 of 2,000 series, .* and the range of the rest/],
  ] as const) {
    await panel.getByRole('button', { name: 'Menu of Fleet' }).click();
    await page.getByRole('menuitem', { name: 'Of many series show' }).hover();
    await page.getByRole('menuitem', { name: item }).click();
    await expect(panel.getByRole('button', { name: said })).toBeVisible();
    await expect.poll(() => asked.at(-1)?.top).toEqual(top);
    await page.keyboard.press('Escape');
  }
  await page.close();
});

/** Opens a dashboard, and notes every question for a panel's data with the size of its answer. */
async function open(uid: string, refresh: string): Promise<{ page: Page; asked: Asked[] }> {
  const page = await context.newPage();
  const asked: Asked[] = [];
  page.on('response', async (response) => {
    if (new URL(response.url()).pathname !== '/api/panel-data') return;
    // A page that goes away takes its answers with it.
    const body = await response.body().catch(() => undefined);
    if (body !== undefined) asked.push({ ...(response.request().postDataJSON() as PanelDataRequest), bytes: body.length });
  });
  await page.goto(`${vitrine.url}/d/${uid}?refresh=${refresh}`);
  return { page, asked };
}

function ready(page: Page): ReturnType<Page['locator']> {
  return page.locator('[data-panel][data-state=ready]');
}

async function boxOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('the first chart has no box');
  return box;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** One more sample of each series. */
async function writeNow(): Promise<void> {
  const atMs = Date.now();
  const series = speedData(atMs, atMs + 1, 1).series.map(({ labels, values }) => {
    return { labels: [...labels], samples: [[values[0] as number, atMs] as const] };
  });
  const response = await fetch(`${vitrine.url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: new Uint8Array(packSnappy(encodeWriteRequest(series))),
  });
  expect(response.status).toBe(204);
}
