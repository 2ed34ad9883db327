// Dashboards and series made to do harm: nothing of them runs, nothing leads where it should not, and all stays up.
import { expect, test } from '@playwright/test';
import type { Field, Frame } from '@vitrine/model/frame.ts';
import { encodePanelData } from '@vitrine/model/frame-wire.ts';
import { remoteWrite } from './every-page.ts';
import { ADDRESSES, EVIL, type HostilePage, openHostilePage, SHORT } from './hostile-page.ts';

let hostile: HostilePage;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  hostile = await openHostilePage(browser);
  const nowMs = Date.now();
  await remoteWrite(
    hostile.vitrine,
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
  await hostile?.end();
});

test('a hostile Grafana dashboard is imported, shown and edited as text', async () => {
  const { page, vitrine, ask, expectNoHarm } = hostile;
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
    await expectNoHarm(path);
  }
});

test('what is too large or circular is refused or shown with a sentence', async () => {
  const { page, vitrine, ask } = hostile;
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

test('a native dashboard with harm in every text, and answers with harm in every cell, are shown as text', async () => {
  const { page, vitrine, ask, expectNoHarm } = hostile;
  const saved = await ask('PUT', '/api/dashboards/native', { dashboard: hostileNative() });
  expect(saved.status, saved.text.slice(0, 500)).toBe(200);
  const data = Object.fromEntries(Object.entries(HOSTILE_ANSWERS).map(([id, frames]) => [id, answerOf(frames)]));
  const snapshot = await ask('POST', '/api/snapshots', { dashboard: hostileNative(), data, originalUrl: 'javascript:alert(1)' });
  expect(snapshot.status, snapshot.text.slice(0, 500)).toBe(200);
  const { key } = JSON.parse(snapshot.text) as { key: string };
  for (const path of [`/dashboard/snapshot/${key}`, '/d/native', '/d/native/edit/1']) {
    await page.goto(`${vitrine.url}${path}`);
    await expect(page.getByRole('main').getByRole('heading', { level: 1 }).first()).toBeVisible();
    await expect(page.locator('[data-panel][data-state=loading]')).toHaveCount(0);
    await expectNoHarm(path);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      `${path} is no wider than the window`,
    ).toBe(true);
    // What unfolds is text as well.
    for (const folded of await page.locator('[data-panel] [aria-expanded=false]').all()) {
      await folded.click({ timeout: 1_000 }).catch(() => undefined);
      await page.keyboard.press('Escape');
    }
    await expectNoHarm(`${path}, unfolded`);
  }
});

test('titles of a megabyte are refused or shown in part, and the page still turns', async () => {
  const { page, vitrine, ask, expectNoHarm } = hostile;
  const title = 'W'.repeat(1_000_000);
  const panel = { id: 1, kind: 'timeseries', title, description: title, grid: { x: 0, y: 0, w: 12, h: 8 } };
  const shown = ['/dashboards'];
  const take = async (path: string, sent: [method: string, path: string, body: unknown]): Promise<void> => {
    const { status, text } = await ask(...sent);
    if (status === 200) shown.push(path);
    else expect([status, text]).toEqual([400, expect.stringMatching(/title: has 1000000 letters, and the limit is \d+/)]);
  };
  const native = { version: 2, uid: 'long', title: 'Long', panels: [panel] };
  const grafana = {
    uid: 'longer',
    title: 'Longer',
    schemaVersion: 39,
    panels: [{ ...panel, type: 'stat', gridPos: { x: 0, y: 0, w: 8, h: 5 } }],
  };
  await take('/d/long', ['PUT', '/api/dashboards/long', { dashboard: { ...native, title, panels: [] } }]);
  await take('/d/long', ['PUT', '/api/dashboards/long', { dashboard: native }]);
  await take('/d/longer', ['POST', '/api/import', { text: JSON.stringify({ ...grafana, title, panels: [] }), uid: 'longer' }]);
  await take('/d/longer', ['POST', '/api/import', { text: JSON.stringify(grafana), uid: 'longer' }]);
  for (const path of shown) {
    await page.goto(`${vitrine.url}${path}`);
    await expect(page.getByRole('main').getByRole('heading', { level: 1 }).first()).toBeVisible();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      `${path} is no wider than the window`,
    ).toBe(true);
    await expectNoHarm(path);
  }
});

