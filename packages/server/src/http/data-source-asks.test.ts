import { createServer, request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { InjectOptions } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { setUpDataSource } from '../documents/data-source-setup.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const PASSWORD = 'correct-horse-battery-staple';

function asking({ app, browser }: TestApp) {
  return async (method: NonNullable<InjectOptions['method']>, url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url,
      headers: browser,
      ...(payload === undefined ? {} : { payload }),
    } as InjectOptions);
    return { status: answer.statusCode, body: JSON.parse(answer.body), text: answer.body };
  };
}

/** A server that speaks as much of Prometheus as a check asks, and keeps what it was sent. */
async function peer(answer: (url: string, authorization: string) => string = () => '') {
  const asked: { readonly url: string; readonly authorization: string }[] = [];
  const http = createServer((request, response) => {
    const { url = '', headers } = request;
    const authorization = headers.authorization ?? '';
    asked.push({ url, authorization });
    request.resume();
    const said = answer(url, authorization);
    const data = url.includes('buildinfo') ? { version: '2.42.0' } : { resultType: 'scalar', result: [0, '2'] };
    response.setHeader('content-type', 'application/json');
    response.end(said === '' ? JSON.stringify({ status: 'success', data }) : said);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, asked };
}

const source = (url: string, more: object = {}) => ({ uid: 's', name: 'S', type: 'prometheus', url, ...more });
const withPassword = (url: string) =>
  source(url, { basicAuth: true, basicAuthUser: 'ada', secureJsonData: { basicAuthPassword: PASSWORD } });

describe('a check of a source that is not saved', () => {
  test('says what answers', async () => {
    const { url } = await peer();
    const ask = asking(await testApp());
    expect(await ask('POST', '/api/datasources/check', source(url))).toMatchObject({
      status: 200,
      body: { ok: true, product: 'Prometheus', version: '2.42.0', notes: [] },
    });
    expect((await ask('GET', '/api/datasources')).body).toHaveLength(1);
  });

  test.each([
    ['nothing listens', { url: 'http://127.0.0.1:65531' }, /nothing listens at 127\.0\.0\.1:65531.*port\?$/],
    ['the port is no web server’s', { url: 'http://127.0.0.1:25' }, /port 25 belongs to another protocol/],
    [
      'the name is unknown',
      { url: 'http://no-such-host.invalid:9090' },
      /no address is known for the name "no-such-host\.invalid"/,
    ],
    [
      'it is a cloud’s metadata',
      { url: 'http://169.254.169.254' },
      /169\.254\.169\.254 is no address that a data source may have\.$/,
    ],
  ])('says that %s', async (_, change, sentence) => {
    const { status, body } = await asking(await testApp())('POST', '/api/datasources/check', source('', change));
    expect([status, body]).toEqual([200, { ok: false, sentence: expect.stringMatching(sentence) }]);
  });

  test('says that it is another product', async () => {
    const { url } = await peer(() => '<html>Welcome to nginx</html>');
    const { body } = await asking(await testApp())('POST', '/api/datasources/check', source(url));
    expect(body).toEqual({ ok: false, sentence: expect.stringMatching(/something else than JSON/) });
  });

  test.each([
    ['an address that is none', { url: 'somewhere' }, 'url'],
    ['a limit that is none', { jsonData: { timeout: 'soon' } }, 'jsonData.timeout'],
    ['a kind that is none', { type: 'abacus' }, 'source'],
    ['an address that a browser would run', { url: 'javascript:alert(1)' }, 'url'],
  ])('names the setting: %s', async (_, change, field) => {
    const { status, body } = await asking(await testApp())('POST', '/api/datasources/check', {
      ...source('http://127.0.0.1:1'),
      ...change,
    });
    expect([status, body.error.field]).toEqual([400, field]);
  });

  test('takes secrets that are not sent from the saved one, for the same server only', async () => {
    const [here, there] = [await peer(), await peer()];
    const t = await testApp();
    const ask = asking(t);
    await ask('POST', '/api/datasources', withPassword(here.url));
    const unsent = source(here.url, { basicAuth: true, basicAuthUser: 'ada' });
    expect((await ask('POST', '/api/datasources/check', unsent)).body).toMatchObject({ ok: true });
    expect(here.asked.at(-1)?.authorization).toBe(`Basic ${btoa(`ada:${PASSWORD}`)}`);

    const moved = await ask('POST', '/api/datasources/check', { ...unsent, url: there.url });
    expect([moved.status, moved.body.message]).toEqual([
      400,
      expect.stringMatching(/basicAuthPassword was entered for the old one/),
    ]);
    expect((await ask('PUT', '/api/datasources/uid/s', { ...unsent, url: there.url })).status).toBe(400);
    expect(there.asked).toEqual([]);
    expect((await ask('POST', '/api/datasources/check', withPassword(there.url))).body).toMatchObject({ ok: true });
  });

  test('is for admins', async () => {
    const t = await testApp();
    const { token } = await t.needs.tokens.create({ name: 'r', scopes: ['read'], expiresMs: undefined });
    const headers = { authorization: `Bearer ${token}` };
    for (const [method, url] of [
      ['POST', '/api/datasources/check'],
      ['GET', '/api/datasources/uid/s/suggest/api/v1/labels'],
    ] as const) {
      const payload = method === 'POST' ? { payload: source('http://127.0.0.1:1') } : {};
      expect((await t.app.inject({ method, url, headers, ...payload })).statusCode).toBe(403);
    }
  });
});

test.each([
  ['a loopback address', {}, true],
  ['another address', { loopback: false }, false],
  ['another address with sources.private', { loopback: false, privateSources: true }, true],
])('a server that listens on %s asks private addresses: %j → %s', async (_, changes, may) => {
  const { url, asked } = await peer();
  const t = await testApp(changes);
  const ask = asking(t);
  const { body } = await ask('POST', '/api/datasources/check', source(url));
  expect([body.ok, asked.length > 0]).toEqual([may, may]);
  if (!may) expect(body.sentence).toMatch(/private network.*Set sources\.private/);
  const byFile = { uid: 'f', name: 'F', type: 'prometheus', url };
  await setUpDataSource(t.needs.documents, byFile, undefined, { byFile: true });
  expect((await ask('GET', '/api/datasources/uid/f/health')).body.status).toBe('OK');
  // What a file may reach that nobody reaches by naming its uid.
  const other = await peer();
  expect((await ask('POST', '/api/datasources/check', { ...source(other.url), uid: 'f' })).body.ok).toBe(may);
  // Nor what somebody made of it.
  await ask('PUT', '/api/datasources/uid/f', byFile);
  expect((await ask('GET', '/api/datasources/uid/f/health')).body.status).toBe(may ? 'OK' : 'ERROR');
});

describe('health', () => {
  test('is told in Grafana’s shape, and kept for the list', async () => {
    const { url } = await peer();
    const ask = asking(await testApp());
    await ask('POST', '/api/datasources', source(url));
    await ask('POST', '/api/datasources', { ...source('http://127.0.0.1:65531'), uid: 'gone', name: 'Gone' });
    expect(await ask('GET', '/api/datasources/uid/s/health')).toMatchObject({
      status: 200,
      body: { status: 'OK', details: { product: 'Prometheus', version: '2.42.0' } },
    });
    const silent = await ask('GET', '/api/datasources/uid/gone/health');
    expect(silent).toMatchObject({ status: 400, body: { status: 'ERROR', message: expect.stringMatching(/nothing listens/) } });
    expect((await ask('GET', '/api/datasources/uid/s')).body.health).toEqual({ answeredMs: expect.any(Number) });
    expect((await ask('GET', '/api/datasources/uid/gone')).body.health).toEqual({
      silentMs: expect.any(Number),
      sentence: silent.body.message,
    });
    // One that was changed has yet to be asked.
    await ask('PUT', '/api/datasources/uid/gone', { ...source(url), uid: 'gone', name: 'Gone' });
    expect((await ask('GET', '/api/datasources/uid/gone')).body.health).toBeUndefined();
  });

  test('says what a lost key costs, and how it comes back', async () => {
    const { url } = await peer();
    const t = await testApp();
    const ask = asking(t);
    await ask('POST', '/api/datasources', withPassword(url));
    const read = t.needs.documents.dataSources.secrets.bind(t.needs.documents.dataSources);
    t.needs.documents.dataSources.secrets = async () => new Map([['s', { known: {}, lost: ['basicAuthPassword'] }]]);
    for (const { body } of [
      await ask('GET', '/api/datasources/uid/s/health'),
      await ask('POST', '/api/datasources/check', source(url, { basicAuth: true })),
    ])
      expect(body.message ?? body.sentence).toMatch(
        /basicAuthPassword of the data source "S" cannot be read.*sources\.key-file.*enter it again/,
      );
    expect((await ask('POST', '/api/datasources/check', withPassword(url))).body.ok).toBe(true);
    t.needs.documents.dataSources.secrets = read;
    await ask('PUT', '/api/datasources/uid/s', withPassword(url));
    expect((await ask('GET', '/api/datasources/uid/s/health')).body.status).toBe('OK');
  });
});

test('no answer, metric or error holds a secret, though the server repeats it', async () => {
  const { url } = await peer((_, authorization) =>
    JSON.stringify({ status: 'error', errorType: 'execution', error: `you sent ${authorization}, that is ${PASSWORD}` }),
  );
  const t = await testApp();
  const ask = asking(t);
  const answers = [
    await ask('POST', '/api/datasources', withPassword(url)),
    await ask('PUT', '/api/datasources/uid/s', withPassword(url)),
    await ask('GET', '/api/datasources'),
    await ask('GET', '/api/datasources/uid/s'),
    await ask('GET', '/api/datasources/uid/s/health'),
    await ask('POST', '/api/datasources/check', withPassword(url)),
    await ask('GET', '/api/datasources/uid/s/suggest/api/v1/labels'),
    await ask('POST', '/api/ds/query', { queries: [{ refId: 'A', expr: 'up', datasource: { uid: 's', type: 'prometheus' } }] }),
  ].map(({ text }) => text);
  expect(answers.at(-1)).toMatch(/you sent Basic …, that is …/);
  answers.push(await t.needs.metrics.registry.metrics());
  for (const text of answers) for (const secret of [PASSWORD, btoa(`ada:${PASSWORD}`)]) expect(text).not.toContain(secret);
});

describe('suggestions', () => {
  test('come from the source, are remembered, and change with it', async () => {
    const { url, asked } = await peer(() => JSON.stringify({ status: 'success', data: ['job'] }));
    const ask = asking(await testApp());
    await ask('POST', '/api/datasources', source(url));
    const suggested = '/api/datasources/uid/s/suggest/api/v1/label/job/values?match%5B%5D=up&match%5B%5D=x';
    for (let i = 0; i < 3; i++) expect((await ask('GET', suggested)).body).toEqual({ status: 'success', data: ['job'] });
    expect(asked.map((it) => it.url)).toEqual(['/api/v1/label/job/values?match%5B%5D=up&match%5B%5D=x']);
    await ask('PUT', '/api/datasources/uid/s', source(url, { jsonData: { timeout: 5 } }));
    await ask('GET', suggested);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['api/v1/../../admin', 400],
    ['api/v1/%2e%2e/%2e%2e/admin', 400],
    ['api/v1/./labels', 400],
    ['/api/v1/labels', 400],
    ['api//v1/labels', 400],
    ['api/v1/label/a%2fb/values', 400],
    ['api/v1/label/a%5Cb/values', 400],
    ['api/v1/label/a\\b/values', 400],
    ['api/v1/labels;x', 400],
    ['api/v1/labels%3bx', 400],
    ['api/v1/labels%3fx', 400],
    ['api/v1/labels%23', 400],
    ['api/v1/labels%00', 400],
    ['api/v1/labels%0d%0aHost:x', 400],
    ['api/v1/%252e%252e/admin', 400],
    ['api/v1/%zz', 400],
    ['api/v1/admin/tsdb/snapshot', 400],
    ['-/quit', 400],
    ['api/v1/labels', 200],
  ])('/suggest/%s is %i', async (path, want) => {
    const { url, asked } = await peer(() => JSON.stringify({ status: 'success', data: [] }));
    const t = await testApp();
    await asking(t)('POST', '/api/datasources', source(url));
    await t.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = t.app.server.address() as AddressInfo;
    // As it is: what builds addresses would tidy it up.
    const status = await new Promise((resolve, reject) => {
      const headers = { ...t.browser, host: `localhost:${port}`, origin: `http://localhost:${port}` };
      rawRequest({ host: '127.0.0.1', port, path: `/api/datasources/uid/s/suggest/${path}`, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect([status, asked.length]).toEqual([want, want === 200 ? 1 : 0]);
  });

  test('of more than anybody could read are a sentence', async () => {
    const { url } = await peer(() => JSON.stringify({ status: 'success', data: ['x'.repeat(17 * 1024 * 1024)] }));
    const ask = asking(await testApp());
    await ask('POST', '/api/datasources', source(url));
    const { status, body } = await ask('GET', '/api/datasources/uid/s/suggest/api/v1/labels');
    expect([status, body.message]).toEqual([422, expect.stringMatching(/suggests more than 16 MiB/)]);
  });
});

test('scripts learn which kinds can be set up, and with which settings', async () => {
  const { body } = await asking(await testApp())('GET', '/api/datasource-kinds');
  const prometheus = body.find(({ kind }: { kind: string }) => kind === 'prometheus');
  expect(prometheus).toMatchObject({ title: 'Prometheus' });
  expect(prometheus.controls).toContainEqual(
    expect.objectContaining({ path: 'secureJsonData.basicAuthPassword', input: { kind: 'secret' }, conditional: true }),
  );
});

test('an answer that unpacks to more than there is room for is given up', async () => {
  const bomb = gzipSync(Buffer.alloc(160 * 1024 * 1024, 32), { level: 1 });
  const http = createServer((_, response) => void response.setHeader('content-encoding', 'gzip').end(bomb));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const { body } = await asking(await testApp())('POST', '/api/datasources/check', source(url));
  expect(body).toEqual({ ok: false, sentence: expect.stringMatching(/answers with more than 128 MiB/) });
});
