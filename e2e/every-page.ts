// Every page and dialog of Vitrine, by how one gets there, and a store with something to show on each.
import { expect, type Locator, type Page } from '@playwright/test';
import { encodeWriteRequest, packSnappy, type SentSeries } from '@vitrine/server/ingest/remote-write/encode-remote-write.ts';
import type { VitrineProcess } from './vitrine-process.ts';

interface VisitedPage {
  readonly name: string;
  readonly open: (page: Page, url: string) => Promise<void>;
}

const UID = 'light';

/** In an order in which one leads to the next: what a page leaves behind, the one after it does not see. */
export const EVERY_PAGE: readonly VisitedPage[] = [
  { name: 'home', open: (page, url) => go(page, url, '/') },
  {
    name: 'dashboards',
    open: (page, url) => go(page, url, '/dashboards', page.getByRole('link', { name: /Hard light/ }).first()),
  },
  { name: 'dashboard', open: (page, url) => go(page, url, `/d/${UID}`, legend(page)) },
  { name: 'edit', open: (page, url) => go(page, url, `/d/${UID}/edit`, page.getByRole('button', { name: /^Move Loss/ })) },
  ...['General', 'Variables', 'Annotations', 'Links', 'Revisions', 'JSON'].map((tab): VisitedPage => ({
    name: `settings-${tab.toLowerCase()}`,
    async open(page, url) {
      await go(page, url, `/d/${UID}/edit`, page.getByRole('button', { name: /^Move Loss/ }));
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('dialog').getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('dialog').getByRole('tabpanel', { name: tab })).toBeVisible();
      if (tab !== 'Variables') return;
      await page.getByRole('dialog').getByRole('button', { name: 'Edit', exact: true }).first().click();
    },
  })),
  {
    name: 'save',
    async open(page, url) {
      await go(page, url, `/d/${UID}/edit`, page.getByRole('button', { name: /^Move Loss/ }));
      await page.getByRole('button', { name: /^Move Loss/ }).press('Shift+ArrowDown');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(page.getByRole('dialog').getByRole('textbox', { name: 'What did you change?' })).toBeVisible();
    },
  },
  {
    name: 'panel-editor',
    open: (page, url) => go(page, url, `/d/${UID}/edit/1`, page.getByRole('textbox', { name: 'PromQL query' }).first()),
  },
  {
    name: 'panel-editor-transformations',
    async open(page, url) {
      await go(page, url, `/d/${UID}/edit/2`, page.getByRole('tab', { name: /^Transformations/ }));
      await page.getByRole('tab', { name: /^Transformations/ }).click();
    },
  },
  {
    name: 'explore',
    async open(page, url) {
      await go(page, url, `/explore?left=${pane('train_loss')}`, legend(page));
    },
  },
  {
    name: 'explore-split',
    open: (page, url) =>
      go(page, url, `/explore?left=${pane('train_loss')}&right=${pane('vitrine_http_requests_in_flight')}`, legend(page)),
  },
  { name: 'import', open: (page, url) => go(page, url, '/import') },
  {
    name: 'upload',
    async open(page, url) {
      await go(page, url, '/ingest/upload');
      const buffer = Buffer.from(`time,run,loss\n${`${Date.now()},a,0.5\n`.repeat(9)}${Date.now()},b,?\n`);
      await page.locator('input[type=file]').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer });
      await expect(page.getByRole('region', { name: 'Import' })).toContainText('would be stored');
    },
  },
  { name: 'ingest', open: (page, url) => go(page, url, '/ingest', page.getByRole('list', { name: 'Pushed groups' })) },
  {
    name: 'ingest-ways',
    async open(page, url) {
      await go(page, url, '/ingest', page.getByRole('table', { name: 'Senders' }));
      await page.getByRole('button', { name: 'How to send' }).click();
      await expect(page.getByRole('region', { name: 'How to send' })).toBeVisible();
    },
  },
  {
    name: 'ingest-sender',
    async open(page, url) {
      await go(page, url, '/ingest?refused=true', page.getByRole('table', { name: 'Senders' }));
      await page.getByRole('table', { name: 'Senders' }).getByRole('button', { name: '127.0.0.1' }).click();
      await expect(page.getByRole('dialog').getByRole('list', { name: 'What was refused' })).toBeVisible();
    },
  },
  { name: 'runs', open: (page, url) => go(page, url, '/runs', page.getByText('light-0').first()) },
  {
    name: 'runs-add-file',
    async open(page, url) {
      await go(page, url, '/runs', page.getByText('light-0').first());
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('menuitem', { name: 'A run from a file…' }).click();
      const buffer = Buffer.from('step,loss,note\n10,2.5,warm\n20,1.5,\n');
      await page.locator('input[type=file]').setInputFiles({ name: 'metrics.csv', mimeType: 'text/csv', buffer });
      await expect(page.getByRole('dialog').getByRole('group', { name: 'First rows' })).toBeVisible();
    },
  },
  {
    name: 'runs-logdirs',
    async open(page, url) {
      await go(page, url, '/runs', page.getByText('light-0').first());
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('menuitem', { name: 'TensorBoard folders…' }).click();
      await expect(page.getByRole('dialog').getByText('No folder is followed yet.')).toBeVisible();
    },
  },
  { name: 'run', open: (page, url) => go(page, url, '/runs/light-0', page.getByRole('list', { name: 'What is wrong' })) },
  ...['Overview', 'Health', 'System', 'Artefacts'].map((tab): VisitedPage => ({
    name: `run-${tab.toLowerCase()}`,
    async open(page, url) {
      await go(page, url, '/runs/light-0');
      await page.getByRole('tab', { name: tab }).click();
      await expect(page.getByRole('tabpanel', { name: tab }).locator('*').nth(4)).toBeVisible();
    },
  })),
  ...['params', 'parallel', 'scatter', 'importance'].map((view): VisitedPage => ({
    name: `compare-${view}`,
    open: (page, url) => go(page, url, `/compare?project=light&view=${view}`, page.getByText('6 runs', { exact: true })),
  })),
  { name: 'plugins', open: (page, url) => go(page, url, '/plugins') },
  { name: 'playlists', open: (page, url) => go(page, url, '/playlists') },
  {
    name: 'snapshot',
    async open(page, url) {
      // Asked with the page's own cookie.
      await page.goto(url);
      const { url: address } = await page.evaluate(snapshotOf, UID);
      await go(page, url, new URL(address).pathname, page.getByRole('heading', { level: 1, name: /Hard light/ }));
    },
  },
  { name: 'not-found', open: (page, url) => go(page, url, '/d/nothing-here', page.getByRole('heading', { level: 1 }).last()) },
];

