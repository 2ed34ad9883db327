import { request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InstalledPlugin, InstalledPlugins } from '../plugins/installed-plugins.ts';
import { type TestApp, testApp } from '../testing/test-app.ts';

const calibration: InstalledPlugin = {
  id: 'calibration',
  version: '1.0.0',
  title: 'Calibration',
  description: 'Curves.',
  author: 'Somebody',
  panels: ['calibration'],
  sources: [{ kind: 'csv-url', aliases: [], title: 'CSV over HTTP', description: 'Tables.' }],
  web: 'web.js',
  refused: undefined,
};
const broken: InstalledPlugin = {
  ...calibration,
  id: 'broken',
  panels: ['broken'],
  sources: [],
  refused: 'Its file "web.js" is missing.',
};
const written = { ...calibration, id: 'written', version: '0.2.0-dev', panels: ['written'], sources: [] };

/** The files of each plugin; what is no file of one is asked for all the same, and noted. */
const FILES: Readonly<Record<string, string>> = {
  'calibration 1.0.0 web.js': 'export default () => ({});',
  'calibration 1.0.0 lib/part@2.mjs': '1;',
  'calibration 1.0.0 look.css': 'p {}',
  'calibration 1.0.0 page.html': '<script>alert(1)</script>',
  'calibration 1.0.0 mark.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'written 0.2.0-dev web.js': '2;',
  'calibration 1.0.0 large.js': '3;'.repeat(10_000),
};
const lookedUp: string[] = [];
const plugins: InstalledPlugins = {
  list: () => [calibration, broken, written],
  sources: new Map(),
  async file(id, version, path) {
    lookedUp.push(`${id} ${version} ${path}`);
    const text = FILES[`${id} ${version} ${path}`];
    return text === undefined ? undefined : new TextEncoder().encode(text);
  },
  async stop() {},
};

let t: TestApp;
let port: number;
beforeAll(async () => {
  t = await testApp({ plugins, page: {}, until: afterAll });
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  port = (t.app.server.address() as AddressInfo).port;
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Asks for a path just as it is written: nothing on the way tidies it up. */
function ask(path: string, headers: Record<string, string> = { cookie: t.browser.cookie }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    rawRequest({ host: '127.0.0.1', port, path, headers: { ...headers, host: `localhost:${port}` } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    })
      .on('error', reject)
      .end();
  });
}

const nobody = { accept: '*/*' };

async function listed(path: string, headers?: Record<string, string>) {
  return (JSON.parse((await ask(path, headers)).text) as { plugins: readonly Record<string, unknown>[] }).plugins;
}

test('an admin is told of the data folder that commands have to name, and others are not', async () => {
  const made = await testApp({ data: '/srv/it’s here' });
  const answer = await made.app.inject({ url: '/api/plugin-commands', headers: made.browser });
  expect(answer.json()).toEqual({ data: '/srv/it’s here' });
  const { token } = await made.needs.tokens.create({ name: '', scopes: ['read'], expiresMs: undefined });
  const refused = await made.app.inject({ url: '/api/plugin-commands', headers: { authorization: `Bearer ${token}` } });
  expect([refused.statusCode, refused.body.includes('srv')]).toEqual([403, false]);
});

describe('the list', () => {
  test('says where the page finds a plugin, and to an admin why one is refused', async () => {
    const { web: _, refused: __, ...told } = calibration;
    const [first, second] = await listed('/api/plugins');
    expect(first).toEqual({ ...told, module: '/plugins/calibration/1.0.0/web.js' });
    expect(second).toMatchObject({ id: 'broken', refused: 'Its file "web.js" is missing.' });
    expect(second).not.toHaveProperty('module');
  });

  test('tells others that one is refused, and not why', async () => {
    const { token } = await t.needs.tokens.create({ name: 'reader', scopes: ['read'], expiresMs: undefined });
    const [, second] = await listed('/api/plugins', { authorization: `Bearer ${token}` });
    expect(second?.['refused']).toBe('This server does not load it; an admin sees under Plugins why.');
  });

  test('is for those who are signed in', async () => {
    expect((await ask('/api/plugins', nobody)).status).toBe(401);
  });
});

