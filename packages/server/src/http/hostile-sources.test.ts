import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Labels } from '@vitrine/model/labels.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type TestApp, testApp } from '../testing/test-app.ts';

/** What a browser, a script or a proxy in front sends along that is nobody's business but ours. */
const PRIVATE = {
  authorization: '',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-host': 'grafana.example',
  'x-forwarded-proto': 'https-of-a-proxy',
  'x-real-ip': '203.0.113.7',
  forwarded: 'for=203.0.113.7',
  via: '1.1 proxy.example',
  'x-api-key': 'key-of-somebody',
  'x-grafana-org-id': 'organisation-7',
  'x-webauth-user': 'somebody-signed-in',
  referer: 'http://localhost/d/secret-dashboard',
  'user-agent': 'browser-of-somebody',
} as const;

const KINDS = {
  prometheus: { jsonData: {}, query: { expr: 'up' }, suggest: 'api/v1/labels' },
  influxdb: {
    jsonData: { dbName: 'ml' },
    query: { rawQuery: true, query: 'SELECT 1 FROM a WHERE $timeFilter' },
    suggest: 'databases',
  },
  elasticsearch: { jsonData: { index: 'logs' }, query: { query: '*', metrics: [{ id: '1', type: 'count' }] }, suggest: 'fields' },
} as const;
type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

async function peer(listener: RequestListener) {
  const asked: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  const http = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    listener(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, asked };
}

/** Asks a source in every way that there is, as a script with a token and as a browser with a cookie. */
async function askEverything(t: TestApp, kind: Kind, url: string) {
  const { jsonData, query, suggest } = KINDS[kind];
  const { token: secret } = await t.needs.tokens.create({
    name: 'script',
    scopes: ['admin'],
    expiresMs: undefined,
    labels: Labels.empty,
  });
  const settings = { uid: 's', name: 'S', type: kind, url, jsonData: { ...jsonData, timeout: 2 } };
  const byCookie = { ...PRIVATE, ...t.browser };
  const { authorization: _, ...cookieHeaders } = byCookie;
  const byToken = { ...PRIVATE, host: 'localhost', authorization: `Bearer ${secret}` };
  const saved = await t.app.inject({ method: 'POST', url: '/api/datasources', headers: t.browser, payload: settings });
  expect(saved.statusCode, saved.body).toBe(200);
  const answers: string[] = [];
  for (const headers of [cookieHeaders, byToken]) {
    const queries = [{ refId: 'A', datasource: { type: kind, uid: 's' }, ...query }];
    for (const asking of [
      { method: 'POST', url: '/api/ds/query', payload: { from: 'now-1h', to: 'now', queries } },
      { method: 'POST', url: '/api/datasources/check', payload: settings },
      { method: 'GET', url: '/api/datasources/uid/s/health' },
      { method: 'GET', url: `/api/datasources/uid/s/suggest/${suggest}` },
    ] as const)
      answers.push((await t.app.inject({ ...asking, headers })).body);
  }
  return { answers: answers.join('\n'), secret };
}

describe.each(kinds)('a data source of kind %s', (kind) => {
  test('is told nothing of whoever asks', async () => {
    const { url, asked } = await peer((_, response) => void response.setHeader('content-type', 'application/json').end('{}'));
    const t = await testApp();
    const { secret } = await askEverything(t, kind, url);
    expect(asked.length).toBeGreaterThan(2);
    const told = JSON.stringify(asked);
    for (const name of Object.keys(PRIVATE).filter((each) => each !== 'user-agent')) expect(told).not.toContain(`"${name}"`);
    for (const text of [...Object.values(PRIVATE).filter(Boolean), t.browser.cookie, secret]) expect(told).not.toContain(text);
  });

  test('that sends on elsewhere is not followed, and its answer says where to', async () => {
    const inner = await peer((_, response) => void response.end('inner secret'));
    const { url } = await peer((_, response) => void response.writeHead(302, { location: `${inner.url}/secret` }).end());
    const { answers } = await askEverything(await testApp(), kind, url);
    expect(inner.asked).toEqual([]);
    expect(answers).toContain('which is not followed');
    expect(answers).not.toContain('inner secret');
  });

  test('that drips is given up, with a sentence', async () => {
    const { url } = await peer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.once('close', () => clearInterval(drip));
    });
    const t = await testApp();
    const { jsonData } = KINDS[kind];
    const payload = { uid: 's', name: 'S', type: kind, url, jsonData: { ...jsonData, timeout: 1 } };
    const { body } = await t.app.inject({ method: 'POST', url: '/api/datasources/check', headers: t.browser, payload });
    expect(JSON.parse(body)).toEqual({ ok: false, sentence: expect.stringMatching(/did not answer within/) });
  });

  test('sets no cookie at whoever asks', async () => {
    const { url } = await peer(
      (_, response) => void response.writeHead(200, { 'set-cookie': 'stolen=1', 'x-evil': 'yes' }).end('{}'),
    );
    const t = await testApp();
    const { jsonData } = KINDS[kind];
    const payload = { uid: 's', name: 'S', type: kind, url, jsonData };
    const answer = await t.app.inject({ method: 'POST', url: '/api/datasources/check', headers: t.browser, payload });
    expect([answer.headers['set-cookie'], answer.headers['x-evil']]).toEqual([undefined, undefined]);
  });
});
