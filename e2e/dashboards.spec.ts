// What people do with dashboards, in a real browser, on the metrics that Vitrine keeps of itself.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { signedInPage } from './signed-in-page.ts';
import { startVitrine, VITRINE, type VitrineProcess } from './vitrine-process.ts';

const COUNTER = 'vitrine_http_request_duration_seconds_count';

let vitrine: VitrineProcess;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[] = [];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  vitrine = await startVitrine('serve');
  ({ context, page, complaints } = await signedInPage(browser, vitrine));
});

test.afterAll(async () => {
  await context?.close();
  expect(await vitrine?.stop()).toBe(0);
});

test('a dashboard from nothing: a panel, a query with completion, a title, saved', async () => {
  await page.goto(`${vitrine.url}/dashboards`);
  await page
    .getByRole('link', { name: 'New dashboard' })
    .or(page.getByRole('button', { name: 'New dashboard' }))
    .click();
  await page.getByRole('button', { name: 'Add the first panel' }).click();
  await type(page, 'vitrine_http_requests_in');
  await page.getByRole('option', { name: /vitrine_http_requests_in_flight/ }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('In flight');
  await expect(curves('In flight')).not.toHaveCount(0);

  await page.getByRole('link', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog().getByRole('textbox', { name: 'Title' }).fill('Made here');
  await dialog().getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog()).toBeHidden();
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Made here', exact: true })).toBeVisible();
  await page.reload();
  await expect(curves('In flight')).not.toHaveCount(0);
});

test('the keyboard moves and resizes a panel, and undo brings it back', async () => {
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  const cell = panel('In flight');
  await expect(curves('In flight')).not.toHaveCount(0);
  const before = await boxOf(cell);
  const handle = page.getByRole('button', { name: /^Move In flight/ });
  await handle.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(async () => (await boxOf(cell)).x).toBeGreaterThan(before.x + 50);
  await expect.poll(async () => (await boxOf(cell)).height).toBeGreaterThan(before.height + 50);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => boxOf(cell)).toEqual(before);
});

test('who saves second sees what the first one changed, and decides', async () => {
  const uid = new URL(page.url()).pathname.split('/')[2] ?? '';
  const other = await context.newPage();
  await rename(other, uid, 'Theirs');
  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog().getByRole('textbox', { name: 'Title' }).fill('Mine');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog().getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog().getByRole('alert')).toBeVisible();
  await expect(dialog().getByText('"title": "Theirs"').first()).toBeVisible();
  await dialog().getByRole('button', { name: 'Save mine over theirs' }).click();
  await expect(dialog()).toBeHidden();
  await other.reload();
  await expect(other.getByRole('heading', { level: 1, name: 'Mine', exact: true })).toBeVisible();
  await other.close();
});

test('an earlier revision comes back', async () => {
  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog().getByRole('tab', { name: 'Revisions' }).click();
  await dialog().getByRole('row').filter({ hasText: 'the first time' }).getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Theirs', exact: true })).toBeVisible();
});

test('a Grafana dashboard is imported, its input answered, and its variables chain', async () => {
  const file = join(vitrine.folder, 'chain.json');
  writeFileSync(file, JSON.stringify(CHAIN));
  await page.goto(`${vitrine.url}/import`);
  await page.locator('input[type=file]').setInputFiles(file);
  const save = page.getByRole('region', { name: 'Save it' });
  await expect(page.getByText('fancy-thing-panel').first()).toBeVisible();
  await save.getByText('Prometheus', { exact: true }).waitFor();
  await save.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Requests by route', exact: true })).toBeVisible();

  // A method is asked for first; the routes are those of that method.
  await expect(panel('Rate of GET')).toBeVisible({ timeout: 30_000 });
  await expect.poll(async () => curves('Rate of GET').count(), { timeout: 30_000 }).toBeGreaterThan(1);
  await choose('method', 'POST');
  await expect(panel('Rate of POST')).toBeVisible();
  await expect(page).toHaveURL(/var-method=POST/);
  await choose('route', '/api/panel-data');
  await expect(page).toHaveURL(/var-route=/);
  await expect(curves('Rate of POST')).toHaveCount(1);
  await page.reload();
  await expect(panel('Rate of POST')).toBeVisible();
  await expect(panel('Unknown').getByText('fancy-thing-panel')).toBeVisible();
});

