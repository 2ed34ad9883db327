import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { matrix } from '../../testing/fake-store.ts';
import { type TestApp, testApp } from '../../testing/test-app.ts';

type Headers = Record<string, string>;

/** Asks with a token of a scope, as scripts do. */
async function asker(t: TestApp, scope: 'admin' | 'read' | 'ingest' = 'admin') {
  const { token } = await t.needs.tokens.create({ name: scope, scopes: [scope], expiresMs: undefined });
  return asking(t, { authorization: `Bearer ${token}` });
}
function asking({ app }: TestApp, headers: Headers) {
  return async (method: NonNullable<InjectOptions['method']>, url: string, payload?: object) => {
    const { statusCode, body } = await app.inject({
      method,
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    } as InjectOptions);
    return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) };
  };
}
const save = { dashboard: { uid: 'a', title: 'A', panels: [] }, overwrite: true };

describe('an error in Grafana’s shapes', () => {
  test.each<[string, 'GET' | 'POST' | 'PUT' | 'DELETE', string, object | undefined, number, string | RegExp]>([
    ['a dashboard that is not there', 'GET', '/api/dashboards/uid/x', undefined, 404, 'There is no dashboard "x".'],
    ['a dashboard without its document', 'POST', '/api/dashboards/db', {}, 400, /^dashboard: /],
    [
      'a dashboard without a title',
      'POST',
      '/api/dashboards/db',
      { dashboard: { title: ' ' } },
      400,
      /^dashboard.title: is empty/,
    ],
    [
      'panels that are no list',
      'POST',
      '/api/dashboards/db',
      { dashboard: { title: 'x', panels: 'no' } },
      400,
      /^dashboard.panels: expected a list/,
    ],
    [
      'a dashboard’s title of a megabyte',
      'POST',
      '/api/dashboards/db',
      { dashboard: { title: 'x'.repeat(1e6) } },
      400,
      /^title: /,
    ],
    [
      'a folder that is not there',
      'POST',
      '/api/dashboards/db',
      { ...save, folderUid: 'x' },
      400,
      'folder: there is no folder "x"',
    ],
    [
      'a folder within itself',
      'POST',
      '/api/folders/f/move',
      { parentUid: 'f' },
      400,
      'parentUid: a folder cannot lie in itself',
    ],
    ['a folder of a title that is there', 'POST', '/api/folders', { title: 'F' }, 409, /^There is a folder "F" there already/],
    ['a folder without a title', 'POST', '/api/folders', { title: ' ' }, 400, 'title: is empty'],
    ['a title of a megabyte', 'POST', '/api/folders', { title: 'x'.repeat(900_000) }, 400, /the limit is 200/],
    ['an annotation without a text', 'POST', '/api/annotations', { text: '' }, 400, 'text: is empty; say what happened'],
    [
      'an annotation that ends before it starts',
      'POST',
      '/api/annotations',
      { text: 'x', time: 2, timeEnd: 1 },
      400,
      /^timeEnd: 1 is before/,
    ],
    [
      'an annotation of no dashboard',
      'POST',
      '/api/annotations',
      { text: 'x', dashboardUID: 'gone' },
      404,
      /no dashboard "gone"/,
    ],
    ['a thousand tags', 'POST', '/api/annotations', { text: 'x', tags: Array.from({ length: 1_000 }, () => 'x') }, 400, /tags/],
    [
      'a source with a script for an address',
      'POST',
      '/api/datasources',
      { name: 's', type: 't', url: 'javascript:1' },
      400,
      /^url: /,
    ],
    ['Vitrine’s own store', 'DELETE', '/api/datasources/uid/builtin', undefined, 403, /always there/],
    ['a playlist that never rests', 'POST', '/api/playlists', { name: 'p', interval: '1ms' }, 400, /^interval: /],
  ])('for %s is a sentence', async (_, method, url, payload, status, message) => {
    const ask = await asker(await testApp());
    await ask('POST', '/api/folders', { uid: 'f', title: 'F' });
    const answer = await ask(method, url, payload);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toMatch(message);
    expect(answer.body.error.message).toBe(answer.body.message);
  });
});

