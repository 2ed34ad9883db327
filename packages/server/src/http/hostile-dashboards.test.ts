import { describe, expect, test } from 'vitest';
import { testApp } from '../testing/test-app.ts';

const BAD = '<img src=x onerror=alert(1)>';
const RUNS = 'javascript:alert(1)';
const grid = { x: 0, y: 0, w: 4, h: 4 };
const panel = { id: 1, kind: 'stat', grid };
const own = { version: 2, uid: 'h', title: 'H', panels: [panel] };
const foreign = { uid: 'h', title: 'H', schemaVersion: 42, panels: [{ id: 1, type: 'stat', gridPos: grid }] };
const long = 'x'.repeat(1_000_000);

async function place() {
  const { app, browser } = await testApp();
  const ask = async (method: 'GET' | 'PUT' | 'POST', url: string, payload?: object | string) => {
    const headers = { ...browser, ...(typeof payload === 'string' ? { 'content-type': 'application/json' } : {}) };
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) };
  };
  /** By both doors: Vitrine's own, and Grafana's. */
  const save = (more: object) => ask('PUT', '/api/dashboards/h', { dashboard: { ...own, ...more } });
  const saveForeign = (more: object) =>
    ask('POST', '/api/dashboards/db', { dashboard: { ...foreign, ...more }, overwrite: true });
  return { ask, save, saveForeign };
}

