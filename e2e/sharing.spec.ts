// What is shared and reused: panels of the library, links, snapshots, files. In a real browser, on Vitrine's own metrics.
import { readFileSync } from 'node:fs';
import { PDFDocument } from '@cantoo/pdf-lib';
import { type BrowserContext, type Download, expect, type Locator, type Page, test } from '@playwright/test';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

const COUNTER = 'vitrine_http_request_duration_seconds_count';

let vitrine: VitrineProcess;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

test.beforeAll(async ({ browser }) => {
  vitrine = await startVitrine('serve');
  context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  listen(page);
  await page.goto(vitrine.signInLink);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await save(dashboardOf('one', 'One'));
  await save(dashboardOf('two', 'Two'));
  await save(dashboardOf('shown', 'Shown'));
});

test.afterAll(async () => {
  await context?.close();
  expect(await vitrine?.stop()).toBe(0);
});

test.describe('a library panel', () => {
  test.describe.configure({ mode: 'serial' });

  test('is made of a panel, and added to another dashboard', async () => {
    await page.goto(`${vitrine.url}/d/one/edit/1`);
    await page.getByRole('button', { name: 'Make it a library panel' }).click();
    await dialog().getByRole('textbox', { name: 'Name' }).fill('Requests, shared');
    await dialog().getByRole('button', { name: 'Make it one' }).click();
    await expect(strip()).toContainText('This is the library panel Requests, shared.');
    await saveChanges();

    await page.goto(`${vitrine.url}/d/two/edit`);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('menuitem', { name: 'From the library' }).click();
    await dialog().getByRole('textbox', { name: 'Search the library' }).fill('shared');
    await dialog()
      .getByRole('button', { name: /Requests, shared.*Time series/ })
      .click();
    await expect(page.getByRole('region', { name: 'Requests', exact: true })).toHaveCount(2);
    await saveChanges();
  });

  test('is changed in one dashboard, with a word on the others, and changes in them', async () => {
    await page.goto(`${vitrine.url}/d/one/edit/1`);
    await expect(strip()).toContainText('2 dashboards show it: this one and “Two”.');
    await page.getByRole('textbox', { name: 'Title' }).fill('Requests everywhere');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(dialog().getByRole('list', { name: 'Library panels that change' })).toContainText('2 dashboards show it');
    await dialog().getByRole('button', { name: 'Save', exact: true }).click();
    await expect(dialog()).toBeHidden();
    await page.goto(`${vitrine.url}/d/two`);
    await expect(curves('Requests everywhere')).not.toHaveCount(0);
    // The earlier revision says what it said.
    const revisions = (await askJson(`/api/dashboards/two/revisions`)) as { revisions: { revision: number }[] };
    const first = await askJson(`/api/dashboards/two/revisions/${revisions.revisions[0]?.revision}`);
    expect(titlesOf(first)).toEqual(['Requests', 'In flight', 'Of $method', 'Requests']);
  });

  test('stays while dashboards show it, and is a panel of its own once unlinked', async () => {
    await page.goto(`${vitrine.url}/library`);
    const line = page.getByRole('listitem').filter({ hasText: 'Requests, shared' });
    await expect(line.getByRole('link', { name: 'Two' })).toBeVisible();
    await line.getByRole('button', { name: /^Delete/ }).click();
    await expect(page.getByRole('alert')).toContainText('"One", "Two" show "Requests, shared". Take it out first.');
    await line.getByRole('button', { name: /^Rename/ }).click();
    await dialog().getByRole('textbox', { name: 'Name' }).fill('Requests, renamed');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Requests, renamed')).toBeVisible();

    await page.goto(`${vitrine.url}/d/one/edit/1`);
    await page.getByRole('button', { name: 'Unlink' }).click();
    await expect(strip()).toBeHidden();
    await saveChanges();
    const own = (await askJson('/api/dashboards/one')) as { dashboard: { panels: { title: string; libraryPanel?: unknown }[] } };
    expect(own.dashboard.panels[0]).toMatchObject({ title: 'Requests everywhere' });
    expect(own.dashboard.panels[0]?.libraryPanel).toBeUndefined();
  });

  test('that is not there any more is told in its panel', async () => {
    const lost = dashboardOf('lost', 'Lost');
    lost.panels[0] = { ...lost.panels[0]!, libraryPanel: { uid: 'gone', name: 'Gone' } };
    await save(lost);
    await page.goto(`${vitrine.url}/d/lost`);
    const notice = panel('Requests').getByRole('button', { name: /The library panel “Gone” is not there any more/ });
    await expect(notice).toBeVisible();
    await expect(curves('Requests')).not.toHaveCount(0);
  });
});

