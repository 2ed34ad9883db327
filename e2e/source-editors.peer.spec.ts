// The query editors of InfluxDB and PostgreSQL in a browser: the builder, and code with completion. On Debian’s own servers.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { hasInfluxdb, startInfluxdb } from '@vitrine/server/testing/start-influxdb.ts';
import { hasPostgres, startPostgres } from '@vitrine/server/testing/start-postgres.ts';
import { signedInPage } from './signed-in-page.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

test.describe('query editors', () => {
  test.describe.configure({ mode: 'serial' });
  test.skip(!hasInfluxdb(), 'influxdb is not installed (Debian package influxdb)');
  test.skip(!hasPostgres(), 'postgresql is not installed (Debian package postgresql)');

  const folder = mkdtempSync(join(tmpdir(), 'vitrine-editors-'));
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  let vitrine: VitrineProcess;
  let context: BrowserContext;
  let page: Page;
  let complaints: readonly string[] = [];

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(120_000);
    const [influx, postgres] = await Promise.all([startInfluxdb(folder, stops), startPostgres(folder, stops)]);
    await fetch(`${influx}/query?q=${encodeURIComponent('CREATE DATABASE ml')}`, { method: 'POST' });
    const now = Date.now();
    const lines = Array.from({ length: 120 }, (_, i) => `gpu,host=${i % 2 ? 'a' : 'b'} power=${300 + i} ${now - i * 10_000}`);
    await fetch(`${influx}/write?db=ml&precision=ms`, { method: 'POST', body: lines.join('\n') });
    mkdirSync(join(folder, 'sources', 'datasources'), { recursive: true });
    const settings = {
      apiVersion: 1,
      datasources: [
        { name: 'Influx', uid: 'influx', type: 'influxdb', url: influx, jsonData: { dbName: 'ml' } },
        {
          name: 'Postgres',
          uid: 'pg',
          type: 'postgres',
          url: `127.0.0.1:${postgres.port}`,
          user: 'admin',
          secureJsonData: { password: postgres.password },
          jsonData: { database: 'postgres', sslmode: 'disable' },
        },
      ],
    };
    writeFileSync(join(folder, 'sources', 'datasources', 'all.yaml'), JSON.stringify(settings));
    vitrine = await startVitrine('serve', ['--provisioning', join(folder, 'sources')]);
    stops.push(async () => void (await vitrine.stop()));
    ({ context, page, complaints } = await signedInPage(browser, vitrine));
    page.setDefaultTimeout(15_000);
  });
  test.afterAll(async () => {
    await context?.close();
    for (const stop of stops.toReversed()) await stop();
  });

  const legend = (): Locator => page.getByRole('table', { name: 'Legend' });
  const completions = (): Locator => page.locator('.cm-tooltip-autocomplete');

  async function explore(type: string, uid: string, spec: object): Promise<void> {
    const pane = JSON.stringify({ queries: [{ refId: 'A', source: { type, uid }, spec }], view: 'auto' });
    await page.goto(`${vitrine.url}/explore?left=${encodeURIComponent(pane)}&from=now-1h&to=now`);
  }

  async function choose(name: string, text: string): Promise<void> {
    await page
      .getByRole('combobox', { name, exact: true })
      .or(page.getByRole('textbox', { name, exact: true }))
      .first()
      .fill(text);
    await page.getByRole('option', { name: text, exact: true }).click();
  }

  test('InfluxQL is put together by names that the server knows, and written with completion', async () => {
    await explore('influxdb', 'influx', { rawQuery: false, query: '', resultFormat: 'time_series', alias: '' });
    await choose('Measurement', 'gpu');
    await choose('Field', 'power');
    await page.getByRole('button', { name: 'Run' }).click();
    await expect(legend()).toContainText('gpu.mean');
    await page.getByText('Code', { exact: true }).click();
    const editor = page.getByRole('textbox', { name: 'InfluxQL query' });
    await expect(editor).toContainText('SELECT mean("power") FROM "gpu"');
    await editor.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('SELECT max("power") FROM gp');
    await completions().getByRole('option', { name: 'gpu' }).click();
    await page.keyboard.type(' WHERE $timeFilter GROUP BY time($__interval), "host"');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(legend()).toContainText('gpu.max');
  });

  test('SQL is written with completion, and its table shown', async () => {
    await explore('postgres', 'pg', { rawSql: '', format: 'table', rawQuery: true, editorMode: 'code' });
    const editor = page.getByRole('textbox', { name: 'SQL query' });
    await editor.click();
    await page.keyboard.type('SEL');
    await completions()
      .getByRole('option', { name: /^SELECT/ })
      .click();
    await page.keyboard.type(' datname AS name FROM pg_database');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByRole('grid').or(page.getByRole('table')).first()).toContainText('postgres');
  });

  test('nothing was complained about in the console', () => {
    expect(complaints).toEqual([]);
  });
});
