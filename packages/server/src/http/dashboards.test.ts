import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';

const panel = (id: number, more: object = {}) => ({ id, kind: 'timeseries', grid: { x: 0, y: 0, w: 12, h: 8 }, ...more });
const training = { version: 2, uid: 'training', title: 'Training', panels: [panel(1), panel(2)] };
const mine = { version: 2, uid: 'mine', title: 'Mine', panels: [] };

/** Asks as a signed-in admin; answers the status and the body. */
function asker({ app, browser }: TestApp, headers: Record<string, string> = browser) {
  return async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const request: InjectOptions = { method, url, headers, ...(payload === undefined ? {} : { payload }) };
    const { statusCode, body } = await app.inject(request);
    return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) };
  };
}

describe('an editor', () => {
  test('saves a dashboard, sees it among the others, and removes it', async () => {
    const ask = asker(await testApp({ dashboards: [training] }));
    const saved = await ask('PUT', '/api/dashboards/mine', { dashboard: mine, message: 'first', baseRevision: 0 });
    expect(saved.body).toMatchObject({ builtin: false, revision: 1, updatedBy: 'owner', dashboard: { uid: 'mine' } });
    const list = await ask('GET', '/api/dashboards');
    expect(list.body).toMatchObject({
      total: 2,
      dashboards: [
        { uid: 'mine', panelCount: 0 },
        { uid: 'training', panelCount: 2 },
      ],
    });
    expect((await ask('DELETE', '/api/dashboards/mine')).status).toBe(204);
    expect((await ask('GET', '/api/dashboards/mine')).status).toBe(404);
  });

  test.each<[string, 'PUT' | 'DELETE', string, object | undefined, number, string]>([
    ['change a built-in one', 'PUT', 'training', { dashboard: training }, 409, 'builtin_dashboard'],
    ['remove a built-in one', 'DELETE', 'training', undefined, 409, 'builtin_dashboard'],
    ['remove what is not there', 'DELETE', 'x', undefined, 404, 'no_such_dashboard'],
    ['save under another uid', 'PUT', 'yours', { dashboard: mine }, 400, 'bad_request'],
    ['save what is no dashboard', 'PUT', 'mine', { dashboard: { ...mine, panels: 3 } }, 400, 'bad_request'],
    ['save under an address of the API', 'PUT', 'home', { dashboard: { ...mine, uid: 'home' } }, 400, 'bad_request'],
    ['save without a title', 'PUT', 'mine', { dashboard: { ...mine, title: ' ' } }, 400, 'bad_request'],
    ['save a title of a megabyte', 'PUT', 'mine', { dashboard: { ...mine, title: 'x'.repeat(1e6) } }, 400, 'bad_request'],
    ['save into a folder that is not there', 'PUT', 'mine', { dashboard: mine, folder: 'gone' }, 400, 'bad_request'],
    ['save 5 MB', 'PUT', 'mine', { dashboard: { ...mine, description: 'x'.repeat(5e6) } }, 413, 'too_large'],
    ['restore what was never saved', 'PUT', 'mine', { dashboard: mine, baseRevision: 3 }, 409, 'dashboard_changed'],
  ])('cannot %s', async (_, method, uid, payload, status, code) => {
    const ask = asker(await testApp({ dashboards: [training] }));
    const answer = await ask(method, `/api/dashboards/${uid}`, payload);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  test('cannot change what every object has', async () => {
    const t = await testApp();
    const payload = `{"dashboard":{"version":2,"uid":"mine","title":"Mine","panels":[],"__proto__":{"polluted":true}}}`;
    const headers = { ...t.browser, 'content-type': 'application/json' };
    expect((await t.app.inject({ method: 'PUT', url: '/api/dashboards/mine', headers, payload })).statusCode).toBe(400);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('who saves over what somebody else saved meanwhile is told who and when', async () => {
    const ask = asker(await testApp());
    await ask('PUT', '/api/dashboards/mine', { dashboard: mine });
    await ask('PUT', '/api/dashboards/mine', { dashboard: { ...mine, title: 'Theirs' }, baseRevision: 1 });
    const late = await ask('PUT', '/api/dashboards/mine', { dashboard: { ...mine, title: 'Late' }, baseRevision: 1 });
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'dashboard_changed' } } });
    expect(late.body.error.message).toMatch(/^owner saved it meanwhile, as revision 2 at 20\d\d-/);
    expect((await ask('GET', '/api/dashboards/mine')).body.dashboard.title).toBe('Theirs');
  });

  test('looks at revisions and brings one back', async () => {
    const ask = asker(await testApp());
    for (const title of ['One', 'Two'])
      await ask('PUT', '/api/dashboards/mine', { dashboard: { ...mine, title }, message: title });
    expect((await ask('GET', '/api/dashboards/mine/revisions/1')).body.dashboard.title).toBe('One');
    expect((await ask('GET', '/api/dashboards/mine/revisions/9')).body.error.code).toBe('no_such_revision');
    const restored = await ask('POST', '/api/dashboards/mine/revisions/1/restore');
    expect(restored.body).toMatchObject({ revision: 3, dashboard: { title: 'One' } });
    expect((await ask('GET', '/api/dashboards/mine/revisions')).body.revisions).toMatchObject([
      { revision: 3, restored: 1, savedBy: 'owner' },
      { revision: 2, message: 'Two' },
      { revision: 1, message: 'One' },
    ]);
  });

  test('copies a built-in dashboard and changes the copy', async () => {
    const ask = asker(await testApp({ dashboards: [training] }));
    const copy = await ask('POST', '/api/dashboards/training/copy', {});
    expect(copy).toMatchObject({ status: 201, body: { builtin: false, revision: 1, dashboard: { title: 'Training (copy)' } } });
    const { dashboard } = copy.body;
    expect((await ask('PUT', `/api/dashboards/${dashboard.uid}`, { dashboard, baseRevision: 1 })).body.revision).toBe(2);
  });

  test('keeps HTML as text', async () => {
    const ask = asker(await testApp());
    const title = '<img src=x onerror=alert(1)>';
    await ask('PUT', '/api/dashboards/mine', { dashboard: { ...mine, title } });
    expect((await ask('GET', '/api/dashboards?q=onerror')).body.dashboards).toMatchObject([{ title }]);
  });
});