test.describe('what is shared', () => {
  test('a link says what is chosen: range, variables, theme', async () => {
    await page.goto(`${vitrine.url}/d/shown?from=now-5m&to=now&var-method=GET`);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const link = dialog().getByRole('textbox', { name: 'Link' });
    await expect(link).toHaveValue(/\?from=now-5m&to=now/);
    await turnOn('Fixed range');
    await dialog().getByRole('radio', { name: 'Light' }).press('Space');
    await expect(link).toHaveValue(/from=20\d\d-.*&theme=light/);
    await dialog().getByRole('tab', { name: 'Frame' }).click();
    await expect(dialog().getByRole('textbox', { name: 'HTML' })).toHaveValue(/^<iframe src="http.*kiosk=true/);
    const shared = await context.newPage();
    await shared.goto(`${vitrine.url}/d/shown?from=now-5m&to=now&theme=light&kiosk=true`);
    await expect(shared.locator('html[data-mantine-color-scheme="light"]')).toBeVisible();
    await expect(shared.getByRole('region', { name: 'In flight' })).toBeVisible();
    await expect(shared.getByRole('navigation', { name: 'Pages' })).toBeHidden();
    await shared.close();
  });

  test('a public snapshot shows the same to somebody who is not signed in, and asks no source', async ({ browser }) => {
    await page.goto(`${vitrine.url}/d/shown?from=now-5m&to=now`);
    await expect(curves('Requests')).not.toHaveCount(0);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await dialog().getByRole('tab', { name: 'Snapshot' }).click();
    await dialog().getByRole('textbox', { name: 'Name' }).fill('As it was');
    await turnOn('Anyone with the link may see it, without signing in');
    await dialog().getByRole('button', { name: 'Take the snapshot' }).click();
    const url = await dialog().getByRole('textbox', { name: 'Link', exact: true }).inputValue();
    const names = await namesOf(page, 'Requests');

    const stranger = await browser.newContext({ colorScheme: 'light', viewport: { width: 1440, height: 900 } });
    const reader = await stranger.newPage();
    listen(reader);
    const asked: string[] = [];
    reader.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await reader.goto(url);
    await expect(reader.getByRole('heading', { level: 1, name: 'As it was' })).toBeVisible();
    await expect(reader.getByRole('region', { name: 'Requests', exact: true }).locator('button[aria-pressed]')).not.toHaveCount(
      0,
    );
    expect(await namesOf(reader, 'Requests')).toEqual(expect.arrayContaining(names.slice(0, 3)));
    await expect(reader.getByRole('region', { name: 'In flight' })).toBeVisible();
    // What was chosen, a row that was folded, copies of a repeat, and marks are in it.
    await expect(reader.getByText('Method: GET')).toBeVisible();
    await reader.getByRole('button', { name: /^More/ }).click();
    await expect(reader.getByRole('region', { name: 'Of GET' })).toBeVisible();
    await reader.getByRole('region', { name: 'Requests', exact: true }).locator('.u-over button').first().hover();
    await expect(reader.getByRole('tooltip').filter({ hasText: 'deployed v8' })).toBeVisible();
    expect(asked.filter((path) => /panel-data|variable-options|annotation-events|\/api\/live|query/.test(path))).toEqual([]);
    // What the queries said is not in it.
    const kept = await (await reader.request.get(url.replace('/dashboard/snapshot/', '/api/snapshots/'))).text();
    expect(kept).not.toContain(COUNTER);

    await dialog().getByRole('link', { name: 'All snapshots' }).click();
    await page.getByRole('button', { name: 'Delete As it was' }).click();
    await expect(page.getByText('There are no snapshots')).toBeVisible();
    await reader.reload();
    await expect(reader.getByText('Sign in to Vitrine')).toBeVisible();
    await stranger.close();
  });
});

test.describe('a dashboard as a file', () => {
  test.describe.configure({ mode: 'serial' });

  test('PDF: pages of A4 that hold all panels', async () => {
    // On a loaded machine a picture of a panel takes seconds.
    test.slow();
    await save(dashboardOf('long', 'Long – 長い', 24));
    await page.goto(`${vitrine.url}/d/long?from=now-5m&to=now`);
    const download = await exported('PDF');
    expect(download.suggestedFilename()).toBe('Long - 長い.pdf');
    const bytes = readFileSync(await download.path());
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-');
    const pdf = await PDFDocument.load(bytes);
    // Twelve lines of panels on a page of 1,440 px: three lines on a sheet.
    expect(pdf.getPageCount()).toBe(4);
    expect(pdf.getTitle()).toBe('Long – 長い');
    const { width, height } = pdf.getPage(0).getSize();
    expect([Math.round(width), Math.round(height)]).toEqual([842, 595]);
  });

  test('PNG: the whole dashboard, out of view and folded too', async () => {
    test.slow();
    const { width, height } = pngSize(readFileSync(await (await exported('PNG')).path()));
    expect(width).toBe(2 * 1440);
    expect(height).toBeGreaterThan(2 * 12 * 280);
  });

  test('JSON: as Vitrine and as Grafana write it', async () => {
    const ours = JSON.parse(readFileSync(await (await exported('JSON (Vitrine)')).path(), 'utf8'));
    expect(ours).toMatchObject({ version: 2, uid: 'long' });
    const grafana = JSON.parse(readFileSync(await (await exported('JSON (Grafana)')).path(), 'utf8'));
    expect(grafana).toMatchObject({ uid: 'long', schemaVersion: 42 });
    expect(grafana.panels.length).toBeGreaterThanOrEqual(24);
  });

  test('one panel as a PDF of one page', async () => {
    await panel('Panel 1').getByRole('button', { name: 'Menu of Panel 1' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Save as PDF' }).click();
    const pdf = await PDFDocument.load(readFileSync(await (await download).path()));
    expect([pdf.getPageCount(), pdf.getTitle()]).toEqual([1, 'Panel 1']);
  });
});

test('a playlist is made, changed and played', async () => {
  await page.goto(`${vitrine.url}/playlists`);
  await page.getByRole('button', { name: 'New playlist' }).first().click();
  await dialog().getByRole('textbox', { name: 'Name' }).fill('Wall');
  for (const title of ['One', 'Two']) {
    await dialog().getByRole('combobox', { name: 'Add a dashboard' }).click();
    await page.getByRole('option', { name: title, exact: true }).click();
  }
  await dialog().getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('1m each')).toBeVisible();
  await page.getByRole('button', { name: 'Change Wall' }).click();
  await dialog().getByRole('textbox', { name: 'Show each for' }).fill('1h');
  await dialog().getByRole('button', { name: 'Move Two up' }).click();
  await dialog().getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('1h each')).toBeVisible();
  await page.getByRole('link', { name: 'Wall' }).click();
  await expect(page).toHaveURL(/\/playlists\/.+kiosk=true/);
  await expect(page.getByRole('region', { name: 'In flight' })).toBeVisible();
});

test('nothing was complained about in the console', () => {
  // Refused deletions and strangers are HTTP answers that browsers report.
  expect(complaints.filter((text) => !/40[149]/.test(text))).toEqual([]);
});

interface SavedPanel {
  readonly id: number;
  readonly [name: string]: unknown;
}

/** Two panels and a folded row with one that is repeated; more panels of the same where asked for. */
function dashboardOf(uid: string, title: string, count = 0): { uid: string; title: string; panels: SavedPanel[] } {
  const source = { type: 'builtin', uid: 'builtin' };
  const panelOf = (id: number, name: string, expr: string, more: object = {}): SavedPanel => ({
    id,
    kind: 'timeseries',
    title: name,
    grid: { x: ((id - 1) % 2) * 12, y: Math.floor((id - 1) / 2) * 8, w: 12, h: 8 },
    queries: [{ refId: 'A', source, hidden: false, spec: { expr, legendFormat: '{{route}}' } }],
    ...more,
  });
  const rate = `sum by (route) (rate(${COUNTER}{method="$method"}[1m]))`;
  const base = { version: 2, uid, title, range: { from: 'now-5m', to: 'now' } };
  if (count > 0) {
    const panels = Array.from({ length: count }, (_, at) => panelOf(at + 1, `Panel ${at + 1}`, `sum(rate(${COUNTER}[1m]))`));
    return { ...base, panels };
  }
  const repeat = { variable: 'method', direction: 'horizontal', maxPerRow: 4 };
  const document = {
    ...base,
    annotations: [
      {
        name: 'Marks',
        source: { type: 'grafana', uid: '-- Grafana --' },
        enable: true,
        builtIn: true,
        spec: {},
        color: '#8b9dff',
      },
    ],
    variables: [
      {
        kind: 'query',
        name: 'method',
        label: 'Method',
        source,
        spec: { query: `label_values(${COUNTER}, method)` },
        current: 'GET',
      },
    ],
    layout: {
      kind: 'rows',
      sections: [
        { id: 20, title: '', hideHeader: true, layout: { kind: 'grid', panels: [1, 2] } },
        { id: 21, title: 'More', collapsed: true, layout: { kind: 'grid', panels: [3] } },
      ],
    },
    panels: [
      panelOf(1, 'Requests', rate),
      panelOf(2, 'In flight', 'vitrine_http_requests_in_flight'),
      panelOf(3, 'Of $method', rate, { repeat }),
    ],
  };
  return document;
}

async function save(dashboard: { uid: string }): Promise<void> {
  const { uid } = dashboard;
  const answer = await page.request.put(`${vitrine.url}/api/dashboards/${uid}`, {
    data: { dashboard },
    headers: { origin: vitrine.url },
  });
  expect([answer.status(), await answer.text()]).toEqual([200, expect.anything()]);
  if (uid !== 'shown') return;
  const annotation = { dashboardUID: uid, time: Date.now() - 2_000, text: 'deployed v8' };
  await page.request.post(`${vitrine.url}/api/annotations`, { data: annotation, headers: { origin: vitrine.url } });
}

async function askJson(path: string): Promise<unknown> {
  return (await page.request.get(`${vitrine.url}${path}`)).json();
}

function titlesOf(answer: unknown): string[] {
  return (answer as { dashboard: { panels: { title: string }[] } }).dashboard.panels.map(({ title }) => title);
}

async function saveChanges(): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog().getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog()).toBeHidden();
}

async function exported(form: string): Promise<Download> {
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: form, exact: true }).click();
  return download;
}

function pngSize(bytes: Buffer): { width: number; height: number } {
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function listen(to: Page): void {
  to.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  to.on('pageerror', (error) => complaints.push(String(error)));
}

function panel(title: string): Locator {
  return page.getByRole('region', { name: title, exact: true });
}

/** The lines that a chart has, as its legend names them. */
function curves(title: string): Locator {
  return panel(title).locator('button[aria-pressed]');
}

async function namesOf(on: Page, title: string): Promise<string[]> {
  return on.getByRole('region', { name: title, exact: true }).locator('button[aria-pressed]').allInnerTexts();
}

/** By the keyboard: the switch itself is drawn by its label. */
async function turnOn(name: string): Promise<void> {
  await dialog().getByRole('switch', { name }).press('Space');
}

function strip(): Locator {
  return page.getByRole('note', { name: 'Library panel' });
}

function dialog(): Locator {
  return page.getByRole('dialog');
}
