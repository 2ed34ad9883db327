import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { COOKIE, testApp } from '../testing/test-app.ts';
import { hashOf, newSecretId, newSecretText } from './secret-text.ts';

const OTHER_SITE = 'http://localhost:3000';

describe('on a loopback address', () => {
  test.each<[string, InjectOptions, number]>([
    ['anybody on the machine may query', { url: '/api/v1/query?query=up' }, 200],
    ['and read the metrics', { url: '/metrics' }, 200],
    ['but the page needs a sign-in', { url: '/api/dashboards' }, 401],
    [
      'not with another name, which DNS may have been made to say',
      { url: '/api/v1/query?query=up', headers: { host: 'evil.example' } },
      403,
    ],
    ['not even for health', { url: '/-/healthy', headers: { host: 'evil.example' } }, 403],
    ['any port will do: tunnels have their own', { url: '/-/healthy', headers: { host: 'localhost:1234' } }, 200],
    ['nor from a page of another site', { url: '/api/v1/query?query=up', headers: { origin: OTHER_SITE } }, 403],
    ['nor when the browser says so', { url: '/api/v1/query?query=up', headers: { 'sec-fetch-site': 'same-site' } }, 403],
    [
      'nor through a proxy, which brings callers from elsewhere',
      { url: '/metrics', headers: { 'x-forwarded-for': '10.0.0.1' } },
      401,
    ],
    ['a session that is none', { url: '/api/session', headers: { cookie: `${COOKIE}=guess` } }, 401],
    ['what is not there', { method: 'POST', url: '/api/gone' }, 404],
    ['a token that is none', { url: '/api/v1/query?query=up', headers: { authorization: 'Bearer vitrine_guess' } }, 401],
  ])('%s', async (_, request, status) => {
    const { app } = await testApp();
    expect((await app.inject(request)).statusCode).toBe(status);
  });
});

describe('on any other address', () => {
  test.each<[string, string, string | undefined, number]>([
    ['health is open', '/-/healthy', undefined, 200],
    ['queries need a token', '/api/v1/query?query=up', undefined, 401],
    ['metrics need a token', '/metrics', undefined, 401],
    ['a token that reads may query', '/api/v1/query?query=up', 'read', 200],
    ['and see dashboards', '/api/dashboards', 'read', 200],
    ['a token that ingests may not query', '/api/v1/query?query=up', 'ingest', 403],
    ['an admin token may', '/api/v1/query?query=up', 'admin', 200],
  ])('%s', async (_, url, scope, status) => {
    const { app, needs } = await testApp({ loopback: false });
    const headers: Record<string, string> = { host: 'vitrine.example' };
    if (scope !== undefined) {
      const { token } = await needs.tokens.create({ name: '', scopes: [scope as 'read'], expiresMs: undefined });
      headers['authorization'] = `Bearer ${token}`;
    }
    expect((await app.inject({ url, headers })).statusCode).toBe(status);
  });

  test('a revoked token opens nothing', async () => {
    const { app, needs } = await testApp({ loopback: false });
    const { id, token } = await needs.tokens.create({ name: 'ci', scopes: ['read'], expiresMs: undefined });
    const ask = async () => (await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${token}` } })).statusCode;
    expect(await ask()).toBe(200);
    expect(await needs.tokens.revoke(id)).toBe(true);
    expect(await ask()).toBe(401);
  });

  test('an expired token opens nothing', async () => {
    const { app, needs } = await testApp({ loopback: false });
    const { token } = await needs.tokens.create({ name: '', scopes: ['read'], expiresMs: Date.now() - 1 });
    expect((await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(401);
  });
});

test.each<['PUT' | 'DELETE' | 'POST', string]>([
  ['PUT', '/metrics/job/a'],
  ['DELETE', '/metrics/job/a'],
  ['POST', '/write'],
  ['POST', '/v1/metrics'],
  ['POST', '/api/v1/write'],
  ['POST', '/api/ingest/upload'],
])('a viewer may not send by %s %s', async (method, url) => {
  const { app, needs, browser } = await testApp({ loopback: false });
  const viewer = await needs.documents.ensureUser('eve', 'viewer', Date.now());
  const secret = newSecretText();
  const session = { id: newSecretId(), kind: 'session', hash: hashOf(secret), name: '', userId: viewer.id } as const;
  await needs.documents.addSecret({ ...session, scopes: [], labels: {}, createdMs: Date.now(), expiresMs: Date.now() + 60_000 });
  const headers = { ...browser, cookie: `${COOKIE}=${secret}` };
  expect((await app.inject({ url: '/api/dashboards', headers })).statusCode).toBe(200);
  expect((await app.inject({ method, url, headers })).statusCode).toBe(403);
});

describe('signing in', () => {
  test('works once for each link, and the session lasts', async () => {
    const { app, needs } = await testApp();
    const url = `/sign-in?token=${await needs.signIn.newLinkSecret()}`;
    const first = await app.inject(url);
    expect([first.statusCode, first.headers.location]).toEqual([303, '/']);
    const [cookie] = first.cookies;
    expect(cookie).toMatchObject({ name: COOKIE, httpOnly: true, sameSite: 'Strict', path: '/' });
    const session = await app.inject({ url: '/api/session', headers: { cookie: `${COOKIE}=${cookie?.value}` } });
    expect(session.json()).toMatchObject({ user: { name: 'owner', role: 'admin' } });

    const again = await app.inject(url);
    expect([again.statusCode, again.json().error.code]).toEqual([401, 'link_used']);
    const sameBrowser = await app.inject({ url, headers: { cookie: `${COOKIE}=${cookie?.value}` } });
    expect(sameBrowser.statusCode).toBe(303);
  });

  test.each([
    ['&dashboard=training', 303, '/d/training'],
    ['&dashboard=//evil.example', 400, undefined],
    ['&dashboard=..%2F..%2Fapi', 400, undefined],
  ])('with %s in the link goes to a dashboard of this server or nowhere', async (rest, status, location) => {
    const { app, needs } = await testApp();
    const answer = await app.inject(`/sign-in?token=${await needs.signIn.newLinkSecret()}${rest}`);
    expect([answer.statusCode, answer.headers.location]).toEqual([status, location]);
  });

  test('by hand takes the link’s token', async () => {
    const { app, needs } = await testApp();
    const payload = { token: await needs.signIn.newLinkSecret() };
    expect((await app.inject({ method: 'POST', url: '/api/sign-in', payload })).statusCode).toBe(204);
  });

  test('out ends the session', async () => {
    const { app, browser } = await testApp();
    expect((await app.inject({ method: 'POST', url: '/api/sign-out', headers: browser })).statusCode).toBe(204);
    expect((await app.inject({ url: '/api/session', headers: browser })).statusCode).toBe(401);
  });

  test('a write with the cookie but without the page’s origin is refused', async () => {
    const { app, browser } = await testApp();
    const { cookie } = browser;
    expect((await app.inject({ method: 'POST', url: '/api/sign-out', headers: { cookie } })).statusCode).toBe(403);
    expect((await app.inject({ method: 'POST', url: '/api/sign-out', headers: { cookie, origin: OTHER_SITE } })).statusCode).toBe(
      403,
    );
  });

  test('cannot be tried without end', async () => {
    const { app } = await testApp();
    const statuses = [];
    for (let i = 0; i < 25; i++) statuses.push((await app.inject(`/sign-in?token=guess${i}`)).statusCode);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
  });
});