/** Runs and a dashboard of them. `cookie` is that of a signed-in page. */
export async function furnish(vitrine: VitrineProcess, page: Page): Promise<void> {
  const nowMs = Date.now();
  const series: SentSeries[] = ['resnet-50', 'vit-base', 'convnext'].flatMap((run, at) =>
    ['train', 'validation'].map((split, of) => ({
      labels: [
        ['__name__', 'train_loss'],
        ['run', run],
        ['split', split],
      ],
      samples: Array.from({ length: 120 }, (_, step) => [
        (2 + at * 0.3) * Math.exp(-step / (40 + at * 9)) + of * 0.15 + 0.04 * Math.sin(step * 2.1 + at),
        nowMs - (120 - step) * 15_000,
      ]),
    })),
  );
  await remoteWrite(vitrine, series);
  // One push that is kept, and one that is not.
  for (const body of ['rows 42\n', 'rows 42 1700000000000\n'])
    await fetch(`${vitrine.url}/metrics/job/nightly`, { method: 'POST', body });
  await train(page);
  const answer = await page.evaluate(put, { path: `/api/dashboards/${UID}`, body: { dashboard: DASHBOARD } });
  expect(answer.status, answer.text).toBe(200);
  await page.evaluate(send, {
    method: 'POST',
    path: '/api/annotations',
    body: { dashboardUID: UID, time: nowMs - 600_000, tags: ['deployment'], text: 'v8 is out' },
  });
}

/** Trainings, the first of which diverges. */
async function train(page: Page): Promise<void> {
  for (const at of Array.from({ length: 6 }).keys()) {
    const [id, startedMs] = [`light-${at}`, Date.now() - 600_000 + at];
    const params = { lr: 10 ** -(at % 3), optimizer: at % 2 === 0 ? 'adam' : 'sgd' };
    const points = Array.from({ length: 200 }, (_, step) => {
      const loss = 2 * Math.exp(-step / 40) + 0.2 + 0.01 * Math.sin(step * 1.7 + at);
      return {
        step,
        time: startedMs + step * 1_000,
        'train/loss': at === 0 && step > 120 ? loss * Math.exp((step - 120) / 9) : loss,
      };
    });
    const sent: readonly Sent[] = [
      { method: 'POST', path: '/api/runs', body: { id, name: id, project: 'light', startedMs, params, hosts: ['gpu-07'] } },
      { method: 'POST', path: `/api/runs/${id}/points`, body: points },
      { method: 'POST', path: `/api/runs/${id}/finish`, body: { endedMs: startedMs + 200_000 } },
    ];
    for (const one of sent) {
      const answer = await page.evaluate(send, one);
      expect(answer.status, answer.text).toBeLessThan(300);
    }
  }
}