test('a folder of dashboards may hold Grafana’s', async () => {
  const panels = [
    { id: 1, type: 'graph', title: 'Old', gridPos: { x: 0, y: 0, w: 12, h: 8 }, targets: [{ refId: 'A', expr: 'up' }] },
  ];
  const ask = asker(await testApp({ dashboards: [{ uid: 'old', title: 'Old one', schemaVersion: 16, panels }] }));
  expect((await ask('GET', '/api/dashboards/old')).body).toMatchObject({
    builtin: true,
    dashboard: { panels: [{ kind: 'timeseries', queries: [{ spec: { expr: 'up' } }] }] },
  });
});

describe('a search', () => {
  test('finds by words, tags, folder and stars, page by page', async () => {
    const ask = asker(await testApp());
    await ask('POST', '/api/folders', { uid: 'ops', title: 'Operations' });
    for (const [uid, title, tags, folder] of [
      ['a', 'Node exporter', ['linux'], 'ops'],
      ['b', 'GPU', ['linux', 'gpu'], ''],
      ['c', 'vLLM latency', ['gpu'], ''],
    ] as const) {
      await ask('PUT', `/api/dashboards/${uid}`, { dashboard: { ...mine, uid, title, tags }, folder });
    }
    await ask('PUT', '/api/dashboards/c/star');
    const uids = async (query: string) =>
      (await ask('GET', `/api/dashboards?${query}`)).body.dashboards.map((it: { uid: string }) => it.uid);
    expect(await uids('')).toEqual(['b', 'a', 'c']);
    expect(await uids('q=latncy%20vllm')).toEqual(['c']);
    expect(await uids('q=operations')).toEqual(['a']);
    expect(await uids('tag=linux')).toEqual(['b', 'a']);
    expect(await uids('tag=linux&tag=gpu')).toEqual(['b']);
    expect(await uids('folder=ops')).toEqual(['a']);
    expect(await uids('folder=')).toEqual(['b', 'c']);
    expect(await uids('starred=true')).toEqual(['c']);
    expect(await uids('limit=2')).toEqual(['b', 'a']);
    expect(await uids('limit=2&after=a')).toEqual(['c']);
    await ask('DELETE', '/api/dashboards/c/star');
    expect(await uids('starred=true')).toEqual([]);
  });

  test('tells a dashboard’s folder, and sees changes at once', async () => {
    const ask = asker(await testApp());
    await ask('POST', '/api/folders', { uid: 'ops', title: 'Operations' });
    await ask('PUT', '/api/dashboards/mine', { dashboard: mine, folder: 'ops' });
    expect((await ask('GET', '/api/dashboards/mine')).body.folder).toEqual({ uid: 'ops', title: 'Operations' });
    await ask('PUT', '/api/folders/ops', { title: 'On call', overwrite: true });
    expect((await ask('GET', '/api/dashboards?q=call')).body.dashboards).toMatchObject([{ folder: { title: 'On call' } }]);
  });
});

test('a viewer reads and stars, and writes nothing', async () => {
  const t = await testApp({ dashboards: [training] });
  const { token } = await t.needs.tokens.create({ name: 'reader', scopes: ['read'], expiresMs: undefined });
  const ask = asker(t, { authorization: `Bearer ${token}` });
  expect((await ask('GET', '/api/dashboards/training')).status).toBe(200);
  expect((await ask('PUT', '/api/dashboards/training/star')).status).toBe(204);
  for (const [method, url, payload] of [
    ['PUT', '/api/dashboards/mine', { dashboard: mine }],
    ['DELETE', '/api/dashboards/training', undefined],
    ['POST', '/api/dashboards/training/copy', {}],
    ['POST', '/api/dashboards/training/revisions/1/restore', undefined],
    ['POST', '/api/dashboards/db', { dashboard: { title: 'x' } }],
    ['DELETE', '/api/dashboards/uid/training', undefined],
    ['POST', '/api/folders', { title: 'x' }],
    ['DELETE', '/api/folders/x', undefined],
    ['POST', '/api/annotations', { text: 'x' }],
    ['POST', '/api/library-panels', {}],
    ['POST', '/api/playlists', { name: 'x' }],
    ['POST', '/api/snapshots', {}],
    ['POST', '/api/datasources', { name: 'x', type: 'prometheus' }],
  ] as const) {
    const answer = await ask(method, url, payload);
    expect([url, answer.status, answer.body.error.code]).toEqual([url, 403, 'not_allowed']);
  }
});
