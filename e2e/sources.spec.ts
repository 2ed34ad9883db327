// A Prometheus that somebody runs already, set up as a data source, asked and put on a dashboard. In a real browser, on Debian's own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { freePort, hasPrometheus, PASSWORD, type PrometheusProcess, startPrometheus, USER } from './prometheus-process.ts';
import { signedInPage } from './signed-in-page.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

const METRIC = 'prometheus_http_requests_total';

test.describe('data sources', () => {
  test.describe.configure({ mode: 'serial' });
  test.skip(!hasPrometheus(), 'prometheus is not installed (Debian package prometheus)');

  let prometheus: PrometheusProcess;
  let vitrine: VitrineProcess;
  let context: BrowserContext;
  let page: Page;
  let folder: string;
  let complaints: readonly string[] = [];

  test.beforeAll(async ({ browser }) => {
    prometheus = await startPrometheus();
    folder = mkdtempSync(join(tmpdir(), 'vitrine-provisioning-'));
    mkdirSync(join(folder, 'datasources'));
    const secured = `basicAuth: true, basicAuthUser: ${USER}, secureJsonData: { basicAuthPassword: ${PASSWORD} }`;
    writeFileSync(
      join(folder, 'datasources', 'team.yaml'),
      `apiVersion: 1\ndatasources:\n  - { name: Team, type: prometheus, uid: team, url: '${prometheus.url}', ${secured} }\n`,
    );
    vitrine = await startVitrine('serve', ['--provisioning', folder]);
    ({ context, page, complaints } = await signedInPage(browser, vitrine));
  });

  test.afterAll(async () => {
    await context?.close();
    await vitrine?.stop();
    await prometheus?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('one is set up: what is wrong is said at its place, and nothing is saved before it answers', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Sources' }).click();
    await page.getByRole('link', { name: 'New source' }).click();
    await page
      .getByRole('list', { name: 'Kinds of data sources' })
      .getByRole('link', { name: /^Prometheus/ })
      .click();
    const address = page.getByRole('textbox', { name: 'Address' });
    await save();
    await expect(page.getByText('Is empty; give an address such as http://prometheus:9090.')).toBeVisible();
    await expect(address).toBeFocused();

    const port = await freePort();
    await address.fill(`http://127.0.0.1:${port}`);
    await save();
    await expect(said()).toContainText(`nothing listens at 127.0.0.1:${port}. Is the server running, and is this its port?`);
    await expect(said()).toContainText('Nothing was saved');

    await address.fill(prometheus.url);
    await save();
    await expect(said()).toContainText('401');
    await page.getByRole('switch', { name: 'User and password' }).press('Space');
    await page.getByRole('textbox', { name: 'User', exact: true }).fill(USER);
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill('wrong');
    await save();
    await expect(said()).toContainText('it does not let this user, password or token in. Mend them under Sign-in.');
    expect(await sources()).toEqual(['Team', 'Vitrine']);

    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Production');
    await save();
    await expect(page).toHaveURL(/\/sources\/[\w-]+$/);
    await expect(page.getByText(/^Prometheus 2[\d.]+\S* answers\.$/)).toBeVisible();
    expect(await sources()).toEqual(['Production', 'Team', 'Vitrine']);
  });

  test('its password is never shown again, stays where nothing is written, and changes are not lost by accident', async () => {
    await page.reload();
    await expect(page.getByRole('group', { name: 'Password' })).toContainText('Set, and never shown');
    expect(await page.content()).not.toContain(PASSWORD);
    await page.getByRole('textbox', { name: 'Scrape interval' }).fill('1s');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Home', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('There are changes that are not saved');
    await dialog.getByRole('button', { name: 'Go on editing' }).click();
    await save();
    await expect(page.getByText(/^Prometheus \S+ answers\.$/)).toBeVisible();
    await page.reload();
    await expect(page.getByRole('textbox', { name: 'Scrape interval' })).toHaveValue('1s');
    await expect(page.getByText(/^Prometheus \S+ answers\.$/)).toBeVisible();
  });

  test('who saves it second is told, and may save over it', async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    const interval = { name: 'Scrape interval' };
    await other.getByRole('textbox', interval).fill('2s');
    await other.getByRole('button', { name: 'Save and test' }).click();
    await expect(other.getByRole('button', { name: 'Discard changes' })).toBeHidden();
    await other.close();
    await page.getByRole('textbox', interval).fill('1500ms');
    await save();
    await expect(page.getByText('Somebody else saved "Production" meanwhile')).toBeVisible();
    await page.getByRole('button', { name: 'Save over it' }).click();
    await expect(page.getByRole('button', { name: 'Discard changes' })).toBeHidden();
    await page.reload();
    await expect(page.getByRole('textbox', interval)).toHaveValue('1500ms');
  });

  test('Explore asks it, with completion from that server', async () => {
    await page.getByRole('link', { name: 'Explore Production' }).click();
    const editor = page.getByRole('textbox', { name: 'PromQL query' });
    await editor.click();
    await page.keyboard.type(METRIC.slice(0, -4));
    // Vitrine's own store knows no such metric.
    await expect(page.getByRole('option', { name: METRIC })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.type(`${METRIC.slice(-4)}{handler="/metrics"}`);
    await page.keyboard.press('Control+Enter');
    await expect(
      page
        .getByRole('gridcell', { name: 'itself' })
        .or(page.getByRole('cell', { name: 'itself' }))
        .first(),
    ).toBeVisible();
  });

  test('a panel of a dashboard shows what it answers, and its deletion says which dashboards name it', async () => {
    const { uid } = (await all()).find(({ name }) => name === 'Production')!;
    const source = { type: 'prometheus', uid };
    const dashboard = {
      version: 2,
      uid: 'requests',
      title: 'Requests of Prometheus',
      range: { from: 'now-5m', to: 'now' },
      variables: [{ kind: 'query', name: 'job', source, spec: { query: 'label_values(up, job)' }, current: 'itself' }],
      panels: [
        {
          id: 1,
          kind: 'timeseries',
          title: 'Scrapes',
          grid: { x: 0, y: 0, w: 12, h: 8 },
          queries: [{ refId: 'A', source, hidden: false, spec: { expr: `${METRIC}{job="$job",handler="/metrics"}` } }],
        },
      ],
    };
    const saved = await page.request.put(`${vitrine.url}/api/dashboards/requests`, {
      data: { dashboard },
      headers: { origin: vitrine.url },
    });
    expect(saved.status()).toBe(200);
    await page.goto(`${vitrine.url}/d/requests`);
    await expect(page.getByRole('button', { name: 'job: itself' })).toBeVisible();
    const panel = page.getByRole('region', { name: 'Scrapes' });
    await expect(panel.getByRole('group', { name: /^Scrapes: 1 series/ })).toBeVisible();

    await page.goto(`${vitrine.url}/sources/${uid}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('link', { name: 'Requests of Prometheus' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toBeHidden();
  });

  test('one of a file is locked, says which file, and answers', async () => {
    await page.goto(`${vitrine.url}/sources`);
    const line = page.getByRole('listitem').filter({ hasText: 'Team' });
    await expect(line).toContainText('Prometheus 2');
    await expect(line.getByRole('img', { name: /^Locked: set up by .*team\.yaml/ })).toBeVisible();
    await line.getByRole('link', { name: 'Team', exact: true }).click();
    await expect(page.getByRole('note')).toContainText('team.yaml');
    await expect(page.getByRole('textbox', { name: 'Address' })).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Save and test' })).toBeHidden();
    await expect(page.getByRole('button', { name: 'Delete' })).toBeHidden();
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await expect(page.getByText(/^Prometheus \S+ answers\.$/)).toBeVisible();
  });

  test('the list says which server does not answer, and why', async () => {
    await prometheus.stop();
    await page.goto(`${vitrine.url}/sources`);
    const line = page.getByRole('listitem').filter({ hasText: 'Production' });
    await expect(line).toContainText('Does not answer');
    await expect(line).toContainText('nothing listens at');
    expect(complaints.filter((text) => !/40[019]/.test(text))).toEqual([]);
  });

  test('what is sent is seen as it arrives, and why something was refused', async () => {
    await page.goto(`${vitrine.url}/ingest`);
    await expect(page.getByText('Nothing has arrived since the server started')).toBeVisible();
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('cron');
    await page.getByRole('button', { name: 'Make it' }).click();
    await expect(page.getByRole('button', { name: 'Copy the token' })).toBeFocused();
    const command = page.getByRole('listitem').filter({ hasText: 'A job that ends' }).locator('pre');
    await expect(command).toContainText('Bearer vitrine_');
    const text = (await command.textContent()) ?? '';
    execFileSync('bash', ['-c', text], { stdio: 'ignore' });
    const senders = page.getByRole('table', { name: 'Senders' });
    await expect(senders).toContainText('cron');

    const token = /vitrine_[\w-]+/.exec(text)?.[0] ?? '';
    const headers = { authorization: `Bearer ${token}` };
    const late = await fetch(`${vitrine.url}/metrics/job/nightly`, { method: 'POST', headers, body: 'late 1 1700000000000\n' });
    expect(late.status).toBe(400);
    await expect(page.getByText('had something refused in the last minute')).toBeVisible();
    await senders.getByRole('button', { name: 'cron' }).click();
    await expect(page.getByRole('dialog').getByRole('list', { name: 'What was refused' })).toContainText('late has a timestamp.');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Delete job=nightly' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('heading', { name: 'Pushed groups' })).toBeHidden();
    expect(complaints.filter((problem) => !/40[019]/.test(problem))).toEqual([]);
  });

  async function save(): Promise<void> {
    await page.getByRole('button', { name: 'Save and test' }).click();
  }

  /** What went wrong. */
  function said(): Locator {
    return page.getByRole('form').getByRole('alert');
  }

  async function all(): Promise<readonly { readonly uid: string; readonly name: string }[]> {
    return (await (await page.request.get(`${vitrine.url}/api/datasources`)).json()) as { uid: string; name: string }[];
  }

  async function sources(): Promise<readonly string[]> {
    return (await all()).map(({ name }) => name).toSorted();
  }
});
