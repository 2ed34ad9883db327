// One run from "what is wrong?" to why, and several from a sweep to what mattered. In a real browser.
import { expect, type Page, test } from '@playwright/test';
import { servedPage, type ServedPage } from './signed-in-page.ts';

const RUN = 'resnet-7';
const STEPS = 1_000;
/** Of more points than a panel has pixels. */
const LONG = 'bert-1';
/** It took half an hour and ended ten minutes ago: the first half of the steps in twenty minutes, the second in ten. */
const END_MS = Math.floor(Date.now() / 10_000) * 10_000 - 600_000;
const START_MS = END_MS - 1_800_000;
const timeOf = (step: number): number =>
  step < STEPS / 2 ? START_MS + (step / (STEPS / 2)) * 1_200_000 : END_MS - ((STEPS - step) / (STEPS / 2)) * 600_000;

test.describe('a run', () => {
  test.describe.configure({ mode: 'serial' });
  let served: ServedPage;
  let page: Page;
  let complaints: readonly string[] = [];

  test.beforeAll(async ({ browser }) => {
    served = await servedPage(browser);
    ({ page, complaints } = served);
    await send('/api/runs', {
      id: RUN,
      name: RUN,
      project: 'fraud',
      hosts: ['gpu-07'],
      startedMs: START_MS,
      params: { lr: 0.1 },
    });
    await sendText(`/api/runs/${RUN}/points`, 'application/x-ndjson', curves());
    await send(`/api/runs/${RUN}/finish`, { status: 'failed', endedMs: END_MS });
    await sendText('/write?precision=ms', 'text/plain', machine());
    for (const run of Array.from({ length: 12 }).keys()) {
      const params = { lr: 10 ** -(1 + (run % 4)), optimizer: run % 2 === 0 ? 'adam' : 'sgd' };
      await send('/api/runs', { id: `sweep-${run}`, project: 'sweep', startedMs: START_MS + run, params });
      await send(`/api/runs/sweep-${run}/points`, [{ step: 1, time: START_MS + 1_000 + run, 'val/loss': (run % 4) + 0.1 }]);
      await send(`/api/runs/sweep-${run}/finish`, { endedMs: START_MS + 60_000 });
    }
  });

  test.afterAll(async () => {
    await served?.close();
  });

  test('why it diverged: the badge, the sentence, the steps on the chart', async () => {
    await page.goto(`${served.url}/runs/${RUN}`);
    await expect(page.getByRole('heading', { level: 1, name: RUN })).toBeVisible();
    await expect(page.getByText('Failed', { exact: true })).toBeVisible();
    const wrong = page.getByRole('list', { name: 'What is wrong' });
    await expect(wrong).toContainText(/train\/loss rose .* by step/);
    await wrong.getByRole('button', { name: /why$/ }).first().click();
    await expect(page).toHaveURL(/tab=health/);
    const diverging = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Diverging' }) });
    await expect(diverging).toContainText(/Restore|lower the learning rate/);

    await diverging.getByRole('button', { name: 'Acknowledge' }).click();
    await expect(diverging).toContainText('Acknowledged');
    await diverging.getByRole('button', { name: 'Open again' }).click();
    await expect(diverging.getByRole('button', { name: 'Acknowledge' })).toBeVisible();

    await diverging.getByRole('button', { name: 'See it on the chart' }).click();
    await expect(page).toHaveURL(/from=\d+.*to=\d+/);
    await expect(page.getByRole('article', { name: /loss/ }).first().locator('.u-over')).toBeVisible();
    await page.goBack();
    await expect(diverging).toBeVisible();
  });

  test('hovering a step shows the GPU at that moment', async () => {
    await page.getByRole('tab', { name: 'System' }).click();
    const loss = page.getByRole('article', { name: 'train/loss' }).locator('.u-over');
    await expect(page.getByRole('article', { name: 'GPU utilisation' })).toBeVisible();
    await hoverAt(loss, 0.25);
    await expect(page.getByTestId('moment')).toContainText(/step 2[45]\d.*GPU 50 %/);
    await hoverAt(loss, 0.75);
    await expect(page.getByTestId('moment')).toContainText(/step 7[45]\d.*GPU 90 %/);
    // And the other way round: the machine's picture moves the crosshair of the loss.
    await hoverAt(page.getByRole('article', { name: 'GPU utilisation' }).locator('.u-over'), 0.5);
    await expect(page.getByTestId('moment')).toContainText(/step (49|50)\d/);
  });

  test('a panel of any dashboard zooms into its steps down to each point', async () => {
    const panel = {
      id: 1,
      kind: 'curve',
      title: 'Loss',
      grid: { x: 0, y: 0, w: 12, h: 8 },
      queries: [
        {
          refId: 'A',
          source: { type: 'runs', uid: 'runs' },
          spec: { runs: `id = "${LONG}"`, metrics: ['deep'], smoothing: 'none' },
        },
      ],
    };
    const dashboard = { version: 2, uid: 'losses', title: 'Losses', panels: [panel] };
    const saved = await page.request.put(`${served.url}/api/dashboards/losses`, {
      data: { dashboard },
      headers: { origin: served.url },
    });
    expect(saved.ok(), await saved.text()).toBe(true);
    const points = Array.from({ length: 40_000 }, (_, step) => `{"step":${step},"time":${START_MS + step},"deep":${step % 7}}`);
    await send('/api/runs', { id: LONG, name: LONG, project: 'fraud', startedMs: START_MS });
    await sendText(`/api/runs/${LONG}/points`, 'application/x-ndjson', points.join('\n'));
    await page.goto(`${served.url}/d/losses`);

    const loss = page.getByRole('region', { name: 'Loss' });
    const plot = loss.locator('.u-over');
    await expect(plot).toBeVisible();
    const asked = page.waitForRequest(
      (request) => request.url().endsWith('/api/panel-data') && request.postData()!.includes('"zoom"'),
    );
    const box = (await plot.boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.5, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.51, y, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.52, y, { steps: 4 });
    await page.mouse.up();
    const { zoom } = (await asked).postDataJSON() as { zoom: { from: number; to: number } };
    expect(zoom.from).toBeGreaterThan(19_000);
    expect(zoom.to).toBeLessThan(21_500);
    const whole = loss.getByRole('button', { name: 'Whole x of Loss' });
    await whole.click();
    await expect(whole).toHaveCount(0);
  });

  test('what is said of it is kept, and what it logs is seen as it comes', async () => {
    await page.goto(`${served.url}/runs/${RUN}`);
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByRole('textbox', { name: 'Notes, in Markdown' }).fill('The **learning rate** was ten times too high.');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('strong', { hasText: 'learning rate' })).toBeVisible();

    await send(`/api/runs/${RUN}/points`, [{ step: 1_234, 'val/accuracy': 0.5 }]);
    await expect(page.getByRole('row', { name: /^val\/accuracy/ })).toContainText('0.5');
    await expect(page.getByText('1,234')).toBeVisible();
  });

  test('of several, the parameter that mattered', async () => {
    await page.goto(`${served.url}/compare?project=sweep&view=importance`);
    const first = page.getByRole('row').nth(1);
    await expect(first).toContainText('lr');
    await expect(page.getByText(/From 12 runs/)).toBeVisible();

    await page.getByRole('tab', { name: 'Parallel coordinates' }).click();
    const axis = page.getByRole('button', { name: /^val\/loss: all/ });
    await axis.focus();
    for (let step = 0; step < 4; step++) await page.keyboard.press('Shift+ArrowDown');
    await expect(page.getByText(/^9 of 12 runs pass/)).toBeVisible();

    await page.getByRole('tab', { name: 'Side by side' }).click();
    await expect(page.getByRole('row', { name: /^optimizer/ })).toContainText('adam');
    await page.getByRole('link', { name: 'Their curves' }).click();
    await expect(page).toHaveURL(/\/runs\?project=sweep/);
    expect(complaints).toEqual([]);
  });

  async function send(path: string, body: unknown): Promise<void> {
    await sendText(path, 'application/json', JSON.stringify(body));
  }

  async function sendText(path: string, type: string, body: string): Promise<void> {
    const answer = await page.request.post(served.url + path, {
      data: body,
      headers: { 'content-type': type, origin: served.url },
    });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  }

  async function hoverAt(plot: ReturnType<Page['locator']>, share: number): Promise<void> {
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width * share - 3, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
  }
});

/** A loss that falls, and from step 700 on grows without bound. */
function curves(): string {
  const rows = Array.from({ length: STEPS + 1 }, (_, step) => {
    const good = 2.3 * Math.exp(-step / 150) + 0.2 + 0.02 * Math.sin(step * 1.7);
    return { step, time: Math.round(timeOf(step)), 'train/loss': step < 700 ? good : good * Math.exp((step - 700) / 40) };
  });
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

/** Its GPU: half busy in the first half of the steps, busy in the second. */
function machine(): string {
  const lines: string[] = [];
  for (let ms = START_MS; ms <= END_MS; ms += 10_000) {
    const share = ms < timeOf(STEPS / 2) ? 50 : 90;
    lines.push(`DCGM_FI_DEV_GPU_UTIL,gpu=0,Hostname=gpu-07,instance=10.0.0.7:9400 value=${share} ${ms}`);
  }
  return lines.join('\n');
}
