// Plugins from outside, installed by the command and used in a real browser: the example, and others that do it no honour.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { signedInPage } from './signed-in-page.ts';
import { startVitrine, VITRINE, type VitrineProcess } from './vitrine-process.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/plugin-calibration', import.meta.url));

/** What a web server of somebody has: predictions of two models, one of which is as sure as it is right. */
const FILES: Readonly<Record<string, string>> = {
  '/predictions.csv': [
    'model,confidence,correct',
    ...[1, 1, 1, 1, 0].map((correct) => `fraud-v8,0.8,${correct}`),
    ...[1, 0, 0, 0, ''].map((correct) => `fraud-v7,0.95,${correct}`),
  ].join('\n'),
};

/** Web halves that fail each in its own way. */
const WRONG: Readonly<Record<string, string>> = {
  throws: 'throw new Error("there is no such thing as a gauge");',
  hangs: 'await new Promise(() => {}); export default () => ({});',
  falls: `export default ({ h }) => ({
    panels: ['falls', 'stat'].map((kind) => ({
      spec: { kind, title: kind, parseOptions: (options) => options ?? {} },
      Component: () => { throw new Error('no number in sight'); },
    })),
  });`,
};

test.describe('plugins', () => {
  test.describe.configure({ mode: 'serial' });

  let folder: string;
  let files: Server;
  let vitrine: VitrineProcess;
  let context: BrowserContext;
  let page: Page;
  let complaints: readonly string[] = [];

  test.beforeAll(async ({ browser }) => {
    folder = mkdtempSync(join(tmpdir(), 'vitrine-plugins-'));
    files = createServer((request, response) => {
      const text = FILES[request.url ?? ''];
      response.writeHead(text === undefined && request.url !== '/' ? 404 : 200, { server: 'Files' }).end(text);
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    vitrine = await startVitrine('serve', [], (data) => {
      const plugin = (...args: string[]) => execFileSync(process.execPath, [VITRINE, 'plugin', ...args], { stdio: 'pipe' });
      // As it stands in the repository, its manifest with the hashes of its files.
      cpSync(EXAMPLE, join(folder, 'calibration'), { recursive: true });
      for (const [id, web] of Object.entries(WRONG)) writePlugin(join(folder, id), id, web);
      for (const id of ['calibration', ...Object.keys(WRONG)]) plugin('add', join(folder, id), '--data', data);
    });
    ({ context, page, complaints } = await signedInPage(browser, vitrine));
  });

  test.afterAll(async () => {
    await context?.close();
    await vitrine?.stop();
    files?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('the source and the panel of one are set up, chosen, drawn and taken along like those built in', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Sources' }).click();
    await page.getByRole('link', { name: 'New source' }).click();
    await page.getByRole('link', { name: /^CSV over HTTP/ }).click();
    await page.getByRole('button', { name: 'Save and test' }).click();
    await expect(page.getByText('Is no address of a folder, such as https://data.example/predictions/.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Address' }).fill(`http://127.0.0.1:${(files.address() as AddressInfo).port}/`);
    await page.getByRole('button', { name: 'Save and test' }).click();
    await expect(page.getByText('Files answers.')).toBeVisible();

    // Explore writes the query in the plugin's words, and says in them what is missing.
    await page.getByRole('link', { name: 'Explore CSV over HTTP' }).click();
    await page.getByRole('button', { name: 'Run' }).click();
    await expect(page.getByText('file: is empty: name a CSV file.')).toBeVisible();
    await page.getByRole('textbox', { name: 'File' }).fill('predictions.csv');
    await page.getByRole('textbox', { name: 'File' }).press('Control+Enter');
    await expect(page.getByText('fraud-v8').first()).toBeVisible();

    const { uid } = (
      (await (await page.request.get(`${vitrine.url}/api/datasources`)).json()) as { uid: string; type: string }[]
    ).find(({ type }) => type === 'csv-url')!;
    const source = { type: 'csv-url', uid };
    const grid = { x: 0, y: 0, w: 12, h: 9 };
    const queries = [{ refId: 'A', source, hidden: false, spec: { file: 'predictions.csv', time: '' } }];
    await put({
      uid: 'trust',
      title: 'Trust',
      panels: [{ id: 1, kind: 'table', title: 'Confidence', grid, queries }],
    });
    await page.goto(`${vitrine.url}/d/trust/edit/1`);
    await page.getByRole('combobox', { name: 'Kind of panel' }).click();
    await page.getByRole('option', { name: 'Calibration', exact: true }).click();
    const both = 'Confidence: fraud-v7: off by 70 % over 4 predictions; fraud-v8: off by 0 % over 5 predictions';
    await expect(page.getByRole('img', { name: both })).toBeVisible();
    await page.getByRole('combobox', { name: 'A curve for each' }).fill('nothing');
    const together = page.getByRole('img', { name: 'Confidence: All: off by 31 % over 9 predictions' });
    await expect(together).toBeVisible();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();

    // What is exported is imported as it was, options and query.
    const exported = await (await page.request.get(`${vitrine.url}/api/dashboards/trust`)).json();
    const { dashboard } = exported as { dashboard: { uid: string; title: string } };
    await put({ ...dashboard, uid: 'again', title: 'Again' });
    await page.goto(`${vitrine.url}/d/again`);
    await expect(together).toBeVisible();
    expect(complaints.filter((text) => !text.includes('there is no such thing'))).toEqual([]);

    // Whoever may see a snapshot gets what draws it, and nobody else.
    const taken = await page.request.post(`${vitrine.url}/api/snapshots`, {
      data: { dashboard: { ...dashboard, panels: [{ id: 1, kind: 'calibration', title: 'Then', grid }] }, public: true },
      headers: { origin: vitrine.url },
    });
    const { key } = (await taken.json()) as { key: string };
    const anybody = await context.browser()!.newContext();
    const reader = await anybody.newPage();
    await reader.goto(`${vitrine.url}/dashboard/snapshot/${key}`);
    await expect(reader.getByRole('region', { name: 'Then' })).toContainText('Choose the fields of confidence');
    expect((await anybody.request.get(`${vitrine.url}/api/plugins`)).status()).toBe(401);
    await anybody.close();
  });

  test('one that throws, hangs or falls over costs its own panels, which say so', async () => {
    const panel = (id: number, kind: string) => ({
      id,
      kind,
      title: `A ${kind}`,
      grid: { x: id * 4, y: 0, w: 4, h: 8 },
      queries: QUERIES,
    });
    await put({
      uid: 'wrong',
      title: 'Wrong',
      panels: ['stat', 'throws', 'hangs', 'falls', 'sankey'].map((kind, id) => panel(id + 1, kind)),
    });
    await page.clock.install();
    await page.goto(`${vitrine.url}/d/wrong`);
    const said = (kind: string) => page.getByRole('region', { name: `A ${kind}` });
    await expect(said('stat')).toContainText('42');
    await expect(said('throws')).toContainText(
      'The plugin “throws” 1.0.0 could not be loaded: there is no such thing as a gauge.',
    );
    await expect(said('falls')).toContainText('This panel can’t be drawn. The plugin “falls” 1.0.0 says: no number in sight.');
    await expect(said('sankey')).toContainText('An admin installs one with “vitrine plugin add”');
    await page.clock.fastForward(10_000);
    await expect(said('hangs')).toContainText('The plugin “hangs” 1.0.0 did not load within 10 s.');

    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Plugins' }).click();
    const line = (id: string) =>
      page.getByRole('list', { name: 'Plugins' }).getByRole('listitem').filter({ hasText: id }).first();
    await expect(line('Calibration')).toContainText('Loaded');
    await expect(line('throws')).toContainText('Does not load');
    await expect(line('falls')).toContainText('brings panels of the kind “stat”, which its manifest does not list.');
  });

  async function put(dashboard: { readonly uid: string; readonly [member: string]: unknown }): Promise<void> {
    const { uid } = dashboard;
    const saved = await page.request.put(`${vitrine.url}/api/dashboards/${uid}`, {
      data: { dashboard: { version: 2, range: { from: 'now-1h', to: 'now' }, ...dashboard } },
      headers: { origin: vitrine.url },
    });
    expect(saved.status(), await saved.text()).toBe(200);
  }
});

const QUERIES = [{ refId: 'A', source: { type: 'builtin', uid: 'builtin' }, hidden: false, spec: { expr: 'vector(42)' } }];

function writePlugin(folder: string, id: string, web: string): void {
  mkdirSync(folder);
  const files = { 'web.js': createHash('sha256').update(web).digest('hex') };
  const about = { id, version: '1.0.0', title: id, description: 'It fails.', author: 'Somebody', licence: 'MIT', contract: 1 };
  writeFileSync(
    join(folder, 'vitrine-plugin.json'),
    JSON.stringify({ ...about, panels: [id], sources: [], web: 'web.js', files }),
  );
  writeFileSync(join(folder, 'web.js'), web);
}
