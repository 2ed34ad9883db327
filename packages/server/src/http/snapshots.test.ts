import { decodePanelData, encodePanelData } from '@vitrine/model/frame-wire.ts';
import type { PanelData } from '@vitrine/model/frame.ts';
import { describe, expect, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';

const dashboard = {
  version: 2,
  uid: 'd',
  title: 'D',
  x: 'time',
  panels: [{ id: 1, kind: 'stat', grid: { x: 0, y: 0, w: 4, h: 4 } }],
};
const encode = (traces: PanelData['traces']): string =>
  Buffer.from(
    encodePanelData({
      frames: [{ refId: 'A', shape: 'table', length: 1, fields: [{ name: 'v', type: 'number', values: Float64Array.of(42) }] }],
      notices: [],
      traces,
      fromMs: 0,
      toMs: 1,
      stepMs: 1,
      growable: false,
    }),
  ).toString('base64');
const data = encode([]);
const read = (base64: string): PanelData => decodePanelData(Buffer.from(base64, 'base64'));

function asker({ app }: TestApp, headers: Record<string, string>) {
  return async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const { statusCode, body } = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) };
  };
}

async function place() {
  const t = await testApp();
  const take = asker(t, t.browser);
  return { t, ask: take, anybody: asker(t, { host: 'localhost' }) };
}