test.each([
  ['vLLM (EU)', 'vllm-eu'],
  ['Prédiction_2', 'prediction-2'],
  ['東京', '5p2x5Lqs'],
])('a search hit of %s has the slug %s and the address with it', async (title, slug) => {
  const t = await testApp();
  const ask = asking(t, t.browser);
  await ask('POST', '/api/dashboards/db', { dashboard: { uid: 'd', title, schemaVersion: 42, panels: [] } });
  await ask('POST', '/api/folders', { uid: 'f', title });
  expect((await ask('GET', '/api/search')).body).toMatchObject([
    { type: 'dash-folder', slug, url: `/dashboards/f/f/${slug}` },
    { type: 'dash-db', slug, uri: `db/${slug}`, url: `/d/d/${slug}` },
  ]);
});

test('a data source of a type that cannot be asked is listed with a sentence', async () => {
  const t = await testApp();
  const ask = asking(t, t.browser);
  await ask('POST', '/api/datasources', { name: 'Logs', type: 'loki', uid: 'logs' });
  expect((await ask('GET', '/api/datasources')).body).toMatchObject([
    { uid: 'builtin', supported: true, notice: '' },
    {
      uid: 'logs',
      supported: false,
      notice: expect.stringMatching(/^The data source "Logs" is of the type loki, which is not supported/),
    },
  ]);
});

test('a signed-in caller of health needs nothing, and of settings a token', async () => {
  const t = await testApp({ loopback: false });
  const anybody = asking(t, { host: 'vitrine.example' });
  expect((await anybody('GET', '/api/health')).body).toMatchObject({ database: 'ok', vitrine: '1.2.3' });
  expect((await anybody('GET', '/api/frontend/settings')).status).toBe(401);
  expect((await anybody('GET', '/api/org')).status).toBe(401);
});

describe('a token', () => {
  test.each<[string, (token: string) => string, number]>([
    ['by itself', (token) => `Bearer ${token}`, 200],
    ['as a password', (token) => `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`, 200],
    ['that is none', () => `Basic ${Buffer.from('admin:admin').toString('base64')}`, 401],
    ['that is no base64', () => 'Basic ###', 401],
  ])('%s', async (_, header, status) => {
    const t = await testApp();
    const { token } = await t.needs.tokens.create({ name: 'x', scopes: ['admin'], expiresMs: undefined });
    expect((await asking(t, { authorization: header(token) })('GET', '/api/user')).status).toBe(status);
  });

  test('as a password is no way in for a page of another site', async () => {
    const t = await testApp();
    const { token } = await t.needs.tokens.create({ name: 'x', scopes: ['admin'], expiresMs: undefined });
    const authorization = `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`;
    const ask = asking(t, { authorization, origin: 'http://evil.example' });
    expect((await ask('POST', '/api/folders', { title: 'x' })).status).toBe(403);
  });
});

describe('folders', () => {
  test('go with everything in them', async () => {
    const ask = await asker(await testApp());
    await ask('POST', '/api/folders', { uid: 'top', title: 'Top' });
    await ask('POST', '/api/folders', { uid: 'inner', title: 'Inner', parentUid: 'top' });
    await ask('POST', '/api/dashboards/db', { ...save, folderUid: 'inner' });
    expect((await ask('GET', '/api/folders/inner')).body.parents).toMatchObject([{ uid: 'top' }]);
    expect((await ask('GET', '/api/folders/inner/counts')).body).toMatchObject({ dashboard: 1, folder: 0 });
    expect((await ask('POST', '/api/folders/top/move', { parentUid: 'inner' })).body.message).toMatch(/cannot lie in itself/);
    expect((await ask('DELETE', '/api/folders/top')).status).toBe(200);
    expect((await ask('GET', '/api/dashboards/uid/a')).status).toBe(404);
    expect((await ask('GET', '/api/folders?all=true')).body).toEqual([]);
  });

  test('lie at most eight deep', async () => {
    const ask = await asker(await testApp());
    for (let i = 1; i <= 8; i++)
      expect(
        (await ask('POST', '/api/folders', { uid: `f${i}`, title: 'F', parentUid: i === 1 ? '' : `f${i - 1}` })).status,
      ).toBe(200);
    expect((await ask('POST', '/api/folders', { title: 'F', parentUid: 'f8' })).status).toBe(400);
  });
});

