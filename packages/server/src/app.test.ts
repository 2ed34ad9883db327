import { Writable } from 'node:stream';
import { decodePanelData } from '@vitrine/model/frame-wire.ts';
import { QueryError } from '@vitrine/model/sample-store.ts';
import { describe, expect, test } from 'vitest';
import { openLog } from './self/log.ts';
import { matrix } from './testing/fake-store.ts';
import { testApp } from './testing/test-app.ts';

const panel = (id: number, expr: string, spec: object = {}) => ({
  id,
  kind: 'timeseries',
  grid: { x: 0, y: 0, w: 12, h: 8 },
  queries: [{ refId: 'A', spec: { expr, ...spec } }],
});
const training = {
  version: 1,
  uid: 'training',
  title: 'Training',
  panels: [panel(1, 'loss'), panel(2, 'rate(steps[$__rate_interval])')],
};

test('no secret of a sign-in link comes into the log', async () => {
  const lines: string[] = [];
  const output = new Writable({
    write(line, _encoding, done) {
      lines.push(String(line));
      done();
    },
  });
  const { app, needs } = await testApp({ log: openLog('debug', 'json', output) });
  const secret = await needs.signIn.newLinkSecret();
  expect((await app.inject({ url: `/sign-in?dashboard=a&token=${secret}`, headers: { host: 'localhost' } })).statusCode).toBe(
    303,
  );
  expect(lines.join('')).toContain('/sign-in?dashboard=a&token=…');
  expect(lines.join('')).not.toContain(secret);
  expect((await needs.metrics.requestsInFlight.get()).values[0]?.value).toBe(0);
});

test('a full disk is said in a sentence to who signs in', async () => {
  const { app, needs } = await testApp();
  const full = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  needs.documents.takeSecret = () => Promise.reject(full);
  const answer = await app.inject({
    method: 'POST',
    url: '/api/sign-in',
    headers: { host: 'localhost' },
    payload: { token: 'x' },
  });
  expect(answer.statusCode).toBe(507);
  expect(answer.json()).toMatchObject({ error: { code: 'read_only', message: expect.stringContaining('disk is full') } });
});