test('a deployment told by one HTTP request is a mark on the charts', async () => {
  const token = createToken();
  const answer = await fetch(`${vitrine.url}/api/annotations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ dashboardUID: 'chain', time: Date.now() - 5_000, tags: ['deployment'], text: 'fraud v8 <b>live</b>' }),
  });
  expect(answer.status).toBe(200);
  await page.goto(`${vitrine.url}/d/chain?from=now-5m&to=now`);
  await panel('Rate of GET').locator('.u-over button').first().hover({ timeout: 30_000 });
  // Its text is shown as it was sent.
  await expect(page.getByRole('tooltip').filter({ hasText: 'fraud v8 <b>live</b>' })).toBeVisible();
});

test('what was explored goes to a dashboard', async () => {
  await page.goto(`${vitrine.url}/explore`);
  await type(page, 'up');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+Enter');
  // What is typed over it stands there letter by letter.
  await page.keyboard.press('ControlOrMeta+a');
  await type(page, `sum(rate(${COUNTER}[1m]))`, false);
  await expect(page.getByRole('textbox', { name: 'PromQL query' }).first()).toHaveText(`sum(rate(${COUNTER}[1m]))`);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(
    page
      .getByRole('grid')
      .or(page.getByRole('table', { name: 'Legend' }))
      .first(),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Explain' }).click();
  await expect(page.getByText('Sum of the series, all together')).toBeVisible();
  await page.getByRole('button', { name: 'To a dashboard' }).click();
  await dialog().getByRole('textbox', { name: 'Title of the panel' }).fill('All requests');
  await dialog().getByRole('button', { name: 'Add the panel' }).click();
  await expect(curves('All requests')).not.toHaveCount(0);
  // Leaving asks first: nothing of it is saved.
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  await expect(dialog().getByText('There are changes that are not saved')).toBeVisible();
  await dialog().getByRole('button', { name: 'Discard them' }).click();
  await expect(page).toHaveURL(`${vitrine.url}/`);
});

test('files are looked at, imported and explored', async () => {
  await page.goto(`${vitrine.url}/ingest/upload`);
  const file = page.locator('input[type=file]');
  // It was written by pyarrow, and its times are older than what is kept.
  await file.setInputFiles(new URL('../packages/server/src/ingest/upload/testdata/run.parquet', import.meta.url).pathname);
  const columns = page.getByRole('table', { name: 'What each column means' });
  await expect(columns.getByRole('row', { name: 'loss' })).toContainText('→ loss{run="base"}');
  await expect(page.getByRole('region', { name: 'Import' })).toContainText('Nothing would be stored');
  await expect(page.getByRole('region', { name: 'Import' })).toContainText('retention.time');

  await page.getByRole('button', { name: 'Take another' }).click();
  const start = Math.floor(Date.now() / 1_000) - 600;
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${start + 10 * i};${i % 2 ? 'wide' : 'base'};${i === 30 ? '?' : `0,${i + 10}`}\r\n`,
  );
  const buffer = Buffer.from(`time;run;GPU power\r\n${rows.join('')}`);
  await file.setInputFiles({ name: 'power.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('textbox', { name: 'Unit of GPU power' }).fill('watts');
  await page.getByRole('button', { name: 'Add a label' }).click();
  await page.keyboard.type('site');
  await page.keyboard.press('Tab');
  await page.keyboard.type('lab');
  await expect(columns).toContainText('→ GPU_power_watts{run="base", site="lab"}');
  await expect(page.getByRole('region', { name: 'Import' })).toContainText(/59 samples would be stored\s*of 60 rows/);
  await page.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByRole('region', { name: 'Import' })).toContainText('59 samples are stored');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as CSV' }).click();
  expect((await download).suggestedFilename()).toBe('power.csv refused.csv');
  await page.getByRole('link', { name: 'Explore it' }).click();
  await expect(page.getByRole('textbox', { name: 'PromQL query' }).first()).toHaveText('GPU_power_watts');
  await expect(page.getByRole('table', { name: 'Legend' })).toContainText('wide');
});

test('nothing was complained about in the console', () => {
  // The refused save is an HTTP answer that browsers report.
  expect(complaints.filter((text) => !text.includes('409'))).toEqual([]);
});

const CHAIN = {
  dashboard: {
    uid: 'chain',
    title: 'Requests by route',
    schemaVersion: 27,
    __inputs: [{ name: 'DS_PROM', label: 'Prometheus', type: 'datasource', pluginId: 'prometheus' }],
    time: { from: 'now-5m', to: 'now' },
    templating: {
      list: [
        {
          name: 'method',
          type: 'query',
          datasource: '${DS_PROM}',
          query: `label_values(${COUNTER}, method)`,
          refresh: 2,
          sort: 1,
          current: {},
        },
        {
          name: 'route',
          type: 'query',
          datasource: '${DS_PROM}',
          query: `label_values(${COUNTER}{method="$method"}, route)`,
          refresh: 2,
          multi: true,
          includeAll: true,
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels: [
      {
        id: 1,
        type: 'graph',
        title: 'Rate of $method',
        datasource: '${DS_PROM}',
        gridPos: { x: 0, y: 0, w: 12, h: 8 },
        targets: [
          {
            expr: `sum by (route) (rate(${COUNTER}{method="$method",route=~"$route"}[1m]))`,
            legendFormat: '{{route}}',
            refId: 'A',
          },
        ],
        yaxes: [{ format: 'reqps' }, { format: 'short' }],
      },
      { id: 3, type: 'fancy-thing-panel', title: 'Unknown', gridPos: { x: 12, y: 0, w: 12, h: 8 }, targets: [] },
    ],
  },
};

function panel(title: string): Locator {
  return page.getByRole('region', { name: title, exact: true });
}

/** The lines that a chart has, as its legend names them. */
function curves(title: string): Locator {
  return panel(title).locator('button[aria-pressed]');
}

function dialog(): Locator {
  return page.getByRole('dialog');
}

/** Writes into the first query editor of a page; a click before it takes away what is selected. */
async function type(on: Page, text: string, clicks = true): Promise<void> {
  if (clicks) await on.getByRole('textbox', { name: 'PromQL query' }).first().click();
  await on.keyboard.type(text, { delay: 20 });
}

/** Chooses one value of a variable, and no other. */
async function choose(variable: string, value: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${variable}`) }).click();
  await page.getByRole('option', { name: value, exact: true }).click();
  await page.keyboard.press('Escape');
}

/** Somebody else opens the same dashboard, gives it another title, and saves it. */
async function rename(other: Page, uid: string, title: string): Promise<void> {
  await other.goto(`${vitrine.url}/d/${uid}/edit`);
  await other.getByRole('button', { name: 'Settings' }).click();
  await other.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill(title);
  await other.keyboard.press('Escape');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await other.getByRole('dialog').getByRole('textbox', { name: 'What did you change?' }).fill('the first time');
  await other.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByRole('dialog')).toBeHidden();
  await expect(other.getByRole('heading', { level: 1, name: title, exact: true })).toBeVisible();
}

async function boxOf(of: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await of.boundingBox();
  if (box === null) throw new Error('it has no box');
  return { x: Math.round(box.x), y: Math.round(box.y), width: Math.round(box.width), height: Math.round(box.height) };
}

function createToken(): string {
  const printed = execFileSync(
    process.execPath,
    [VITRINE, 'token', 'create', '--name', 'pipeline', '--scope', 'admin', '--data', join(vitrine.folder, 'data')],
    { encoding: 'utf8' },
  );
  const token = /\bvitrine_\S+|\b[A-Za-z0-9_-]{32,}\b/.exec(printed)?.[0];
  if (token === undefined) throw new Error(`no token was printed: ${printed}`);
  return token;
}