test('library panels that name each other are refused, and imported ones shown as they are', async () => {
  const { page, vitrine, ask, expectNoHarm } = hostile;
  const panel = {
    id: 1,
    kind: 'text',
    title: 'First',
    grid: { x: 0, y: 0, w: 8, h: 4 },
    libraryPanel: { uid: 'second', name: 'Second' },
  };
  const refused = await ask('POST', '/api/library-panels', { name: 'First', panel });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('a library panel cannot stand for another')]);
  const element = (name: string, other: string): object => ({
    uid: name,
    name,
    kind: 1,
    model: { type: 'text', title: name, options: { content: `I am ${name}` }, libraryPanel: { uid: other, name: other } },
  });
  const text = JSON.stringify({
    uid: 'circle',
    title: 'Circle',
    schemaVersion: 39,
    __elements: { first: element('first', 'second'), second: element('second', 'first') },
    panels: ['first', 'second'].map((uid, at) => ({
      id: at + 1,
      gridPos: { x: at * 8, y: 0, w: 8, h: 4 },
      libraryPanel: { uid, name: uid },
    })),
  });
  const imported = await ask('POST', '/api/import', { text, uid: 'circle' });
  expect(imported.status, imported.text.slice(0, 500)).toBe(200);
  await page.goto(`${vitrine.url}/d/circle`);
  await expect(page.getByText('I am first')).toBeVisible();
  await expect(page.getByText('I am second')).toBeVisible();
  await expectNoHarm('/d/circle');
});