describe('a file', () => {
  test.each([
    ['/plugins/calibration/1.0.0/web.js', 'text/javascript; charset=utf-8'],
    ['/plugins/calibration/1.0.0/web.js?x=../..', 'text/javascript; charset=utf-8'],
    ['/plugins/calibration/1.0.0/lib/part@2.mjs', 'text/javascript; charset=utf-8'],
    ['/plugins/calibration/1.0.0/look.css', 'text/css; charset=utf-8'],
    ['/plugins/calibration/1.0.0/mark.svg', 'image/svg+xml'],
    ['/plugins/calibration/1.0.0/page.html', 'application/octet-stream'],
  ])('%s is %s, kept for good, and nothing but what it says it is', async (path, type) => {
    const { status, headers } = await ask(path);
    expect([status, headers['content-type']]).toEqual([200, type]);
    expect(headers).toMatchObject({
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    // Opened by itself, a picture runs nothing.
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('that is large goes packed as the browser takes it', async () => {
    const path = '/plugins/calibration/1.0.0/large.js';
    const length = async (accepts: string) => {
      const { headers } = await ask(path, { cookie: t.browser.cookie, 'accept-encoding': accepts });
      return [headers['content-encoding'], Number(headers['content-length']) < 1_000];
    };
    expect([await length('gzip, br'), await length('gzip'), await length('identity')]).toEqual([
      ['br', true],
      ['gzip', true],
      [undefined, false],
    ]);
  });

  test('of a version before a release is asked for each time: somebody is working on it', async () => {
    expect((await ask('/plugins/written/0.2.0-dev/web.js')).headers['cache-control']).toBe('no-cache');
  });

  test.each([
    '/plugins/calibration/1.0.0/other.js',
    '/plugins/calibration/1.0.1/web.js',
    '/plugins/other/1.0.0/web.js',
    '/plugins/calibration/1.0.0/lib/part@2.mjs/more',
    '/plugins/calibration/1.0.0/WEB.JS',
  ])('%s is not there', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  test.each([
    '/plugins/calibration/1.0.0/../1.0.0/web.js',
    '/plugins/calibration/1.0.0/lib/../web.js',
    '/plugins/calibration/1.0.0/./web.js',
    '/plugins/calibration/1.0.0//web.js',
    '/plugins//calibration/1.0.0/web.js',
    '//plugins/calibration/1.0.0/web.js',
    '/plugins/calibration/1.0.0/web.js/',
    '/plugins/calibration/1.0.0/',
    '/plugins/calibration/1.0.0',
    '/plugins/calibration/1.0.0/..%2fweb.js',
    '/plugins/calibration/1.0.0/%2e%2e/web.js',
    '/plugins/calibration/1.0.0%2fweb.js',
    '/plugins/calibration/1.0.0/lib%2fpart@2.mjs',
    '/plugins/calibration/1.0.0/..%5cweb.js',
    '/plugins/calibration/1.0.0/..\\web.js',
    '/plugins/calibration/1.0.0/web.js;x',
    '/plugins/calibration/1.0.0/web.js;/../x',
    '/plugins/calibration/1.0.0/web.js%00.css',
    '/plugins/calibration/1.0.0/%77eb.js',
    '/plugins/calibration/1.0.0/web.js%zz',
    '/plugins/calibration/..;/1.0.0/web.js',
    '/plugins/Calibration/1.0.0/web.js',
    '/plugins/__proto__/1.0.0/web.js',
    '/plugins/calibration/1.0.0/.hidden',
  ])('%s is no address of one, and none is looked up', async (path) => {
    lookedUp.length = 0;
    const { status } = await ask(path);
    expect([400, 404]).toContain(status);
    expect(lookedUp).toEqual([]);
  });

  test('is for those who are signed in, whether there is one or not', async () => {
    expect((await ask('/plugins/calibration/1.0.0/web.js', nobody)).status).toBe(401);
    expect((await ask('/plugins/calibration/1.0.0/none.js', nobody)).status).toBe(401);
    expect(
      (await ask('/plugins/calibration/1.0.0/web.js', { cookie: t.browser.cookie, 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
  });
});

describe('a snapshot', () => {
  test('that is public brings the plugins that draw it to anybody, and one that is not to nobody', async () => {
    const panels = [{ id: 1, kind: 'calibration', grid: { x: 0, y: 0, w: 4, h: 4 } }];
    const dashboard = { version: 2, uid: 'd', title: 'D', x: 'time', panels };
    const take = async (isPublic: boolean) => {
      const payload = { dashboard, public: isPublic };
      const { key } = (await t.app.inject({ method: 'POST', url: '/api/snapshots', headers: t.browser, payload })).json<{
        key: string;
      }>();
      return key;
    };
    const ids = async (key: string) => (await listed(`/api/snapshots/${key}/plugins`, nobody)).map(({ id }) => id);
    const own = await take(false);
    expect((await ask(`/api/snapshots/${own}/plugins`, nobody)).status).toBe(401);
    expect((await ask('/api/snapshots/guess/plugins', nobody)).status).toBe(401);
    expect((await ask('/api/snapshots/guess/plugins')).status).toBe(404);
    expect((await ask('/plugins/calibration/1.0.0/web.js', nobody)).status).toBe(401);
    const shared = await take(true);
    expect(await ids(shared)).toEqual(['calibration']);
    expect((await ask('/plugins/calibration/1.0.0/web.js', nobody)).status).toBe(200);
    await t.app.inject({ method: 'DELETE', url: `/api/snapshots/${shared}`, headers: t.browser });
    expect((await ask('/plugins/calibration/1.0.0/web.js', nobody)).status).toBe(401);
  });
});

test('an import says of no panel that a loaded plugin draws that nothing draws it', async () => {
  const panels = ['calibration', 'broken', 'geomap'].map((type, id) => ({
    id: id + 1,
    type,
    gridPos: { x: 0, y: 0, w: 4, h: 4 },
  }));
  const payload = { text: JSON.stringify({ title: 'T', uid: 't', schemaVersion: 42, panels }), trial: true };
  const answer = await t.app.inject({ method: 'POST', url: '/api/import', headers: t.browser, payload });
  const [imported] = answer.json<{ dashboards: { report: { findings: { level: string; text: string }[] } }[] }>().dashboards;
  expect(
    imported?.report.findings.filter(({ level }) => level === 'unsupported').map(({ text }) => /"(.*)"/.exec(text)?.[1]),
  ).toEqual(['broken', 'geomap']);
});