describe('a dashboard', () => {
  test('goes out as it came in, with its number and version', async () => {
    const ask = await asker(await testApp());
    const panels = [
      { id: 4, type: 'stat', title: 'Up', gridPos: { x: 0, y: 0, w: 6, h: 4 }, targets: [{ refId: 'A', expr: 'up' }] },
    ];
    const made = await ask('POST', '/api/dashboards/db', {
      dashboard: { title: 'Made', schemaVersion: 39, panels },
      message: 'm',
    });
    expect(made.body).toMatchObject({ status: 'success', version: 1, slug: 'made', report: { findings: expect.any(Array) } });
    const { dashboard } = (await ask('GET', `/api/dashboards/uid/${made.body.uid}`)).body;
    expect(dashboard).toMatchObject({ id: made.body.id, uid: made.body.uid, version: 1, panels: [{ id: 4, type: 'stat' }] });
    expect((await ask('POST', '/api/dashboards/db', { dashboard })).body.version).toBe(2);
    expect((await ask('POST', '/api/dashboards/db', { dashboard })).body).toMatchObject({ status: 'version-mismatch' });
  });

  test('that asks for inputs comes in with their answers', async () => {
    const ask = await asker(await testApp());
    const panels = [
      {
        id: 1,
        type: 'stat',
        gridPos: { x: 0, y: 0, w: 6, h: 4 },
        datasource: '${DS_PROM}',
        targets: [{ refId: 'A', expr: 'up' }],
      },
    ];
    const inputs = [{ name: 'DS_PROM', type: 'datasource', pluginId: 'prometheus' }];
    const shared = { __inputs: inputs, uid: 'shared', title: 'Shared', schemaVersion: 27, panels };
    const answers = [{ ...inputs[0], value: 'fleet' }];
    const made = await ask('POST', '/api/dashboards/import', { dashboard: shared, inputs: answers });
    expect(made.body).toMatchObject({ imported: true, importedUrl: '/d/shared/shared', revision: 1 });
    expect(JSON.stringify((await ask('GET', '/api/dashboards/shared')).body.dashboard.panels[0].queries)).toContain(
      '"uid":"fleet"',
    );
    expect((await ask('POST', '/api/dashboards/import', { dashboard: shared, inputs: answers })).status).toBe(412);
  });

  test('that is built in is provisioned', async () => {
    const t = await testApp({ dashboards: [{ version: 2, uid: 'own', title: 'Own', x: 'time', panels: [] }] });
    const ask = await asker(t);
    expect((await ask('GET', '/api/dashboards/uid/own')).body.meta).toMatchObject({ provisioned: true, canSave: false });
    expect((await ask('DELETE', '/api/dashboards/uid/own')).body).toMatchObject({ status: 'provisioned-dashboard' });
    expect((await ask('GET', '/api/dashboards/home')).body.dashboard.uid).toBe('own');
  });
});

