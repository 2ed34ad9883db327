import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { testApp, type TestApp } from '../testing/test-app.ts';

const HTML = { accept: 'text/html,*/*' };
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5_000))})`;

async function withPage(): Promise<TestApp> {
  const made = await testApp();
  mkdirSync(join(made.folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(made.folder, 'dist/index.html'), '<!doctype html><title>Vitrine</title>');
  writeFileSync(join(made.folder, 'dist/assets/index-abc123.js'), SCRIPT);
  writeFileSync(join(made.folder, 'dist/.built-from'), 'secret');
  writeFileSync(join(made.folder, 'outside.txt'), 'secret');
  return made;
}

describe('the page', () => {
  test.each(['/', '/d/training?from=now-1h', '/sign-in-help', '/index.html'])(
    'is served at %s, with a policy without holes',
    async (url) => {
      const { app } = await withPage();
      const answer = await app.inject({ url, headers: HTML });
      expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('<title>Vitrine')]);
      expect(answer.headers['cache-control']).toBe('no-store');
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
    },
  );

  test('is served at the root to programs too, which ask there whether anybody is there', async () => {
    const { app } = await withPage();
    expect((await app.inject({ url: '/', headers: { accept: '*/*' } })).statusCode).toBe(200);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('sends its hashed files in %s, to be kept for ever', async (encoding, unpack) => {
    const { app } = await withPage();
    const answer = await app.inject({ url: '/assets/index-abc123.js', headers: { 'accept-encoding': encoding } });
    expect(answer.headers).toMatchObject({
      'content-encoding': encoding,
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    expect(unpack(answer.rawPayload).toString()).toBe(SCRIPT);
    const { etag } = answer.headers;
    expect((await app.inject({ url: '/assets/index-abc123.js', headers: { 'if-none-match': String(etag) } })).statusCode).toBe(
      304,
    );
  });

  test.each([
    '/assets/gone.js',
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/.built-from',
    '/api/gone',
  ])('%s is not there', async (url) => {
    const { app } = await withPage();
    const answer = await app.inject({ url });
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'not_found']);
    expect(answer.body).not.toContain('secret');
  });

  test('that was not built says how to build it', async () => {
    const { app } = await testApp();
    expect((await app.inject({ url: '/', headers: HTML })).json().error.message).toMatch(/has not been built: run "npm start"/);
  });
});

test.each([
  ['that is used up', '/sign-in?token=used'],
  ['without its token', '/sign-in'],
])('a person with a link %s is brought to the page, which says what to do', async (_, url) => {
  const { app } = await withPage();
  const answer = await app.inject({ url, headers: HTML });
  expect([answer.statusCode, answer.headers.location, answer.cookies]).toEqual([303, '/', []]);
});