describe('a dashboard with markup and scripts in every text', () => {
  test('is kept as the text that it is, and answered as nothing that a browser would run', async () => {
    const { ask, save } = await place();
    const link = { title: BAD, url: RUNS, type: 'link', tooltip: BAD };
    const texts = {
      title: BAD,
      description: BAD,
      tags: [BAD],
      timezone: 'browser',
      variables: [
        { kind: 'custom', name: 'v', label: BAD, description: BAD, options: [{ text: BAD, value: BAD }], current: BAD },
      ],
      annotations: [{ name: BAD, source: { type: BAD, uid: BAD }, color: RUNS, spec: { expr: BAD } }],
      links: [link],
      panels: [
        { ...panel, title: BAD, description: BAD, kind: BAD, options: { content: BAD }, links: [{ title: BAD, url: RUNS }] },
      ],
    };
    expect((await save(texts)).status).toBe(200);
    for (const url of [
      '/api/dashboards/h',
      '/api/dashboards/uid/h',
      '/api/dashboards/h/export',
      '/api/search',
      '/api/dashboards',
    ]) {
      const { status, headers } = await ask('GET', url);
      expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([
        200,
        'application/json; charset=utf-8',
        'nosniff',
      ]);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
    expect((await ask('GET', '/api/dashboards/uid/h')).body.meta.url).toBe('/d/h/img-src-x-onerror-alert-1');
    expect((await ask('GET', '/api/dashboards/h')).body.dashboard).toMatchObject({ title: BAD, panels: [{ title: BAD }] });
  });
});

describe('a dashboard with a text of a megabyte', () => {
  test.each<[string, object]>([
    ['title', { title: long }],
    ['description', { description: long }],
    ['tags[0]', { tags: [long] }],
    ['panels[0].title', { panels: [{ ...panel, title: long }] }],
    ['panels[0].description', { panels: [{ ...panel, description: long }] }],
    ['panels[0].libraryPanel.name', { panels: [{ ...panel, libraryPanel: { uid: 'l', name: long } }] }],
    ['variables[0].label', { variables: [{ kind: 'textbox', name: 'v', label: long }] }],
    ['annotations[0].name', { annotations: [{ name: long, source: { type: '', uid: '' } }] }],
    ['links[0].title', { links: [{ title: long, type: 'link', url: '/' }] }],
    [
      'layout: the title of row 9',
      { layout: { kind: 'rows', sections: [{ id: 9, title: long, layout: { kind: 'grid', panels: [1] } }] } },
    ],
  ])('is refused at %s', async (field, more) => {
    const { save } = await place();
    const { status, body } = await save(more);
    expect([status, body.error.field]).toEqual([400, field]);
    expect(body.error.message).toMatch(/has 1000000 letters, and the limit is/);
  });

  test('is refused through Grafana’s address too', async () => {
    const { saveForeign } = await place();
    expect((await saveForeign({ title: long })).body.message).toMatch(/^title: has 1000000 letters/);
    const panels = [{ id: 1, type: 'stat', title: long, gridPos: grid }];
    expect((await saveForeign({ panels })).body.message).toMatch(/^panels\[0\]\.title: has 1000000 letters/);
  });
});

describe('a dashboard of 100,000', () => {
  const many = (one: object): object[] => Array.from({ length: 100_000 }, () => one);

  test('panels is refused with the limit', async () => {
    const { save } = await place();
    const { status, body } = await save({ panels: Array.from({ length: 100_000 }, (_, id) => ({ id })) });
    expect([status, body.error.message]).toEqual([400, 'panels: holds 100000 panels, and at most 1000 fit']);
  });

  // Before they are read: that alone took minutes.
  test.each<[string, object, string]>([
    ['panels', { panels: many({ type: 'stat' }) }, 'panels: holds 100000 panels, and at most 1000 fit'],
    ['panels in a row', { panels: [{ type: 'row', panels: many({}) }] }, 'panels: holds 100000 panels, and at most 1000 fit'],
    ['old rows', { panels: [], rows: many({}) }, 'panels: holds 100000 rows, and at most 1000 fit'],
    ['variables', { templating: { list: many({}) } }, 'templating.list: holds 100000 variables, and at most 500 fit'],
    ['links', { links: many({}) }, 'links: holds 100000 links, and at most 200 fit'],
  ])('%s is refused so through Grafana’s address too', async (_, more, sentence) => {
    const { saveForeign } = await place();
    const { status, body } = await saveForeign(more);
    expect([status, body.message]).toEqual([400, sentence]);
  });
});

describe('what refers to itself', () => {
  const source = { type: 'builtin', uid: 'builtin' };
  const circle = [
    { kind: 'query', name: 'a', source, spec: { query: 'label_values($b, x)' } },
    { kind: 'query', name: 'b', source, spec: { query: 'label_values($a, x)' } },
  ];

  test('as variables do is saved, and asking for their options is answered with the circle', async () => {
    const { ask, save } = await place();
    expect((await save({ variables: circle })).status).toBe(200);
    const range = { fromMs: 0, toMs: 60_000 };
    const { status, body } = await ask('POST', '/api/variable-options', { dashboard: 'h', variable: 'a', ...range });
    expect(status).toBe(400);
    expect(body.error.message).toMatch(/\$a → \$b → \$a refer to each other in a circle/);
  });

  test('as an ad-hoc filter over a variable that it narrows does is answered', async () => {
    const { ask, save } = await place();
    const filters = [{ key: 'x', operator: '=', value: '$c' }];
    const variables = [
      { kind: 'adhoc', name: 'f', source: { type: 'prometheus', uid: '$c' }, filters },
      { kind: 'query', name: 'c', source, spec: { query: 'label_values(up, $f)' } },
    ];
    expect((await save({ variables })).status).toBe(200);
    const answer = await ask('POST', '/api/variable-options', { dashboard: 'h', variable: 'c', fromMs: 0, toMs: 60_000 });
    expect(answer.status).toBeLessThan(500);
  });

  test('as library panels would is refused, and what an import brings along stands for nothing but itself', async () => {
    const { ask } = await place();
    const itself = { ...panel, libraryPanel: { uid: 'l', name: 'L' } };
    expect((await ask('POST', '/api/library-panels', { name: 'L', panel: itself })).status).toBe(400);
    const model = { type: 'stat', title: 'L', libraryPanel: { uid: 'l', name: 'L' } };
    const text = JSON.stringify({
      ...foreign,
      __elements: { l: { uid: 'l', name: long, kind: 1, model } },
      panels: [{ id: 1, gridPos: grid, libraryPanel: { uid: 'l', name: 'L' } }],
    });
    expect((await ask('POST', '/api/import', { text })).status).toBe(200);
    const saved = (await ask('GET', '/api/library-panels/l')).body;
    expect(saved.panel.libraryPanel).toBeUndefined();
    expect(saved.name.length).toBeLessThanOrEqual(200);
  });
});

test.each([
  ['{"dashboard": {"title": "x", "__proto__": {"a": 1}}}', /^body: is not JSON, or is cut off, or has a member "__proto__"/],
  ['{"dashboard": {"title": "x"', /^body: is not JSON, or is cut off/],
  ['', /^body: is empty/],
  ['{"text": "\\u0000"}', /^dashboard: /],
])('the body %s is refused with a sentence', async (payload, sentence) => {
  const { ask } = await place();
  const { status, body } = await ask('POST', '/api/dashboards/db', payload);
  expect([status, body.message === body.error.message]).toEqual([400, true]);
  expect(body.message).toMatch(sentence);
});

test('a body that is not UTF-8 is refused, not saved with other letters', async () => {
  const { app, browser } = await testApp();
  const payload = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);
  const headers = { ...browser, 'content-type': 'application/json' };
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/api/folders', headers, payload });
  expect([statusCode, JSON.parse(body).message]).toEqual([400, 'body: is not UTF-8, as JSON is']);
});
