// The node dashboard that most teams have, on a real node exporter that Vitrine scrapes; Debian's Prometheus scrapes it too.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { Dashboard } from '@vitrine/model/dashboard.ts';
import { CORPUS_DASHBOARDS, NO_CORPUS } from './corpus.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

const EXPORTER = 'prometheus-node-exporter';
const FILE = 'rfmoz__grafana-dashboards__node-exporter-full.json';
/** What does not change between two scrapes, so that both servers must say the same. */
const STEADY = [
  'node_memory_MemTotal_bytes',
  'count(node_cpu_seconds_total{mode="idle"})',
  'sum(node_filesystem_size_bytes)',
  'count by (device) (node_disk_reads_completed_total)',
];

const folder = mkdtempSync(join(tmpdir(), 'vitrine-node-'));
const started: ChildProcess[] = [];
let vitrine: VitrineProcess;
let prometheus = '';

test.describe.configure({ mode: 'serial' });
test.skip(CORPUS_DASHBOARDS === undefined, NO_CORPUS);
test.skip(spawnSync(EXPORTER, ['--version']).error !== undefined, `${EXPORTER} is not installed`);

test.beforeAll(async () => {
  const exporter = await freePort();
  run(EXPORTER, [`--web.listen-address=127.0.0.1:${exporter}`]);
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:${exporter}']}]}]\n`,
  );
  mkdirSync(join(folder, 'prometheus'));
  const port = await freePort();
  prometheus = `http://127.0.0.1:${port}`;
  run('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  vitrine = await startVitrine('serve', ['--scrape.file', config]);
});

test.afterAll(async () => {
  for (const child of started) child.kill('SIGTERM');
  await vitrine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('both servers say the same of what is steady', async () => {
  for (const query of STEADY) {
    const differ = async () => {
      const [ours, theirs] = [await ask(vitrine.url, query), await ask(prometheus, query)];
      return ours === theirs && ours !== '' ? '' : `${query}: Vitrine ${ours}, Prometheus ${theirs}`;
    };
    await expect.poll(differ, { timeout: 60_000 }).toBe('');
  }
});

test('nine of ten panels whose metrics are there show them', async ({ browser }) => {
  test.setTimeout(240_000);
  const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1440, height: 1_000 } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(vitrine.signInLink);
  await page.goto(`${vitrine.url}/import`);
  await page.locator('input[type=file]').setInputFiles(join(CORPUS_DASHBOARDS as string, FILE));
  await page.getByRole('region', { name: 'Save it' }).getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('group', { name: 'Variables and annotations' })).toBeVisible();
  const uid = new URL(page.url()).pathname.split('/')[2] ?? '';
  const { dashboard } = (await (await page.request.get(`${vitrine.url}/api/dashboards/${uid}`)).json()) as {
    dashboard: Dashboard;
  };
  await page.goto(`${vitrine.url}/d/${uid}?from=now-1m&to=now`);
  // Wait until rates over the shortest window have something to say.
  await expect.poll(() => ask(vitrine.url, 'count_over_time(node_load1[1m]) > 40'), { timeout: 90_000 }).toMatch(/\d/);

  const known = new Set((await (await fetch(`${vitrine.url}/api/v1/label/__name__/values`)).json()).data as string[]);
  const expected = dashboard.panels.filter(
    (panel) => panel.queries.length > 0 && metricsOf(panel).every((name) => known.has(name)),
  );
  const states = await panelStates(page, new Set(expected.map(({ id }) => String(id))));
  const shown = expected.filter(({ id }) => states.get(String(id)) === 'ready');
  const missing = expected
    .filter((panel) => !shown.includes(panel))
    .map(({ title, id }) => `${title}: ${states.get(String(id))}`);
  console.log(
    `    ${shown.length} of ${expected.length} panels whose metrics exist show data${missing.length === 0 ? '' : `; not: ${missing.join(', ')}`}`,
  );
  expect(expected.length).toBeGreaterThan(40);
  expect(shown.length / expected.length).toBeGreaterThanOrEqual(0.9);
  expect([...states.values()].filter((state) => state === 'failed')).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

/** The state of each wanted panel when it has settled: every row is unfolded, and the page is walked from top to bottom. */
async function panelStates(page: Page, wanted: ReadonlySet<string>): Promise<Map<string, string>> {
  const folded = page.locator('h2 button[aria-expanded=false]');
  while ((await folded.count()) > 0) await folded.first().click();
  const states = new Map<string, string>();
  const settled = (): boolean => [...wanted].every((id) => ['ready', 'empty', 'failed'].includes(states.get(id) ?? ''));
  for (let walk = 0; walk < 3 && !settled(); walk++) {
    const height = await page.evaluate(() => document.scrollingElement?.scrollHeight ?? 0);
    for (let top = 0; top < height; top += 800) {
      await page.evaluate((y) => window.scrollTo(0, y), top);
      await expect.poll(() => page.locator('[data-panel][data-state=loading]').count(), { timeout: 15_000 }).toBe(0);
      for (const [id, state] of await page
        .locator('[data-panel]')
        .evaluateAll((panels) =>
          panels.map((panel): [string, string] => [
            panel.getAttribute('data-panel') ?? '',
            panel.getAttribute('data-state') ?? '',
          ]),
        )) {
        if (state !== 'waiting') states.set(id, state);
      }
    }
  }
  return states;
}

/** Metrics of the node exporter that a panel's queries name. */
function metricsOf({ queries }: Dashboard['panels'][number]): string[] {
  return queries.flatMap(({ spec }) => (typeof spec['expr'] === 'string' ? spec['expr'] : '').match(/\bnode_[a-z][\w]*/g) ?? []);
}

/** The answer to an instant query in one line, without times. */
async function ask(url: string, query: string): Promise<string> {
  try {
    const body = await (await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`)).json();
    const result = body.data.result as readonly { metric: Record<string, string>; value: [number, string] }[];
    return result
      .map(({ metric, value }) => `${metric['device'] ?? ''}=${value[1]}`)
      .toSorted()
      .join(' ');
  } catch {
    return '';
  }
}

function run(program: string, args: readonly string[]): void {
  started.push(spawn(program, args, { stdio: 'ignore' }));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
