// Two servers on one dashboard, one of which is paused, killed and comes back: what the page says meanwhile. In a real browser.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { type Network, network } from '@vitrine/server/testing/network.ts';
import { hasInfluxdb, type RunningInfluxdb, runInfluxdb } from '@vitrine/server/testing/start-influxdb.ts';
import { hasPrometheus, PASSWORD, type PrometheusProcess, startPrometheus, USER } from './prometheus-process.ts';
import { signedInPage } from './signed-in-page.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

test.describe('two servers on one dashboard', () => {
  test.describe.configure({ mode: 'serial' });
  test.skip(!hasPrometheus(), 'prometheus is not installed (Debian package prometheus)');
  test.skip(!hasInfluxdb(), 'influxdb is not installed (Debian package influxdb)');

  const stops: (() => Promise<void>)[] = [];
  let folder = '';
  let influxdb: RunningInfluxdb;
  let between: Network;
  let prometheus: PrometheusProcess;
  let vitrine: VitrineProcess;
  let context: BrowserContext;
  let page: Page;
  let complaints: readonly string[] = [];

  test.beforeAll(async ({ browser }) => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-outages-'));
    stops.push(async () => rmSync(folder, { recursive: true, force: true }));
    prometheus = await startPrometheus();
    stops.push(() => prometheus.stop());
    influxdb = await runInfluxdb(folder, stops);
    await writeLoad(60);
    // It listens at another port when it comes back; its address stays.
    between = await network(portOf(influxdb));
    stops.push(() => between.close());
    mkdirSync(join(folder, 'provisioning/datasources'), { recursive: true });
    const datasources = [
      {
        name: 'Metrics',
        type: 'prometheus',
        uid: 'metrics',
        url: prometheus.url,
        basicAuth: true,
        basicAuthUser: USER,
        secureJsonData: { basicAuthPassword: PASSWORD },
      },
      {
        name: 'Measurements',
        type: 'influxdb',
        uid: 'measurements',
        url: `http://127.0.0.1:${between.port}`,
        jsonData: { dbName: 'ml', timeout: 2 },
      },
    ];
    writeFileSync(join(folder, 'provisioning/datasources/two.yaml'), JSON.stringify({ apiVersion: 1, datasources }));
    vitrine = await startVitrine('serve', ['--provisioning', join(folder, 'provisioning')]);
    stops.push(async () => void (await vitrine.stop()));
    ({ context, page, complaints } = await signedInPage(browser, vitrine));
    const panels = [
      {
        title: 'Scrapes',
        source: { type: 'prometheus', uid: 'metrics' },
        spec: { expr: 'sum(prometheus_http_requests_total{handler="/metrics"})', instant: true },
      },
      {
        title: 'Load',
        source: { type: 'influxdb', uid: 'measurements' },
        spec: { rawQuery: true, query: 'SELECT count("value") FROM "load" WHERE $timeFilter' },
      },
    ].map(({ title, source, spec }, i) => ({
      id: i + 1,
      kind: 'stat',
      title,
      grid: { x: i * 12, y: 0, w: 12, h: 6 },
      queries: [{ refId: 'A', source, hidden: false, spec }],
    }));
    const dashboard = {
      version: 2,
      uid: 'two',
      title: 'Two servers',
      range: { from: 'now-15m', to: 'now' },
      refresh: '5s',
      panels,
    };
    const saved = await page.request.put(`${vitrine.url}/api/dashboards/two`, {
      data: { dashboard },
      headers: { origin: vitrine.url },
    });
    expect(saved.status(), await saved.text()).toBe(200);
    await page.goto(`${vitrine.url}/d/two`);
  });

  test.afterAll(async () => {
    await context?.close();
    for (const stop of stops.toReversed()) await stop();
  });

  test('both draw', async () => {
    await expect(panel('Load')).toHaveAttribute('data-state', 'ready');
    await expect(panel('Scrapes')).toHaveAttribute('data-state', 'ready');
    await expect(panel('Load')).toContainText('60');
  });

  test('one is paused: its panel says which and why, the other goes on', async () => {
    influxdb.signal('SIGSTOP');
    await expect(panel('Load')).toContainText('The data source "Measurements" did not answer within 2 s.');
    await expectLiving(panel('Scrapes'));
    await page.screenshot({ path: 'test-results/outage.png' });
    influxdb.signal('SIGCONT');
    await expectWell(panel('Load'));
  });

  test('it is killed and comes back: nobody needs to do anything', async () => {
    await influxdb.kill();
    await expect(panel('Load')).toContainText('The data source "Measurements" cannot be reached');
    await expectLiving(panel('Scrapes'));
    influxdb = await runInfluxdb(folder, stops);
    between.serverPort = portOf(influxdb);
    await expectWell(panel('Load'));
  });

  test('its answers drip: its panel says so, and the other goes on', async () => {
    between.mood = 'drip';
    await expect(panel('Load')).toContainText('The data source "Measurements" did not answer within 2 s.');
    await expectLiving(panel('Scrapes'));
    between.mood = 'pass';
    await expectWell(panel('Load'));
    // What the browser itself says of an answer that is an error.
    expect(complaints.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([]);
  });

  function panel(title: string): Locator {
    return page.getByRole('region', { name: title, exact: true });
  }

  /** That it asks and is answered: its number counts scrapes, one a second. */
  async function expectLiving(living: Locator): Promise<void> {
    const before = await living.textContent();
    await expect(living).not.toHaveText(before ?? '');
    await expect(living).toHaveAttribute('data-state', 'ready');
  }

  async function expectWell(well: Locator): Promise<void> {
    await expect(well).toHaveAttribute('data-state', 'ready', { timeout: 60_000 });
    await expect(well).not.toContainText('The data source');
    await expect(well).toContainText('60');
  }

  function portOf({ url }: RunningInfluxdb): number {
    return Number(new URL(url).port);
  }

  /** A point a second over the last minute. */
  async function writeLoad(count: number): Promise<void> {
    const nowMs = Date.now();
    const lines = Array.from({ length: count }, (_, i) => `load value=${i} ${nowMs - i * 1_000}`).join('\n');
    for (const [path, body] of [
      [`/query?q=${encodeURIComponent('CREATE DATABASE ml')}`, ''],
      ['/write?db=ml&precision=ms', lines],
    ] as const) {
      const answer = await fetch(`${influxdb.url}${path}`, { method: 'POST', body });
      expect(answer.ok, await answer.text()).toBe(true);
    }
  }
});