test('a variable of more options than can be kept is refused, and one of 60,000 opens, searches and chooses', async () => {
  const { page, vitrine, ask } = hostile;
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

/** Of the server, as it says of itself. */
async function residentMb(): Promise<number> {
  const text = await hostile.page.evaluate(async () => (await fetch('/metrics')).text());
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? 0) / 1e6;
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

const words = (name: string, ...values: readonly string[]): Field => ({ name, type: 'string', values });
const numbers = (name: string, ...values: readonly number[]): Field => ({
  name,
  type: 'number',
  values: Float64Array.from(values),
});
const ANSI = `\u001B[31mred\u001B[0m \u001B]8;;javascript:alert(1)\u0007link\u001B]8;;\u0007 ${EVIL}`;
const NOW = Date.now();

function frame(shape: Frame['shape'], ...fields: readonly Field[]): Frame {
  return { refId: 'A', name: EVIL, shape, length: fields[0]?.values.length ?? 0, fields };
}

function answerOf(frames: readonly Frame[]): string {
  const data = { frames, notices: [{ level: 'warning' as const, text: EVIL }], traces: [], stepMs: 15_000, growable: false };
  return Buffer.from(encodePanelData({ ...data, fromMs: NOW - 300_000, toMs: NOW })).toString('base64');
}

const TIMES: Field = { name: 'Time', type: 'time', values: Float64Array.of(NOW - 60_000, NOW - 30_000) };
/** By the panel of `hostileNative` that shows them. */
const HOSTILE_ANSWERS: Readonly<Record<number, readonly Frame[]>> = {
  1: [frame('series', TIMES, { ...numbers(EVIL, 1, 2), labels: { [EVIL]: EVIL, long: 'w'.repeat(100_000) } })],
  2: [
    frame(
      'table',
      words(EVIL, EVIL, ...ADDRESSES, 'data:image/svg+xml,<svg onload="parent.__ran=1"/>'),
      words('link', EVIL, ...ADDRESSES, `<a href="${ADDRESSES[0]}">a</a>`),
      { name: 'json', type: 'json', values: [{ [EVIL]: EVIL }, ...ADDRESSES, [EVIL]] },
    ),
  ],
  3: [
    frame(
      'nodes',
      words('id', EVIL, 'b'),
      words('title', EVIL, EVIL),
      words('subTitle', EVIL, ''),
      words('mainStat', EVIL, ''),
      words('detail__x', EVIL, ''),
      words('icon', EVIL, ''),
    ),
    frame(
      'edges',
      words('id', '1'),
      words('source', EVIL),
      words('target', 'b'),
      words('mainStat', EVIL),
      words('detail__y', EVIL),
    ),
  ],
  4: [
    frame(
      'trace',
      words('traceID', EVIL, EVIL),
      words('spanID', 'a', 'b'),
      words('parentSpanID', '', 'a'),
      words('operationName', EVIL, EVIL),
      words('serviceName', EVIL, EVIL),
      numbers('startTime', NOW - 60_000, NOW - 59_000),
      numbers('duration', 100, 50),
      words('statusMessage', EVIL, EVIL),
      { name: 'tags', type: 'json', values: [[{ key: EVIL, value: EVIL }], [{ key: 'url', value: ADDRESSES[0] }]] },
    ),
  ],
  5: [
    frame('logs', TIMES, words('body', ANSI, '{"a":"<script>window.__ran=1</script>"}'), words('severity', 'error', EVIL), {
      name: 'labels',
      type: 'json',
      values: [{ [EVIL]: EVIL }, { link: ADDRESSES[0] }],
    }),
  ],
  6: [frame('profile', numbers('level', 0, 1), numbers('value', 10, 5), numbers('self', 5, 5), words('label', EVIL, EVIL))],
  7: [
    frame(
      'series',
      TIMES,
      { ...numbers('a', 1, 2), labels: { evil: EVIL } },
      { ...numbers('b', 3, 4), labels: { evil: ADDRESSES[0] as string } },
    ),
  ],
};

/** What a dashboard of Vitrine's own form can say, all of it harm. */
function hostileNative(): unknown {
  const links = ADDRESSES.map((url) => ({ title: EVIL, url, targetBlank: true }));
  const kinds = ['timeseries', 'table', 'nodeGraph', 'traces', 'logs', 'flamegraph', 'piechart', 'text', 'stat'];
  const mappings = [
    { kind: 'value', value: '1', result: { text: EVIL, color: EVIL, icon: EVIL } },
    { kind: 'regex', pattern: '/(.*)/', result: { text: `$1 ${EVIL}` } },
  ];
  const content = `${EVIL}\n\n${ADDRESSES.map((url) => `[l](${url}) ![i](${url}) <a href="${url}">a</a>`).join('\n')}`;
  return {
    version: 2,
    uid: 'native',
    title: EVIL,
    description: EVIL,
    range: { from: 'now-5m', to: 'now' },
    timePicker: { quickRanges: [{ from: 'now-5m', to: 'now', display: EVIL }] },
    links: ADDRESSES.map((url) => ({ title: EVIL, type: 'link', url, tooltip: EVIL, icon: EVIL })),
    variables: [
      { kind: 'custom', name: 'v', label: EVIL, description: EVIL, options: [{ text: EVIL, value: EVIL }], current: EVIL },
      { kind: 'textbox', name: 't', label: EVIL, current: EVIL },
      { kind: 'constant', name: 'c', label: EVIL, current: ADDRESSES[0] },
    ],
    annotations: [
      {
        name: EVIL,
        source: { type: 'builtin', uid: 'builtin' },
        color: EVIL,
        spec: { expr: 'hostile', titleFormat: EVIL, textFormat: '{{evil}}' },
      },
    ],
    panels: kinds.map((kind, at) => ({
      id: at + 1,
      kind,
      title: `${EVIL} $v $c`,
      description: `${EVIL} ${ADDRESSES.map((url) => `[d](${url})`).join(' ')}`,
      grid: { x: (at % 3) * 8, y: Math.floor(at / 3) * 8, w: 8, h: 8 },
      links,
      queries:
        kind === 'text'
          ? []
          : [
              {
                refId: 'A',
                source: { type: 'builtin', uid: 'builtin' },
                spec: { expr: 'hostile', legendFormat: `{{evil}} ${EVIL}` },
              },
            ],
      options:
        kind === 'text' ? { mode: 'html', content } : { legend: { displayMode: 'table', placement: 'bottom', calcs: ['last'] } },
      fieldConfig: {
        defaults: { unit: EVIL, noValue: EVIL, description: EVIL, mappings, links, custom: { axisLabel: EVIL } },
        overrides: [
          { matcher: { id: 'byName', options: EVIL }, properties: [{ id: 'custom.cellOptions', value: { type: 'image' } }] },
          {
            matcher: { id: 'byName', options: 'link' },
            properties: [
              { id: 'custom.cellOptions', value: { type: 'data-links' } },
              { id: 'links', value: [{ title: EVIL, url: '${__value.raw}' }] },
            ],
          },
        ],
      },
    })),
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
        title: at === 0 ? `${EVIL}${'W'.repeat(1_500)}` : EVIL,
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