export async function remoteWrite(vitrine: VitrineProcess, series: readonly SentSeries[]): Promise<void> {
  const response = await fetch(`${vitrine.url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: new Uint8Array(packSnappy(encodeWriteRequest(series))),
  });
  expect(response.status, await response.text()).toBe(204);
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Runs in the page, which is signed in. */
async function send({ method, path, body }: Sent): Promise<{ status: number; text: string }> {
  const response = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

async function put({ path, body }: Omit<Sent, 'method'>): Promise<{ status: number; text: string }> {
  const response = await fetch(path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function snapshotOf(uid: string): Promise<{ url: string }> {
  const { dashboard } = (await (await fetch(`/api/dashboards/${uid}`)).json()) as { dashboard: unknown };
  const response = await fetch('/api/snapshots', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dashboard }),
  });
  return (await response.json()) as { url: string };
}

async function go(page: Page, url: string, path: string, shown?: Locator): Promise<void> {
  await page.goto(`${url}${path}`);
  await expect(shown ?? page.getByRole('main').getByRole('heading', { level: 1 }).first()).toBeVisible();
}

function legend(page: Page): Locator {
  return page
    .locator('button[aria-pressed]')
    .filter({ hasText: /resnet|method|convnext/ })
    .first();
}

function pane(expr: string): string {
  const query = { refId: 'A', source: { type: 'builtin', uid: 'builtin' }, hidden: false, spec: { expr } };
  return encodeURIComponent(JSON.stringify({ queries: [query], view: 'both' }));
}

const LOSS = [{ refId: 'A', spec: { expr: 'train_loss{run=~"$run"}', legendFormat: '{{run}} {{split}}' } }];
const LAST = [{ refId: 'A', spec: { expr: 'train_loss{split="validation"}', legendFormat: '{{run}}', instant: true } }];

const DASHBOARD = {
  version: 2,
  uid: UID,
  title: 'Hard light',
  description: 'Runs of a vision model',
  tags: ['vision', 'training'],
  range: { from: 'now-30m', to: 'now' },
  refresh: 'off',
  variables: [
    {
      kind: 'query',
      source: { type: 'builtin', uid: 'builtin' },
      name: 'run',
      label: 'Run',
      multi: true,
      includeAll: true,
      current: '$__all',
      spec: { query: 'label_values(train_loss, run)' },
    },
    {
      kind: 'custom',
      name: 'env',
      options: [
        { text: 'prod', value: 'prod' },
        { text: 'staging', value: 'staging' },
      ],
      current: 'prod',
    },
    { kind: 'textbox', name: 'note', current: 'anything' },
    {
      kind: 'adhoc',
      name: 'filters',
      source: { type: 'builtin', uid: 'builtin' },
      filters: [{ key: 'run', operator: '!=', value: 'none' }],
    },
  ],
  links: [{ title: 'Model card', type: 'link', url: 'https://example.org/card' }],
  panels: [
    {
      id: 1,
      title: 'Loss',
      kind: 'timeseries',
      grid: { x: 0, y: 0, w: 12, h: 8 },
      queries: LOSS,
      fieldConfig: {
        defaults: {
          unit: 'short',
          thresholds: {
            mode: 'absolute',
            steps: [
              { value: null, color: 'green' },
              { value: 1.5, color: 'red' },
            ],
          },
          custom: { thresholdsStyle: { mode: 'line' } },
        },
        overrides: [
          { matcher: { id: 'byName', options: 'resnet-50 train' }, properties: [{ id: 'custom.lineWidth', value: 2 }] },
        ],
      },
    },
    {
      id: 2,
      title: 'Last loss',
      kind: 'table',
      grid: { x: 12, y: 0, w: 12, h: 8 },
      queries: [{ refId: 'A', spec: { expr: 'train_loss', instant: true, format: 'table' } }],
      transformations: [
        { id: 'organize', options: { excludeByName: { Time: true } } },
        { id: 'sortBy', options: { sort: [{ field: 'Value' }] } },
      ],
    },
    { id: 3, title: 'Best', kind: 'stat', grid: { x: 0, y: 8, w: 6, h: 5 }, queries: LAST },
    { id: 4, title: 'Now', kind: 'gauge', grid: { x: 6, y: 8, w: 6, h: 5 }, queries: LAST },
    { id: 5, title: 'Runs', kind: 'bargauge', grid: { x: 12, y: 8, w: 6, h: 5 }, queries: LAST },
    { id: 6, title: 'Share', kind: 'piechart', grid: { x: 18, y: 8, w: 6, h: 5 }, queries: LAST },
    {
      id: 7,
      title: 'Notes',
      kind: 'text',
      grid: { x: 0, y: 13, w: 8, h: 5 },
      options: { mode: 'markdown', content: '## Read me\n\nA [link](https://example.org) and `code`.\n\n- one\n- two' },
    },
    {
      id: 8,
      title: 'Nothing',
      kind: 'timeseries',
      grid: { x: 8, y: 13, w: 8, h: 5 },
      queries: [{ refId: 'A', spec: { expr: 'no_such_metric' } }],
    },
    {
      id: 9,
      title: 'Wrong',
      kind: 'timeseries',
      grid: { x: 16, y: 13, w: 8, h: 5 },
      queries: [{ refId: 'A', spec: { expr: 'sum(' } }],
    },
  ],
};
