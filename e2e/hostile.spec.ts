// Dashboards and series made to do harm: nothing of them runs, nothing leads where it should not, and all stays up.
import { expect, type Page, test } from '@playwright/test';
import { remoteWrite, send } from './every-page.ts';
import { startVitrine, type VitrineProcess } from './vitrine-process.ts';

const EVIL = [
  '<img src=x onerror="window.__ran=1">',
  '<script>window.__ran=1</script>',
  '<svg onload="window.__ran=1"></svg><iframe src="javascript:parent.__ran=1"></iframe>',
  '[m](javascript:window.__ran=1)',
  '"><b onmouseover=window.__ran=1>b</b>',
  '${__proto__} ${constructor} $__data \u202Eecalp gnorw\u202C',
].join(' ');
/** For what may be 200 letters only. */
const SHORT = '<img src=x onerror="window.__ran=1"><script>window.__ran=1</script>';
const ADDRESSES = [
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '//evil.example/',
  '\\\\evil.example\\x',
  'vbscript:x',
];

let vitrine: VitrineProcess;
let page: Page;
const alarms: string[] = [];

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  vitrine = await startVitrine('serve');
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  page.on('dialog', (dialog) => {
    alarms.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => alarms.push(String(error)));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) alarms.push(message.text());
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(vitrine.url)) alarms.push(`asked ${request.url()}`);
  });
  await page.goto(vitrine.signInLink);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  const nowMs = Date.now();
  await remoteWrite(
    vitrine,
    ADDRESSES.map((address, at) => ({
      labels: [
        ['__name__', 'hostile'],
        ['at', String(at)],
        ['evil', `${EVIL} ${address}`],
      ],
      samples: Array.from({ length: 20 }, (_, back) => [at + back, nowMs - (20 - back) * 10_000]),
    })),
  );
});

test.afterAll(async () => {
  await page?.context().close();
  expect(await vitrine?.stop()).toBe(0);
});

test('a hostile Grafana dashboard is imported, shown and edited as text', async () => {
  const imported = await ask('POST', '/api/import', { text: JSON.stringify(hostileGrafana()), uid: 'hostile' });
  expect(imported.status, imported.text.slice(0, 500)).toBe(200);
  await ask('POST', '/api/annotations', { dashboardUID: 'hostile', time: Date.now() - 60_000, tags: [SHORT], text: EVIL });
  for (const path of [
    '/d/hostile?from=now-5m&to=now',
    '/dashboards',
    '/d/hostile/edit',
    '/d/hostile/edit/1',
    '/d/hostile/edit/2',
  ]) {
    await page.goto(`${vitrine.url}${path}`);
    await expect(page.getByRole('main').getByRole('heading', { level: 1 }).first()).toBeVisible();
    await page.waitForLoadState('networkidle', { timeout: 4_000 }).catch(() => undefined);
    expect(await page.evaluate(harmful, vitrine.url), path).toEqual([]);
  }
  expect(await page.evaluate(() => (globalThis as { __ran?: number }).__ran)).toBeUndefined();
  expect(alarms).toEqual([]);
});

test('what is too large or circular is refused or shown with a sentence', async () => {
  const before = await residentMb();
  const huge = 'x'.repeat(50 * 1024 * 1024);
  for (const [method, path, body] of [
    ['POST', '/api/import', { text: huge }],
    ['PUT', '/api/dashboards/huge', { dashboard: { version: 2, uid: 'huge', title: huge, panels: [] } }],
  ] as const) {
    const { status, text } = await ask(method, path, body);
    expect(status, path).toBe(413);
    expect(text, path).toMatch(/limit|large|MiB/i);
  }
  const circular = ['a', 'b'].map((name, at) => ({
    kind: 'query',
    name,
    source: { type: 'builtin', uid: 'builtin' },
    spec: { query: `label_values(hostile{at="$${'ba'[at]}"}, at)` },
  }));
  const saved = await ask('PUT', '/api/dashboards/circular', {
    dashboard: { version: 2, uid: 'circular', title: 'Circular', panels: [], variables: circular },
  });
  if (saved.status === 200) {
    await page.goto(`${vitrine.url}/d/circular`);
    await expect(page.getByRole('heading', { level: 1, name: 'Circular' })).toBeVisible();
  } else expect(saved.status, saved.text).toBe(400);
  expect((await fetch(`${vitrine.url}/-/healthy`)).status).toBe(200);
  expect(before).toBeGreaterThan(0);
  await expect.poll(residentMb, { timeout: 20_000 }).toBeLessThan(before + 250);
});

test('a variable of more options than can be kept is refused, and one of 60,000 opens, searches and chooses', async () => {
  const options = Array.from({ length: 200_000 }, (_, at) => ({ text: `v${at}`, value: `v${at}` }));
  const small = options.slice(0, 60_000);
  const refused = await ask('PUT', '/api/dashboards/many', { dashboard: many(options) });
  expect([200, 400, 413]).toContain(refused.status);
  if (refused.status !== 200) {
    expect(refused.text).toMatch(/limit|large|MiB|at most/i);
    expect((await ask('PUT', '/api/dashboards/many', { dashboard: many(small) })).status).toBe(200);
  }
  await page.goto(`${vitrine.url}/d/many`);
  await page.getByRole('button', { name: /^many/ }).click();
  await page.getByRole('combobox', { name: 'Search many' }).fill('v59999');
  await page.getByRole('option', { name: 'v59999', exact: true }).click();
  await expect(page).toHaveURL(/var-many=v59999/);
  expect(await page.getByRole('option').count()).toBeLessThan(2_000);
});

