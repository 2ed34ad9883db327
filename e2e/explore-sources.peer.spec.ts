// Explore over servers elsewhere: lines of logs with their counts and surroundings, and MetricsQL.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { hasPrometheus, startPrometheus } from '@vitrine/server/testing/start-prometheus.ts';
import { hasVictoriaMetrics, startVictoriaMetrics } from '@vitrine/server/testing/start-victoria-metrics.ts';
import { startSearchServer, whyNoSearchServer } from '../scripts/peers/search-server.ts';
import { signedInPage } from './signed-in-page.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

const LINES = 1_200;
const STEP_MS = 2_500;

test.describe('Explore over servers elsewhere', () => {
  test.describe.configure({ mode: 'serial' });
  const noOpenSearch = whyNoSearchServer('opensearch');
  test.skip(noOpenSearch !== undefined, noOpenSearch ?? '');
  test.skip(!hasPrometheus(), 'prometheus is not installed (Debian package prometheus)');
  test.skip(!hasVictoriaMetrics(), 'victoria-metrics is not installed (Debian package victoria-metrics)');

  const folder = mkdtempSync(join(tmpdir(), 'vitrine-explore-'));
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  let vitrine: VitrineProcess;
  let context: BrowserContext;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(200_000);
    const [search, prometheus, victoria] = await Promise.all([
      startSearchServer('opensearch', folder, stops),
      startPrometheus(folder, stops),
      startVictoriaMetrics(folder, stops),
    ]);
    await writeLines(search);
    mkdirSync(join(folder, 'sources', 'datasources'), { recursive: true });
    writeFileSync(
      join(folder, 'sources', 'datasources', 'all.yaml'),
      JSON.stringify({
        apiVersion: 1,
        datasources: [
          {
            name: 'Search',
            uid: 'search',
            type: 'elasticsearch',
            url: search,
            jsonData: { index: 'inference', logMessageField: 'message' },
          },
          { name: 'Prom', uid: 'prom', type: 'prometheus', url: prometheus },
          { name: 'Victoria', uid: 'victoria', type: 'prometheus', url: victoria },
        ],
      }),
    );
    vitrine = await startVitrine('serve', ['--provisioning', join(folder, 'sources')]);
    stops.push(async () => void (await vitrine.stop()));
    ({ context, page } = await signedInPage(browser, vitrine));
  });
  test.afterAll(async () => {
    await context?.close();
    for (const stop of stops.toReversed()) await stop();
  });

  const explore = (uid: string, type: string, spec: object): Promise<unknown> => {
    const pane = JSON.stringify({ queries: [{ refId: 'A', source: { type, uid }, spec }], view: 'auto' });
    return page.goto(`${vitrine.url}/explore?left=${encodeURIComponent(pane)}&from=now-1h&to=now`);
  };

  test('all lines are counted above those that are shown, and a line leads to those around it', async () => {
    await explore('search', 'elasticsearch', {
      query: 'model:llama',
      metrics: [{ id: '1', type: 'logs', settings: { limit: '100' } }],
    });
    await expect(page.getByText('All lines, by level')).toBeVisible();
    await expect(page.getByText('100 lines')).toBeVisible();
    await page.getByRole('button', { name: 'Show details' }).nth(3).click();
    const id = await page.getByRole('row', { name: /^id / }).getByRole('cell').innerText();
    await page.getByRole('link', { name: 'Show context' }).click();
    await expect(page.getByText(`The lines around ${id}`)).toBeVisible();
    const marked = page.locator('[role="row"][aria-current="true"]');
    await expect(marked).toBeVisible();
    await expect(marked).toContainText(`request ${id.split('#')[1]}`);
    // Of the same machine, whatever model: the search was for one.
    await expect(page.getByText(/bert answered/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Search instead' }).click();
    await expect(page.getByRole('textbox', { name: 'Lucene query' })).toBeVisible();
  });

  test('what only MetricsQL reads is underlined for Prometheus, and not for VictoriaMetrics, which answers it', async () => {
    const expr = 'WITH (x = vector(7)) union(x, x) default 0';
    await explore('prom', 'prometheus', { expr, range: true });
    await expect(page.locator('.cm-lintRange-error').first()).toBeVisible();
    await explore('victoria', 'prometheus', { expr, range: true });
    await expect(
      page
        .getByRole('cell', { name: '7', exact: true })
        .or(page.getByRole('gridcell', { name: '7', exact: true }))
        .first(),
    ).toBeVisible();
    await expect(page.locator('.cm-lintRange-error')).toHaveCount(0);
    await page.getByRole('textbox', { name: 'PromQL query' }).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' + rollup_r');
    await expect(page.getByRole('option', { name: /^rollup_rate/ })).toBeVisible();
  });
});

/** Lines of two models on two machines. */
async function writeLines(url: string): Promise<void> {
  const send = async (path: string, method: string, body: string): Promise<void> => {
    const answer = await fetch(`${url}/${path}`, { method, body, headers: { 'content-type': 'application/json' } });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const keyword = { type: 'keyword' };
  const properties = { '@timestamp': { type: 'date' }, message: { type: 'text' }, level: keyword, model: keyword, host: keyword };
  await send('inference', 'PUT', JSON.stringify({ settings: { number_of_replicas: 0 }, mappings: { properties } }));
  const fromMs = Date.now() - LINES * STEP_MS;
  const lines = Array.from({ length: LINES }, (_, at) => {
    const model = at % 3 === 0 ? 'bert' : 'llama';
    const document = {
      '@timestamp': new Date(fromMs + at * STEP_MS).toISOString(),
      message: `request ${at}: ${model} answered`,
      level: at % 20 === 0 ? 'error' : 'info',
      model,
      host: `gpu-${at % 2}`,
    };
    return `{"index":{"_id":"${at}"}}\n${JSON.stringify(document)}\n`;
  });
  await send('inference/_bulk?refresh=true', 'POST', lines.join(''));
}