describe('annotations', () => {
  test('are one request of a token that may only send', async () => {
    const t = await testApp({ loopback: false });
    const ask = await asker(t, 'ingest');
    const { body } = await ask('POST', '/api/annotations', { text: 'Deploying', tags: ['deploy'], time: 1_000 });
    expect((await ask('PATCH', `/api/annotations/${body.id}`, { timeEnd: 5_000 })).status).toBe(200);
    expect((await ask('GET', '/api/annotations')).status).toBe(403);
    const reader = await asker(t, 'read');
    expect((await reader('GET', '/api/annotations')).body).toMatchObject([{ time: 1_000, timeEnd: 5_000, login: 'ingest' }]);
    const other = await t.needs.tokens.create({ name: 'other', scopes: ['ingest'], expiresMs: undefined });
    const stranger = asking(t, { authorization: `Bearer ${other.token}` });
    expect((await stranger('PATCH', `/api/annotations/${body.id}`, { text: 'Mine' })).status).toBe(403);
    expect((await ask('DELETE', `/api/annotations/${body.id}`)).status).toBe(403);
  });

  test('are one request of any process on this machine, and of no page elsewhere', async () => {
    const t = await testApp();
    const add = (headers: Headers) => asking(t, headers)('POST', '/api/annotations', { text: 'x' });
    expect((await add({ host: 'localhost' })).status).toBe(200);
    expect((await add({ host: 'localhost', origin: 'http://evil.example' })).status).toBe(403);
    expect((await add({ host: 'localhost', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await add({ host: 'evil.example' })).status).toBe(403);
    const plain = { host: 'localhost', 'content-type': 'text/plain' };
    const answer = await t.app.inject({ method: 'POST', url: '/api/annotations', headers: plain, payload: '{"text":"x"}' });
    expect(answer.statusCode).toBe(400);
  });

  test('are found by time, tags, dashboard, panel and person', async () => {
    const ask = await asker(await testApp());
    await ask('POST', '/api/dashboards/db', save);
    const add = (payload: object) => ask('POST', '/api/annotations', payload);
    await add({ text: 'one', time: 1_000, tags: ['deploy', 'eu'] });
    await add({ text: 'two', time: 2_000, timeEnd: 9_000, tags: ['deploy'], dashboardUID: 'a', panelId: 3 });
    await add({ text: 'three', time: 10_000, tags: ['eu'] });
    const found = async (query: string) =>
      (await ask('GET', `/api/annotations?${query}`)).body.map(({ text }: { text: string }) => text);
    expect(await found('')).toEqual(['three', 'two', 'one']);
    expect(await found('from=5000&to=9500')).toEqual(['two']);
    expect(await found('tags=deploy&tags=eu')).toEqual(['one']);
    expect(await found('tags=deploy&tags=eu&matchAny=true')).toEqual(['three', 'two', 'one']);
    expect(await found('dashboardUID=a')).toEqual(['two']);
    expect(await found('dashboardUID=gone')).toEqual([]);
    expect(await found('panelId=3')).toEqual(['two']);
    expect(await found('limit=1')).toEqual(['three']);
    expect(await found('userId=99')).toEqual([]);
    expect(await found('type=alert')).toEqual([]);
    expect((await ask('GET', '/api/annotations/tags?tag=E')).body.result.tags).toEqual([
      { tag: 'deploy', count: 2 },
      { tag: 'eu', count: 2 },
    ]);
  });

  test('of a panel go together, and never all at once', async () => {
    const ask = await asker(await testApp());
    await ask('POST', '/api/dashboards/db', save);
    for (const panelId of [3, 3, 4]) await ask('POST', '/api/annotations', { text: 'x', dashboardUID: 'a', panelId });
    expect((await ask('POST', '/api/annotations/mass-delete', { dashboardUID: 'a' })).status).toBe(400);
    await ask('POST', '/api/annotations/mass-delete', { dashboardUID: 'a', panelId: 3 });
    expect((await ask('GET', '/api/annotations')).body).toMatchObject([{ panelId: 4 }]);
  });

  test('keep HTML as text', async () => {
    const ask = await asker(await testApp());
    const text = '<script>alert(1)</script>';
    await ask('POST', '/api/annotations', { text, tags: [text] });
    expect((await ask('GET', '/api/annotations')).body).toMatchObject([{ text, tags: [text] }]);
  });
});

describe('data sources', () => {
  const fleet = {
    name: 'Fleet',
    type: 'prometheus',
    uid: 'fleet',
    url: 'http://10.0.0.1:9090',
    jsonData: { httpMethod: 'POST' },
    secureJsonData: { basicAuthPassword: 's3cret' },
  };

  test('never tell their secrets, and to viewers not where they are', async () => {
    const t = await testApp();
    const ask = await asker(t);
    await ask('POST', '/api/datasources', fleet);
    const reader = await asker(t, 'read');
    for (const url of ['/api/datasources', '/api/datasources/uid/fleet', '/api/datasources/name/Fleet', '/api/datasources/1']) {
      expect(JSON.stringify((await ask('GET', url)).body)).not.toContain('s3cret');
      const seen = JSON.stringify((await reader('GET', url)).body);
      for (const hidden of ['10.0.0.1', 'httpMethod', 'basicAuthPassword']) expect(seen).not.toContain(hidden);
    }
    expect((await reader('PUT', '/api/datasources/uid/fleet', fleet)).status).toBe(403);
  });

  test('have one default, which is Vitrine’s own store where there is none', async () => {
    const ask = await asker(await testApp());
    const defaults = async () =>
      (await ask('GET', '/api/datasources')).body
        .filter((it: { isDefault: boolean }) => it.isDefault)
        .map((it: { uid: string }) => it.uid);
    expect(await defaults()).toEqual(['builtin']);
    await ask('POST', '/api/datasources', { ...fleet, isDefault: true });
    expect(await defaults()).toEqual(['fleet']);
    await ask('POST', '/api/datasources', { ...fleet, uid: 'two', name: 'Two', isDefault: true });
    expect(await defaults()).toEqual(['two']);
  });

  test('keep a secret that is not sent, and lose one that is sent empty', async () => {
    const ask = await asker(await testApp());
    await ask('POST', '/api/datasources', fleet);
    const { secureJsonData: _, ...plain } = fleet;
    const secrets = async (payload: object) =>
      (await ask('PUT', '/api/datasources/uid/fleet', payload)).body.datasource.secureJsonFields;
    expect(await secrets(plain)).toEqual({ basicAuthPassword: true });
    expect(await secrets({ ...plain, secureJsonData: { basicAuthPassword: '' } })).toEqual({});
  });
});

describe('queries', () => {
  const ds = { type: 'prometheus', uid: 'builtin' };

  test('are answered in frames, one a series', async () => {
    const t = await testApp();
    t.store.answer = (request) =>
      matrix(request, [
        [{ __name__: 'loss', split: 'train' }, () => 0.5],
        [{ __name__: 'loss', split: 'test' }, () => Number.NaN],
      ]);
    const ask = await asker(t, 'read');
    const queries = [{ refId: 'A', datasource: ds, expr: 'loss', intervalMs: 60_000, maxDataPoints: 10 }];
    const { status, body } = await ask('POST', '/api/ds/query', { from: '1700000040000', to: '1700000640000', queries });
    expect(status).toBe(200);
    const [train, test_] = body.results.A.frames;
    expect(train.schema).toMatchObject({
      refId: 'A',
      fields: [{ type: 'time' }, { type: 'number', labels: { split: 'train' } }],
    });
    expect(train.data.values[0].slice(0, 3)).toEqual([1_700_000_040_000, 1_700_000_100_000, 1_700_000_160_000]);
    expect(train.data.values[1][0]).toBe(0.5);
    expect(test_.data.values[1][0]).toBeNull();
    expect(test_.data.entities[1].NaN[0]).toBe(0);
  });

  test.each([
    ['some fail', ['loss', 'bad('], 207],
    ['all fail', ['bad('], 400],
  ])('say of each whether it failed, where %s', async (_, exprs, status) => {
    const t = await testApp();
    t.store.answer = (request) => {
      if (request.expr.startsWith('bad')) throw new QueryError('bad_data', 'does not parse');
      return matrix(request, [[{}, () => 1]]);
    };
    const ask = await asker(t, 'read');
    const queries = exprs.map((expr, i) => ({ refId: 'AB'[i], datasource: ds, expr }));
    const answer = await ask('POST', '/api/ds/query', { from: 'now-1h', to: 'now', queries });
    expect(answer.status).toBe(status);
    expect(answer.body.results['AB'[exprs.length - 1] as string]).toMatchObject({ error: 'does not parse', frames: [] });
  });

  test('are not for viewers’ own texts', async () => {
    const t = await testApp();
    const viewer = await t.needs.documents.ensureUser('viewer', 'viewer', 0);
    t.needs.signIn.userOf = async () => viewer;
    const ask = asking(t, t.browser);
    expect((await ask('POST', '/api/ds/query', { queries: [{ refId: 'A', expr: 'up' }] })).status).toBe(403);
    expect((await ask('POST', '/api/annotations', { text: 'x' })).status).toBe(403);
    expect((await ask('POST', '/api/snapshots', { dashboard: save.dashboard })).status).toBe(403);
  });

  test('say whether a source answers', async () => {
    const t = await testApp();
    t.store.answer = (request) => matrix(request, [[{}, () => 1]]);
    const ask = await asker(t);
    expect((await ask('GET', '/api/datasources/uid/builtin/health')).body).toMatchObject({ status: 'OK' });
    await ask('POST', '/api/datasources', { name: 'Odd', type: 'odd', uid: 'odd' });
    expect(await ask('GET', '/api/datasources/uid/odd/health')).toMatchObject({ status: 400, body: { status: 'ERROR' } });
  });

  test.each([
    ['uid/builtin/api/v1/query?query=up', 307],
    ['uid/builtin/api/v1/write', 404],
    ['uid/builtin/..%2f..%2fadmin/stats', 404],
    ['uid/builtin//api/v1/query', 404],
    ['uid/fleet/api/v1/query', 403],
  ])('through the proxy: %s is %i', async (path, status) => {
    const ask = await asker(await testApp());
    const { app } = await testApp();
    expect((await app.inject({ url: `/api/datasources/proxy/${path}`, headers: { host: 'localhost' } })).statusCode).toBe(status);
    expect((await ask('GET', '/api/user')).status).toBe(200);
  });
});