function ask(method: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
  return page.evaluate(send, { method, path, body });
}

/** Of the server, as it says of itself. */
async function residentMb(): Promise<number> {
  const text = await page.evaluate(async () => (await fetch('/metrics')).text());
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? 0) / 1e6;
}

/** Runs in the page: elements that could run something, and addresses that lead elsewhere. */
function harmful(own: string): string[] {
  const found: string[] = [];
  for (const element of document.querySelectorAll('*')) {
    const isOwnScript = element.localName === 'script' && (element as HTMLScriptElement).src.startsWith(own);
    if (['script', 'iframe', 'object', 'embed', 'base'].includes(element.localName) && !isOwnScript)
      found.push(element.outerHTML);
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) found.push(`${name} on ${element.localName}`);
      if (!['href', 'src', 'xlink:href', 'action', 'formaction'].includes(name) || value.startsWith('#')) continue;
      const url = new URL(value, own);
      const isImage = element.localName === 'img' && (url.protocol === 'data:' || url.protocol === 'blob:');
      if (!['http:', 'https:', 'mailto:'].includes(url.protocol) && !isImage) found.push(`${name}="${value}"`);
      // An address without a scheme is meant to stay here.
      if (/^[\\/]{2}/.test(value)) found.push(`${name}="${value}"`);
    }
  }
  return found.map((line) => line.slice(0, 200));
}

function many(options: readonly unknown[]): unknown {
  return {
    version: 2,
    uid: 'many',
    title: 'Many',
    panels: [],
    variables: [{ kind: 'custom', name: 'many', options, current: 'v1' }],
  };
}

/** The same harm in every text that a dashboard can say. */
function hostileGrafana(): unknown {
  const links = ADDRESSES.map((url) => ({ title: EVIL, url, type: 'link', tooltip: EVIL, tags: [SHORT], icon: EVIL }));
  const mappings = [
    { type: 'value', options: { 1: { text: EVIL, color: EVIL }, __proto__: { text: EVIL } } },
    { type: 'range', options: { from: 2, to: 99, result: { text: EVIL, icon: EVIL } } },
  ];
  const cells = ['auto', 'markdown', 'json-view', 'image', 'data-links', 'pill', 'color-background'];
  const panels = [
    'timeseries',
    'table',
    'stat',
    'gauge',
    'bargauge',
    'barchart',
    'piechart',
    'state-timeline',
    'histogram',
    'heatmap',
  ];
  const text = ['markdown', 'html', 'code'].map((mode, at) => ({
    id: 90 + at,
    type: 'text',
    title: EVIL,
    gridPos: { x: at * 8, y: 0, w: 8, h: 4 },
    options: {
      mode,
      content: `${EVIL}\n\n${ADDRESSES.map((url) => `[l](${url}) ![i](${url}) <a href="${url}">a</a>`).join('\n')}`,
    },
  }));
  return {
    uid: 'hostile',
    title: EVIL,
    description: EVIL,
    tags: [SHORT],
    schemaVersion: 39,
    ['__proto__']: { polluted: true },
    constructor: { prototype: { polluted: true } },
    time: { from: 'now-5m', to: 'now' },
    links,
    annotations: {
      list: [
        {
          name: EVIL,
          enable: true,
          iconColor: EVIL,
          datasource: { type: 'prometheus', uid: '${x}' },
          expr: 'hostile',
          titleFormat: EVIL,
          textFormat: '{{evil}}',
          tagKeys: 'evil',
        },
      ],
    },
    templating: {
      list: [
        {
          name: 'custom',
          label: EVIL,
          type: 'custom',
          query: `a : ${EVIL.replaceAll(',', '')}`,
          current: { text: EVIL, value: EVIL },
        },
        { name: 'text', label: EVIL, type: 'textbox', query: EVIL, current: { text: EVIL, value: EVIL } },
        {
          name: 'asked',
          label: EVIL,
          type: 'query',
          query: 'label_values(hostile, evil)',
          regex: '/(.*)*$/',
          refresh: 1,
          multi: true,
          includeAll: true,
          current: { text: 'All', value: '$__all' },
        },
        { name: '__proto__', type: 'custom', query: 'a', current: {} },
      ],
    },
    panels: [
      ...text,
      ...panels.map((type, at) => ({
        id: at + 1,
        type,
        title: at === 0 ? `${EVIL}${'W'.repeat(100_000)}` : EVIL,
        description: `${EVIL} ${ADDRESSES.map((url) => `[d](${url})`).join(' ')}`,
        gridPos: { x: (at % 3) * 8, y: 4 + Math.floor(at / 3) * 6, w: 8, h: 6 },
        links,
        targets: [
          {
            refId: 'A',
            expr: 'hostile',
            legendFormat: `{{evil}} ${EVIL}`,
            ...(type === 'table' ? { format: 'table', instant: true } : {}),
          },
        ],
        fieldConfig: {
          defaults: {
            unit: EVIL,
            displayName: type === 'stat' ? `\${__field.labels.evil}` : EVIL,
            noValue: EVIL,
            mappings,
            links,
          },
          overrides: cells.map((cell) => ({
            matcher: { id: 'byRegexp', options: cell === 'image' ? '/evil/' : EVIL },
            properties: [
              { id: 'custom.cellOptions', value: { type: cell } },
              { id: '__proto__', value: { polluted: true } },
            ],
          })),
        },
        options: {
          ['__proto__']: { polluted: true },
          legend: { displayMode: 'table', placement: 'bottom', calcs: ['last', EVIL] },
        },
      })),
    ],
  };
}
