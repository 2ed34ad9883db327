import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askServer } from '@vitrine/plugins/sources/ask-server.ts';
import { parseHttpSettings } from '@vitrine/plugins/sources/http-settings.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourceFetch } from './source-fetch.ts';

/** Where Debian's package puts it. */
const OPENSSL = '/usr/bin/openssl';

function hasOpenssl(): boolean {
  const isThere = existsSync(OPENSSL);
  if (!isThere) console.warn('Skipped: openssl is not installed (Debian package openssl).');
  return isThere;
}

describe.skipIf(!hasOpenssl())('a server behind TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-tls-'));
  const ports: Record<string, number> = {};
  const servers: Server[] = [];
  let certificate: string;
  let key: string;

  beforeAll(async () => {
    const [cert, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-out', cert, '-keyout', keyFile, ...subject];
    expect(spawnSync(OPENSSL, args, { encoding: 'utf8' })).toMatchObject({ status: 0 });
    [certificate, key] = [readFileSync(cert, 'utf8'), readFileSync(keyFile, 'utf8')];
    const mutual = { ca: certificate, requestCert: true, rejectUnauthorized: true };
    for (const [name, server] of Object.entries({
      plain: createPlainServer((_, response) => response.end('hello')),
      tls: createServer({ cert: certificate, key }, (_, response) => response.end('hello')),
      mutual: createServer({ cert: certificate, key, ...mutual }, (_, response) => response.end('hello')),
    })) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ports[name] = (server.address() as AddressInfo).port;
      servers.push(server);
    }
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Way {
    readonly jsonData?: Record<string, unknown>;
    readonly secrets?: Record<string, string>;
  }
  const trusting = { tlsAuthWithCACert: true };

  async function ask(scheme: string, host: string, server: string, { jsonData = {}, secrets = {} }: Way): Promise<string> {
    const url = `${scheme}://${host}:${ports[server]}`;
    const settings = parseHttpSettings({ name: 'S', url, jsonData, secrets }, url);
    const within = sourceFetch({ settings: { jsonData }, secrets }, { mayBePrivate: true });
    try {
      return (await askServer(settings, within, { method: 'GET', path: '', signal: undefined })).text;
    } catch (error) {
      return (error as Error).message;
    }
  }

  test.each<[string, string, string, string, () => Way, RegExp]>([
    ['whose authority nobody knows', 'https', 'localhost', 'tls', () => ({}), /from an authority that is not trusted here/],
    ['whose certificate is not looked at', 'https', 'localhost', 'tls', () => ({ jsonData: { tlsSkipVerify: true } }), /^hello$/],
    [
      'whose authority is given',
      'https',
      'localhost',
      'tls',
      () => ({ jsonData: trusting, secrets: { tlsCACert: certificate } }),
      /^hello$/,
    ],
    [
      'whose certificate is for another name',
      'https',
      '127.0.0.1',
      'tls',
      () => ({ jsonData: trusting, secrets: { tlsCACert: certificate } }),
      /certificate of 127\.0\.0\.1:\d+ is for another name/,
    ],
    [
      'whose certificate’s name is given',
      'https',
      '127.0.0.1',
      'tls',
      () => ({ jsonData: { ...trusting, serverName: 'localhost' }, secrets: { tlsCACert: certificate } }),
      /^hello$/,
    ],
    [
      'that wants to know who asks',
      'https',
      'localhost',
      'mutual',
      () => ({
        jsonData: { ...trusting, tlsAuth: true },
        secrets: { tlsCACert: certificate, tlsClientCert: certificate, tlsClientKey: key },
      }),
      /^hello$/,
    ],
    [
      'that wants to know who asks, and is not told',
      'https',
      'localhost',
      'mutual',
      () => ({ jsonData: trusting, secrets: { tlsCACert: certificate } }),
      /cannot be reached/,
    ],
    ['that is asked without', 'http', 'localhost', 'tls', () => ({}), /closed the connection\. Does it speak/],
    ['that has none', 'https', 'localhost', 'plain', () => ({}), /does not speak TLS\. Try http:\/\//],
  ])('%s', async (_, scheme, host, server, way, want) => {
    expect(await ask(scheme, host, server, way())).toMatch(want);
  });
});
