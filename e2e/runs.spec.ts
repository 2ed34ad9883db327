// A hundred runs of a sweep, logged over plain HTTP: the best of them found, its seeds compared. In a real browser.
import { expect, type Page, test } from '@playwright/test';
import { servedPage, type ServedPage } from './signed-in-page.ts';

const RATES = ['0.1', '0.03', '0.01', '0.003'] as const;
const FLOORS: Readonly<Record<(typeof RATES)[number], number>> = { '0.1': 0.9, '0.03': 0.5, '0.01': 0.3, '0.003': 0.4 };
const SEEDS = 25;
const STEPS = 40;

/** What a run's validation loss comes down to: another seed of each rate is the best. */
const endOf = (rate: (typeof RATES)[number], seed: number): number => FLOORS[rate] + 0.002 * ((seed * 7 + 3) % SEEDS);

test.describe('runs', () => {
  test.describe.configure({ mode: 'serial' });

  let served: ServedPage;
  let page: Page;
  let complaints: readonly string[] = [];

  test.beforeAll(async ({ browser }) => {
    served = await servedPage(browser);
    ({ page, complaints } = served);
  });

  test.afterAll(async () => {
    await served?.close();
  });

  test('nothing is there yet, and then the best of a hundred is found', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await expect(page.getByRole('heading', { name: 'No run has been logged yet' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Copy: MLflow' })).toBeVisible();

    for (const rate of RATES) {
      await Promise.all(Array.from({ length: SEEDS }, (_, seed) => logRun(served.url, rate, seed)));
    }
    // What waited for the first run becomes the table by itself.
    const table = page.getByRole('grid', { name: 'Runs' });
    await expect(page.getByText('100 runs', { exact: true })).toBeVisible();

    await page.keyboard.press('/');
    await page.keyboard.type('params.lr = 0.01 and status = finished ');
    await expect(page.getByText('25 runs', { exact: true })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');

    await table
      .getByRole('columnheader', { name: /^best val\/loss/ })
      .getByRole('button', { name: /^best/ })
      .click();
    const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
    const [best = 0] = seeds.toSorted((a, b) => endOf('0.01', a) - endOf('0.01', b));
    const first = table.getByRole('row').nth(1);
    await expect(first).toContainText(`sweep-0.01-${best}`);
    await expect(first).toContainText('0.3');
    await expect(page).toHaveURL(/sort=best\+val/);

    // The keyboard selects it, and the charts draw it alone.
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await expect(page.getByText('1 of 25 runs selected')).toBeVisible();
    await expect(page.getByRole('article', { name: 'loss' }).getByRole('group', { name: /^loss: 2 series/ })).toBeVisible();
    expect(complaints).toEqual([]);
  });

  test('seeds are compared as groups with bands', async () => {
    await page.goto(`${served.url}/runs?by=params.lr&sort=best+val/loss`);
    const table = page.getByRole('grid', { name: 'Runs' });
    const rows = table.getByRole('row');
    await expect(rows).toHaveCount(1 + RATES.length);
    const ends = Array.from({ length: SEEDS }, (_, seed) => endOf('0.01', seed));
    const mean = ends.reduce((sum, end) => sum + end, 0) / SEEDS;
    const deviation = Math.sqrt(ends.reduce((sum, end) => sum + (end - mean) ** 2, 0) / (SEEDS - 1));
    await expect(rows.nth(1)).toContainText('0.01');
    await expect(rows.nth(1)).toContainText(`${Number(mean.toPrecision(4))} ± ${Number(deviation.toPrecision(4))}`);
    await expect(page.getByText('Means over 100 runs, grouped by params.lr.')).toBeVisible();
    // A line each of training and validation; its band is no line of its own.
    const lines = new RegExp(`^loss: ${2 * RATES.length} series`);
    await expect(page.getByRole('article', { name: 'loss' }).getByRole('group', { name: lines })).toBeVisible();

    await rows
      .nth(1)
      .getByRole('button', { name: /^0\.01/ })
      .click();
    // Unfolded, its runs stand below it, the best first.
    const [best = 0] = Array.from({ length: SEEDS }, (_, seed) => seed).toSorted((a, b) => endOf('0.01', a) - endOf('0.01', b));
    await expect(rows.nth(2)).toContainText(`sweep-0.01-${best}`);
    expect(complaints).toEqual([]);
  });

  test('a log that a training left behind becomes a run, once it is seen what is read of it', async () => {
    await page.goto(`${served.url}/runs`);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('menuitem', { name: 'A run from a file…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a run from a file' });
    const buffer = Buffer.from(Array.from({ length: 30 }, (_, at) => `<${at * 10}> L ${3 / (at + 1)}\n`).join(''));
    await dialog.locator('input[type=file]').setInputFiles({ name: 'train.log', mimeType: 'text/plain', buffer });
    // It is refused as it stands, and a pattern makes sense of it.
    await expect(dialog.getByRole('alert')).toContainText('has no line such as');
    await dialog.getByRole('textbox', { name: 'Pattern' }).fill(String.raw`<(?<step>\d+)> L (?<loss>\S+)`);
    await expect(dialog.getByRole('status')).toHaveText('30 points of 1 metric in 30 rows.');
    await expect(dialog.getByRole('row').nth(2)).toHaveText(/^101\.5$/);
    await dialog.getByRole('button', { name: 'Add the run' }).click();
    await expect(page).toHaveURL(/\/runs\/file-/);
    await expect(page.getByRole('article', { name: 'loss' })).toBeVisible();
    expect(complaints.filter((complaint) => !complaint.includes('400'))).toEqual([]);
  });

  test('a TensorBoard folder is followed and left from the page', async () => {
    await page.goto(`${served.url}/runs`);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('menuitem', { name: 'TensorBoard folders…' }).click();
    const dialog = page.getByRole('dialog', { name: 'TensorBoard folders' });
    await dialog.getByRole('textbox', { name: 'Folder' }).fill('/nowhere at all');
    await dialog.getByRole('button', { name: 'Follow it' }).click();
    await expect(dialog.getByRole('alert')).toContainText('There is no directory /nowhere at all');
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(served.folder);
    await dialog.getByRole('button', { name: 'Follow it' }).click();
    const followed = dialog.getByRole('list', { name: 'Followed folders' });
    await expect(followed.getByRole('listitem')).toContainText('Following');
    await followed.getByRole('button', { name: `Leave ${served.folder}` }).click();
    await expect(dialog.getByText('No folder is followed yet.')).toBeVisible();
  });
});

async function logRun(url: string, lr: (typeof RATES)[number], seed: number): Promise<void> {
  const id = `sweep-${lr}-${seed}`;
  await post(
    `${url}/api/runs`,
    'application/json',
    JSON.stringify({ id, name: id, project: 'digits', params: { lr, seed: String(seed) } }),
  );
  const lines = Array.from({ length: STEPS }, (_, step) => {
    const loss = endOf(lr, seed) + 2 * (1 - step / (STEPS - 1)) ** 3;
    return JSON.stringify({ step, 'train/loss': loss * 0.9, 'val/loss': loss });
  });
  await post(`${url}/api/runs/${id}/points`, 'application/x-ndjson', lines.join('\n'));
  await post(`${url}/api/runs/${id}/finish`, 'application/json', '{}');
}

async function post(url: string, type: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