describe('a signed-in page', () => {
  test('lists dashboards and reads one', async () => {
    const { app, browser } = await testApp({ dashboards: [training, { ...training, uid: 'a', title: 'A', panels: [] }] });
    const list = await app.inject({ url: '/api/dashboards', headers: browser });
    expect(list.json()).toMatchObject({ dashboards: [{ uid: 'a' }, { uid: 'training', panelCount: 2, builtin: true }] });
    const one = await app.inject({ url: '/api/dashboards/training', headers: browser });
    expect(one.json()).toMatchObject({ builtin: true, dashboard: { uid: 'training', x: 'time' } });
  });

  test('gets a panel’s data on a grid that ends at or after the range', async () => {
    const { app, browser, store } = await testApp({ dashboards: [training] });
    store.answer = (request) => matrix(request, [[{ __name__: 'loss', split: 'train' }, () => 1]]);
    const answer = await app.inject({
      method: 'POST',
      url: '/api/panel-data',
      headers: browser,
      payload: { dashboard: 'training', panel: 1, fromMs: 100_500, toMs: 3_700_500, widthPx: 720 },
    });
    expect(answer.statusCode).toBe(200);
    const data = decodePanelData(answer.rawPayload);
    expect(data).toMatchObject({ fromMs: 100_000, toMs: 3_705_000, stepMs: 5_000, traces: [{ executed: 'loss' }] });
    expect(data.frames[0]?.fields.map(({ name }) => name)).toEqual(['Time', 'loss']);
  });

  test('goes on with the newest part only, on the step of the first answer', async () => {
    const { app, browser, store } = await testApp({ dashboards: [training] });
    const payload = {
      dashboard: 'training',
      panel: 1,
      fromMs: 0,
      toMs: 3_601_000,
      widthPx: 720,
      sinceMs: 3_590_000,
      stepMs: 5_000,
    };
    const data = decodePanelData(
      (await app.inject({ method: 'POST', url: '/api/panel-data', headers: browser, payload })).rawPayload,
    );
    expect(data).toMatchObject({ fromMs: 3_590_000, toMs: 3_605_000, stepMs: 5_000 });
    expect(store.evaluated).toMatchObject([{ startMs: 3_590_000, endMs: 3_605_000 }]);
  });

  test('sees what works beside what does not', async () => {
    const { app, browser, store } = await testApp({
      dashboards: [
        {
          ...training,
          panels: [
            {
              ...panel(1, 'good'),
              queries: [
                { refId: 'A', spec: { expr: 'good' } },
                { refId: 'B', spec: { expr: 'bad(' } },
              ],
            },
          ],
        },
      ],
    });
    store.answer = (request) => {
      if (request.expr !== 'good') throw new QueryError('bad_data', 'does not parse');
      return matrix(request, [[{}, () => 1]]);
    };
    const payload = { dashboard: 'training', panel: 1, fromMs: 0, toMs: 60_000, widthPx: 100 };
    const data = decodePanelData(
      (await app.inject({ method: 'POST', url: '/api/panel-data', headers: browser, payload })).rawPayload,
    );
    expect(data.frames).toHaveLength(1);
    expect(data.notices).toEqual([{ level: 'error', text: 'Query B: does not parse' }]);
  });

  test('asks the store once for what several ask at the same time', async () => {
    const { app, browser, store } = await testApp({ dashboards: [training] });
    const gate = Promise.withResolvers<void>();
    store.answer = async (request) => {
      await gate.promise;
      return matrix(request, []);
    };
    const payload = { dashboard: 'training', panel: 1, fromMs: 0, toMs: 60_000, widthPx: 100 };
    const asked = [1, 2, 3].map(() => app.inject({ method: 'POST', url: '/api/panel-data', headers: browser, payload }));
    const all = Promise.all(asked);
    await expect.poll(() => store.evaluated.length).toBe(1);
    gate.resolve();
    expect((await all).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(store.evaluated).toHaveLength(1);
  });

  const good = { dashboard: 'training', panel: 1, fromMs: 0, toMs: 60_000, widthPx: 100 };
  test.each<[string, unknown, number, string, RegExp]>([
    ['no body', undefined, 400, 'bad_request', /^body: is empty/],
    ['a list', [], 400, 'bad_request', /expected object/],
    ['text for a time', { ...good, fromMs: 'now' }, 400, 'bad_request', /^fromMs: /],
    ['a time without end', { ...good, toMs: 1e300 }, 400, 'bad_request', /^toMs: /],
    ['a range that ends before it starts', { ...good, toMs: -1 }, 400, 'bad_request', /^toMs: -1 is not after/],
    ['no width', { ...good, widthPx: 0 }, 400, 'bad_request', /^widthPx: /],
    ['a key with a typing error', { ...good, withPx: 1 }, 400, 'bad_request', /withPx/],
    ['a part without its step', { ...good, sinceMs: 5 }, 400, 'bad_request', /^sinceMs: goes together with/],
    ['too fine a step', { ...good, toMs: 1e9, sinceMs: 0, stepMs: 1 }, 400, 'bad_request', /^stepMs: .*limit is 11000/],
    ['another dashboard', { ...good, dashboard: 'x' }, 404, 'no_such_dashboard', /no dashboard "x"/],
    ['another panel', { ...good, panel: 9 }, 404, 'no_such_panel', /no panel 9/],
  ])('is told what is wrong with %s', async (_, payload, status, code, message) => {
    const { app, browser } = await testApp({ dashboards: [training] });
    const answer = await app.inject({
      method: 'POST',
      url: '/api/panel-data',
      headers: { ...browser, 'content-type': 'application/json' },
      ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
    });
    expect([answer.statusCode, answer.json().error]).toEqual([
      status,
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    ]);
  });

  test.each<[QueryError['code'], number, string]>([
    ['bad_data', 400, 'bad_query'],
    ['execution', 422, 'query_failed'],
    ['limit', 422, 'query_too_large'],
    ['timeout', 503, 'query_timeout'],
    ['unsupported', 501, 'not_there_yet'],
  ])('is told of a query stopped by %s', async (kind, status, code) => {
    const { app, browser, store } = await testApp({ dashboards: [training] });
    store.answer = () => Promise.reject(new QueryError(kind, 'why'));
    const answer = await app.inject({ method: 'POST', url: '/api/panel-data', headers: browser, payload: good });
    expect([answer.statusCode, answer.json()]).toEqual([status, { error: { code, message: 'why' } }]);
  });

  test.each<[string, string, string, number]>([
    ['half of a JSON text', '{"dashboard"', 'application/json', 400],
    ['CSV', 'a=b', 'text/csv', 415],
    ['five megabytes', JSON.stringify('x'.repeat(5_000_000)), 'application/json', 413],
  ])('is refused %s with a sentence', async (_, payload, type, status) => {
    const { app, browser } = await testApp();
    const headers = { ...browser, 'content-type': type };
    const answer = await app.inject({ method: 'POST', url: '/api/panel-data', headers, payload });
    expect([answer.statusCode, answer.json().error.message]).toEqual([status, expect.any(String)]);
  });
});

test('an admin makes, lists and revokes tokens over HTTP', async () => {
  const { app, browser } = await testApp();
  const made = await app.inject({
    method: 'POST',
    url: '/api/tokens',
    headers: browser,
    payload: { name: 'ci', scopes: ['read'], expires: '90d' },
  });
  const { id, token } = made.json();
  expect([made.statusCode, token]).toEqual([201, expect.stringMatching(/^vitrine_[\w-]{43}$/)]);
  expect((await app.inject({ url: '/api/dashboards', headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(200);
  expect((await app.inject({ url: '/api/tokens', headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(403);
  const list = (await app.inject({ url: '/api/tokens', headers: browser })).body;
  expect(list).toContain(id);
  expect(list).not.toContain(token);
  expect((await app.inject({ method: 'DELETE', url: `/api/tokens/${id}`, headers: browser })).statusCode).toBe(204);
  expect((await app.inject({ url: '/api/dashboards', headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(401);
});

test.each(['/%', '/api/v1/label/%FF/values'])('the address %s is refused with a sentence', async (url) => {
  const { app } = await testApp();
  const answer = await app.inject(url);
  expect([answer.statusCode, answer.json()]).toEqual([
    400,
    { error: { code: 'bad_request', message: `The address ${url} cannot be read.` } },
  ]);
});

test('every route stands in the OpenAPI document', async () => {
  const { app, browser } = await testApp();
  const { openapi, paths } = (await app.inject({ url: '/api/openapi.json', headers: browser })).json();
  expect(openapi).toMatch(/^3\./);
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/api/panel-data', '/api/live', '/api/v1/query', '/api/v1/write', '/-/ready', '/metrics']),
  );
});

test('the metrics count requests by their route, never by what was asked for', async () => {
  const { app } = await testApp();
  await app.inject('/api/v1/label/secret/values');
  const { body } = await app.inject('/metrics');
  expect(body).toMatch(
    /vitrine_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/label\/:name\/values",code="200"\} 1/,
  );
  expect(body).toContain('vitrine_store_appended_samples_total 7');
  expect(body).not.toContain('secret');
});