describe('a snapshot', () => {
  test('keeps the dashboard with its data, for those who are signed in', async () => {
    const { ask, anybody } = await place();
    const { body } = await ask('POST', '/api/snapshots', { dashboard, data: { 1: data }, name: 'Then' });
    expect(body.url).toBe(`http://localhost/dashboard/snapshot/${body.key}`);
    const kept = (await ask('GET', `/api/snapshots/${body.key}`)).body;
    expect(kept).toMatchObject({ meta: { name: 'Then', public: false }, dashboard: { uid: 'd', panels: [{ id: 1 }] } });
    expect(read(kept.data[1])).toEqual(read(data));
    expect((await anybody('GET', `/api/snapshots/${body.key}`)).status).toBe(401);
    expect((await anybody('GET', '/api/snapshots/guess')).status).toBe(401);
    expect((await ask('GET', '/api/snapshots/:key')).status).toBe(404);
  });

  test('says nothing of what was asked, whoever sends it along', async () => {
    const { ask, anybody } = await place();
    const secret = { expr: 'secret_metric' };
    const source = { type: 'prometheus', uid: 'secret-source' };
    const trace = { refId: 'A', source: 'secret-source', executed: 'secret_metric' };
    const { body } = await ask('POST', '/api/snapshots', {
      public: true,
      data: { 1: encode([{ ...trace, stepMs: 1, elapsedMs: 1, seriesRead: 1, samplesRead: 1 }]) },
      dashboard: {
        ...dashboard,
        extra: { note: 'secret' },
        variables: [
          { kind: 'query', name: 'job', source, spec: secret, regex: 'secret', current: 'api' },
          { kind: 'adhoc', name: 'f', source, filters: [], baseFilters: [{ key: 'tenant', operator: '=', value: 'secret' }] },
        ],
        annotations: [
          { name: 'Deploys', source, spec: secret },
          { name: 'Marks', source, spec: { snapshot: [{ text: 'v2' }], ...secret } },
        ],
        panels: [
          {
            ...dashboard.panels[0],
            queries: [{ refId: 'A', source, spec: secret }],
            transformations: [{ id: 'filterByName', options: { secret: 1 } }],
            extra: { targets: secret },
          },
        ],
      },
    });
    const shown = (await anybody('GET', `/api/snapshots/${body.key}`)).body;
    expect(JSON.stringify(shown)).not.toContain('secret');
    expect(Buffer.from(shown.data[1], 'base64').toString('latin1')).not.toContain('secret');
    expect(read(shown.data[1])).toEqual(read(data));
    expect(shown.dashboard).toMatchObject({
      variables: [{ name: 'job', current: 'api' }, { name: 'f' }],
      annotations: [{ name: 'Deploys' }, { name: 'Marks', spec: { snapshot: [{ text: 'v2' }] } }],
      panels: [{ queries: [{ refId: 'A', source: { type: 'prometheus' } }] }],
    });
  });

  test('is shown without a sign-in only where it was made public', async () => {
    const { ask, anybody } = await place();
    const { body } = await ask('POST', '/api/snapshots', { dashboard, public: true });
    expect((await anybody('GET', `/api/snapshots/${body.key}`)).body.dashboard.title).toBe('D');
  });

  test('goes by its delete key, which its key is not', async () => {
    const { ask, anybody } = await place();
    const { body } = await ask('POST', '/api/snapshots', { dashboard });
    expect((await anybody('GET', `/api/snapshots-delete/${body.key}`)).status).toBe(404);
    expect((await anybody('DELETE', `/api/snapshots/${body.key}`)).status).toBe(401);
    expect((await anybody('GET', `/api/snapshots-delete/${body.deleteKey}`)).status).toBe(200);
    expect((await ask('GET', `/api/snapshots/${body.key}`)).status).toBe(404);
  });

  test('of somebody else is neither listed nor removed', async () => {
    const { t, ask } = await place();
    const { body } = await ask('POST', '/api/snapshots', { dashboard });
    const other = await t.needs.documents.ensureUser('other', 'editor', 0);
    const mine = t.needs.signIn.userOf;
    t.needs.signIn.userOf = async () => other;
    expect((await ask('GET', '/api/dashboard/snapshots')).body).toEqual([]);
    expect((await ask('DELETE', `/api/snapshots/${body.key}`)).status).toBe(403);
    t.needs.signIn.userOf = mine;
    expect((await ask('GET', '/api/dashboard/snapshots')).body).toMatchObject([{ key: body.key }]);
    expect((await ask('DELETE', `/api/snapshots/${body.key}`)).status).toBe(200);
  });

  test('ends when it expires', async () => {
    const { t, ask } = await place();
    const { body } = await ask('POST', '/api/snapshots', { dashboard, expires: 60 });
    const { find } = t.needs.documents.snapshots;
    expect(await find(body.key, Date.now() + 59_000)).toBeDefined();
    expect(await find(body.key, Date.now() + 61_000)).toBeUndefined();
  });

  test.each([
    ['javascript:alert(1)', ''],
    ['  JavaScript:alert(1)', ''],
    ['data:text/html,x', ''],
    ['//evil.example', ''],
    ['/\\evil.example', ''],
    ['/d/training?from=1', '/d/training?from=1'],
    ['https://vitrine.example/d/x', 'https://vitrine.example/d/x'],
  ])('says that it was taken at %s as "%s"', async (originalUrl, kept) => {
    const { ask } = await place();
    const { body } = await ask('POST', '/api/snapshots', { dashboard, originalUrl });
    expect((await ask('GET', `/api/snapshots/${body.key}`)).body.meta.originalUrl).toBe(kept);
  });

  test.each<[string, object, string]>([
    ['data that are no base64', { dashboard, data: { 1: '<html>' } }, 'data.1'],
    ['data that are no frames', { dashboard, data: { 1: 'AAAAAAAA' } }, 'data.1'],
    ['data of no panel', { dashboard, data: { __x__: data } }, 'data'],
    ['no dashboard', { dashboard: { title: 1, panels: [{ kind: 3 }], version: 2, x: 'time' } }, ''],
    ['to be sent elsewhere', { dashboard, external: true }, 'external'],
  ])('refuses %s', async (_, payload, field) => {
    const { ask } = await place();
    const answer = await ask('POST', '/api/snapshots', payload);
    expect(answer.status).toBe(400);
    expect(answer.body.error.field).toContain(field);
  });

  test('has a size', async () => {
    const { ask } = await place();
    expect((await ask('POST', '/api/snapshots', { dashboard, data: { 1: 'A'.repeat(33 * 1024 * 1024) } })).status).toBe(413);
  });
});
